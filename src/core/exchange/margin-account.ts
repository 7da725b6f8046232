/**
 * A margin account: one pool of one settle asset behind linear or inverse positions.
 *
 * ASSUMPTIONS
 * 1. Cross positions share the pool: its cash and all cross profits and losses stand behind each of them. An isolated position
 *    stands on the margin that was moved to it when it opened; its loss, with fees of closing and funding, ends there.
 * 2. An order is accepted where the initial margin that it adds, with its fee, fits into what is available: cash, plus
 *    unrealised profit of cross positions, less initial margin claimed by positions (at mark) and open orders. An order that
 *    adds no exposure is always accepted. Fees of resting orders are checked, not held.
 * 3. Buys and sells resting on one position do not add up: the larger side counts.
 * 4. Entry value leaves a position in proportion to the lots that close, rounded half-even; the rest stays, so nothing is lost.
 * 5. A fill that slipped past what was reserved is still booked; an isolated position then starts with the margin that there was.
 * 6. A loss beyond the margin (isolated), or beyond the pool once its last cross position closes, is paid by the venue's
 *    insurance fund, without limit: no auto-deleveraging, no socialised loss, no debt. Real venues fall back on those.
 * 7. Marks are prices as given, values are rounded to the nearest quantum. In between marks the account is not watched.
 * 8. A forced closing is one fill of the whole position at one price. The liquidation fee never makes the insurance fund pay it.
 * 9. Hedge mode is two positions of one instrument, each with its own leg, orders and margin.
 */

import { assert } from '../vocabulary/assert.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import { multiplyDivide, safe } from '../vocabulary/integer.ts';
import { fundingPayment } from './funding.ts';
import { hedgedLiquidationPrice, legOf } from './hedged-liquidation.ts';
import { bankruptcyPrice, tieredLiquidationPrice } from './liquidation.ts';
import { initialMargin, marginRatio, maxLeverage } from './margin.ts';
import {
  addPending,
  claimQuanta,
  entryPrice,
  exposureQuanta,
  flatPosition,
  type MarginMode,
  type MarginPosition,
  type MarginPositionOptions,
  type MarginPositionState,
  positionState,
  revalue,
} from './margin-position.ts';
import { RATE_SCALE, rateUp } from './rate.ts';
import { VENUE_REFUSAL } from './venue-refusal.ts';

export type MarginAccountState = {
  readonly cashQuanta: number;
  readonly insuranceQuanta: number;
  readonly positions: readonly MarginPositionState[];
};

/** Positions are addressed by the index that {@link addPosition} returned. All amounts are quanta of the settle asset. */
export class MarginAccount {
  readonly positions: MarginPosition[] = [];
  /** Free and cross money, without isolated margins and without unrealised profit. */
  cashQuanta = 0;
  /** What the insurance fund has paid for this account so far. */
  insuranceQuanta = 0;
  readonly #closingFeeRate: number;

  /** `closingFeeRate`, in units of 1e-8, is required on top of maintenance margin (OKX); 0 where not (Binance). */
  constructor(closingFeeRate = 0) {
    this.#closingFeeRate = closingFeeRate;
  }

  /** A flat position; an account of hedge mode adds one for each leg. */
  addPosition(instrument: Instrument, options: MarginPositionOptions): number {
    const settle = this.positions[0]?.instrument.settle ?? instrument.settle;
    assert(instrument.settle === settle, `one margin account is one settle asset: ${instrument.settle}, ${settle}`);
    return this.positions.push(flatPosition(instrument, options)) - 1;
  }

  /** Adds to the cash or, negative, takes from what is available. */
  deposit(quanta: number): number {
    if (quanta < 0 && -quanta > Math.min(this.cashQuanta, this.availableQuanta())) {
      return VENUE_REFUSAL['insufficient-balance'];
    }
    this.cashQuanta = safe(this.cashQuanta + quanta, 'cash');
    return VENUE_REFUSAL.accepted;
  }

  /** Moves cash to (or, negative, from) the margin of an isolated position; what is taken must leave it its initial margin. */
  moveMargin(index: number, quanta: number): number {
    const position = this.#at(index);
    assert(position.mode === 'isolated', 'only an isolated position has margin of its own');
    const spare = position.marginQuanta + Math.min(0, position.unrealisedQuanta);
    const kept = initialMargin(position.notionalQuanta, position.leverage);
    if (quanta > this.availableQuanta() || (quanta < 0 && spare + quanta < kept)) {
      return VENUE_REFUSAL['insufficient-margin'];
    }
    this.cashQuanta -= quanta;
    position.marginQuanta += quanta;
    return VENUE_REFUSAL.accepted;
  }

