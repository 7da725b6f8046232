import type { RelayPositions } from '../ports/relay-positions.ts';
import { first, type StateDatabase } from './state-database.ts';

/** A topic that was not given anything for so long has ended. */
const FORGOTTEN_MS = 90 * 86_400_000;

/** Positions of relays, in the state's database. One that is lost with the machine's power has events given once more, which each subscriber knows by their ids. */
export function storedRelayPositions({ query, note }: Pick<StateDatabase, 'query' | 'note'>): RelayPositions {
  let cleaned: Promise<unknown> | null = null;
  return {
    async next(bus, topic) {
      cleaned ??= note('delete from @relay_position where at_ms < @now - $1', FORGOTTEN_MS);
      try {
        await cleaned;
      } catch (error) {
        // The next one who asks tries again.
        cleaned = null;
        throw error;
      }
      return Number(
        first(await query('select next from @relay_position where bus = $1 and topic = $2', bus, topic))?.['next'] ?? 0,
      );
    },
    async keep(bus, topic, next, behind) {
      await note(
        `insert into @relay_position values ($1, $2, $3, $4, @now)
         on conflict (bus, topic) do update set next = excluded.next, behind = excluded.behind, at_ms = excluded.at_ms`,
        ...[bus, topic, next, behind],
      );
    },
    all: async () =>
      (await query('select * from @relay_position order by topic, bus')).map((row) => ({
        ...{ bus: String(row['bus']), topic: String(row['topic']) },
        ...{ next: Number(row['next']), behind: Number(row['behind']), atMs: Number(row['at_ms']) },
      })),
  };
}
