import type { TimeMs } from '../core/vocabulary/time.ts';

/** What is known of a client's key. The key itself is nowhere: only the hash of its secret part is kept. */
export interface ApiKey {
  /** The part that names it, also in logs: `k3f9a1c2`. */
  readonly id: string;
  readonly label: string;
  readonly scopes: readonly string[];
  /** Addresses and networks that it works from, `10.0.0.0/8`; none: from any. */
  readonly addresses: readonly string[];
  readonly createdAtMs: TimeMs;
  readonly expiresAtMs: TimeMs | null;
  readonly revokedAtMs: TimeMs | null;
  /** To the minute. */
  readonly lastUsedAtMs: TimeMs | null;
}

/** Keys of a server's clients. Several programs may use one place at once. Rejects with LatchError (`ports/latches.ts`). */
export interface ApiKeys {
  add(key: Omit<ApiKey, 'createdAtMs' | 'revokedAtMs' | 'lastUsedAtMs'>, secretHash: string): Promise<ApiKey>;
  /** All of them, revoked ones too, oldest first. */
  list(): Promise<readonly ApiKey[]>;
  /** The key of an id with its hash; null where there is none. */
  find(id: string): Promise<{ readonly key: ApiKey; readonly secretHash: string } | null>;
  /** Notes that it was used; nobody waits for that. */
  used(id: string): void;
  /** Null where there is no such key. One that is revoked already stays as it is. */
  revoke(id: string): Promise<ApiKey | null>;
}
