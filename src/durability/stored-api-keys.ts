import type { ApiKey, ApiKeys } from '../ports/api-keys.ts';
import type { Clock } from '../ports/clock.ts';
import { first, maybe, type StateDatabase, type StateRow } from './state-database.ts';

/** Uses are noted at most this often. */
const NOTE_MS = 60_000;

/** Keys of a server's clients, in the state's database. */
export function storedApiKeys({ query }: Pick<StateDatabase, 'query'>, clock: Clock): ApiKeys {
  const noted = new Map<string, number>();
  const find = async (id: string): Promise<StateRow | null> =>
    first(await query('select * from @api_key where id = $1', id));
  const view = async (id: string): Promise<ApiKey | null> => {
    const row = await find(id);
    return row === null ? null : keyOf(row);
  };
  return {
    async add(key, secretHash) {
      await query(
        'insert into @api_key values ($1, $2, $3, $4, $5, @now, $6, null, null)',
        ...[key.id, key.label, JSON.stringify(key.scopes), JSON.stringify(key.addresses), secretHash, key.expiresAtMs],
      );
      return (await view(key.id))!;
    },
    list: async () => (await query('select * from @api_key order by created_at_ms, id')).map(keyOf),
    async find(id) {
      const row = await find(id);
      return row === null ? null : { key: keyOf(row), secretHash: String(row['secret_hash']) };
    },
    used(id) {
      const nowMs = clock.elapsedMs();
      if (nowMs - (noted.get(id) ?? Number.NEGATIVE_INFINITY) < NOTE_MS) return;
      noted.set(id, nowMs);
      // When it was used last is not worth a failed request.
      query('update @api_key set last_used_at_ms = @now where id = $1', id).catch(() => noted.delete(id));
    },
    async revoke(id) {
      await query('update @api_key set revoked_at_ms = coalesce(revoked_at_ms, @now) where id = $1', id);
      return view(id);
    },
  };
}

function keyOf(row: StateRow): ApiKey {
  return {
    id: String(row['id']),
    label: String(row['label']),
    scopes: JSON.parse(String(row['scopes'])) as string[],
    addresses: JSON.parse(String(row['addresses'])) as string[],
    createdAtMs: Number(row['created_at_ms']),
    expiresAtMs: maybe(row['expires_at_ms']),
    revokedAtMs: maybe(row['revoked_at_ms']),
    lastUsedAtMs: maybe(row['last_used_at_ms']),
  };
}
