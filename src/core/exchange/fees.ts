/**
 * Trading fees.
 *
 * ASSUMPTIONS
 * 1. A fee is rate × value of the fill, rounded up to the quantum; a rebate (negative maker rate) is rounded towards zero.
 * 2. `perLot` and the proportional part add up; `minimum` is a floor for each order, not for each fill: the venue asks for it
 *    once the order's fees so far fall short of it. It does not turn a rebate into a fee.
 * 3. `perOrder` is charged with the order's first fill; an order that never fills costs nothing.
 * 4. The tier is that of the value traded in the 30 UTC days before today (Binance, Kraken and OKX count so); a change of tier
 *    holds from the next UTC day, never inside a day.
 * 5. A fee in a third asset is converted at one fixed rate given by the configuration. Unrealistic: the real conversion moves.
 * 6. Fees of base-charged buys are taken out of what is received, and consist of the proportional part alone. Sells of such
 *    schedules pay in quote.
 */
import { InvariantError } from '../vocabulary/assert.ts';
import { multiply } from '../vocabulary/integer.ts';
import { RATE_SCALE, rateUp } from './rate.ts';

/** Rates from a traded value on. Rates are in units of 1e-8 (see `RATE_SCALE`); a negative maker rate is a rebate. */
export type FeeTier = {
  /** Value traded in the last 30 days from which the tier holds, in quanta of the settle asset. */
  readonly fromTradedQuanta: number;
  readonly makerRate: number;
  readonly takerRate: number;
};

export type FeeSchedule = {
  /** Ascending by `fromTradedQuanta`; the first starts at 0. */
  readonly tiers: readonly FeeTier[];
  /** Flat fee of an order, in quanta of the settle asset. */
  readonly perOrderQuanta: number;
  /** Fee of one lot, in quanta of the settle asset: [maker, taker]. */
  readonly perLotMakerQuanta: number;
  readonly perLotTakerQuanta: number;
  /** Least total fee of an order that filled, in quanta of the settle asset. */
  readonly minimumQuanta: number;
  /** Which asset pays: the settle (quote) asset, the base asset on spot buys, or a third asset such as the venue's own coin. */
  readonly payIn: 'settle' | 'base' | 'third';
  /** Quanta of the third asset for one quantum of the settle asset, as a rate in units of 1e-8, discount included; else 0. */
  readonly thirdPerSettleRate: number;
};

/** An asset other than base and quote that pays the fees, and what of it the account has. */
export type FeeAsset = {
  readonly code: string;
  /** Units at the start. */
  readonly balance: number | string;
  /** Price of one unit in the account's currency, the same throughout: assumption 5. */
  readonly price: number | string;
  /** Share of the fee that is saved by paying so, in units of 1e-8. */
  readonly discountRate: number;
};

/** Whether a fee never depends on what was traded before nor on what is in the account: the case that must cost no time. */
export function isPlain(schedule: FeeSchedule): boolean {
  return schedule.tiers.length === 1 && schedule.payIn === 'settle';
}

/** A schedule from the fields given; the rest is nothing. Throws where tiers are missing or not ascending from 0. */
export function feeSchedule(fields: Partial<FeeSchedule> & Pick<FeeSchedule, 'tiers'>): FeeSchedule {
  let previous = -1;
  for (const tier of fields.tiers) {
    if (tier.fromTradedQuanta <= previous) throw new InvariantError('fee tiers must ascend');
    previous = tier.fromTradedQuanta;
  }
  if (fields.tiers[0]?.fromTradedQuanta !== 0) throw new InvariantError('the first fee tier must start at 0');
  return {
    tiers: fields.tiers,
    perOrderQuanta: fields.perOrderQuanta ?? 0,
    perLotMakerQuanta: fields.perLotMakerQuanta ?? 0,
    perLotTakerQuanta: fields.perLotTakerQuanta ?? 0,
    minimumQuanta: fields.minimumQuanta ?? 0,
    payIn: fields.payIn ?? 'settle',
    thirdPerSettleRate: fields.thirdPerSettleRate ?? 0,
  };
}

/** The commonest schedule: one tier, two rates in units of 1e-8. */
export function makerTakerFees(makerRate: number, takerRate: number): FeeSchedule {
  return feeSchedule({ tiers: [{ fromTradedQuanta: 0, makerRate, takerRate }] });
}

/** Index of the tier that a traded value reaches. */
export function feeTier(schedule: FeeSchedule, tradedQuanta: number): number {
  let tier = schedule.tiers.length - 1;
  while (tier > 0 && tradedQuanta < schedule.tiers[tier]!.fromTradedQuanta) tier--;
  return tier;
}

/**
 * Fee of one fill in quanta of the settle asset; negative for a rebate.
 *
 * @param valueQuanta absolute value of the fill (`Math.abs(instrument.value(ticks, lots))`)
 * @param lots absolute quantity of the fill
 * @param paidQuanta fees that this order's earlier fills paid; ignored for the first fill
 */
export function feeQuanta(
  schedule: FeeSchedule,
  tier: number,
  maker: boolean,
  valueQuanta: number,
  lots: number,
  firstFill: boolean,
  paidQuanta: number,
): number {
  const rates = schedule.tiers[tier]!;
  const perLot = maker ? schedule.perLotMakerQuanta : schedule.perLotTakerQuanta;
  let fee = rateUp(valueQuanta, maker ? rates.makerRate : rates.takerRate);
  if (perLot !== 0) fee += multiply(perLot, lots, 'fee per lot');
  if (firstFill) fee += schedule.perOrderQuanta;
  if (schedule.minimumQuanta > 0) {
    const paid = firstFill ? 0 : paidQuanta;
    if (paid + fee >= 0 && paid + fee < schedule.minimumQuanta) fee = schedule.minimumQuanta - paid;
  }
  return fee;
}

