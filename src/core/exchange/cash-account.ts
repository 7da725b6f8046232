import type { Instrument } from '../vocabulary/instrument.ts';
import type { Json } from '../vocabulary/json.ts';
import { FLAG, ROLE, TYPE } from '../vocabulary/order.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';
import { fundingPayment } from './funding.ts';
import { largestLots } from './largest-lots.ts';
import { SpotAccount, type SpotAccountState } from './spot-account.ts';
import type { VenueAccount } from './venue-account.ts';

/**
 * A cash account at the simulated venue: what is sold must be there, what is bought is paid in full.
 *
 * ASSUMPTIONS (beyond those of `spot-account.ts`)
 * 1. Buys lock their value at the limit, else at the trigger, else at the last price, plus the dearest fee. A market buy whose price
 *    rises beyond what was locked takes the rest from free funds, or is rejected.
 * 2. Exits and the protective legs of a bracket lock nothing: they compete for one holding, as in a venue's OCO. The fill checks it.
 * 3. Where a fee is taken out of what a buy receives, the position grows by the whole lots that are left of it, together with what
 *    earlier buys left below a lot. What never makes up a lot stays in the account and cannot be sold.
 * 4. Funding of a perpetual is paid in full whatever is free. What is then owed is taken from what comes in next; until then nothing can
 *    be bought.
 */
export class CashAccount implements VenueAccount {
  declare readonly netLots: Float64Array;
  /** Quanta of base by instrument that are less than a lot. */
  declare private readonly dust: Float64Array;
  readonly onMargin = false;
  readonly poolsMargin = false;
  declare readonly balances: SpotAccount;
  declare private readonly table: OrderTable;
  declare private readonly base: readonly number[];
  declare private readonly quote: readonly number[];
  declare private readonly deposits: readonly { readonly asset: number; readonly quanta: number }[];
  declare private readonly feeOf: (value: number, lots: number) => number;

  /**
   * @param assets number of assets; `base[i]` and `quote[i]` are instrument i's
   * @param feeOf the dearest fee of an order of that value, in quanta of the quote asset
   */
  constructor(
    table: OrderTable,
    assets: number,
    base: readonly number[],
    quote: readonly number[],
    deposits: readonly { readonly asset: number; readonly quanta: number }[],
    feeOf: (value: number, lots: number) => number,
  ) {
    this.table = table;
    this.base = base;
    this.quote = quote;
    this.deposits = deposits;
    this.feeOf = feeOf;
    this.balances = new SpotAccount(assets);
    this.netLots = new Float64Array(base.length);
    this.dust = new Float64Array(base.length);
    this.reset();
  }

  /** Free quanta of an asset. */
  free(asset: number): number {
    return this.balances.free[asset]!;
  }

  /** Free and locked quanta of an asset. */
  total(asset: number): number {
    return this.balances.free[asset]! + this.balances.locked[asset]!;
  }

  hold(row: number, lots: number, instrument: Instrument, price: number): boolean {
    const c = this.table.column;
    const role = c.role[row]!;
    if (
      role === ROLE.stop ||
      role === ROLE.target ||
      role === ROLE.trail ||
      role === ROLE.exit ||
      c.flags[row]! & FLAG.sizeAtFill
    )
      return true;
    if (c.side[row]! < 0)
      return this.balances.lock(row, this.base[instrument.index]!, instrument.baseQuanta(lots)) === 0;
    const ticks =
      c.limitTicks[row]! || c.triggerTicks[row]! || (Number.isNaN(price) ? 0 : instrument.ticks(price, 'ceil'));
    const value = c.flags[row]! & FLAG.budget ? c.budget[row]! : instrument.value(ticks, lots);
    return this.balances.lock(row, this.quote[instrument.index]!, value + this.feeOf(value, lots)) === 0;
  }

  release(row: number): void {
    this.balances.release(row);
  }

