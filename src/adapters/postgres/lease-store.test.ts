import { test } from 'node:test';
import { leaseContract } from '../../../test/contracts/lease.ts';
import { postgresScene } from '../../../test/fixtures/postgres-schema.ts';
import { postgresMissing } from '../../../test/servers/postgres.ts';
import { openPostgresLeaseStore } from './lease-store.ts';

const skip = postgresMissing;

if (skip !== false) test('lease (PostgreSQL)', { skip }, () => {});
else
  leaseContract('PostgreSQL', async () => {
    const scene = await postgresScene('lease');
    const { url, schema } = scene;
    const store = await openPostgresLeaseStore(url, { schema });
    return {
      store,
      reopen: () => openPostgresLeaseStore(url, { schema }),
      async dispose() {
        await store.close();
        await scene.dispose();
      },
    };
  });
