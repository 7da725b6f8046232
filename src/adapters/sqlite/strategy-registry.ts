import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { RegistryEntry, RegistryFact, Stage } from '../../core/vocabulary/promotion.ts';
import type { StrategyLine, StrategyRegistry } from '../../ports/strategy-registry.ts';
import { inTransaction } from './database.ts';
import { HomeDatabase } from './home-database.ts';

/** The registry in the home database, which triggers keep from being changed. */
export function sqliteStrategyRegistry(homePath: string): StrategyRegistry {
  const home = new HomeDatabase(homePath);
  return {
    append: async (strategy, after, drafts, line) =>
      home.use((db) =>
        inTransaction(db, () => {
          const newest = db.prepare('select max(seq) as seq from strategy_entry where strategy = ?').get(strategy);
          if (Number(newest!['seq'] ?? 0) !== after) return false;
          const insert = db.prepare('insert into strategy_entry values (?, ?, ?, ?, ?, ?, ?)');
          for (const [k, { atMs, actor, reason, fact }] of drafts.entries())
            insert.run(strategy, after + 1 + k, atMs, actor, reason, fact.type, JSON.stringify(fact));
          putLine(db, line);
          return true;
        }),
      ),
    entries: async (strategy) =>
      home.use((db) =>
        db
          .prepare('select * from strategy_entry where strategy = ? order by seq')
          .all(strategy)
          .map(
            (row): RegistryEntry => ({
              ...{ strategy, seq: Number(row['seq']), atMs: Number(row['at_ms']), actor: String(row['actor']) },
              ...{ reason: String(row['reason']), fact: JSON.parse(String(row['fact'])) as RegistryFact },
            }),
          ),
      ),
    strategies: async () => home.use((db) => db.prepare('select * from strategy order by id').all().map(lineOf)),
    close: async () => home.close(),
  };
}

function putLine(db: DatabaseSync, line: StrategyLine): void {
  const { id, name, active, status, codeHash, params, versions, updatedAtMs } = line;
  db.prepare('insert or replace into strategy values (?, ?, ?, ?, ?, ?, ?, ?)').run(
    ...[id, name, active ? 1 : 0, status, codeHash, params, versions, updatedAtMs],
  );
}

function lineOf(row: Readonly<Record<string, SQLOutputValue>>): StrategyLine {
  return {
    id: String(row['id']),
    name: String(row['name']),
    active: row['active'] === 1,
    status: row['status'] as Stage,
    codeHash: textOf(row['code_hash']),
    params: textOf(row['params']),
    versions: Number(row['versions']),
    updatedAtMs: Number(row['updated_at_ms']),
  };
}

const textOf = (value: SQLOutputValue | undefined): string | null => (typeof value === 'string' ? value : null);
