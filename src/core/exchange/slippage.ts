/**
 * Slippage: how much worse than the price it was aimed at a taking fill is.
 *
 * ASSUMPTIONS
 * 1. Slippage is always adverse: a buy pays more, a sell receives less, by whole ticks, rounded up. Real fills are at times
 *    better than aimed at; this model never grants that.
 * 2. `ticks` and `basis-points` do not depend on size. Basis points are of the price aimed at.
 * 3. `square-root` impact is coefficient × √(order lots / bar lots), the coefficient being the impact in basis points of an
 *    order as large as the whole bar (Y·σ in Tóth et al., "Anomalous price impact and the critical nature of liquidity in
 *    financial markets", Phys. Rev. X 1, 021006, 2011; empirically also Almgren et al., "Direct estimation of equity market
 *    impact", Risk, 2005). `linear` is coefficient × order lots / bar lots (Kyle, "Continuous auctions and insider trading",
 *    Econometrica 53, 1985). Both laws were fitted to metaorders worked over time, not to one order inside one bar.
 * 4. A bar without volume counts as a bar of one lot: the impact of trading in it is large, not nothing.
 * 5. Impact is temporary: the next bar starts from the recorded prices again, which is kind to large accounts.
 * 6. Clamped to the bar's range, a fill is never outside what traded; it then may slip less than the model says.
 */
import { RATE_SCALE } from './rate.ts';

export const SLIPPAGE_KINDS = ['none', 'ticks', 'basis-points', 'square-root', 'linear'] as const;
export type SlippageKind = (typeof SLIPPAGE_KINDS)[number];

export type SlippageModel = {
  readonly kind: SlippageKind;
  /** Ticks (integer) for `ticks`; a rate in units of 1e-8 otherwise (1 basis point is 10,000). */
  readonly amount: number;
  /** Whether a fill must stay within the bar's low and high. */
  readonly clampToRange: boolean;
};

/** No slippage: every fill at the price aimed at. */
export const NO_SLIPPAGE: SlippageModel = { kind: 'none', amount: 0, clampToRange: false };

/**
 * Ticks by which a fill of `lots` aimed at `ticks` is worse, 0 or more.
 *
 * @param barLots volume of the bar, in lots; only the impact models look at it
 */
export function slippageTicks(model: SlippageModel, ticks: number, lots: number, barLots: number): number {
  if (model.kind === 'none') return 0;
  if (model.kind === 'ticks') return model.amount;
  const atFullVolume = (ticks * model.amount) / RATE_SCALE;
  if (model.kind === 'basis-points') return wholeTicksUp(atFullVolume);
  const share = lots / Math.max(1, barLots);
  return wholeTicksUp(atFullVolume * (model.kind === 'square-root' ? Math.sqrt(share) : share));
}

/**
 * The tick at which a taking fill happens.
 *
 * @param side 1 buy, −1 sell
 * @param lowTicks low of the bar; with `highTicks` used only where the model clamps
 */
export function slippedTicks(
  model: SlippageModel,
  side: number,
  ticks: number,
  lots: number,
  barLots: number,
  lowTicks: number,
  highTicks: number,
): number {
  const slipped = ticks + side * slippageTicks(model, ticks, lots, barLots);
  if (model.clampToRange) {
    // Never past the range, and never better than the price aimed at, even where that one lay outside.
    if (side > 0) return Math.max(ticks, Math.min(slipped, highTicks));
    return Math.min(ticks, Math.max(slipped, lowTicks));
  }
  return Math.max(1, slipped);
}

/** Up to the next whole tick, but 3.0000000000000004 ticks are 3: that digit is the product's rounding, not slippage. */
function wholeTicksUp(ticks: number): number {
  const nearest = Math.round(ticks);
  return Math.abs(ticks - nearest) <= 1e-9 * Math.max(1, ticks) ? nearest : Math.ceil(ticks);
}
