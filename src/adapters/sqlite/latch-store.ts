import { type LatchRow, storedLatches } from '../../durability/latch-place.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LatchStore } from '../../ports/latches.ts';
import { inTransaction } from './database.ts';
import { openHomeAccess } from './home-access.ts';

type Columns = Readonly<Record<string, unknown>>;

/** Latches in the home database; several processes may write at once. Throws LatchError (`ports/latches.ts`). */
export function openSqliteLatches(homePath: string, clock: Clock): LatchStore {
  const { db, told } = openHomeAccess(homePath);
  return storedLatches({
    rows: async () => told(() => db.prepare('select * from latch order by scope, target').all().map(rowOf)),
    change: async (scope, target, make) =>
      told(() =>
        inTransaction(db, () => {
          const found = db.prepare('select * from latch where scope = ? and target = ?').get(scope, target);
          const row = make(found === undefined ? null : rowOf(found), clock.nowMs());
          db.prepare('insert or replace into latch values (?, ?, ?, ?, ?, ?, ?, ?)').run(
            ...[row.scope, row.target, row.level, row.epoch, row.into, row.actor, row.reason, row.atMs],
          );
          return row;
        }),
      ),
    close: async () => db.close(),
  });
}

function rowOf(row: Columns): LatchRow {
  const text = (name: string): string => String(row[name]);
  return {
    ...{ scope: text('scope'), target: text('target'), level: text('level'), epoch: Number(row['epoch']) },
    ...{ into: text('goes_into'), actor: text('actor'), reason: text('reason'), atMs: Number(row['at_ms']) },
  };
}
