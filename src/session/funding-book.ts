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
  isNew({ symbol, asset, amount, atMs, id }: FundingWord): boolean {
    const payments = this.#payments;
    if (id !== undefined) {
      if (this.knows(id)) return false;
      const streamed = payments.find((each) => each.id === null && isSame(each, symbol, asset, amount, atMs));
      if (streamed !== undefined) streamed.id = id;
      else payments.push({ symbol, asset, amount, atMs, id, streamed: null });
      return streamed === undefined;
    }
    const told = { symbol, atMs };
    if (payments.some((each) => each.asset === asset && sameJson(each.streamed, told))) return false;
    const listed = payments.find((each) => each.streamed === null && isSame(each, symbol, asset, amount, atMs));
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

function isSame(payment: Payment, symbol: string, asset: string, amount: string, atMs: TimeMs): boolean {
  return (
    payment.asset === asset &&
    (payment.symbol === symbol || payment.symbol === '' || symbol === '') &&
    Math.abs(payment.atMs - atMs) <= SAME_WITHIN_MS &&
    (payment.amount === '' || amountOf(payment.amount) === amountOf(amount))
  );
}
