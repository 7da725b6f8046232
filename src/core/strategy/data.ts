import type { Bars } from '../indicators/bars.ts';
import { parseTimeframe, type Timeframe } from '../vocabulary/time.ts';
import { inWords } from './params.ts';

/** How bars are cut: as the run says, by time, or by what was traded. */
export type BarRule =
  | { readonly by: 'run' }
  | { readonly by: 'time'; readonly tf: Timeframe }
  | { readonly by: 'ticks' | 'volume' | 'quote-volume'; readonly size: number }
  | { readonly by: 'range' | 'renko'; readonly size: number };

/** Bars of one instrument that a strategy declares. Without a symbol: the run's first instrument. */
export interface BarsSpec {
  readonly kind: 'bars';
  readonly rule: BarRule;
  readonly symbol?: string;
  readonly view: 'plain' | 'heikin-ashi';
}

/** Bars of every instrument of the run, in the run's order. */
export interface UniverseSpec {
  readonly kind: 'universe';
  readonly rule: BarRule;
}

export type DataSpecs = Readonly<Record<string, BarsSpec | UniverseSpec>>;
export type DataOf<D> = { readonly [K in keyof D]: D[K] extends UniverseSpec ? readonly Bars[] : Bars };

function spec(rule: BarRule, symbol: string | undefined, view: BarsSpec['view'] = 'plain'): BarsSpec {
  return symbol === undefined ? { kind: 'bars', rule, view } : { kind: 'bars', rule, symbol, view };
}

/**
 * Declares bars: `bars()` (the run's own timeframe), `bars('1h')`, `bars('4h', 'ETHUSDT')`; not by time: `bars.ticks(500)`, `bars.volume(1000)`,
 * `bars.quoteVolume(1e6)`, `bars.range(25)`, `bars.renko(10)`; `bars.heikinAshi('1h')` is a view on the time bars.
 */
export const bars = Object.assign(
  (tf?: Timeframe | null, symbol?: string): BarsSpec => spec(tf ? { by: 'time', tf } : { by: 'run' }, symbol),
  {
    ticks: (size: number, symbol?: string): BarsSpec => spec({ by: 'ticks', size }, symbol),
    volume: (size: number, symbol?: string): BarsSpec => spec({ by: 'volume', size }, symbol),
    quoteVolume: (size: number, symbol?: string): BarsSpec => spec({ by: 'quote-volume', size }, symbol),
    range: (size: number, symbol?: string): BarsSpec => spec({ by: 'range', size }, symbol),
    renko: (size: number, symbol?: string): BarsSpec => spec({ by: 'renko', size }, symbol),
    heikinAshi: (tf: Timeframe, symbol?: string): BarsSpec => spec({ by: 'time', tf }, symbol, 'heikin-ashi'),
  },
);

/** Declares bars of every instrument of the run: for rotation and pairs. */
export function universe(tf?: Timeframe): UniverseSpec {
  return { kind: 'universe', rule: tf ? { by: 'time', tf } : { by: 'run' } };
}

/** Why a feed as it is declared cannot be had of any run; null where it may be. */
export function dataComplaint(declared: unknown): string | null {
  const feed = declared as BarsSpec | UniverseSpec | null | undefined;
  if (feed?.kind !== 'bars' && feed?.kind !== 'universe')
    return `expected bars() or universe(), found ${inWords(declared)}`;
  const { rule } = feed;
  if (rule.by !== 'time' || (typeof rule.tf === 'string' && parseTimeframe(rule.tf) !== null)) return null;
  return `expected a timeframe such as 1m, 15m, 4h, 1d, 1w or 1mo, found ${inWords(rule.tf)}`;
}

/** Text of a rule: `'4h'`, `'volume:1000'`. */
export function ruleText(rule: BarRule): string {
  return rule.by === 'time' ? rule.tf : rule.by === 'run' ? 'run' : `${rule.by}:${rule.size}`;
}
