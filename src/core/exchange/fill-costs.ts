import { assert } from '../vocabulary/assert.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import type { BarColumns } from '../vocabulary/market-data.ts';
import { AccountFees } from './account-fees.ts';
import { type FeeAsset, type FeeSchedule, feeQuanta, isPlain, worstFeeOfAnyTier } from './fees.ts';
import { LatencyLine, type LatencyModel, type LatencyState, NO_LATENCY } from './latency.ts';
import { RATE_SCALE } from './rate.ts';
import { NO_SLIPPAGE, type SlippageModel, slippedTicks } from './slippage.ts';
import type { SpotPair } from './spot-commission.ts';
import type { VenueBars } from './venue-bars.ts';

/** What trading costs at the simulated venue: fees, slippage, delay, and how much of a bar one account may take. */
export interface CostModel {
  readonly fees: FeeSchedule;
  /** The asset that pays where the schedule says `third`; it sets the schedule's conversion rate. */
  readonly feeAsset?: FeeAsset;
  readonly slippage?: SlippageModel;
  /**
   * Whole spread as a rate (units of 1e-8 of the price) that taking entries pay; on top of slippage. Exits pay nothing, nor does an
   * entry that only lessens what is held: that paid when it was opened.
   */
  readonly entrySpreadRate?: number;
  readonly latency?: LatencyModel;
  /** Highest fraction of a bar's volume that fills for us; 0 for no cap. */
  readonly participation?: number;
  /** What a margin account pays on what it has borrowed (`borrowed.ts`), per day in units of 1e-8; 0 by default. */
  readonly interestRate?: number;
}

/** The cost models bound together for one run. */
export class FillCosts {
  /** Who knows what a fill costs where that is not one rate in the settle asset; else null. */
  declare readonly account: AccountFees | null;
  /** Per day, in units of 1e-8. */
  declare readonly interestRate: number;
  declare private readonly fees: FeeSchedule;
  declare private readonly slippage: SlippageModel;
  declare private readonly entrySpread: number;
  declare private readonly participation: number;
  declare private readonly line: LatencyLine | null;
  declare private readonly start: LatencyState;

  /** @param pairs assets of each instrument, by its index; needed where fees have tiers or are paid in another asset */
  constructor(model: CostModel, seed: number, pairs: readonly SpotPair[] | null = null) {
    this.fees = model.fees;
    this.interestRate = model.interestRate ?? 0;
    assert(
      isPlain(model.fees) || pairs !== null,
      'fees with tiers or in another asset need the assets of the instruments',
    );
    this.account = isPlain(model.fees) ? null : new AccountFees(model.fees, pairs!);
    this.slippage = model.slippage ?? NO_SLIPPAGE;
    this.entrySpread = (model.entrySpreadRate ?? 0) / RATE_SCALE;
    this.participation = model.participation ?? 0;
    const latency = model.latency ?? NO_LATENCY;
    this.line = latency.orderMs + latency.orderJitterMs > 0 ? new LatencyLine(latency, seed) : null;
    this.start = (this.line ?? new LatencyLine(latency, seed)).snapshot();
  }

  /** Fee rates of both sides, where trading costs those and nothing else: no flat fees, no slippage, no delay. Else null. */
  get plainRates(): { readonly maker: number; readonly taker: number } | null {
    const { tiers, perOrderQuanta, perLotMakerQuanta, perLotTakerQuanta, minimumQuanta } = this.fees;
    if (this.account !== null || this.line !== null || this.slippage.kind !== 'none' || this.entrySpread !== 0)
      return null;
    if (perOrderQuanta !== 0 || perLotMakerQuanta !== 0 || perLotTakerQuanta !== 0 || minimumQuanta > 0) return null;
    return { maker: tiers[0]!.makerRate, taker: tiers[0]!.takerRate };
  }

  /** When an order sent now is at the venue. */
  arrivalMs(nowMs: number): number {
    return this.line === null ? nowMs : this.line.orderArrivalMs(nowMs);
  }

