/** What a strategy's tests import: `import { play } from 'tradewright/testing'`. */
import { sealGlobals } from './adapters/files/sealed-globals.ts';
import { type PlayOptions, play as playOpen, type Trace } from './core/research/play.ts';
import type { DataSpecs } from './core/strategy/data.ts';
import type { Strategy } from './core/strategy/define-strategy.ts';
import type { ParamSpecs } from './core/strategy/params.ts';

export type { PlayBars, PlayMarket } from './core/research/play-bars.ts';
export type { PlayedFill, PlayedLog, PlayedOrder, PlayedRefusal, PlayedTrade } from './core/research/play-trace.ts';
export type { PlayOptions, Trace };

/**
 * Runs a strategy over bars and tells what it did: the engine, risk limits and venue of a backtest, with no files, server or clock.
 * Pure and synchronous, so it is what unit tests call. Throws `ParameterError` on a parameter that is out of range and
 * RangeError on bars that are none; what the strategy throws comes through, and so does the refusal where it asks for clock, chance or
 * network, as every run refuses them. What it asks for from promises and timers, when its handlers have returned, throws `LateCallError` there.
 */
export function play<P extends ParamSpecs, D extends DataSpecs, I, S>(
  strategy: Strategy<P, D, I, S>,
  options: PlayOptions<NoInfer<P>>,
): Trace {
  const unseal = sealGlobals();
  try {
    return playOpen(strategy, options);
  } finally {
    unseal();
  }
}
