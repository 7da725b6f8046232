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
  let up = 0;
  let down = 0;
  out!.fill(Number.NaN, 0, n);
  for (let i = 1; i < x.length; i++) {
    const change = x[i]! - x[i - 1]!;
    const size = Math.abs(change);
    const [gain, loss] = [0.5 * (size + change), 0.5 * (size - change)];
    if (i <= n) {
      up += gain / n;
      down += loss / n;
    } else {
      up += (gain - up) / n;
      down += (loss - down) / n;
    }
    if (i >= n) out![i] = (100 * up) / (up + down);
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
  const [middles, uppers, lowers, percents, widths] = outputs as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const reference = x[0]!;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < x.length; i++) {
    const entering = x[i]! - reference;
    const leaving = i < n ? 0 : x[i - n]! - reference;
    sum += entering - leaving;
    squares += entering * entering - leaving * leaving;
    const middle = i < n - 1 ? Number.NaN : reference + sum / n;
    const half = 2 * Math.sqrt((squares - (sum * sum) / n) / n);
    middles[i] = middle;
    uppers[i] = middle + half;
    lowers[i] = middle - half;
    percents[i] = (x[i]! - middle + half) / (2 * half);
    widths[i] = (2 * half) / middle;
  }
}

function macdKernel({ close: x }: BarColumns, [lines, signals, histograms]: readonly Float64Array[]): void {
  const [fastLength, slowLength, signalLength] = [12, 26, 9];
  const [first, second] = [slowLength - 1, slowLength + signalLength - 2];
  let [fast, slow, signal] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    if (i < fastLength) fast += value / fastLength;
    else fast += (2 / 13) * (value - fast);
    if (i < slowLength) slow += value / slowLength;
    else slow += (2 / 27) * (value - slow);
    const line = i < first ? Number.NaN : fast - slow;
    if (i > second) signal += 0.2 * (line - signal);
    else if (i >= first) signal += line / signalLength;
    const shown = i < second ? Number.NaN : signal;
    lines![i] = line;
    signals![i] = shown;
    histograms![i] = line - shown;
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