/** Fee of a base-charged spot buy, in quanta of the base asset, of `baseQuanta` received. Only the proportional part. */
export function feeInBaseQuanta(schedule: FeeSchedule, tier: number, maker: boolean, baseQuanta: number): number {
  const rates = schedule.tiers[tier]!;
  return rateUp(baseQuanta, maker ? rates.makerRate : rates.takerRate);
}

/** A fee in quanta of the settle asset as quanta of the schedule's third asset. */
export function feeInThirdQuanta(schedule: FeeSchedule, settleFeeQuanta: number): number {
  if (settleFeeQuanta >= 0) return rateUp(settleFeeQuanta, schedule.thirdPerSettleRate);
  // A rebate is rounded towards zero, too: ceil(−x) = −floor(x).
  return rateUp(-settleFeeQuanta, -schedule.thirdPerSettleRate);
}

/** Most that `lots` worth `valueQuanta` can cost in fees, for locking funds: the dearer side, with every flat part. */
export function worstFeeQuanta(schedule: FeeSchedule, tier: number, valueQuanta: number, lots: number): number {
  const maker = feeQuanta(schedule, tier, true, valueQuanta, lots, true, 0);
  return Math.max(0, maker, feeQuanta(schedule, tier, false, valueQuanta, lots, true, 0));
}

/** {@link worstFeeQuanta} whatever the tier, as a fill may come on a day on which another one holds. */
export function worstFeeOfAnyTier(schedule: FeeSchedule, valueQuanta: number, lots: number): number {
  let worst = worstFeeQuanta(schedule, 0, valueQuanta, lots);
  for (let tier = 1; tier < schedule.tiers.length; tier++)
    worst = Math.max(worst, worstFeeQuanta(schedule, tier, valueQuanta, lots));
  return worst;
}

const DAY_MS = 86_400_000;
const WINDOW_DAYS = 30;

/**
 * Value traded in the last 30 UTC days, from which the fee tier follows. Sums past 2^53 quanta lose their last digits, which
 * only a threshold in the same place would notice.
 */
export class TradedValue {
  readonly #days = new Float64Array(WINDOW_DAYS + 1);
  #today = 0;

  /** Adds the absolute value of a fill, in quanta. A fill of a day before the latest one counts to the latest. */
  record(timeMs: number, valueQuanta: number): void {
    this.#advance(timeMs);
    this.#days[this.#today % this.#days.length]! += valueQuanta;
  }

  /** Sum of the 30 whole days before the day of `timeMs`, or before the latest day where that is later, in quanta. */
  before(timeMs: number): number {
    this.#advance(timeMs);
    let sum = 0;
    for (let ago = 1; ago <= WINDOW_DAYS; ago++) {
      sum += this.#days[(this.#today + this.#days.length - ago) % this.#days.length]!;
    }
    return sum;
  }

  snapshot(): { today: number; days: number[] } {
    return { today: this.#today, days: [...this.#days] };
  }

  restore(state: { today: number; days: readonly number[] }): void {
    this.#today = state.today;
    this.#days.set(state.days);
  }

  #advance(timeMs: number): void {
    const day = Math.floor(timeMs / DAY_MS);
    if (day <= this.#today) return;
    if (day - this.#today > WINDOW_DAYS) this.#days.fill(0);
    else for (let d = this.#today + 1; d <= day; d++) this.#days[d % this.#days.length] = 0;
    this.#today = day;
  }
}

/** The tier that an account's own trading has reached, looked up once a UTC day. */
export class TierClock {
  readonly #schedule: FeeSchedule;
  readonly #traded = new TradedValue();
  #untilMs = Number.NEGATIVE_INFINITY;
  #tier = 0;

  constructor(schedule: FeeSchedule) {
    this.#schedule = schedule;
  }

  /** Adds the absolute value of a fill, in quanta of the settle asset. */
  record(timeMs: number, valueQuanta: number): void {
    this.#traded.record(timeMs, valueQuanta);
  }

  /** The tier that holds at a time. */
  at(timeMs: number): number {
    if (timeMs >= this.#untilMs) {
      this.#tier = feeTier(this.#schedule, this.#traded.before(timeMs));
      this.#untilMs = (Math.floor(timeMs / DAY_MS) + 1) * DAY_MS;
    }
    return this.#tier;
  }

  snapshot(): TierClockState {
    return {
      ...this.#traded.snapshot(),
      untilMs: Number.isFinite(this.#untilMs) ? this.#untilMs : null,
      tier: this.#tier,
    };
  }

  restore(state: TierClockState): void {
    this.#traded.restore(state);
    this.#untilMs = state.untilMs ?? Number.NEGATIVE_INFINITY;
    this.#tier = state.tier;
  }

  reset(): void {
    this.restore({ today: 0, days: new Array(WINDOW_DAYS + 1).fill(0), untilMs: null, tier: 0 });
  }
}

export type TierClockState = {
  readonly today: number;
  readonly days: readonly number[];
  readonly untilMs: number | null;
  readonly tier: number;
};

/** One basis point as a rate. */
export const RATE_PER_BPS = RATE_SCALE / 10_000;
