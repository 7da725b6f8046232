import { test } from 'node:test';
import { heartbeatsContract } from '../../../test/contracts/heartbeats.ts';
import { postgresScene } from '../../../test/fixtures/postgres-schema.ts';
import { postgresMissing } from '../../../test/servers/postgres.ts';
import { openPostgresHeartbeats } from './heartbeats.ts';

const skip = postgresMissing;

if (skip !== false) test('heartbeats (PostgreSQL)', { skip }, () => {});
else
  heartbeatsContract('PostgreSQL', async () => {
    const scene = await postgresScene('beats');
    const { url, schema } = scene;
    return { open: () => openPostgresHeartbeats(url, { schema }), dispose: () => scene.dispose() };
  });
