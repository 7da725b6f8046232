import { type Json, sameJson } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import { amountOf } from './exact-amount.ts';
import type { VenueWord } from './venue-words.ts';

export type FundingWord = VenueWord & { readonly type: 'funding-told' };

/** The stream and the history of a venue may give one payment times that are apart by so much; payments lie an hour apart at least. */
const SAME_WITHIN_MS = 600_000;

interface Payment {
  readonly symbol: string;
  readonly asset: string;
  /** Empty where it was noted before amounts were. */
  readonly amount: string;
  readonly atMs: TimeMs;
  /** The venue's own, once its history has told it. */
  id: string | null;
  /** As the account stream has told it, which may tell it again; null where it has not. */
  streamed: { readonly symbol: string; readonly atMs: TimeMs } | null;
}

/**
 * Payments of funding that were told, each once: the stream tells them without a number and, across margin, without a symbol; the venue's
 * history tells them with both, and may be asked again and again. Pure.
 */
export class FundingBook {
  readonly #payments: Payment[] = [];

  /** Of those that the history has told, the newest; −infinity where there is none. */
  get newestMs(): TimeMs {
    let newest = Number.NEGATIVE_INFINITY;
    for (const { id, atMs } of this.#payments) if (id !== null && atMs > newest) newest = atMs;
    return newest;
  }

  knows(id: string): boolean {
    return this.#payments.some((each) => each.id === id);
  }

  /** Whether a word is the first of its payment. */
  isNew(word: FundingWord): boolean {
    const { symbol, asset, amount, atMs, id } = word;
    const payments = this.#payments;
    if (id !== undefined) {
      if (this.knows(id)) return false;
      const streamed = payments.find((each) => each.id === null && isSamePayment(each, word));
      if (streamed !== undefined) streamed.id = id;
      else payments.push({ symbol, asset, amount, atMs, id, streamed: null });
      return streamed === undefined;
    }
    const told = { symbol, atMs };
    // Of two positions in one asset the stream may tell within a millisecond, both without a symbol.
    if (payments.some((each) => sameJson(each.streamed, told) && isSamePayment(each, word))) return false;
    const listed = payments.find((each) => each.streamed === null && isSamePayment(each, word));
    if (listed !== undefined) listed.streamed = told;
    else payments.push({ symbol, asset, amount, atMs, id: null, streamed: told });
    return listed === undefined;
  }

  snapshot(): Json {
    return this.#payments.map((each) => ({ ...each }));
  }

  /** Also of before histories were asked for: texts of symbol, asset and time. */
  restore(from: Json): void {
    const payments = (from as readonly (string | Payment)[]).map((each): Payment => {
      if (typeof each !== 'string') return { ...each };
      const [symbol, asset, atMs] = each.split(' ') as [string, string, string];
      return { symbol, asset, amount: '', atMs: Number(atMs), id: null, streamed: { symbol, atMs: Number(atMs) } };
    });
    this.#payments.splice(0, this.#payments.length, ...payments);
  }
}

/**
 * Whether two tellings are of one payment, as far as asset, amount and time say so and the symbol where both have one. An amount that was not
 * noted is any.
 */
export function isSamePayment(one: Omit<FundingWord, 'type' | 'id'>, other: Omit<FundingWord, 'type' | 'id'>): boolean {
  return (
    one.asset === other.asset &&
    (one.symbol === other.symbol || one.symbol === '' || other.symbol === '') &&
    Math.abs(one.atMs - other.atMs) <= SAME_WITHIN_MS &&
    (one.amount === '' || other.amount === '' || amountOf(one.amount) === amountOf(other.amount))
  );
}
