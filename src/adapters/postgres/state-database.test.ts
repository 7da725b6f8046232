import { test } from 'node:test';
import { sharedStoresContract } from '../../../test/contracts/shared-stores.ts';
import { postgresScene } from '../../../test/fixtures/postgres-schema.ts';
import { postgresMissing } from '../../../test/servers/postgres.ts';
import { openPostgresState } from './state-database.ts';

const skip = postgresMissing;

if (skip !== false) test('stores that servers share (PostgreSQL)', { skip }, () => {});
else
  sharedStoresContract('PostgreSQL', async () => {
    const scene = await postgresScene('state');
    const { url, schema } = scene;
    return {
      open: () => openPostgresState(url, { schema }),
      sql: async (text) => void (await scene.sql(text.replaceAll('@', '%s.'))),
      dispose: () => scene.dispose(),
    };
  });
