import { columnToText, textToColumn } from '../vocabulary/column-text.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import type { Json } from '../vocabulary/json.ts';
import { FLAG, ROLE } from '../vocabulary/order.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';
import { borrowedQuanta } from './borrowed.ts';
import { marginInterest } from './interest.ts';
import { largestLots } from './largest-lots.ts';
import { MarginAccount, type MarginAccountState } from './margin-account.ts';
import type { MarginMode } from './margin-position.ts';
import { SpotAccount, type SpotAccountState } from './spot-account.ts';
import type { VenueAccount } from './venue-account.ts';

/** How positions stand on margin. */
export interface CollateralOptions {
  readonly mode: MarginMode;
  readonly leverage: number;
  /** Quanta paid in. */
  readonly cashQuanta: number;
  /** An asset that pays fees and nothing else: its index and the quanta paid in. */
  readonly feeAsset?: { readonly asset: number; readonly quanta: number };
  /** False: losses beyond the margin are carried on, as many backtesters do and no venue does. Default true. */
  readonly liquidates?: boolean;
}

/**
 * A margin account at the simulated venue, one net position an instrument (one-way mode; hedge mode is `MarginAccount`'s own).
 *
 * ASSUMPTIONS (beyond those of `margin-account.ts`)
 * 1. Orders that only reduce the net position, and protective legs, claim no margin.
 * 2. A market order's claim is reckoned at the last price; the fill at a worse one must find the difference or is rejected.
 */
export class CollateralAccount implements VenueAccount {
  readonly netLots: Float64Array;
  readonly onMargin = true;
  readonly poolsMargin: boolean;
  readonly margin = new MarginAccount();
  readonly balances: SpotAccount;
  readonly #table: OrderTable;
  readonly #options: CollateralOptions;
  readonly #feeOf: (value: number, lots: number) => number;
  readonly #empty: ReturnType<MarginAccount['snapshot']>;
  #heldLots = new Float64Array(64);
  #heldValue = new Float64Array(64);

  constructor(
    table: OrderTable,
    instruments: readonly Instrument[],
    options: CollateralOptions,
    feeOf: (value: number, lots: number) => number,
  ) {
    this.#table = table;
    this.#options = options;
    this.poolsMargin = options.mode === 'cross';
    this.#feeOf = feeOf;
    this.netLots = new Float64Array(instruments.length);
    this.balances = new SpotAccount((options.feeAsset?.asset ?? 0) + 1);
    for (const instrument of instruments)
      this.margin.addPosition(instrument, { mode: options.mode, leverage: options.leverage });
    this.#empty = this.margin.snapshot();
    this.reset();
  }

