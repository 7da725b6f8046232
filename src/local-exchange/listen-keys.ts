import type { TimeMs } from '../core/vocabulary/time.ts';
import { secretText } from './accounts.ts';
import type { ExchangeClock } from './clock.ts';
import type { Account } from './product.ts';

/** Who is connected by a key; told when it has ended. */
export interface ListenKeyUser {
  /** `isExpired` false where the key was closed on request. */
  listenKeyEnded(key: string, isExpired: boolean): void;
}

interface Entry {
  readonly key: string;
  readonly account: Account;
  expiresMs: TimeMs;
  readonly users: Set<ListenKeyUser>;
}

/** Keys by which user data is streamed without a signature: one an account, alive for a while unless renewed. */
export class ListenKeys {
  readonly #clock: ExchangeClock;
  readonly #lifeMs: number;
  readonly #byKey = new Map<string, Entry>();
  readonly #byAccount = new Map<number, Entry>();

  constructor(clock: ExchangeClock, lifeMs: number) {
    this.#clock = clock;
    this.#lifeMs = lifeMs;
  }

  /** The account's key, renewed where there is one. */
  start(account: Account): string {
    const alive = this.#byAccount.get(account.index);
    if (alive) {
      alive.expiresMs = this.#clock.nowMs() + this.#lifeMs;
      return alive.key;
    }
    const expiresMs = this.#clock.nowMs() + this.#lifeMs;
    const entry: Entry = { key: secretText(60), account, expiresMs, users: new Set() };
    this.#byKey.set(entry.key, entry);
    this.#byAccount.set(account.index, entry);
    this.#watch(entry);
    return entry.key;
  }

  /** Renews an account's key (`key`, where it is named, must be that one). Answers it, or null where there is none. */
  renew(account: Account, key: string | undefined): string | null {
    const entry = this.#owned(account, key);
    if (entry === null) return null;
    entry.expiresMs = this.#clock.nowMs() + this.#lifeMs;
    return entry.key;
  }

  /** Closes an account's key; false where there is none. */
  stop(account: Account, key: string | undefined): boolean {
    const entry = this.#owned(account, key);
    if (entry === null) return false;
    this.#end(entry, false);
    return true;
  }

  accountOf(key: string): Account | null {
    return this.#byKey.get(key)?.account ?? null;
  }

  attach(key: string, user: ListenKeyUser): void {
    this.#byKey.get(key)?.users.add(user);
  }

  detach(key: string, user: ListenKeyUser): void {
    this.#byKey.get(key)?.users.delete(user);
  }

  expireAll(): void {
    for (const entry of [...this.#byKey.values()]) this.#end(entry, true);
  }

  #owned(account: Account, key: string | undefined): Entry | null {
    const entry = this.#byAccount.get(account.index);
    return entry === undefined || (key !== undefined && key !== entry.key) ? null : entry;
  }

  #watch(entry: Entry): void {
    this.#clock.at(entry.expiresMs, () => {
      if (this.#byKey.get(entry.key) !== entry) return;
      if (this.#clock.nowMs() >= entry.expiresMs) this.#end(entry, true);
      else this.#watch(entry);
    });
  }

  #end(entry: Entry, isExpired: boolean): void {
    this.#byKey.delete(entry.key);
    this.#byAccount.delete(entry.account.index);
    for (const user of entry.users) user.listenKeyEnded(entry.key, isExpired);
  }
}
