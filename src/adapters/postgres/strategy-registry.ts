import type { RegistryEntry, RegistryFact, Stage } from '../../core/vocabulary/promotion.ts';
import type { StrategyRegistry } from '../../ports/strategy-registry.ts';
import type { PostgresOptions } from './database.ts';
import { codeOf, UNIQUE_VIOLATION } from './journal-fault.ts';
import { RegistryDatabase } from './registry-database.ts';

interface EntryRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly actor: string;
  readonly reason: string;
  readonly fact: string;
}

interface LineRow {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly status: string;
  readonly code_hash: string | null;
  readonly params: string | null;
  readonly versions: number;
  readonly updated_at_ms: number;
}

/** The registry in a PostgreSQL database, which triggers keep from being changed. */
export async function openPostgresStrategyRegistry(
  url: string,
  options: PostgresOptions = {},
): Promise<StrategyRegistry> {
  const database = await RegistryDatabase.open(url, options);
  const { schema } = database;
  return {
    async append(strategy, after, drafts, line) {
      try {
        return await database.transaction(async (client) => {
          // Another one who appends at the same time waits here; who is faster is told by the key.
          await client.query("select pg_advisory_xact_lock(hashtextextended('tradewright strategy ' || $1, 0))", [
            `${schema}.${strategy}`,
          ]);
          const { rows } = await client.query<{ seq: number | null }>(
            `select max(seq) as seq from ${schema}.strategy_entry where strategy = $1`,
            [strategy],
          );
          if ((rows[0]!.seq ?? 0) !== after) return false;
          for (const [k, { atMs, actor, reason, fact }] of drafts.entries())
            await client.query(`insert into ${schema}.strategy_entry values ($1, $2, $3, $4, $5, $6, $7)`, [
              ...[strategy, after + 1 + k, atMs, actor, reason, fact.type, JSON.stringify(fact)],
            ]);
          const { id, name, active, status, codeHash, params, versions, updatedAtMs } = line;
          await client.query(
            `insert into ${schema}.strategy values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set
               name = $2, active = $3, status = $4, code_hash = $5, params = $6, versions = $7, updated_at_ms = $8`,
            [id, name, active, status, codeHash, params, versions, updatedAtMs],
          );
          return true;
        });
      } catch (error) {
        if (codeOf(error) === UNIQUE_VIOLATION) return false;
        throw error;
      }
    },
    entries: async (strategy) =>
      (
        await database.query<EntryRow>(
          `select seq, at_ms, actor, reason, fact from ${schema}.strategy_entry where strategy = $1 order by seq`,
          [strategy],
        )
      ).map(
        ({ seq, at_ms: atMs, actor, reason, fact }): RegistryEntry => ({
          ...{ strategy, seq, atMs, actor, reason, fact: JSON.parse(fact) as RegistryFact },
        }),
      ),
    strategies: async () =>
      (await database.query<LineRow>(`select * from ${schema}.strategy order by id collate "C"`)).map((row) => ({
        ...{ id: row.id, name: row.name, active: row.active, status: row.status as Stage },
        ...{ codeHash: row.code_hash, params: row.params, versions: row.versions, updatedAtMs: row.updated_at_ms },
      })),
    close: () => database.close(),
  };
}
