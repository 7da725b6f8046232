import type { Provider, ProviderKind, ProviderSeen, ProviderStore } from '../ports/providers.ts';
import { type StateDatabase, type StateRow, type StateValue, words } from './state-database.ts';

/** Providers of language models and of web search, in the state's database. */
export function storedProviders({ query }: Pick<StateDatabase, 'query'>): ProviderStore {
  const changes = async (text: string, ...values: readonly StateValue[]): Promise<boolean> =>
    (await query(text, ...values)).length > 0;
  return {
    all: async () => (await query('select * from @provider order by label')).map(providerOf),
    add: ({ label, kind, url, model, secretId, createdAtMs, keyChangedAtMs, seen }) =>
      changes(
        'insert into @provider values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning label',
        ...[label, kind, url, model, secretId, createdAtMs, keyChangedAtMs, textOf(seen)],
      ),
    remove: (label) => changes('delete from @provider where label = $1 returning label', label),
    choose: (label, model) => changes('update @provider set model = $2 where label = $1 returning label', label, model),
    keyChanged: (label, atMs, seen) =>
      changes(
        'update @provider set key_changed_at_ms = $2, seen = $3 where label = $1 returning label',
        ...[label, atMs, textOf(seen)],
      ),
    noteSeen: ({ label, keyChangedAtMs }, seen) =>
      changes(
        'update @provider set seen = $3 where label = $1 and key_changed_at_ms = $2 returning label',
        ...[label, keyChangedAtMs, textOf(seen)],
      ),
  };
}

const textOf = (seen: ProviderSeen | null): string | null => (seen === null ? null : JSON.stringify(seen));

function providerOf(row: StateRow): Provider {
  const seen = words(row['seen']);
  return {
    ...{ label: String(row['label']), kind: String(row['kind']) as ProviderKind, url: String(row['url']) },
    ...{ model: words(row['model']), secretId: words(row['secret_id']) },
    ...{ createdAtMs: Number(row['created_at_ms']), keyChangedAtMs: Number(row['key_changed_at_ms']) },
    seen: seen === null ? null : (JSON.parse(seen) as ProviderSeen),
  };
}