  /** Whether messages take time. */
  get delays(): boolean {
    return this.line !== null;
  }

  /** Messages on their way and the generator of their delays; null where there is no delay. */
  snapshot(): LatencyState | null {
    return this.line?.snapshot() ?? null;
  }

  restore(state: LatencyState | null): void {
    if (state !== null) this.line?.restore(state);
  }

  /** Back to before the first message. */
  reset(): void {
    this.account?.reset();
    if (this.line !== null) this.line.restore(this.start);
  }

  /** Lots that bar `i` may fill. */
  barBudgetLots(instrument: Instrument, bars: BarColumns, i: number): number {
    if (this.participation === 0) return Number.POSITIVE_INFINITY;
    return lotsOf(instrument, bars.volume[i]! * this.participation);
  }

  /** Tick at which a taking order fills that aimed at `ticks`: slipped, and an entry also across the spread. */
  takingTicks(
    instrument: Instrument,
    side: number,
    ticks: number,
    lots: number,
    enters: boolean,
    bars: VenueBars,
  ): number {
    const slipped = this.#slipped(instrument, side, ticks, lots, bars);
    return enters ? this.entryTicks(instrument, side, slipped) : slipped;
  }

  #slipped(instrument: Instrument, side: number, ticks: number, lots: number, bars: VenueBars): number {
    const model = this.slippage;
    const i = instrument.index;
    if (model.kind === 'none') return ticks;
    const isImpact = model.kind === 'square-root' || model.kind === 'linear';
    const barLots = isImpact ? lotsOf(instrument, bars.volume(i)) : 0;
    const lowTicks = model.clampToRange ? instrument.ticks(bars.low(i), 'half-even') : 0;
    const highTicks = model.clampToRange ? instrument.ticks(bars.high(i), 'half-even') : 0;
    return slippedTicks(model, side, ticks, lots, barLots, lowTicks, highTicks);
  }

  /**
   * Tick that an entry which is sized at its fill at `ticks` is sized by. Slippage makes a sell cheaper, and not larger: where it leaves next
   * to nothing of the price, as in a bar without volume, equity would pay for any number.
   */
  sizingTicks(instrument: Instrument, side: number, reference: number, ticks: number): number {
    return side > 0 ? ticks : Math.max(ticks, this.entryTicks(instrument, side, reference));
  }

  /** Tick at which a taking entry fills that also crosses the whole spread, rounded to its disadvantage. */
  entryTicks(instrument: Instrument, side: number, ticks: number): number {
    if (this.entrySpread === 0) return ticks;
    const price = instrument.price(ticks) * (1 + side * this.entrySpread);
    return Math.max(1, instrument.ticks(price, side > 0 ? 'ceil' : 'floor'));
  }

  /** Fee of a fill in quanta of the settle asset, where {@link account} is null. */
  feeQuanta(maker: boolean, value: number, lots: number, firstFill: boolean, paid: number): number {
    return feeQuanta(this.fees, 0, maker, value, lots, firstFill, paid);
  }

  /** Fee of what the venue itself closes, a liquidation or a settlement, in quanta of the settle asset. */
  forcedFeeQuanta(value: number, lots: number, timeMs: number): number {
    if (this.account === null) return feeQuanta(this.fees, 0, false, value, lots, true, 0);
    const fee = this.account.ofForced(value, lots, timeMs);
    this.account.record(timeMs, value);
    return fee;
  }

  /** The dearest fee of an order of that value that the settle asset may have to pay. */
  worstFeeQuanta(value: number, lots: number): number {
    return this.fees.payIn === 'base' ? 0 : worstFeeOfAnyTier(this.fees, value, lots);
  }
}

/** Lots in a bar's volume; infinity where there are more than can be counted exactly, which no order of ours comes near. */
function lotsOf(instrument: Instrument, volume: number): number {
  const isCountable = volume < Number.MAX_SAFE_INTEGER * instrument.lotQuantity;
  return isCountable ? instrument.lots(volume, 'floor') : Number.POSITIVE_INFINITY;
}
