import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { Contract } from './contract.ts';
import { KlineSet } from './kline-series.ts';

/** Interest part of a funding rate, of 8 hours. */
export const INTEREST_RATE = 0.0001;
/** How far interest may move the rate off the premium. */
const INTEREST_CLAMP = 0.0005;
/** Longest stretch of the funding rate beyond which it is cut, as a part of the first bracket's maintenance rate. */
const RATE_CAP_OF_MAINTENANCE = 0.75;
const EIGHT_HOURS_MS = 28_800_000;

export interface FundingRow {
  readonly rate: number;
  readonly timeMs: TimeMs;
  readonly markPrice: number;
}

/**
 * Mark price, index price and funding rate of one contract.
 *
 * ASSUMPTIONS
 * 1. Where the house gives mark and index, they are taken as they are.
 * 2. Else the index is the middle of the book, or the last price where a side is empty; the mark is the median of the index, the last
 *    price, and index × (1 + last funding rate × time left / interval). Binance uses an index over several spot exchanges and a moving
 *    average of the basis instead. It changes when a trade or the best quotes do, not with the clock alone.
 * 3. The funding rate is P + clamp(0.01 % × interval / 8 h − P, ±0.05 %), P the average over time of (mark − index) / index since the last
 *    funding; cut at ±0.75 × the first bracket's maintenance rate. Binance's P comes from impact prices of the book.
 * 4. Funding is due at whole multiples of the interval from midnight UTC, to the millisecond.
 */
export class MarkPrice {
  /** 0 before the first price. */
  mark = 0;
  index = 0;
  /** Of the last funding. */
  lastRate: number;
  readonly history: FundingRow[] = [];
  readonly markKlines = new KlineSet();
  readonly indexKlines = new KlineSet();
  readonly premiumKlines = new KlineSet();
  readonly #contract: Contract;
  readonly #fixedRate: number | null;
  #isGiven = false;
  #sinceMs: TimeMs;
  #fromMs: TimeMs;
  /** ∫ premium dt since the last funding. */
  #premiumArea = 0;

  constructor(contract: Contract, nowMs: TimeMs) {
    this.#contract = contract;
    const { fundingRate } = contract.options;
    this.#fixedRate = fundingRate === undefined ? null : Number(fundingRate);
    this.lastRate = this.#fixedRate ?? INTEREST_RATE;
    this.#sinceMs = nowMs;
    this.#fromMs = nowMs;
  }

  /** Mark and index as the house has them, from now on. */
  give(mark: number, index: number, nowMs: TimeMs): void {
    this.#isGiven = true;
    this.#set(mark, index, nowMs);
  }

  /** Follows the market, unless the house gives the price. Prices as doubles, 0 where there is none. Tells whether the mark moved. */
  follow(bid: number, ask: number, last: number, nowMs: TimeMs): boolean {
    if (this.#isGiven) return false;
    const index = bid > 0 && ask > 0 ? (bid + ask) / 2 : last;
    if (index === 0) return false;
    const left = (this.nextFundingMs(nowMs) - nowMs) / this.#contract.fundingIntervalMs;
    const carried = index * (1 + this.lastRate * left);
    const before = this.mark;
    this.#set(median(index, last === 0 ? index : last, carried), index, nowMs);
    return this.mark !== before;
  }

  nextFundingMs(nowMs: TimeMs): TimeMs {
    const interval = this.#contract.fundingIntervalMs;
    return (Math.floor(nowMs / interval) + 1) * interval;
  }

  /** Rate that would be paid if funding came now. */
  estimatedRate(nowMs: TimeMs): number {
    if (this.#fixedRate !== null) return this.#fixedRate;
    const elapsed = nowMs - this.#fromMs;
    const area = this.#premiumArea + this.#premium() * (nowMs - this.#sinceMs);
    const premium = elapsed > 0 ? area / elapsed : this.#premium();
    const interest = (INTEREST_RATE * this.#contract.fundingIntervalMs) / EIGHT_HOURS_MS;
    const cap = RATE_CAP_OF_MAINTENANCE * this.#contract.brackets[0]!.maintenanceRate;
    const rate = premium + clamp(interest - premium, INTEREST_CLAMP);
    // Rates are published with eight decimals, and those are what is paid.
    return Math.round(clamp(rate, cap) * 1e8) / 1e8;
  }

  /** Fixes the rate of the funding that is due at `timeMs` and starts the next interval. Null before the first price. */
  fund(timeMs: TimeMs): FundingRow | null {
    const rate = this.estimatedRate(timeMs);
    this.#fromMs = timeMs;
    this.#sinceMs = timeMs;
    this.#premiumArea = 0;
    if (this.mark === 0) return null;
    this.lastRate = rate;
    const row = { rate, timeMs, markPrice: this.mark };
    this.history.push(row);
    return row;
  }

  #premium(): number {
    return this.index === 0 ? 0 : (this.mark - this.index) / this.index;
  }

  #set(markPrice: number, indexPrice: number, nowMs: TimeMs): void {
    // Eight decimals, as prices are published.
    const mark = Math.round(markPrice * 1e8) / 1e8;
    const index = Math.round(indexPrice * 1e8) / 1e8;
    if (mark === this.mark && index === this.index) return;
    this.#premiumArea += this.#premium() * (nowMs - this.#sinceMs);
    this.#sinceMs = nowMs;
    this.mark = mark;
    this.index = index;
    this.markKlines.price(nowMs, this.mark);
    this.indexKlines.price(nowMs, this.index);
    this.premiumKlines.price(nowMs, this.#premium());
  }
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
