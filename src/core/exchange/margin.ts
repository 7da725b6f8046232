/**
 * Margin requirements.
 *
 * ASSUMPTIONS
 * 1. Initial margin is notional / leverage, rounded up to the quantum.
 * 2. Maintenance margin is rate × notional − maintenance amount of the tier in which the notional lies, rounded up, not below 0
 *    (Binance USDⓈ-M "leverage and margin": https://www.binance.com/en/support/faq/detail/360033162192). The amounts
 *    make it continuous at the tiers' floors.
 * 3. Notional is in the settle asset: quote for linear contracts, coin for inverse ones; the tiers' floors and amounts too.
 * 4. An instrument without tiers gets one invented tier (`DEFAULT_TIER`): 1 % maintenance, leverage up to 20. Majors are
 *    kinder, small coins harsher; configure the venue's own table where it matters.
 * 5. Tiers are today's. Venues change them, sometimes within hours and during a crash; history is not modelled.
 * 6. Every position has its own tiers: holdings of correlated instruments are not netted (no portfolio margin).
 */
import { assert } from '../vocabulary/assert.ts';
import type { Instrument, MarginTier } from '../vocabulary/instrument.ts';
import { divide } from '../vocabulary/integer.ts';
import { rateUp, toRate } from './rate.ts';

/** The tier of an instrument that has none; see assumption 4. */
export const DEFAULT_TIER: MarginTier = {
  notionalFloor: 0,
  maintenanceRate: 0.01,
  maxLeverage: 20,
  maintenanceAmount: 0,
};

/** Margin tiers made ready: columns of integers, ascending by floor. Rates in units of 1e-8, amounts in quanta. */
export type MarginSchedule = {
  readonly floorQuanta: readonly number[];
  readonly maintenanceRate: readonly number[];
  readonly maintenanceAmountQuanta: readonly number[];
  readonly maxLeverage: readonly number[];
};

/** The schedule of an instrument's tiers, or of {@link DEFAULT_TIER}. Throws where the tiers do not start at 0 and ascend. */
export function marginSchedule(instrument: Instrument, tiers = instrument.marginTiers): MarginSchedule {
  const used = tiers.length > 0 ? tiers : [DEFAULT_TIER];
  assert(used[0]!.notionalFloor === 0, `${instrument.id}: the first margin tier must start at 0`);
  for (let i = 1; i < used.length; i++) {
    assert(used[i]!.notionalFloor > used[i - 1]!.notionalFloor, `${instrument.id}: margin tiers must ascend`);
  }
  return {
    floorQuanta: used.map((tier) => instrument.quanta(tier.notionalFloor, 'ceil')),
    maintenanceRate: used.map((tier) => toRate(tier.maintenanceRate)),
    maintenanceAmountQuanta: used.map((tier) => instrument.quanta(tier.maintenanceAmount, 'floor')),
    maxLeverage: used.map((tier) => tier.maxLeverage),
  };
}

/** Index of the tier in which a notional lies. */
export function marginTier(schedule: MarginSchedule, notionalQuanta: number): number {
  let tier = schedule.floorQuanta.length - 1;
  while (tier > 0 && notionalQuanta < schedule.floorQuanta[tier]!) tier--;
  return tier;
}

/** Maintenance margin of a position of this absolute notional, in quanta. */
export function maintenanceMargin(schedule: MarginSchedule, notionalQuanta: number): number {
  const tier = marginTier(schedule, notionalQuanta);
  const margin = rateUp(notionalQuanta, schedule.maintenanceRate[tier]!) - schedule.maintenanceAmountQuanta[tier]!;
  return margin > 0 ? margin : 0;
}

/** Initial margin of this absolute notional, in quanta. `leverage` may have decimals (2.5). */
export function initialMargin(notionalQuanta: number, leverage: number): number {
  if (Number.isSafeInteger(leverage)) return divide(notionalQuanta, leverage, 'ceil');
  return rateUp(notionalQuanta, Math.ceil(toRate(1) / leverage));
}

/** Highest leverage that the tier of this notional allows. */
export function maxLeverage(schedule: MarginSchedule, notionalQuanta: number): number {
  return schedule.maxLeverage[marginTier(schedule, notionalQuanta)]!;
}

/**
 * Maintenance margin over margin balance: liquidation at 1 and above. Without requirement 0; with a requirement and nothing
 * left, +∞.
 */
export function marginRatio(maintenanceQuanta: number, balanceQuanta: number): number {
  if (maintenanceQuanta === 0 && balanceQuanta >= 0) return 0;
  return balanceQuanta > 0 ? maintenanceQuanta / balanceQuanta : Number.POSITIVE_INFINITY;
}
