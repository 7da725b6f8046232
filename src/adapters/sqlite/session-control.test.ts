import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sessionControlContract } from '../../../test/contracts/session-control.ts';
import { storedCommands } from '../../durability/stored-commands.ts';
import { LatchError } from '../../ports/latches.ts';
import { systemClock } from '../system/clock.ts';
import { threadHints } from '../system/thread-hints.ts';
import { openHomeAccess } from './home-access.ts';
import { openSqliteLatches } from './latch-store.ts';
import { openSqliteState } from './state-database.ts';

sessionControlContract('SQLite', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-control-'));
  const path = join(home, 'home.sqlite');
  const open = () => {
    const [database, hints] = [openSqliteState(path, systemClock()), threadHints(path)];
    const box = storedCommands(database, hints, systemClock());
    const close = () => Promise.all([box.close(), database.close()]).then(() => undefined);
    return { latches: openSqliteLatches(path, systemClock()), box: { ...box, close } };
  };
  const place = open();
  return {
    ...place,
    reopen: async () => open(),
    async plant(scope, target, level) {
      const { db } = openHomeAccess(path);
      db.prepare("insert into latch values (?, ?, ?, 3, 'active', 'a', 'r', 1)").run(scope, target, level);
      db.close();
    },
    async dispose() {
      await place.latches.close();
      await place.box.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
});

test('latches (SQLite): a file that is no database -> told as damaged, which halts', () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-control-'));
  writeFileSync(join(home, 'home.sqlite'), 'not a database, but long enough to be taken for one'.repeat(100));
  assert.throws(
    () => openSqliteLatches(join(home, 'home.sqlite'), systemClock()),
    (error) => error instanceof LatchError && error.code === 'damaged',
  );
  rmSync(home, { recursive: true, force: true });
});

test('commands (SQLite): answered a day ago -> gone with a later one; what waits stays', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-control-'));
  const path = join(home, 'home.sqlite');
  let dayMs = 0;
  const real = systemClock();
  const clock = { ...real, nowMs: () => real.nowMs() + dayMs, elapsedMs: () => real.elapsedMs() + dayMs };
  const database = openSqliteState(path, clock);
  const box = storedCommands(database, threadHints(path), clock);
  const give = async (): Promise<number> =>
    (
      await box.put({
        session: 'a',
        command: { type: 'stop-session', reason: 'drill' },
        actor: 'ann',
        reason: 'drill',
      })
    ).id;
  const [answered, waiting] = [await give(), await give()];
  await box.answer(answered, { done: true });
  dayMs = 86_400_001;
  await give();
  assert.equal(await box.view(answered), null);
  assert.equal((await box.view(waiting))!.id, waiting);
  await box.close();
  await database.close();
  rmSync(home, { recursive: true, force: true });
});
