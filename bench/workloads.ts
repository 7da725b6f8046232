import { makerTakerFees } from '../src/core/exchange/fees.ts';
import type { CostModel } from '../src/core/exchange/fill-costs.ts';
import { toRate } from '../src/core/exchange/rate.ts';
import { ta } from '../src/core/indicators/ta.ts';
import { Backtest, type BacktestConfig } from '../src/core/research/backtest.ts';
import type { LimitsDefinition } from '../src/core/risk/limits.ts';
import { smaCross } from '../src/core/strategy/built-in/sma-cross.ts';
import { bars } from '../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../src/core/strategy/define-strategy.ts';
import { p } from '../src/core/strategy/params.ts';
import type { InstrumentDefinition } from '../src/core/vocabulary/instrument.ts';
import type { BarColumns } from '../src/core/vocabulary/market-data.ts';

/** Capital of every run: enough that fees of a million orders never eat it. */
export const CASH = 1_000_000;
/** Taker fee of every run, 5 basis points. */
export const FEE = 0.0005;

export const costs: CostModel = { fees: makerTakerFees(toRate(FEE), toRate(FEE)) };

/**
 * Limits that stop a strategy which trades on every bar for years, or one that loses its capital to fees; they are widened so that
 * the work stays the same from the first bar to the last. Every other limit stays on, and every rule is still evaluated.
 */
export const WIDE: LimitsDefinition = {
  messageOrders: null,
  repeatedEntryFills: null,
  dailyLossPct: 100,
  drawdownPct: 100,
};

/** A spot instrument as large crypto venues list it. */
export function spotInstrument(symbol = 'AAA'): InstrumentDefinition {
  return {
    id: `BENCH:${symbol}USD`,
    base: symbol,
    quote: 'USD',
    tick: '0.01',
    lot: '0.00001',
    minQuantity: '0.00001',
    minNotional: '1',
  };
}

/** Does nothing: what is left is the engine's own loop. */
export const idle = defineStrategy({
  id: 'bench-idle',
  params: {},
  data: { main: bars() },
  indicators: () => ({}),
  onBar() {},
});

/** Buys when flat and closes when not, so that an order leaves on every bar. */
export const orderEveryBar = defineStrategy({
  id: 'bench-order-every-bar',
  params: { quantity: p.num(0.001, { min: 0.00001, max: 1 }) },
  data: { main: bars() },
  indicators: () => ({}),
  onBar({ position, params, buy }) {
    if (position.isOpen) position.close('held for a bar');
    else buy({ size: { qty: params.quantity }, why: 'flat' });
  },
});

/** SMA cross on several instruments of the run at once: a pair of averages and a position each. */
export function smaCrossOn(id: string, symbols: readonly string[]): AnyStrategy {
  return defineStrategy({
    id,
    params: {
      fast: p.int(20, { min: 2, max: 200 }),
      slow: p.int(50, { min: 3, max: 400 }),
      size: p.pct(0.5, { min: 0.01, max: 1 }),
    },
    data: Object.fromEntries(symbols.map((symbol) => [symbol, bars(null, `${symbol}USD`)])),
    indicators: ({ params, data }) =>
      symbols.map((symbol) => {
        const { close } = data[symbol]!;
        return ta.cross(ta.sma(close, params.fast), ta.sma(close, params.slow));
      }),
    onBar({ ind, on, params }) {
      for (let k = 0; k < symbols.length; k++) {
        const cross = ind[k]!;
        if (!cross.up && !cross.down) continue;
        const desk = on(symbols[k]!);
        if (cross.up && !desk.position.isOpen)
          desk.buy({ size: { pctEquity: params.size / symbols.length }, why: 'fast average crossed above slow' });
        else if (cross.down && desk.position.isOpen) desk.position.close('fast average crossed below slow');
      }
    },
  });
}

/** SMA cross 20/50 with fixed averages and a tenth of the capital. */
export const SMA_CROSS = { strategy: smaCross, params: { fast: 20, slow: 50, size: 0.1 } } as const;

/** A backtest of one strategy on one instrument, as every engine row runs it. */
export function singleBacktest(
  columns: BarColumns,
  strategy: AnyStrategy,
  params: BacktestConfig['strategies'][number]['params'] = {},
): Backtest {
  return new Backtest({
    feeds: [{ instrument: spotInstrument(), timeframe: '1m', bars: columns }],
    strategies: [{ strategy, params }],
    cash: CASH,
    costs,
    limits: WIDE,
  });
}
