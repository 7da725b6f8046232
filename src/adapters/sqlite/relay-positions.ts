import type { Clock } from '../../ports/clock.ts';
import type { RelayPositions } from '../../ports/relay-positions.ts';
import { openHomeAccess } from './home-access.ts';

/** A topic that was not given anything for so long has ended. */
const FORGOTTEN_MS = 90 * 86_400_000;

/** Positions in the home database. Throws LatchError (`ports/latches.ts`). */
export function openSqliteRelayPositions(homePath: string, clock: Clock): RelayPositions {
  const { db, told } = openHomeAccess(homePath);
  told(() => db.prepare('delete from relay_position where at_ms < ?').run(clock.nowMs() - FORGOTTEN_MS));
  const find = db.prepare('select next from relay_position where bus = ? and topic = ?');
  const keep = db.prepare('insert or replace into relay_position values (?, ?, ?, ?, ?)');
  const all = db.prepare('select * from relay_position order by topic, bus');
  return {
    next: (bus, topic) => told(() => Number(find.get(bus, topic)?.['next'] ?? 0)),
    keep: (bus, topic, next, behind) => void told(() => keep.run(bus, topic, next, behind, clock.nowMs())),
    all: () =>
      told(() =>
        all.all().map((row) => ({
          ...{ bus: String(row['bus']), topic: String(row['topic']) },
          ...{ next: Number(row['next']), behind: Number(row['behind']), atMs: Number(row['at_ms']) },
        })),
      ),
    close: async () => db.close(),
  };
}
