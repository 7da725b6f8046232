import type { FundingHistory } from '../../exchange/funding.ts';
import { Series } from '../../indicators/series.ts';
import { EVENT } from '../../vocabulary/events.ts';
import type { BarColumns } from '../../vocabulary/market-data.ts';
import { sliceBars } from '../../vocabulary/market-data.ts';
import { ORDER_TYPES } from '../../vocabulary/order.ts';
import { Backtest, type BacktestConfig } from '../backtest.ts';

/** What a strategy asked for at one instant. */
export interface TracedIntent {
  readonly timeMs: number;
  /** Number of the input during which it happened: tells what came with a bar's close from what the next open brought. */
  readonly input: number;
  /** Index of the strategy that asked. */
  readonly strategy: number;
  readonly text: string;
}

/** A finished run as checks compare it: what was asked for before the data ended, and every indicator's values. */
export interface RunTrace {
  readonly intents: readonly TracedIntent[];
  /** Orders with prices and quantity as placed, in order. */
  readonly orders: readonly TracedIntent[];
  /** Series that the strategies returned from `indicators`, in order. */
  readonly series: readonly {
    readonly name: string;
    /** Id of the strategy that returned it. */
    readonly strategy: string;
    readonly openTimeMs: Float64Array;
    readonly values: Float64Array;
    readonly settledAfter: number;
    /** Event time at which all of the strategy's indicators had settled. */
    readonly settledMs: number;
  }[];
  readonly backtest: Backtest;
}

/** Whether a check is to go on; asked between chunks of bars. */
export type GoesOn = () => boolean;

/** Checks were to stop before their runs had ended, which then cannot be compared. */
export class ChecksInterrupted extends Error {
  override readonly name = 'ChecksInterrupted';
}

/** Runs a configuration and traces it. Throws {@link ChecksInterrupted}. */
export function traceRun(config: BacktestConfig, goesOn: GoesOn = () => true): RunTrace {
  const backtest = new Backtest(config).run(goesOn);
  if (!backtest.isWhole) throw new ChecksInterrupted();
  return traceOf(backtest);
}

export function traceOf(backtest: Backtest): RunTrace {
  const { state, seats } = backtest.engine;
  const intents: TracedIntent[] = [];
  for (let i = 0; i < state.intents.count; i++) {
    const seq = state.intents.seq(i);
    if (seq >= backtest.eventsAtEnd) break;
    intents.push({
      timeMs: state.log.column.at[seq]!,
      input: state.log.column.input[seq]!,
      strategy: state.strategyOf[state.intents.slot(i)]!,
      text: `${state.intents.action(i)} in slot ${state.intents.slot(i)}: ${state.intents.why[i]}`,
    });
  }
  const series = seats.flatMap((seat) =>
    seat.shown.map((s, k) => {
      const count = s.owner.cursor + 1;
      return {
        name: `${seat.strategy.def.id} indicator ${k}`,
        strategy: seat.strategy.def.id,
        openTimeMs: Series.columnOf(s.owner.field('openTimeMs')).slice(0, count),
        values: Series.columnOf(s).slice(0, count),
        settledAfter: s.settledAfter,
        settledMs: seat.settledAtMs,
      };
    }),
  );
  return { intents, orders: tracedOrders(backtest), series, backtest };
}

function tracedOrders(backtest: Backtest): TracedIntent[] {
  const { desk } = backtest.engine;
  const { log, orders } = backtest.engine.state;
  const c = orders.column;
  const traced: TracedIntent[] = [];
  for (const seq of log.seqsOf(EVENT['order-placed'], backtest.eventsAtEnd)) {
    const row = log.column.ref[seq]!;
    traced.push({
      timeMs: log.column.at[seq]!,
      input: log.column.input[seq]!,
      strategy: log.column.strategy[seq]!,
      text: `${ORDER_TYPES[c.type[row]!]} ${c.side[row]! > 0 ? 'buy' : 'sell'} of ${log.column.a[seq]} lots, limit ${c.placedLimitTicks[row]}, trigger ${c.placedTriggerTicks[row]}, stop ${desk.stopOf(row)} (ticks)`,
    });
  }
  return traced;
}

/** The same configuration on only part of its history: bars with fromMs ≤ open time, closed at or before `toMs`. */
export function cut(
  config: BacktestConfig,
  closeMs: readonly Float64Array[],
  fromMs: number,
  toMs: number,
): BacktestConfig {
  return {
    ...config,
    // What is closed because the data end there is no decision of the strategy.
    closeAtEnd: false,
    feeds: config.feeds.map((feed, f) => ({
      ...feed,
      bars: cutBars(feed.bars, closeMs[f]!, fromMs, toMs),
      ...(feed.funding ? { funding: cutFunding(feed.funding, toMs) } : {}),
    })),
  };
}

function cutBars(bars: BarColumns, closeMs: Float64Array, fromMs: number, toMs: number): BarColumns {
  let from = 0;
  while (from < bars.close.length && bars.openTimeMs[from]! < fromMs) from++;
  let to = bars.close.length;
  while (to > from && closeMs[to - 1]! > toMs) to--;
  // A copy, so that nothing behind the cut is in memory within reach.
  const part = sliceBars(bars, from, to);
  return {
    openTimeMs: part.openTimeMs.slice(),
    open: part.open.slice(),
    high: part.high.slice(),
    low: part.low.slice(),
    close: part.close.slice(),
    volume: part.volume.slice(),
  };
}

function cutFunding(funding: FundingHistory, toMs: number): FundingHistory {
  let to = funding.timesMs.length;
  while (to > 0 && funding.timesMs[to - 1]! > toMs) to--;
  return { timesMs: funding.timesMs.slice(0, to), rates: funding.rates.slice(0, to) };
}
