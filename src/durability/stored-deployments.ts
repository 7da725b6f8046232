import type { Json } from '../core/vocabulary/json.ts';
import type { Deployments, Trader } from '../ports/deployments.ts';
import { type StateDatabase, words } from './state-database.ts';

/** A trader that has said nothing for so long is not there, by the clock of the place. */
export const TRADER_TTL_MS = 10_000;
const FORGOTTEN_MS = 60_000;

/** Deployments and traders, in the state's database. `isGone`: whether a process has certainly ended. */
export function storedDeployments(
  { query }: Pick<StateDatabase, 'query'>,
  isGone: (holder: string) => boolean,
): Deployments {
  const traders = async (): Promise<readonly Trader[]> =>
    (await query('select id, holder from @trader where at_ms > @now - $1 order by id', TRADER_TTL_MS))
      .map(({ id, holder }) => ({ id: String(id), holder: String(holder) }))
      .filter(({ holder }) => !isGone(holder));
  return {
    all: async () =>
      (await query('select * from @deployment order by session')).map((row) => ({
        ...{ session: String(row['session']), account: String(row['account']), actor: String(row['actor']) },
        label: words(row['label']) ?? String(row['account']),
        ...{ input: JSON.parse(String(row['input'])) as Record<string, Json>, atMs: Number(row['at_ms']) },
      })),
    add: async ({ session, account, label, input, actor }) =>
      (
        await query(
          'insert into @deployment values ($1, $2, $3, $4, @now, $5) on conflict do nothing returning session',
          ...[session, account, JSON.stringify(input), actor, label],
        )
      ).length > 0,
    remove: async (session) =>
      (await query('delete from @deployment where session = $1 returning session', session)).length > 0,
    async present({ id, holder }) {
      await query('delete from @trader where at_ms < @now - $1', FORGOTTEN_MS);
      await query(
        'insert into @trader values ($1, $2, @now) on conflict (id) do update set at_ms = excluded.at_ms',
        id,
        holder,
      );
      return traders();
    },
    traders,
    async leave(id) {
      await query('delete from @trader where id = $1', id);
    },
  };
}
