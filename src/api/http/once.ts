import { hash } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { IdempotencyStore, StoredAnswer } from '../../ports/idempotency.ts';
import { Failure } from '../failures.ts';

/** An answer, whether anything may have been done for it, and what is kept in its place where it holds what may not be. */
export type Outcome = StoredAnswer & { readonly isNothingDone: boolean; readonly keptBody?: string };

const KEY = /^[\x21-\x7e]{1,255}$/;
/** How often it is said that a deed is still carried out here. */
const KEEP_MS = 2_000;
/** Between two looks for the answer of another server. */
const LOOK_MS = 50;

/**
 * Deeds that are done once, however often they are asked for and whichever server of an installation is asked: the same key and request get the answer
 * of the first time, also after a restart; a request that comes while the first is being carried out waits for it.
 */
export class Once {
  readonly #store: IdempotencyStore;
  readonly #clock: Clock;
  readonly #underWay = new Map<string, { readonly requestHash: string; readonly answer: Promise<StoredAnswer> }>();
  #hasEnded = false;

  constructor(store: IdempotencyStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Rejects with {@link Failure} `idempotency-key-missing`, `-conflict` or `-unfinished`, where nothing was done. `work` never throws. */
  async answer(
    client: string,
    key: string | undefined,
    request: string,
    work: () => Promise<Outcome>,
  ): Promise<StoredAnswer & { readonly isRepeated: boolean }> {
    if (key === undefined || !KEY.test(key))
      throw new Failure(
        'idempotency-key-missing',
        `expected an idempotency key of up to 255 printable characters, found ${key === undefined ? 'none' : 'another'}`,
      );
    const requestHash = hash('sha256', request);
    const name = JSON.stringify([client, key]);
    const other = this.#underWay.get(name);
    if (other !== undefined) {
      if (other.requestHash !== requestHash) throw different(key);
      return { ...(await other.answer), isRepeated: true };
    }
    let isRepeated = false;
    const answer = this.#begin(client, key, requestHash).then((stored) => {
      if (stored === null) return this.#carryOut(client, key, work);
      isRepeated = true;
      return stored;
    });
    this.#underWay.set(name, { requestHash, answer });
    try {
      return { ...(await answer), isRepeated };
    } finally {
      this.#underWay.delete(name);
    }
  }

  /** The answer of before; null where it is ours to carry out. */
  async #begin(client: string, key: string, requestHash: string): Promise<StoredAnswer | null> {
    for (;;) {
      const begun = await this.#store.begin(client, key, requestHash);
      if (begun.kind === 'new') return null;
      if (begun.kind === 'answered') return begun.answer;
      if (begun.kind === 'different') throw different(key);
      if (begun.kind === 'unfinished')
        throw new Failure('idempotency-unfinished', `the request under the key ${key} was begun and never answered`);
      if (this.#hasEnded)
        throw new Failure(
          'server-busy',
          `another server carries out the request under the key ${key}, and this one ends`,
        );
      await new Promise<void>((resolve) => void this.#clock.after(LOOK_MS, resolve));
    }
  }

  async #carryOut(client: string, key: string, work: () => Promise<Outcome>): Promise<StoredAnswer> {
    let timer = this.#clock.after(KEEP_MS, () => keep());
    const keep = (): void => {
      timer = this.#clock.after(KEEP_MS, keep);
      // Who waits elsewhere is told that it is unfinished, which it is as far as anybody can know.
      this.#store.keep(client, key).catch(() => undefined);
    };
    try {
      const { isNothingDone, keptBody, ...answer } = await work();
      if (isNothingDone) await this.#store.forget(client, key);
      else await this.#store.finish(client, key, { ...answer, body: keptBody ?? answer.body });
      return answer;
    } finally {
      timer.cancel();
    }
  }

  /** From now on no other server is waited for: `server-busy`, and nothing was done. */
  end(): void {
    this.#hasEnded = true;
  }

  /** Answers when nothing is under way here. */
  async settled(): Promise<void> {
    this.end();
    await Promise.allSettled([...this.#underWay.values()].map(({ answer }) => answer));
  }
}

function different(key: string): Failure {
  return new Failure('idempotency-conflict', `the key ${key} was given with another request before`);
}
