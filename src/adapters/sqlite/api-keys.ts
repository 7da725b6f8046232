import type { ApiKey, ApiKeys } from '../../ports/api-keys.ts';
import type { Clock } from '../../ports/clock.ts';
import { openHomeAccess } from './home-access.ts';

type Columns = Readonly<Record<string, unknown>>;

/** Uses are noted at most this often. */
const NOTE_MS = 60_000;

/** Keys of a server's clients, in the home database. Throws LatchError (`ports/latches.ts`). */
export function openSqliteApiKeys(homePath: string, clock: Clock): ApiKeys {
  const { db, told } = openHomeAccess(homePath);
  const one = db.prepare('select * from api_key where id = ?');
  const note = db.prepare('update api_key set last_used_at_ms = ? where id = ?');
  const noted = new Map<string, number>();
  const view = (id: string): ApiKey | null => {
    const row = one.get(id);
    return row === undefined ? null : keyOf(row);
  };
  return {
    add: async (key, secretHash) =>
      told(() => {
        db.prepare('insert into api_key values (?, ?, ?, ?, ?, ?, ?, null, null)').run(
          ...[key.id, key.label, JSON.stringify(key.scopes), JSON.stringify(key.addresses), secretHash],
          ...[clock.nowMs(), key.expiresAtMs],
        );
        return view(key.id)!;
      }),
    list: async () => told(() => db.prepare('select * from api_key order by created_at_ms, id').all().map(keyOf)),
    find: (id) =>
      told(() => {
        const row = one.get(id);
        return row === undefined ? null : { key: keyOf(row), secretHash: String(row['secret_hash']) };
      }),
    used(id) {
      const nowMs = clock.nowMs();
      if (nowMs - (noted.get(id) ?? Number.NEGATIVE_INFINITY) < NOTE_MS) return;
      noted.set(id, nowMs);
      told(() => note.run(nowMs, id));
    },
    revoke: async (id) =>
      told(() => {
        db.prepare('update api_key set revoked_at_ms = coalesce(revoked_at_ms, ?) where id = ?').run(clock.nowMs(), id);
        return view(id);
      }),
    close: async () => db.close(),
  };
}

function keyOf(row: Columns): ApiKey {
  const time = (name: string): number | null => (row[name] === null ? null : Number(row[name]));
  return {
    id: String(row['id']),
    label: String(row['label']),
    scopes: JSON.parse(String(row['scopes'])) as string[],
    addresses: JSON.parse(String(row['addresses'])) as string[],
    createdAtMs: Number(row['created_at_ms']),
    expiresAtMs: time('expires_at_ms'),
    revokedAtMs: time('revoked_at_ms'),
    lastUsedAtMs: time('last_used_at_ms'),
  };
}
