import { type Decimal, decimal, parseDecimal } from '../vocabulary/decimal.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import { divideExact, powerOfTen } from '../vocabulary/integer.ts';
import type { Num, Size } from '../vocabulary/intent.ts';
import { REFUSAL } from '../vocabulary/refusal.ts';
import { releasedCapital } from './rules/free-capital.ts';
import type { RiskView } from './view.ts';

/** What sizing needs to know. Money is in account currency, prices in quote; one instance is reused. */
export class SizingContext {
  instrument!: Instrument;
  /** 1 buy, −1 sell. */
  side = 1;
  /** Expected fill. */
  price = Number.NaN;
  /** Price of the protective stop; NaN where there is none. */
  stopPrice = Number.NaN;
  /** Account currency for one unit of the settle asset. */
  settleRate = 1;
  strategyEquity = 0;
  /** With what orders that are closing the position the other way will release. */
  freeCapital = 0;
  leverage = 1;
  takerFeeRate = 0;
  /** Whether a buy must be paid from the free capital (spot, equity): then `pctEquity` leaves room for the fee. */
  physical = true;
  /** Whether all of the order claims margin: it opens or adds in a margin account, once what closes the position the other way has filled. Then `pctEquity` leaves room for the fee on either side. */
  claimsMargin = false;

  /** Takes over what risk sees of the account; instrument and side are known. */
  see(view: RiskView, isMargin: boolean): void {
    const { instrument, side } = this;
    this.strategyEquity = view.strategyEquity;
    this.settleRate = view.settleRate;
    this.freeCapital = view.freeCapital;
    if (view.strategyLots * side < 0) {
      const lotValue = instrument.valueAt(view.price, 1) * view.settleRate;
      this.freeCapital += releasedCapital(side, view, this.leverage, lotValue);
    }
    this.physical = instrument.physical && !isMargin;
    const closing = side > 0 ? view.strategyOpenBuyLots : view.strategyOpenSellLots;
    this.claimsMargin = isMargin && view.strategyLots * side + closing >= 0;
  }
}

/** A double this close to a step, relatively, is that step; the same convention as the instrument's own door. */
const STEP_TOLERANCE = 1e-9;
const UNIT = decimal(1n);

/**
 * Lots for a size, rounded down, never up; 0 where it is less than one lot or there is nothing to bet on. Negative results are
 * refusals, −code: `no-reference-price`, `stop-required`, `stop-on-wrong-side`, `size-above-maximum` (beyond exact integers),
 * `valuation-missing` (a number of the size is no number, e.g. an indicator without a value yet).
 *
 * | size | value or lots |
 * |---|---|
 * | `qty` | that quantity (contracts for derivatives); exact for text and bigint |
 * | `notional` | quote value / value of a lot at the price; exact for text and bigint |
 * | `pctEquity` | share × equity × leverage; a buy that must be paid is clipped so that it and its fee fit the free capital |
 * | `riskPct` | share × equity / loss of a lot at the stop, with both fees (V. Tharp, "fixed fractional" position sizing) |
 * | `atrPct` | share × equity / loss of a lot if the price moves one ATR against it (the Turtles' unit, C. Faith) |
 * | `kelly` | fraction × (W − (1 − W) / R), in 0…1, × equity (J. L. Kelly 1956; W win rate, R payoff); no edge, no lots |
 * | `volTarget` | target / vol × equity (volatility targeting) |
 *
 * Only `pctEquity` is clipped; anything else that costs too much is for the free-capital rule to refuse.
 */
export function sizeToLots(size: Size, context: SizingContext): number {
  if ('qty' in size) return fromQuantity(size.qty, context.instrument);
  const { instrument, price, strategyEquity: equity } = context;
  if (!(price > 0 && price < Number.POSITIVE_INFINITY)) return -REFUSAL['no-reference-price'];
  if ('notional' in size) return fromNotional(size.notional, instrument, price);

  const lotValue = instrument.valueAt(price, 1) * context.settleRate;
  if ('pctEquity' in size) {
    const lots = lotsOf(size.pctEquity * equity * context.leverage, lotValue);
    const mustPay = context.claimsMargin || (context.physical && context.side > 0);
    return mustPay && lots > 0 ? Math.min(lots, payableLots(context, lotValue)) : lots;
  }
  if ('riskPct' in size) return fromRisk(size.riskPct * equity, context, lotValue);
  if ('atrPct' in size) {
    if (!(size.atr > 0)) return -REFUSAL['valuation-missing'];
    return lotsOf(size.atrPct * equity, Math.abs(moveLoss(context, price - context.side * size.atr, lotValue)));
  }
  if ('kelly' in size) {
    const { winRate, payoff, fraction = 1 } = size.kelly;
    const share = fraction * (winRate - (1 - winRate) / payoff);
    // A payoff below 0, or a win rate outside 0…1, is no statistic.
    if (!(payoff > 0 && winRate >= 0 && winRate <= 1)) return -REFUSAL['valuation-missing'];
    return lotsOf(Math.min(1, share) * equity, lotValue);
  }
  if (!('volTarget' in size))
    throw new TypeError(
      `size: expected one of qty, notional, pctEquity, riskPct, atrPct, kelly and volTarget, found ${JSON.stringify(size)}`,
    );
  const { target, vol } = size.volTarget;
  return vol > 0 ? lotsOf((target / vol) * equity, lotValue) : -REFUSAL['valuation-missing'];
}

