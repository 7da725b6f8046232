/** What a strategy's tests import: `import { play } from 'tradewright/testing'`. */
export type { PlayOptions, Trace } from './core/research/play.ts';
export { play } from './core/research/play.ts';
export type { PlayBars, PlayMarket } from './core/research/play-bars.ts';
export type { PlayedFill, PlayedLog, PlayedOrder, PlayedRefusal, PlayedTrade } from './core/research/play-trace.ts';
