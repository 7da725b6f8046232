import type { Bars } from '../indicators/bars.ts';
import type { BarGrid } from '../market/bar-grid.ts';
import { HeikinAshi, toHeikinAshi } from '../market/heikin-ashi.ts';
import { rollUpBars } from '../market/roll-up.ts';
import { RollUp } from '../market/roll-up-stream.ts';
import { barsFromTrades, type TradeBarRule, tradeBarBuilder } from '../market/trade-bars.ts';
import type { BarRule } from '../strategy/data.ts';
import { allocateBars, type BarColumns, type TradeColumns } from '../vocabulary/market-data.ts';
import type { TimeframeSpec } from '../vocabulary/time.ts';

/** Bars built from a feed's base bars; `closedAt[j]` is the base bar with which bar j became visible. */
export interface DerivedBars {
  readonly columns: BarColumns | null;
  readonly closedAt: Int32Array;
}

/** A rule that no longer refers to the run. */
export type CutRule = Exclude<BarRule, { by: 'run' }>;

/** Prints that stand for one bar where only bars are known: its path open → low → high → close, a quarter of the volume each. */
export const PRINTS_PER_BAR = 4;

/** How the market's builders name a rule. */
export function tradeRule(rule: Exclude<CutRule, { by: 'time' }>): TradeBarRule {
  return { by: rule.by === 'quote-volume' ? 'dollars' : rule.by, size: rule.size };
}

/** Builds the whole history of a derived series. */
export function deriveBars(
  base: BarColumns,
  timeframe: TimeframeSpec,
  rule: CutRule,
  view: 'plain' | 'heikin-ashi',
  grid: BarGrid,
): DerivedBars {
  if (rule.by !== 'time') {
    const made = barsFromTrades(printsOf(base, timeframe), tradeRule(rule));
    return { columns: made.bars, closedAt: made.closedBy.map((print) => Math.floor(print / PRINTS_PER_BAR)) };
  }
  let columns = base;
  let closedAt = Int32Array.from(base.close, (_, i) => i);
  if (rule.tf !== timeframe.text) {
    const rolled = rollUpBars(timeframe.text, base, [rule.tf], grid)[0]!;
    columns = rolled.bars;
    closedAt = rolled.closedAt.slice();
  }
  return { columns: view === 'plain' ? columns : toHeikinAshi(columns), closedAt };
}

function printsOf(base: BarColumns, timeframe: TimeframeSpec): TradeColumns {
  const count = base.close.length * PRINTS_PER_BAR;
  const prints = {
    timeMs: new Float64Array(count),
    price: new Float64Array(count),
    quantity: new Float64Array(count),
    side: new Int8Array(count),
  };
  const step = timeframe.ms / PRINTS_PER_BAR;
  const fields = [base.open, base.low, base.high, base.close] as const;
  for (let i = 0; i < base.close.length; i++)
    for (let k = 0; k < PRINTS_PER_BAR; k++) {
      const at = i * PRINTS_PER_BAR + k;
      prints.timeMs[at] = base.openTimeMs[i]! + k * step;
      prints.price[at] = fields[k]![i]!;
      prints.quantity[at] = base.volume[i]! / PRINTS_PER_BAR;
    }
  return prints;
}

/** Builds a derived series bar by bar, appending what closes. */
export interface DerivedStream {
  /** Takes one base bar; answers how many derived bars closed with it. */
  next(openTimeMs: number, open: number, high: number, low: number, close: number, volume: number, into: Bars): number;
}

/** The stream twin of {@link deriveBars}: the same bars to the bit. */
export function streamBars(
  timeframe: TimeframeSpec,
  rule: CutRule,
  view: 'plain' | 'heikin-ashi',
  grid: BarGrid,
): DerivedStream {
  const candle = view === 'heikin-ashi' ? new HeikinAshi() : null;
  const append = (source: BarColumns, from: number, count: number, into: Bars): void => {
    for (let k = from; k < count; k++) {
      // Bars that close together are computed one by one, as they would have been apart.
      if (k > from) into.stepAll();
      if (candle) candle.next(source, k, source, k);
      into.append(
        source.openTimeMs[k]!,
        source.open[k]!,
        source.high[k]!,
        source.low[k]!,
        source.close[k]!,
        source.volume[k]!,
      );
    }
  };
  if (rule.by === 'time' && rule.tf === timeframe.text) {
    const one = allocateBars(1);
    return {
      next: (openTimeMs, open, high, low, close, volume, into) => {
        for (const [name, value] of Object.entries({ openTimeMs, open, high, low, close, volume }))
          one[name as keyof BarColumns][0] = value;
        append(one, 0, 1, into);
        return 1;
      },
    };
  }
  if (rule.by === 'time') {
    const roll = new RollUp(timeframe.text, [rule.tf], grid);
    return {
      next: (openTimeMs, open, high, low, close, volume, into) => {
        const closed = roll.next(openTimeMs, open, high, low, close, volume);
        append(roll.closedBars, 0, closed, into);
        return closed;
      },
    };
  }
  const builder = tradeBarBuilder(tradeRule(rule));
  const step = timeframe.ms / PRINTS_PER_BAR;
  return {
    next: (openTimeMs, open, high, low, close, volume, into) => {
      const quantity = volume / PRINTS_PER_BAR;
      const prices = [open, low, high, close];
      let closed = 0;
      for (let k = 0; k < PRINTS_PER_BAR; k++) {
        const made = builder.next(openTimeMs + k * step, prices[k]!, quantity);
        if (made === 0) continue;
        if (closed > 0) into.stepAll();
        append(builder.closed.bars, 0, made, into);
        closed += made;
      }
      return closed;
    },
  };
}
