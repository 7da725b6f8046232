import type { Heartbeats } from '../../ports/heartbeats.ts';
import type { PostgresOptions } from './database.ts';
import { type ControlDatabase, controlAt, toldAsLatch } from './session-control.ts';

interface StoredBeat {
  readonly session: string;
  readonly account: string;
  readonly beats: string;
  readonly orders: number;
  readonly positions: number;
  readonly at_ms: number;
  readonly is_over: boolean;
}

/** Heartbeats in a PostgreSQL database, by the clock of its server. Rejects with LatchError (`ports/latches.ts`). */
export async function openPostgresHeartbeats(
  place: string | ControlDatabase,
  options: PostgresOptions = {},
): Promise<Heartbeats> {
  const database = await controlAt(place, options);
  const { pool, schema, store } = database;
  const table = `${schema}.heartbeat`;
  return {
    all: () =>
      toldAsLatch(store, async () =>
        (await pool.query<StoredBeat>(`select * from ${table} order by session`)).rows.map(
          ({ at_ms: atMs, is_over: isOver, beats, ...row }) => ({ ...row, beats: Number(beats), atMs, isOver }),
        ),
      ),
    beat: ({ session, account, beats, orders, positions }) =>
      toldAsLatch(store, async () => {
        await pool.query(
          `insert into ${table} values ($1, $2, $3, $4, $5, (extract(epoch from clock_timestamp()) * 1000)::float8, false)
           on conflict (session) do update
           set account = $2, beats = $3, orders = $4, positions = $5, at_ms = excluded.at_ms, is_over = false`,
          [session, account, beats, orders, positions],
        );
        await pool.query(`update ${table} set is_over = true where account = $1 and session <> $2 and not is_over`, [
          account,
          session,
        ]);
      }),
    end: (session, beats) =>
      toldAsLatch(
        store,
        async () =>
          (await pool.query(`update ${table} set is_over = true where session = $1 and beats = $2`, [session, beats]))
            .rowCount === 1,
      ),
    close: () => database.close(),
  };
}