  hold(row: number, lots: number, instrument: Instrument, price: number): boolean {
    const c = this.#table.column;
    const role = c.role[row]!;
    this.#grow(row);
    this.#heldLots[row] = 0;
    if (
      role === ROLE.stop ||
      role === ROLE.target ||
      role === ROLE.trail ||
      role === ROLE.exit ||
      c.flags[row]! & FLAG.sizeAtFill
    )
      return true;
    const ticks =
      c.limitTicks[row]! || c.triggerTicks[row]! || (Number.isNaN(price) ? 0 : instrument.ticks(price, 'half-even'));
    if (ticks <= 0) return true;
    const value = instrument.value(ticks, lots);
    if (this.margin.reserve(instrument.index, c.side[row]!, lots, value, this.#feeOf(value, lots)) !== 0) return false;
    this.#heldLots[row] = lots;
    this.#heldValue[row] = value;
    return true;
  }

  release(row: number): void {
    if (row >= this.#heldLots.length || this.#heldLots[row] === 0) return;
    const c = this.#table.column;
    this.margin.unreserve(c.instrument[row]!, c.side[row]!, this.#heldLots[row]!, this.#heldValue[row]!);
    this.#heldLots[row] = 0;
  }

  sizeAtFill(row: number, instrument: Instrument, ticks: number): number {
    const c = this.#table.column;
    if ((c.flags[row]! & FLAG.sizeAtFill) === 0 || c.filledLots[row]! > 0) return c.lots[row]!;
    // Sized at the fill price, as a fraction of what the account could margin there once it holds nothing. Its fee is not lent: on
    // leverage, all of the equity margins as much as leaves the fee to be paid.
    this.margin.mark(instrument.index, instrument.price(ticks));
    const budget = Math.floor(this.margin.availableQuanta() * c.budget[row]! * this.#options.leverage);
    const lots = largestLots(instrument.lotsWorth(ticks, budget), (some) => {
      const value = instrument.value(ticks, some);
      const fee = this.#feeOf(value, some);
      return value + fee <= budget && this.affords(row, instrument, c.side[row]!, some, value, fee);
    });
    c.lots[row] = lots;
    return lots;
  }

  affords(row: number, instrument: Instrument, side: number, lots: number, value: number, fee: number): boolean {
    const held = this.netLots[instrument.index]!;
    if (held !== 0 && held > 0 !== side > 0 && lots <= Math.abs(held)) return true;
    this.#giveUp(row, lots);
    if (this.margin.reserve(instrument.index, side, lots, value, fee) !== 0) return false;
    this.margin.unreserve(instrument.index, side, lots, value);
    return true;
  }

  /** Gives up the part of an order's claim that is about to fill. */
  #giveUp(row: number, lots: number): void {
    if (row < 0 || row >= this.#heldLots.length) return;
    const held = this.#heldLots[row]!;
    if (held === 0) return;
    const c = this.#table.column;
    const part = Math.min(lots, held);
    const value = part === held ? this.#heldValue[row]! : Math.floor((this.#heldValue[row]! * part) / held);
    this.margin.unreserve(c.instrument[row]!, c.side[row]!, part, value);
    this.#heldLots[row] = held - part;
    this.#heldValue[row]! -= value;
  }

  settle(
    row: number,
    instrument: Instrument,
    side: number,
    lots: number,
    ticks: number,
    _value: number,
    fee: number,
    feeAsset: number,
  ): void {
    if (feeAsset >= 0) this.balances.deposit(feeAsset, -fee);
    // A reducing fill was not checked, so its claim still stands.
    const held = this.netLots[instrument.index]!;
    if (held !== 0 && held > 0 !== side > 0 && lots <= Math.abs(held)) this.#giveUp(row, lots);
    this.margin.fill(instrument.index, side, lots, ticks, feeAsset < 0 ? fee : 0);
    this.netLots[instrument.index] = held + side * lots;
  }

  mark(instrument: number, price: number): void {
    this.margin.mark(instrument, price);
  }

  liquidationPrice(instrument: number): number {
    if (this.#options.liquidates === false) return Number.NaN;
    return this.margin.liquidationPrice(instrument) ?? Number.NaN;
  }

  bankruptcyPrice(instrument: number): number {
    return this.margin.bankruptcyPrice(instrument) ?? Number.NaN;
  }

  leftAt(instrument: number, ticks: number): number {
    const p = this.margin.positions[instrument]!;
    const exit = p.instrument.value(ticks, p.lots);
    const profit = p.instrument.inverse ? p.entryQuanta - exit : exit - p.entryQuanta;
    return (p.mode === 'isolated' ? p.marginQuanta : this.margin.cashQuanta) + profit;
  }

  fund({ index }: Instrument, lots: number, markPrice: number, rate: number): number {
    return this.margin.fund(index, markPrice, rate, lots);
  }

  payInterest(instrument: number, price: number, rate: number, heldMs: number): number {
    const { positions, cashQuanta } = this.margin;
    const borrowed = borrowedQuanta(positions, instrument, cashQuanta, price);
    return borrowed === 0 ? 0 : this.margin.pay(instrument, -marginInterest('hourly', borrowed, rate, heldMs));
  }

  snapshot(): Json {
    return {
      margin: this.margin.snapshot(),
      balances: this.balances.snapshot(),
      net: [...this.netLots],
      heldLots: columnToText(this.#heldLots),
      heldValue: columnToText(this.#heldValue),
    };
  }

  restore(snapshot: Json): void {
    const s = snapshot as unknown as {
      readonly margin: MarginAccountState;
      readonly balances?: SpotAccountState;
      readonly net: readonly number[];
      readonly heldLots: string;
      readonly heldValue: string;
    };
    this.margin.restore(s.margin);
    if (s.balances) this.balances.restore(s.balances);
    this.netLots.set(s.net);
    this.#heldLots = textToColumn(s.heldLots);
    this.#heldValue = textToColumn(s.heldValue);
  }

  reset(): void {
    this.margin.restore(this.#empty);
    this.margin.insuranceQuanta = 0;
    this.margin.deposit(this.#options.cashQuanta);
    this.balances.free.fill(0);
    const { feeAsset } = this.#options;
    if (feeAsset) this.balances.deposit(feeAsset.asset, feeAsset.quanta);
    this.netLots.fill(0);
    this.#heldLots.fill(0);
  }

  #grow(row: number): void {
    if (row < this.#heldLots.length) return;
    const size = Math.max(row + 1, this.#heldLots.length * 2);
    const lots = new Float64Array(size);
    const value = new Float64Array(size);
    lots.set(this.#heldLots);
    value.set(this.#heldValue);
    this.#heldLots = lots;
    this.#heldValue = value;
  }
}
