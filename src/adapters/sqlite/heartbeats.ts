import type { Clock } from '../../ports/clock.ts';
import type { Heartbeats } from '../../ports/heartbeats.ts';
import { openHomeAccess } from './home-access.ts';

/** Heartbeats in the home database; several processes may write at once. Throws LatchError (`ports/latches.ts`). */
export function openSqliteHeartbeats(homePath: string, clock: Clock): Heartbeats {
  const { db, told } = openHomeAccess(homePath);
  return {
    all: async () =>
      told(() =>
        db
          .prepare('select * from heartbeat order by session')
          .all()
          .map((row) => ({
            ...{ session: String(row['session']), account: String(row['account']), beats: Number(row['beats']) },
            ...{ orders: Number(row['orders']), positions: Number(row['positions']), atMs: Number(row['at_ms']) },
            isOver: row['is_over'] === 1,
          })),
      ),
    beat: async ({ session, account, beats, orders, positions }) =>
      told(() => {
        db.prepare('insert or replace into heartbeat values (?, ?, ?, ?, ?, ?, 0)').run(
          ...[session, account, beats, orders, positions, clock.nowMs()],
        );
        db.prepare('update heartbeat set is_over = 1 where account = ? and session <> ? and is_over = 0').run(
          account,
          session,
        );
      }),
    end: async (session, beats) =>
      told(
        () =>
          db
            .prepare('update heartbeat set is_over = 1 where session = ? and beats = ? returning session')
            .all(session, beats).length > 0,
      ),
    close: async () => db.close(),
  };
}