  /** Changes leverage. While an isolated position is open it can only rise: the margin set aside stays as it is. */
  setLeverage(index: number, leverage: number): number {
    const position = this.#at(index);
    if (position.mode === 'isolated' && position.lots !== 0 && leverage < position.leverage) {
      return VENUE_REFUSAL['isolated-position-open'];
    }
    if (leverage > maxLeverage(position.schedule, exposureQuanta(position)))
      return VENUE_REFUSAL['leverage-above-tier'];
    const before = position.leverage;
    const available = this.availableQuanta();
    position.leverage = leverage;
    if (leverage >= before || available < 0 || this.availableQuanta() >= 0) return VENUE_REFUSAL.accepted;
    position.leverage = before;
    return VENUE_REFUSAL['insufficient-margin'];
  }

  /** Changes between cross and isolated margin; only while there is neither a position nor an order. */
  setMode(index: number, mode: MarginMode): void {
    const position = this.#at(index);
    assert(position.lots === 0 && position.buyLots === 0 && position.sellLots === 0, 'margin mode of an open position');
    position.mode = mode;
  }

  /**
   * Claims initial margin for a new order, or refuses it.
   *
   * @param side 1 buy, −1 sell
   * @param valueQuanta absolute value of the order at its limit (market: at the price expected)
   * @param feeQuanta fee expected of it
   */
  reserve(index: number, side: number, lots: number, valueQuanta: number, feeQuanta: number): number {
    const position = this.#at(index);
    const available = this.availableQuanta();
    const before = claimQuanta(position);
    addPending(position, side, lots, valueQuanta);
    const after = claimQuanta(position);
    if (after <= before) return VENUE_REFUSAL.accepted;
    let refusal: number = VENUE_REFUSAL.accepted;
    if (after - before + feeQuanta > available) refusal = VENUE_REFUSAL['insufficient-margin'];
    else if (position.leverage > maxLeverage(position.schedule, exposureQuanta(position))) {
      refusal = VENUE_REFUSAL['leverage-above-tier'];
    }
    if (refusal !== VENUE_REFUSAL.accepted) addPending(position, side, -lots, -valueQuanta);
    return refusal;
  }

