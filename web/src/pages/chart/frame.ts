import type { OutputOf } from '../../../../src/api/client/client.ts';
import type { PriceBar } from '../../parts/price-chart/shape.ts';

type Columns = OutputOf<'session bars'>['bars'];
export type IndicatorColumn = OutputOf<'session bars'>['indicators'][number];

/** Bars with indicators, row by row, oldest first. */
export interface Frame {
  readonly bars: readonly PriceBar[];
  readonly indicators: readonly IndicatorColumn[];
}

export const NO_BARS: Frame = { bars: [], indicators: [] };

/** More than so many slow every update down. */
export const MOST_BARS = 20_000;

export function frameOf(columns: Columns, indicators: readonly IndicatorColumn[]): Frame {
  return {
    bars: columns.time.map((time, k) => ({
      timeS: Date.parse(time) / 1000,
      ...{ open: columns.open[k]!, high: columns.high[k]!, low: columns.low[k]!, close: columns.close[k]! },
      volume: columns.volume[k]!,
    })),
    indicators,
  };
}

/** Two frames that follow each other, the newest or the oldest of them where they are too many. */
export function joined(a: Frame, b: Frame, keep: 'newest' | 'oldest' = 'newest'): Frame {
  if (a.bars.length === 0) return b;
  if (b.bars.length === 0) return a;
  const lastS = a.bars.at(-1)!.timeS;
  let from = 0;
  while (from < b.bars.length && b.bars[from]!.timeS <= lastS) from++;
  const cut = <T>(x: readonly T[], y: readonly T[]): T[] => {
    const all = [...x, ...y.slice(from)];
    return keep === 'newest' ? all.slice(-MOST_BARS) : all.slice(0, MOST_BARS);
  };
  return {
    bars: cut(a.bars, b.bars),
    indicators: b.indicators.map((column, k) => ({
      ...column,
      lines: column.lines.map((line, l) => ({
        name: line.name,
        values: cut(a.indicators[k]?.lines[l]?.values ?? a.bars.map(() => null), line.values),
      })),
    })),
  };
}
