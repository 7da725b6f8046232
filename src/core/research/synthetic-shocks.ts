import type { Random } from '../vocabulary/random.ts';
import type { TimeMs } from '../vocabulary/time.ts';
import type { Regime } from './synthetic-regimes.ts';

const ROOT_3 = Math.sqrt(3);
/** Weight of the last squared shock in the next variance, and of the last variance. */
const ARCH = 0.08;
const GARCH = 0.905;

/** Variance 1 from four uniforms: enough for steps of which dozens are summed, at a third of the cost. */
export function nearlyNormal(random: Random): number {
  return (random.uniform() + random.uniform() + random.uniform() + random.uniform() - 2) * ROOT_3;
}

interface ShockSpec {
  readonly startMs: TimeMs;
  readonly bars: number;
  readonly regimes: readonly Regime[];
  readonly common?: { readonly shocks: Float64Array; readonly weight: number };
}

/**
 * Shocks with mean variance 1 that cluster, GARCH(1,1) with α 0.08 and β 0.905 (Bollerslev 1986), and the deviation `sigma` each was
 * drawn with. Part of each is the common shock. Within a regime they sum to zero, so that its label is true of the path that
 * comes out and not only of its expectation: a trend-up does rise, chop ends near where it began.
 */
export function clusteredShocks(
  spec: ShockSpec,
  barMs: number,
  random: Random,
): { readonly shock: Float64Array; readonly sigma: Float64Array } {
  const { bars, common, regimes, startMs } = spec;
  const shock = new Float64Array(bars);
  const sigma = new Float64Array(bars);
  const weight = common?.weight ?? 0;
  const ownWeight = Math.sqrt(1 - weight * weight);
  let variance = 1;
  for (let i = 0; i < bars; i++) {
    sigma[i] = Math.sqrt(variance);
    shock[i] = sigma[i]! * (ownWeight * random.normal() + (common ? weight * common.shocks[i]! : 0));
    variance = 1 - ARCH - GARCH + ARCH * shock[i]! * shock[i]! + GARCH * variance;
  }
  for (const regime of regimes) {
    const from = Math.max(0, Math.ceil((regime.fromMs - startMs) / barMs));
    const to = Math.min(bars, Math.ceil((regime.toMs - startMs) / barMs));
    let sum = 0;
    for (let i = from; i < to; i++) sum += shock[i]!;
    for (let i = from; i < to; i++) shock[i]! -= sum / (to - from);
  }
  return { shock, sigma };
}
