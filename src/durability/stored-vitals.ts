import type { SessionVitals, VitalsBoard } from '../ports/session-vitals.ts';
import type { StateDatabase } from './state-database.ts';

/** What sessions of an earlier version do not tell. */
const LACKING = { timed: [], budgets: [] } satisfies Partial<SessionVitals>;

/** How sessions do, in the state's database. */
export function storedVitals({ query, note }: Pick<StateDatabase, 'query' | 'note'>): VitalsBoard {
  return {
    async put(vitals) {
      await note(
        `insert into @session_vitals values ($1, $2, $3)
         on conflict (session) do update set at_ms = excluded.at_ms, vitals = excluded.vitals`,
        ...[vitals.session, vitals.atMs, JSON.stringify(vitals)],
      );
    },
    async remove(session) {
      await note('delete from @session_vitals where session = $1', session);
    },
    since: async (atMs) =>
      (await query('select vitals from @session_vitals where at_ms >= $1 order by session', atMs)).map(
        ({ vitals }) => ({ ...LACKING, ...(JSON.parse(String(vitals)) as SessionVitals) }),
      ),
  };
}
