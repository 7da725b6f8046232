import { type EquityCurve, startEquity } from './equity-curve.ts';
import type { Figure } from './metric.ts';

/** One stretch below a former peak. `depth` is ≤ 0 and relative to the peak; `recoveryMs` is null while it lasts. */
export interface Drawdown {
  readonly depth: number;
  readonly depthMoney: number;
  readonly peakMs: number;
  readonly troughMs: number;
  readonly recoveryMs: number | null;
  /** Peak to recovery, or to the curve's end. */
  readonly durationMs: number;
}

/** `E / peak − 1` at every point: 0 at a peak, negative below it. A missing point repeats the one before. */
export function drawdownSeries(curve: EquityCurve): Float64Array {
  const out = new Float64Array(curve.equity.length);
  let peak = startEquity(curve) ?? 0;
  let current = 0;
  for (let i = 0; i < out.length; i++) {
    const value = curve.equity[i]!;
    if (Number.isFinite(value)) {
      if (value > peak) peak = value;
      current = peak > 0 ? value / peak - 1 : 0;
    }
    out[i] = current;
  }
  return out;
}

/** Every drawdown of the curve in time order; one pass. The last may be unrecovered; one that begins with the curve has its peak there. */
export function drawdowns(curve: EquityCurve): Drawdown[] {
  const out: Drawdown[] = [];
  const { timeMs, equity } = curve;
  const n = equity.length;
  let peak = startEquity(curve) ?? 0;
  let peakMs = curve.startMs ?? timeMs[0] ?? 0;
  let trough = peak;
  let troughMs = peakMs;
  const close = (endMs: number, recovered: boolean): void => {
    if (trough >= peak || peak <= 0) return;
    out.push({
      depth: trough / peak - 1,
      depthMoney: trough - peak,
      peakMs,
      troughMs,
      recoveryMs: recovered ? endMs : null,
      durationMs: endMs - peakMs,
    });
  };
  for (let i = 0; i < n; i++) {
    const value = equity[i]!;
    if (value >= peak) {
      close(timeMs[i]!, true);
      peak = value;
      trough = value;
      peakMs = timeMs[i]!;
    } else if (value < trough) {
      trough = value;
      troughMs = timeMs[i]!;
    }
  }
  if (n > 0) close(timeMs[n - 1]!, false);
  return out;
}

/** The deepest `count` drawdowns, deepest first; of equal depth the earlier. */
export function deepestDrawdowns(all: readonly Drawdown[], count: number): Drawdown[] {
  return [...all].sort((a, b) => a.depth - b.depth || a.peakMs - b.peakMs).slice(0, count);
}

/** The drawdown that lasted longest from peak to recovery (or to the end). */
export function longestDrawdown(all: readonly Drawdown[]): Drawdown | null {
  return all.reduce<Drawdown | null>((a, b) => (a === null || b.durationMs > a.durationMs ? b : a), null);
}

/** Mean depth over all drawdowns. */
export function averageDrawdown(all: readonly Drawdown[]): Figure {
  return all.length === 0 ? 'no-drawdown' : all.reduce((total, d) => total + d.depth, 0) / all.length;
}

/** Ulcer index: √mean(drawdown²) over every point (Martin & McCann 1989), as a fraction. */
export function ulcerIndex(series: ArrayLike<number>): Figure {
  if (series.length === 0) return 'no-data';
  let squares = 0;
  for (let i = 0; i < series.length; i++) squares += series[i]! * series[i]!;
  return Math.sqrt(squares / series.length);
}

/** Deepest fall of the compounded returns from a peak that includes the start; ≤ 0. */
export function maxDrawdownOfReturns(returns: ArrayLike<number>): Figure {
  if (returns.length === 0) return 'no-data';
  let growth = 1;
  let peak = 1;
  let deepest = 0;
  for (let i = 0; i < returns.length; i++) {
    growth *= 1 + returns[i]!;
    if (growth > peak) peak = growth;
    else if (growth / peak - 1 < deepest) deepest = growth / peak - 1;
  }
  return deepest;
}

/** Deepest `E / peak − 1` of an equity column at its own resolution; ≤ 0. Missing points are skipped. */
export function maxDrawdownOfEquity(curve: EquityCurve): Figure {
  let peak = startEquity(curve);
  if (peak === null) return 'no-data';
  let deepest = 0;
  for (const value of curve.equity) {
    if (value > peak) peak = value;
    else if (peak > 0 && value / peak - 1 < deepest) deepest = value / peak - 1;
  }
  return deepest;
}
