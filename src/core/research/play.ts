import { eventsHash } from '../engine/state-hash.ts';
import { makerTakerFees } from '../exchange/fees.ts';
import { parseFillRules } from '../exchange/fill-rules.ts';
import { toRate } from '../exchange/rate.ts';
import type { LimitsDefinition } from '../risk/limits.ts';
import type { DataSpecs } from '../strategy/data.ts';
import type { Strategy } from '../strategy/define-strategy.ts';
import type { ParamSpecs, ParamValues } from '../strategy/params.ts';
import type { InstrumentDefinition } from '../vocabulary/instrument.ts';
import type { Json } from '../vocabulary/json.ts';
import { Backtest, type BacktestConfig, type SourceValue } from './backtest.ts';
import { type PlayBars, playSeries } from './play-bars.ts';
import { type Played, playedOf } from './play-trace.ts';

export interface PlayOptions<P> {
  /** Bars of one instrument (`TEST`), or of several by symbol: `{ A: [100, 101], B: 'chop' }`. */
  readonly bars: PlayBars | Readonly<Record<string, PlayBars>>;
  /** Parameters other than their defaults. */
  readonly params?: Partial<ParamValues<P>>;
  /** Capital; 10,000 where absent. */
  readonly cash?: number;
  /** Fee of the traded value, 0.001 is 0.1 %. Nothing where absent, so that results can be reckoned by hand. */
  readonly fee?: number;
  /** Length of hand-made bars, and of columns; `1h` where absent. Markets by name are hourly. */
  readonly timeframe?: string;
  /** Timeframe of feeds that name none; that of the bars where absent. */
  readonly runTimeframe?: string;
  /** `margin` allows shorts; `cash` where absent. */
  readonly account?: 'cash' | 'margin';
  readonly leverage?: number;
  /** Words of the fill rules, e.g. `close,optimistic`; `next-open,pessimistic,touch` where absent. */
  readonly fills?: string;
  /** Risk limits other than the strict defaults. */
  readonly limits?: LimitsDefinition;
  /** `ready`: orders may leave as soon as indicators have values. `settled` where absent, as in every run. */
  readonly warmUp?: 'settled' | 'ready';
  readonly tick?: string;
  readonly lot?: string;
  /** Values of declared sources, oldest first. */
  readonly sources?: readonly SourceValue[];
}

/** What {@link play} answers. */
export interface Trace extends Played {
  /** Equity at the close of every bar. */
  readonly equity: Float64Array;
  /** 32 hex digits of everything that happened: equal runs have equal ones. */
  readonly hash: string;
}

/**
 * Runs a strategy over bars and tells what it did: the engine, risk limits and venue of a backtest, with no files, server or clock.
 * Pure and synchronous, so it is what unit tests call. Throws `ParameterError` on a parameter that is out of range and
 * RangeError on bars that are none; what the strategy throws comes through.
 */
export function play<P extends ParamSpecs, D extends DataSpecs, I, S>(
  strategy: Strategy<P, D, I, S>,
  options: PlayOptions<NoInfer<P>>,
): Trace {
  const backtest = new Backtest(playConfig(strategy, options)).run();
  const { track } = backtest.engine.state;
  return {
    ...playedOf(backtest),
    equity: track.equity.slice(0, track.count),
    hash: eventsHash(backtest.engine),
  };
}

/** The backtest that {@link play} runs. */
export function playConfig<P extends ParamSpecs, D extends DataSpecs, I, S>(
  strategy: Strategy<P, D, I, S>,
  options: PlayOptions<NoInfer<P>>,
): BacktestConfig {
  const { bars: given, fee = 0, runTimeframe, account, leverage, limits, warmUp, sources } = options;
  const rate = toRate(fee);
  if (typeof given !== 'string' && !Array.isArray(given) && Object.keys(given ?? {}).length === 0)
    throw new RangeError('bars: expected closes, rows, columns, a market by name, or an object of these by symbol');
  const series = isOne(given) ? { TEST: given } : given;
  return {
    feeds: Object.entries(series).map(([symbol, bars]) => {
      const instrument = playInstrument(symbol, options);
      return {
        instrument,
        ...playSeries(bars, options.timeframe ?? '1h', instrument),
        ...(runTimeframe === undefined ? {} : { runTimeframe }),
      };
    }),
    strategies: [{ strategy, params: { ...options.params } as Readonly<Record<string, Json>> }],
    cash: options.cash ?? 10_000,
    costs: { fees: makerTakerFees(rate, rate) },
    fills: parseFillRules(options.fills ?? ''),
    session: 'play',
    ...(account === undefined ? {} : { account }),
    ...(leverage === undefined ? {} : { leverage }),
    ...(limits === undefined ? {} : { limits }),
    ...(warmUp === undefined ? {} : { warmUp }),
    ...(sources === undefined ? {} : { sources }),
  };
}

function isOne(given: PlayOptions<unknown>['bars']): given is PlayBars {
  return typeof given === 'string' || Array.isArray(given) || ArrayBuffer.isView((given as { close?: unknown }).close);
}

type Steps = Pick<PlayOptions<unknown>, 'tick' | 'lot'>;

function playInstrument(symbol: string, { tick = '0.01', lot = '0.000001' }: Steps): InstrumentDefinition {
  return { id: `PLAY:${symbol}`, kind: 'spot', base: symbol, quote: 'USD', tick, lot };
}
