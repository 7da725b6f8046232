import type { CommandOutcome } from '../../core/vocabulary/commands.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { type LatchRow, storedLatches } from '../../durability/latch-place.ts';
import { BarStoreError } from '../../ports/bar-store.ts';
import { LatchError, type LatchStore } from '../../ports/latches.ts';
import type { CommandBox, GivenCommand } from '../../ports/session-control.ts';
import { inTransaction, shownUrl, storeError } from './connection.ts';
import { openPostgres, type PostgresDatabase, type PostgresOptions } from './database.ts';

const NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::float8';
/** A latch that cannot be read halts: nobody should wait for that. */
const ANSWER_MS = 5_000;

interface StoredLatch {
  readonly scope: string;
  readonly target: string;
  readonly level: string;
  readonly epoch: number;
  readonly goes_into: string;
  readonly actor: string;
  readonly reason: string;
  readonly at_ms: number;
}

interface StoredCommand {
  readonly id: string;
  readonly session: string;
  readonly command: string;
  readonly actor: string;
  readonly reason: string;
  readonly asked_at_ms: number;
  readonly taken_at_ms: number | null;
  readonly outcome: string | null;
}

/** Latches in a PostgreSQL database, by the clock of its server. Rejects with {@link LatchError}. */
export async function openPostgresLatches(
  place: string | ControlDatabase,
  options: PostgresOptions = {},
): Promise<LatchStore> {
  const { pool, schema, store, close } = await controlAt(place, options);
  const one = `select * from ${schema}.latch where scope = $1 and target = $2`;
  return storedLatches({
    rows: () =>
      toldAsLatch(store, async () =>
        (await pool.query<StoredLatch>(`select * from ${schema}.latch order by scope, target`)).rows.map(latchRow),
      ),
    change: (scope, target, make) =>
      toldAsLatch(store, () =>
        inTransaction(pool, store, async (client) => {
          // A latch that is lost with the server's memory holds nobody.
          await client.query('set local synchronous_commit = on');
          await client.query(`lock table ${schema}.latch in share row exclusive mode`);
          const found = (await client.query<StoredLatch>(one, [scope, target])).rows[0];
          const { now_ms: nowMs } = (await client.query<{ now_ms: number }>(`select ${NOW_MS} as now_ms`)).rows[0]!;
          const row = make(found === undefined ? null : latchRow(found), nowMs);
          await client.query(
            `insert into ${schema}.latch values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (scope, target) do update
             set level = $3, epoch = $4, goes_into = $5, actor = $6, reason = $7, at_ms = $8`,
            [row.scope, row.target, row.level, row.epoch, row.into, row.actor, row.reason, row.atMs],
          );
          return row;
        }),
      ),
    close,
  });
}

/** Commands for sessions in a PostgreSQL database, by the clock of its server. Rejects with {@link LatchError}. */
export async function openPostgresCommandBox(
  place: string | ControlDatabase,
  options: PostgresOptions = {},
): Promise<CommandBox> {
  const { pool, schema, store, close } = await controlAt(place, options);
  const table = `${schema}.session_command`;
  const all = (text: string, ...values: readonly unknown[]): Promise<GivenCommand[]> =>
    toldAsLatch(store, async () => (await pool.query<StoredCommand>(text, [...values])).rows.map(givenOf));
  const isChanged = async (text: string, ...values: readonly unknown[]): Promise<boolean> =>
    (await all(text, ...values)).length > 0;
  return {
    put: async ({ session, command, actor, reason }) =>
      (
        await all(
          `insert into ${table} (session, command, actor, reason, asked_at_ms) values ($1, $2, $3, $4, ${NOW_MS}) returning *`,
          ...[session, JSON.stringify(command), actor, reason],
        )
      )[0]!,
    unanswered: (session) => all(`select * from ${table} where session = $1 and outcome is null order by id`, session),
    take: (id) =>
      isChanged(
        `update ${table} set taken_at_ms = ${NOW_MS}
         where id = $1 and taken_at_ms is null and outcome is null returning *`,
        id,
      ),
    answer: (id, outcome) =>
      isChanged(
        `update ${table} set outcome = $2 where id = $1 and outcome is null returning *`,
        ...[id, JSON.stringify(outcome)],
      ),
    withdraw: (id, outcome) =>
      isChanged(
        `update ${table} set outcome = $2 where id = $1 and outcome is null and taken_at_ms is null returning *`,
        ...[id, JSON.stringify(outcome)],
      ),
    view: async (id) => (await all(`select * from ${table} where id = $1`, id))[0] ?? null,
    close,
  };
}

/** The database of what is kept about sessions, which several stores may use; each of them closes it. */
export interface ControlDatabase extends PostgresDatabase {
  readonly close: () => Promise<void>;
}

/** Opens it. A question that is not answered at once fails. */
export async function openControl(url: string, options: PostgresOptions = {}): Promise<ControlDatabase> {
  const own = { pool: { least: 0, most: 2 }, connectTimeoutMs: ANSWER_MS, queryTimeoutMs: ANSWER_MS };
  const opened = await toldAsLatch(shownUrl(url), () => openPostgres(url, { ...own, ...options }));
  return { ...opened, close: () => opened.pool.end() };
}

/** Of a URL a pool of its own. */
export function controlAt(place: string | ControlDatabase, options: PostgresOptions): Promise<ControlDatabase> {
  return typeof place === 'string' ? openControl(place, options) : Promise.resolve(place);
}

/** Runs `work`; what says something about the database comes out as {@link LatchError}. */
export async function toldAsLatch<T>(store: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = storeError(error, store);
    if (!(known instanceof BarStoreError)) throw error;
    throw new LatchError(known.code === 'store-newer' ? 'newer-version' : 'unavailable', known.message, {
      cause: error,
    });
  }
}

function latchRow({ goes_into: into, at_ms: atMs, ...row }: StoredLatch): LatchRow {
  return { ...row, into, atMs };
}

function givenOf(row: StoredCommand): GivenCommand {
  const { id, session, command, actor, reason, outcome } = row;
  return {
    ...{ id: Number(id), session, actor, reason, askedAtMs: row.asked_at_ms, takenAtMs: row.taken_at_ms },
    command: JSON.parse(command) as Json,
    outcome: outcome === null ? null : (JSON.parse(outcome) as CommandOutcome),
  };
}