  /** Gives up the claim of an order that was canceled, or of the part that is about to be booked with {@link fill}. */
  unreserve(index: number, side: number, lots: number, valueQuanta: number): void {
    addPending(this.#at(index), side, -lots, -valueQuanta);
  }

  /** Puts a claim back that {@link unreserve} gave up, unchecked: an amendment was refused, the order stands as it was. */
  restoreClaim(index: number, side: number, lots: number, valueQuanta: number): void {
    addPending(this.#at(index), side, lots, valueQuanta);
  }

  /**
   * Books one fill. The claim of the order must have been given up before.
   *
   * @param side 1 buy, −1 sell
   * @param feeQuanta fee, or rebate where negative
   * @returns realised profit without fee
   */
  fill(index: number, side: number, lots: number, ticks: number, feeQuanta: number): number {
    const position = this.#at(index);
    const reduces = position.lots !== 0 && position.lots > 0 !== side > 0;
    const closing = reduces ? Math.min(lots, Math.abs(position.lots)) : 0;
    let realised = 0;
    // A fill that turns the position is one value split in two, so that both sides of a trade book the same sum.
    let value = position.instrument.value(ticks, side * lots);
    let fee = feeQuanta;
    assert(lots === closing || position.leg === 0 || position.leg === side, 'a hedge leg cannot turn');
    if (closing > 0) {
      const closingValue = closing === lots ? value : position.instrument.value(ticks, side * closing);
      const closingFee = closing === lots ? fee : multiplyDivide(fee, closing, lots, 'floor');
      realised = this.#close(position, closing, -closingValue, closingFee);
      value -= closingValue;
      fee -= closingFee;
    }
    if (lots > closing) this.#open(position, side * (lots - closing), value, fee);
    if (position.markPrice === 0) position.markPrice = position.instrument.price(ticks);
    revalue(position, this.#closingFeeRate);
    return realised;
  }

  /** Values a position at a new mark price. */
  mark(index: number, price: number): void {
    const position = this.#at(index);
    position.markPrice = price;
    if (position.lots !== 0) revalue(position, this.#closingFeeRate);
  }

  /**
   * Pays or receives funding on a position, or on the `lots` that it had when the funding fell due. Returns the change of its money; of an
   * isolated position that is closed meanwhile, the change of cash.
   */
  fund(index: number, markPrice: number, rate: number, lots = this.#at(index).lots): number {
    const { instrument } = this.#at(index);
    return this.pay(index, fundingPayment(instrument, lots, markPrice, rate));
  }

  /** Changes the money behind a position; of an isolated one that is closed, cash. Returns the change. */
  pay(index: number, quanta: number): number {
    const position = this.#at(index);
    if (position.mode === 'cross' || position.lots === 0) {
      this.cashQuanta += quanta;
    } else {
      position.marginQuanta += quanta;
      if (position.marginQuanta < 0) {
        this.insuranceQuanta -= position.marginQuanta;
        position.marginQuanta = 0;
      }
    }
    return quanta;
  }

  /** Cash, isolated margins and unrealised profit: what the account is worth at the marks. */
  equityQuanta(): number {
    let equity = this.cashQuanta;
    for (const position of this.positions) equity += position.marginQuanta + position.unrealisedQuanta;
    return equity;
  }

  /** What new orders may claim; negative where losses have eaten into claimed margin. */
  availableQuanta(): number {
    let available = this.cashQuanta;
    for (const position of this.positions) {
      available -= claimQuanta(position);
      if (position.mode === 'cross') available += position.unrealisedQuanta;
    }
    return available;
  }

  /** Margin balance behind a position: its own margin and profit (isolated), or the whole pool's (cross). */
  balanceQuanta(index: number): number {
    const position = this.#at(index);
    if (position.mode === 'isolated') return position.marginQuanta + position.unrealisedQuanta;
    let balance = this.cashQuanta;
    for (const other of this.positions) if (other.mode === 'cross') balance += other.unrealisedQuanta;
    return balance;
  }

  /** What must remain of {@link balanceQuanta}: maintenance margin with closing fee. */
  maintenanceQuanta(index: number): number {
    const position = this.#at(index);
    if (position.mode === 'isolated') return position.maintenanceQuanta;
    let maintenance = 0;
    for (const other of this.positions) if (other.mode === 'cross') maintenance += other.maintenanceQuanta;
    return maintenance;
  }

  /** Maintenance over balance; at 1 and above the position is due for liquidation. */
  marginRatio(index: number): number {
    return marginRatio(this.maintenanceQuanta(index), this.balanceQuanta(index));
  }

  /** Whether the position must be liquidated at its mark. If a cross position must, all cross positions must. */
  mustLiquidate(index: number): boolean {
    return this.#at(index).lots !== 0 && this.balanceQuanta(index) <= this.maintenanceQuanta(index);
  }

  /** Mark price at which the position is liquidated while all others stand still; null where none is, or where flat. */
  liquidationPrice(index: number): number | null {
    const position = this.#at(index);
    if (position.lots === 0) return null;
    const { instrument, schedule, lots } = position;
    const fee = this.#closingFeeRate / RATE_SCALE;
    const twin = this.#twin(position);
    const balance = instrument.money(this.#behind(position, twin, true));
    if (twin) return hedgedLiquidationPrice(position, twin, balance, fee);
    return tieredLiquidationPrice(instrument, schedule, lots, entryPrice(position), balance, fee);
  }

  /** Price at which closing leaves nothing of what stands behind the position; null where none does, or where flat. */
  bankruptcyPrice(index: number): number | null {
    const position = this.#at(index);
    if (position.lots === 0) return null;
    const twin = this.#twin(position);
    const legs = twin ? [legOf(position), legOf(twin)] : [legOf(position)];
    const balance = position.instrument.money(this.#behind(position, twin, false));
    return bankruptcyPrice(legs, balance, position.instrument.inverse, 0);
  }

  /**
   * Closes a whole position by force. The liquidation fee, `feeRate` (in units of 1e-8) of the value closed, is taken only as far
   * as something is left to take it from. Its orders must have been canceled. Returns the fee.
   */
  liquidate(index: number, ticks: number, feeRate: number): number {
    const position = this.#at(index);
    if (position.lots === 0) return 0;
    const { instrument, lots } = position;
    const left = this.leftAfter(index, ticks, Math.abs(lots));
    const fee = Math.max(0, Math.min(rateUp(Math.abs(instrument.value(ticks, lots)), feeRate), left));
    this.fill(index, lots > 0 ? -1 : 1, Math.abs(lots), ticks, fee);
    return fee;
  }

  /** Money behind a position that closing `lots` of it at `ticks` would leave or, negative, lack: cash, or the margin of those lots. */
  leftAfter(index: number, ticks: number, lots: number): number {
    const position = this.#at(index);
    const held = Math.abs(position.lots);
    if (held === 0) return 0;
    const closing = Math.min(lots, held);
    const exit = position.instrument.value(ticks, position.lots > 0 ? closing : -closing);
    const entry = multiplyDivide(position.entryQuanta, closing, held, 'half-even');
    const profit = position.instrument.inverse ? entry - exit : exit - entry;
    const margin = multiplyDivide(position.marginQuanta, closing, held, 'floor');
    return (position.mode === 'isolated' ? margin : this.cashQuanta) + profit;
  }

  snapshot(): MarginAccountState {
    return {
      cashQuanta: this.cashQuanta,
      insuranceQuanta: this.insuranceQuanta,
      positions: this.positions.map(positionState),
    };
  }

  /** Of an account with the same positions added. */
  restore(state: MarginAccountState): void {
    assert(state.positions.length === this.positions.length, 'the snapshot is of other positions');
    this.cashQuanta = state.cashQuanta;
    this.insuranceQuanta = state.insuranceQuanta;
    for (const [i, position] of this.positions.entries()) Object.assign(position, state.positions[i]);
  }

  #open(position: MarginPosition, signedLots: number, value: number, fee: number): void {
    if (position.mode === 'isolated') {
      const wanted = initialMargin(Math.abs(value), position.leverage);
      const moved = Math.max(0, Math.min(wanted, this.availableQuanta()));
      this.cashQuanta -= moved;
      position.marginQuanta += moved;
      const fromMargin = Math.min(position.marginQuanta, Math.max(0, fee - Math.max(0, this.cashQuanta)));
      position.marginQuanta -= fromMargin;
      this.cashQuanta -= fee - fromMargin;
    } else {
      this.cashQuanta -= fee;
    }
    position.lots = safe(position.lots + signedLots, 'position');
    position.entryQuanta = safe(position.entryQuanta + value, 'entry value');
  }

  /** `exit` is the value of the closed lots at the fill's price, with the position's sign. */
  #close(position: MarginPosition, lots: number, exit: number, fee: number): number {
    const { instrument } = position;
    const held = Math.abs(position.lots);
    const signed = position.lots > 0 ? lots : -lots;
    const entry = lots === held ? position.entryQuanta : multiplyDivide(position.entryQuanta, lots, held, 'half-even');
    const realised = instrument.inverse ? entry - exit : exit - entry;
    position.entryQuanta -= entry;
    position.lots -= signed;
    if (position.mode === 'cross') {
      this.cashQuanta += realised - fee;
      if (this.cashQuanta < 0 && this.positions.every((p) => p.mode !== 'cross' || p.lots === 0)) {
        this.insuranceQuanta -= this.cashQuanta;
        this.cashQuanta = 0;
      }
      return realised;
    }
    const released = lots === held ? position.marginQuanta : multiplyDivide(position.marginQuanta, lots, held, 'floor');
    position.marginQuanta -= released;
    let proceeds = released + realised - fee;
    if (proceeds < 0) {
      const covered = Math.min(-proceeds, position.marginQuanta);
      position.marginQuanta -= covered;
      proceeds += covered;
      this.insuranceQuanta -= proceeds;
      proceeds = 0;
    }
    this.cashQuanta += proceeds;
    return realised;
  }

  /** The other cross leg of the same instrument, where it is open. */
  #twin(position: MarginPosition): MarginPosition | null {
    if (position.mode !== 'cross') return null;
    for (const other of this.positions) {
      const same = other.instrument.id === position.instrument.id;
      if (same && other !== position && other.mode === 'cross' && other.lots !== 0) return other;
    }
    return null;
  }

  /** Money behind a position (and its twin) without its own profit: margin, or cash and the others' profit less maintenance. */
  #behind(position: MarginPosition, twin: MarginPosition | null, lessMaintenance: boolean): number {
    if (position.mode === 'isolated') return position.marginQuanta;
    let balance = this.cashQuanta;
    for (const other of this.positions) {
      if (other === position || other === twin || other.mode !== 'cross') continue;
      balance += other.unrealisedQuanta - (lessMaintenance ? other.maintenanceQuanta : 0);
    }
    return balance;
  }

  #at(index: number): MarginPosition {
    const position = this.positions[index];
    if (position === undefined) throw new RangeError(`no position ${index}`);
    return position;
  }
}
