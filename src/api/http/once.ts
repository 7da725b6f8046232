import { hash } from 'node:crypto';
import type { IdempotencyStore, StoredAnswer } from '../../ports/idempotency.ts';
import { Failure } from '../failures.ts';

/** An answer, and whether anything may have been done for it. */
export type Outcome = StoredAnswer & { readonly isNothingDone: boolean };

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Deeds that are done once, however often they are asked for: the same key and request get the answer of the first time, also after a restart; a
 * request that comes while the first is being carried out waits for it.
 */
export class Once {
  readonly #store: IdempotencyStore;
  readonly #underWay = new Map<string, { readonly requestHash: string; readonly answer: Promise<StoredAnswer> }>();

  constructor(store: IdempotencyStore) {
    this.#store = store;
  }

  /** Throws {@link Failure} `idempotency-key-missing`, `-conflict` or `-unfinished`, where nothing was done. `work` never throws. */
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
    const begun = this.#store.begin(client, key, requestHash);
    if (begun.kind === 'answered') return { ...begun.answer, isRepeated: true };
    if (begun.kind === 'different') throw different(key);
    if (begun.kind === 'unfinished')
      throw new Failure('idempotency-unfinished', `the request under the key ${key} was begun and never answered`);
    const answer = this.#carryOut(client, key, work);
    this.#underWay.set(name, { requestHash, answer });
    try {
      return { ...(await answer), isRepeated: false };
    } finally {
      this.#underWay.delete(name);
    }
  }

  async #carryOut(client: string, key: string, work: () => Promise<Outcome>): Promise<StoredAnswer> {
    const { isNothingDone, ...answer } = await work();
    if (isNothingDone) this.#store.forget(client, key);
    else this.#store.finish(client, key, answer);
    return answer;
  }

  /** Answers when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#underWay.values()].map(({ answer }) => answer));
  }
}

function different(key: string): Failure {
  return new Failure('idempotency-conflict', `the key ${key} was given with another request before`);
}
