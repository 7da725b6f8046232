/**
 * Liquidation and bankruptcy prices in closed form.
 *
 * ASSUMPTIONS
 * 1. A position is liquidated where margin balance = maintenance margin + closing fee, all at the mark price:
 *    balance + unrealised profit = Σ (rate × notional − maintenance amount) + fee rate × notional.
 *    Without fee this is Binance's rule (https://www.binance.com/en/support/faq/detail/b3c689c1f50a44cabb3a84e663b81d93),
 *    with it OKX's.
 * 2. Linear, legs i with signed quantity qᵢ, entry Eᵢ, tier rate mᵢ and amount Aᵢ, balance W, fee rate f, price P:
 *        W + Σ qᵢ(P − Eᵢ) = Σ (mᵢ + f)|qᵢ|P − ΣAᵢ   →   P = (Σ qᵢEᵢ − W − ΣAᵢ) / Σ (qᵢ − (mᵢ + f)|qᵢ|)
 *    Inverse, with cᵢ signed quote value of the contracts:
 *        W + Σ cᵢ(1/Eᵢ − 1/P) = Σ (mᵢ + f)|cᵢ|/P − ΣAᵢ   →   P = Σ (cᵢ + (mᵢ + f)|cᵢ|) / (W + Σ cᵢ/Eᵢ + ΣAᵢ)
 *    More than one leg are the long and the short of a hedge in one instrument.
 * 3. The tier is the one in which the notional lies at the liquidation price itself, not at entry. Where the tier at entry
 *    differs, venues that quote the price from the entry's tier show another number.
 * 4. For a cross account, `balance` contains the other positions' unrealised profit less their maintenance, at their present
 *    marks: the price is right while the others stand still.
 * 5. Everything is closed at once, at the bankruptcy price or better. Real venues reduce large positions tier by tier.
 * 6. No price is 0 for a long and +∞ for a short: "never liquidated" (an inverse short of 1×, a fully covered hedge).
 */

import type { Instrument } from '../vocabulary/instrument.ts';
import { type MarginSchedule, marginTier } from './margin.ts';
import { RATE_SCALE } from './rate.ts';

/** One leg as doubles: signed quantity in base units or contracts, times contract size; see {@link leg}. */
export type Leg = {
  /** Linear: signed base quantity. Inverse: signed quote value of the contracts. */
  readonly size: number;
  readonly entryPrice: number;
  readonly maintenanceRate: number;
  readonly maintenanceAmount: number;
};

/** A leg from an instrument's lots and the tier of `schedule` with this index. */
export function leg(
  instrument: Instrument,
  lots: number,
  entryPrice: number,
  schedule: MarginSchedule,
  tier: number,
): Leg {
  return {
    size: instrument.quantity(lots) * instrument.contractSize,
    entryPrice,
    maintenanceRate: schedule.maintenanceRate[tier]! / RATE_SCALE,
    maintenanceAmount: instrument.money(schedule.maintenanceAmountQuanta[tier]!),
  };
}

/**
 * Price at which the legs of one instrument are liquidated, given the margin balance behind them (isolated margin, or the cross
 * balance of assumption 4) in settle units.
 *
 * @param feeRate closing fee as a fraction of notional that counts as required (0 on Binance, the taker fee on OKX)
 * @returns a positive price, or null where no price liquidates
 */
export function liquidationPrice(
  legs: readonly Leg[],
  balance: number,
  inverse: boolean,
  feeRate: number,
): number | null {
  let constant = balance;
  let slope = 0;
  for (const { size, entryPrice, maintenanceRate, maintenanceAmount } of legs) {
    const required = (maintenanceRate + feeRate) * Math.abs(size);
    constant += maintenanceAmount + (inverse ? size / entryPrice : -size * entryPrice);
    slope += inverse ? size + required : size - required;
  }
  // Linear: constant + slope × P = 0. Inverse: constant − slope / P = 0.
  const price = inverse ? slope / constant : -constant / slope;
  return price > 0 && Number.isFinite(price) ? price : null;
}

/** Price at which the balance behind the legs is exactly used up, without maintenance: what a liquidation order is worth. */
export function bankruptcyPrice(
  legs: readonly Leg[],
  balance: number,
  inverse: boolean,
  feeRate: number,
): number | null {
  const bare = legs.map(({ size, entryPrice }) => ({ size, entryPrice, maintenanceRate: 0, maintenanceAmount: 0 }));
  return liquidationPrice(bare, balance, inverse, feeRate);
}

/**
 * {@link liquidationPrice} of one position with the tier found by the price itself: the solution whose notional at its own
 * price lies in the tier that made it. The continuity of tiers makes it unique; where a table is not continuous and no tier
 * fits, the price that liquidates first.
 */
export function tieredLiquidationPrice(
  instrument: Instrument,
  schedule: MarginSchedule,
  lots: number,
  entryPrice: number,
  balance: number,
  feeRate: number,
): number | null {
  let first: number | null = null;
  for (let tier = 0; tier < schedule.floorQuanta.length; tier++) {
    const price = liquidationPrice(
      [leg(instrument, lots, entryPrice, schedule, tier)],
      balance,
      instrument.inverse,
      feeRate,
    );
    if (price === null) continue;
    const notional = instrument.quanta(Math.abs(instrument.valueAt(price, lots)), 'half-even');
    if (marginTier(schedule, notional) === tier) return price;
    if (first === null || (lots > 0 ? price > first : price < first)) first = price;
  }
  return first;
}
