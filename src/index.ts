/** What a strategy imports: `import { bars, defineStrategy, p, ta } from 'tradewright'`. */
export { Bars } from './core/indicators/bars.ts';
export { Cross, Series } from './core/indicators/series.ts';
export { ta } from './core/indicators/ta.ts';
export { bars, universe } from './core/strategy/data.ts';
export type {
  AnyStrategy,
  Context,
  Desk,
  Fill,
  OrderRef,
  OrderUpdate,
  Position,
  Strategy,
} from './core/strategy/define-strategy.ts';
export { defineStrategy } from './core/strategy/define-strategy.ts';
export { p } from './core/strategy/params.ts';
export type { Entry, Level, Size } from './core/vocabulary/intent.ts';