  sizeAtFill(row: number, instrument: Instrument, ticks: number): number {
    const c = this.table.column;
    const flags = c.flags[row]!;
    if ((flags & (FLAG.budget | FLAG.sizeAtFill)) === 0 || c.type[row] !== TYPE.market) return c.lots[row]!;
    if (c.filledLots[row]! > 0) return c.lots[row]!;
    const quote = this.quote[instrument.index]!;
    let budget = c.budget[row]!;
    if (flags & FLAG.sizeAtFill) budget = Math.floor(this.total(quote) * budget);
    const most = instrument.lotsWorth(ticks, budget);
    const fits = (some: number): boolean => {
      const value = instrument.value(ticks, some);
      return value + this.feeOf(value, some) <= budget;
    };
    const lots = flags & FLAG.sizeAtFill ? largestLots(most, fits) : most;
    c.lots[row] = lots;
    return lots;
  }

  affords(row: number, instrument: Instrument, side: number, lots: number, value: number, fee: number): boolean {
    const paid = side > 0 ? this.quote[instrument.index]! : this.base[instrument.index]!;
    const needed = side > 0 ? value + fee : instrument.baseQuanta(lots);
    return this.balances.free[paid]! + this.balances.lockedBy(row) >= needed;
  }

  settle(
    row: number,
    instrument: Instrument,
    side: number,
    lots: number,
    _ticks: number,
    value: number,
    fee: number,
    feeAsset: number,
  ): void {
    const base = this.base[instrument.index]!;
    const quote = this.quote[instrument.index]!;
    const units = instrument.baseQuanta(lots);
    const paysFee = feeAsset < 0 ? quote : feeAsset;
    if (side > 0) this.balances.settle(row, quote, value, base, units, paysFee, fee);
    else this.balances.settle(row, base, units, quote, value, paysFee, fee);
    this.netLots[instrument.index]! += side * lots;
    if (feeAsset === base) this.#takeOut(instrument, fee);
  }

  /** Locks what a buy may cost; false where that is not free. */
  lockQuote(row: number, index: number, quanta: number): boolean {
    return this.balances.lock(row, this.quote[index]!, quanta) === 0;
  }

  /** {@link affords}, {@link settle} and {@link release} of a fill that ends its order: see {@link SpotAccount.exchange}. */
  exchange(
    row: number,
    instrument: Instrument,
    side: number,
    lots: number,
    paid: { readonly value: number; readonly fee: number },
  ): boolean {
    const { index } = instrument;
    const units = instrument.baseQuanta(lots);
    if (!this.balances.exchange(row, side, this.base[index]!, units, this.quote[index]!, paid)) return false;
    this.netLots[index]! += side * lots;
    return true;
  }

  /** Takes a fee out of the base that is held. */
  #takeOut(instrument: Instrument, quanta: number): void {
    const perLot = instrument.baseQuanta(1);
    const rest = this.dust[instrument.index]! - quanta;
    const whole = Math.floor(rest / perLot);
    this.netLots[instrument.index]! += whole;
    this.dust[instrument.index] = rest - whole * perLot;
  }

  mark(): void {}

  liquidationPrice(): number {
    return Number.NaN;
  }

  bankruptcyPrice(): number {
    return Number.NaN;
  }

  leftAt(): number {
    return 0;
  }

  fund(instrument: Instrument, lots: number, markPrice: number, rate: number): number {
    const payment = fundingPayment(instrument, lots, markPrice, rate);
    this.balances.pay(this.quote[instrument.index]!, -payment);
    return payment;
  }

  payInterest(): number {
    return 0;
  }

  snapshot(): Json {
    return { spot: this.balances.snapshot(), net: [...this.netLots], dust: [...this.dust] };
  }

  restore(snapshot: Json): void {
    const s = snapshot as {
      readonly spot: SpotAccountState;
      readonly net: readonly number[];
      readonly dust?: readonly number[];
    };
    this.balances.restore(s.spot);
    this.netLots.set(s.net);
    this.dust.set(s.dust ?? s.net.map(() => 0));
  }

  reset(): void {
    const assets = this.balances.free.length;
    this.balances.restore({ free: new Array(assets).fill(0), locked: new Array(assets).fill(0), orders: [] });
    for (const { asset, quanta } of this.deposits) this.balances.deposit(asset, quanta);
    this.netLots.fill(0);
    this.dust.fill(0);
  }
}
