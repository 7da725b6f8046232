import { test } from 'node:test';
import { sessionControlContract } from '../../../test/contracts/session-control.ts';
import { postgresScene } from '../../../test/fixtures/postgres-schema.ts';
import { postgresMissing } from '../../../test/servers/postgres.ts';
import { storedCommands } from '../../durability/stored-commands.ts';
import { systemClock } from '../system/clock.ts';
import { postgresHints } from './hints.ts';
import { openPostgresLatches } from './session-control.ts';
import { openPostgresState } from './state-database.ts';

const skip = postgresMissing;

if (skip !== false) test('session control (PostgreSQL)', { skip }, () => {});
else
  sessionControlContract('PostgreSQL', async () => {
    const scene = await postgresScene('control');
    const { url, schema } = scene;
    const open = async () => {
      const [database, hints] = [await openPostgresState(url, { schema }), postgresHints(url, schema)];
      const box = storedCommands(database, hints, systemClock());
      const close = () => Promise.all([box.close(), database.close()]).then(() => undefined);
      return { latches: await openPostgresLatches(url, { schema }), box: { ...box, close } };
    };
    const place = await open();
    return {
      ...place,
      reopen: open,
      plant: async (scope, target, level) =>
        void (await scene.sql("insert into %s.latch values ($1, $2, $3, 3, 'active', 'a', 'r', 1)", [
          scope,
          target,
          level,
        ])),
      async dispose() {
        await place.latches.close();
        await place.box.close();
        await scene.dispose();
      },
    };
  });