/** Whole lots in `money`, a double within 1e-9 of a whole number being that number. */
function lotsOf(money: number, perLot: number): number {
  const lots = money / perLot;
  if (Number.isNaN(lots) || !(perLot > 0)) return -REFUSAL['valuation-missing'];
  if (!(lots > 0)) return 0;
  if (lots > Number.MAX_SAFE_INTEGER) return -REFUSAL['size-above-maximum'];
  const nearest = Math.round(lots);
  return Math.abs(lots - nearest) <= STEP_TOLERANCE * Math.max(1, lots) ? nearest : Math.floor(lots);
}

/** Most lots whose locked value (value / leverage) and taker fee fit the free capital, strictly. */
function payableLots(context: SizingContext, lotValue: number): number {
  const perLot = lotValue * (1 / context.leverage + context.takerFeeRate);
  let lots = Math.floor(context.freeCapital / perLot);
  if (!(lots > 0)) return 0;
  while (lots > 0 && lots * perLot > context.freeCapital) lots--;
  return lots;
}

/** Loss of a lot if the price goes to `exit`, in account currency; for inverse contracts it is not linear in the price. */
function moveLoss(context: SizingContext, exit: number, lotValue: number): number {
  const { instrument, price, side, settleRate } = context;
  if (!instrument.inverse) return instrument.valueAt(side * (price - exit), 1) * settleRate;
  // An inverse contract is worth contracts / price: without bound as the price nears 0.
  if (exit <= 0) return Number.POSITIVE_INFINITY;
  return side * (instrument.valueAt(exit, 1) * settleRate - lotValue);
}

function fromRisk(money: number, context: SizingContext, lotValue: number): number {
  const { stopPrice, takerFeeRate, instrument, settleRate, side, price } = context;
  if (!(stopPrice > 0)) return -REFUSAL['stop-required'];
  if (side * (price - stopPrice) <= 0) return -REFUSAL['stop-on-wrong-side'];
  const stopValue = instrument.valueAt(stopPrice, 1) * settleRate;
  return lotsOf(money, moveLoss(context, stopPrice, lotValue) + takerFeeRate * (lotValue + stopValue));
}

function fromQuantity(quantity: Num, instrument: Instrument): number {
  if (typeof quantity === 'number') return lotsOf(quantity, instrument.lotQuantity);
  const exact = exactly(quantity);
  if (exact === null) return -REFUSAL['valuation-missing'];
  return exactLots(exact * lotPower(instrument), UNIT * BigInt(instrument.baseUnits(1)));
}

function fromNotional(notional: Num, instrument: Instrument, price: number): number {
  const { inverse, definition } = instrument;
  if (typeof notional === 'number')
    return lotsOf(notional, inverse ? instrument.lotQuantity * instrument.contractSize : instrument.valueAt(price, 1));
  const exact = exactly(notional);
  // A price that needs more than 18 places is no tick of anything.
  const exactPrice = inverse ? UNIT : parseDecimal(String(price));
  if (exact === null || exactPrice === null) return -REFUSAL['valuation-missing'];
  // notional / (price × lot × contract), each over its own power of ten.
  const perLot = exactPrice * BigInt(instrument.baseUnits(1)) * decimal(definition.contractSize);
  return exactLots(exact * UNIT * lotPower(instrument), perLot);
}

function exactly(value: string | bigint): Decimal | null {
  return typeof value === 'bigint' ? decimal(value) : parseDecimal(value);
}

function lotPower(instrument: Instrument): bigint {
  return BigInt(powerOfTen(instrument.lotScale));
}

function exactLots(numerator: bigint, denominator: bigint): number {
  if (numerator <= 0n) return 0;
  const lots = divideExact(numerator, denominator, 'floor');
  return lots > BigInt(Number.MAX_SAFE_INTEGER) ? -REFUSAL['size-above-maximum'] : Number(lots);
}
