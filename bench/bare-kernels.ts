import type { BarColumns } from '../src/core/vocabulary/market-data.ts';
import type { PeerIndicator } from './npm-peers.ts';

/**
 * Loops written for one indicator each: what a processor takes for the arithmetic alone, with nothing kept for a stream that follows, no
 * parameter looked at and no value mistrusted. A row's figure is judged against what the reference machine takes for such a loop; beside it
 * stands what this machine takes, in turns with ours.
 */
export type BareKernel = (bars: BarColumns, outputs: readonly Float64Array[]) => void;

function smaKernel({ close: x }: BarColumns, [out]: readonly Float64Array[]): void {
  const n = 20;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += x[i]!;
    out![i] = i < n - 1 ? Number.NaN : sum / n;
  }
  for (let i = n; i < x.length; i++) {
    sum += x[i]! - x[i - n]!;
    out![i] = sum / n;
  }
}

function emaKernel({ close: x }: BarColumns, [out]: readonly Float64Array[]): void {
  const n = 20;
  const alpha = 2 / (n + 1);
  let y = 0;
  for (let i = 0; i < x.length; i++) {
    if (i < n) y += x[i]! / n;
    else y += alpha * (x[i]! - y);
    out![i] = i < n - 1 ? Number.NaN : y;
  }
}

function rsiKernel({ close: x }: BarColumns, [out]: readonly Float64Array[]): void {
  const n = 14;
  const alpha = 1 / n;
  let up = 0;
  let down = 0;
  out!.fill(Number.NaN, 0, n);
  for (let i = 1; i <= n; i++) {
    const change = x[i]! - x[i - 1]!;
    up += Math.max(0, change) * alpha;
    down += Math.max(0, -change) * alpha;
  }
  out![n] = (100 * up) / (up + down);
  let previous = x[n]!;
  for (let i = n + 1; i < x.length; i++) {
    const change = x[i]! - previous;
    previous = x[i]!;
    const size = Math.abs(change);
    up += (0.5 * (size + change) - up) * alpha;
    down += (0.5 * (size - change) - down) * alpha;
    out![i] = (100 * up) / (up + down);
  }
}

function atrKernel({ high, low, close }: BarColumns, [out]: readonly Float64Array[]): void {
  const n = 14;
  const alpha = 1 / n;
  let y = 0;
  let previous = close[0]!;
  out!.fill(Number.NaN, 0, n);
  for (let i = 1; i < close.length; i++) {
    const h = high[i]!;
    const l = low[i]!;
    const range = 0.5 * (h - l + Math.abs(h - previous) + Math.abs(l - previous));
    previous = close[i]!;
    if (i <= n) y += range / n;
    else y += (range - y) * alpha;
    if (i >= n) out![i] = y;
  }
}

function bollingerKernel({ close: x }: BarColumns, outputs: readonly Float64Array[]): void {
  const n = 20;
  const inverse = 1 / n;
  const middles = outputs[0]!;
  const uppers = outputs[1]!;
  const lowers = outputs[2]!;
  const percents = outputs[3]!;
  const widths = outputs[4]!;
  const reference = x[0]!;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n - 1; i++) {
    sum += x[i]! - reference;
    squares += (x[i]! - reference) ** 2;
    for (const column of outputs) column[i] = Number.NaN;
  }
  for (let i = n - 1; i < x.length; i++) {
    const value = x[i]!;
    const entering = value - reference;
    const leaving = i < n ? 0 : x[i - n]! - reference;
    sum += entering - leaving;
    squares += entering * entering - leaving * leaving;
    const middle = reference + sum * inverse;
    const half = 2 * Math.sqrt((squares - sum * sum * inverse) * inverse);
    const lower = middle - half;
    middles[i] = middle;
    uppers[i] = middle + half;
    lowers[i] = lower;
    percents[i] = (value - lower) / (2 * half);
    widths[i] = (2 * half) / middle;
  }
}

function macdKernel({ close: x }: BarColumns, outputs: readonly Float64Array[]): void {
  const lines = outputs[0]!;
  const signals = outputs[1]!;
  const histograms = outputs[2]!;
  const first = 25;
  const second = 33;
  let fast = 0;
  let slow = 0;
  let signal = 0;
  for (let i = 0; i <= second; i++) {
    const value = x[i]!;
    fast += i < 12 ? value / 12 : (2 / 13) * (value - fast);
    slow += i <= first ? value / 26 : (2 / 27) * (value - slow);
    lines[i] = i < first ? Number.NaN : fast - slow;
    if (i >= first) signal += (fast - slow) / 9;
    signals[i] = i < second ? Number.NaN : signal;
    histograms[i] = lines[i]! - signals[i]!;
  }
  for (let i = second + 1; i < x.length; i++) {
    const value = x[i]!;
    fast += (2 / 13) * (value - fast);
    slow += (2 / 27) * (value - slow);
    const line = fast - slow;
    signal += 0.2 * (line - signal);
    lines[i] = line;
    signals[i] = signal;
    histograms[i] = line - signal;
  }
}

/** By the indicator that a row measures, with the parameters that it measures it with. */
export const BARE_KERNELS: Readonly<Record<PeerIndicator, BareKernel>> = {
  sma: smaKernel,
  ema: emaKernel,
  rsi: rsiKernel,
  atr: atrKernel,
  bollinger: bollingerKernel,
  macd: macdKernel,
};
