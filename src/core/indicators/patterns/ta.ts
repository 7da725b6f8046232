import { fieldsOf, line } from '../line.ts';
import type { Series, SeriesOwner } from '../series.ts';
import { dojiByChange, marubozuByBody } from './by-percent.ts';
import { gaps } from './gaps.ts';
import { hikkake, hikkakeModified } from './hikkake.ts';
import { manyCandles } from './many-candles.ts';
import { oneCandle } from './one-candle.ts';
import { pattern } from './pattern.ts';
import { stars } from './stars.ts';
import { threeCandles } from './three-candles.ts';
import { twoCandles } from './two-candles.ts';

const table = [...oneCandle, ...twoCandles, ...stars, ...threeCandles, ...gaps, ...manyCandles] as const;

type Camel<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
type Row = (typeof table)[number];
type PatternFunctions = {
  readonly [R in Row as Camel<R['name']>]: R extends { readonly penetration: number }
    ? (bars: SeriesOwner, penetration?: number) => Series
    : (bars: SeriesOwner) => Series;
};

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const tableIndicators = table.map(pattern);

const fromTable = Object.fromEntries(
  tableIndicators.map((spec) => [
    camel(spec.name),
    (bars: SeriesOwner, penetration?: number): Series =>
      line(spec, fieldsOf(spec, bars), penetration === undefined ? {} : { penetration }),
  ]),
) as PatternFunctions;

/** Candlestick patterns as functions of bars: `ta.cdlEngulfing(bars)`; +100 bullish, −100 bearish, 0 absent. */
export const patterns = {
  ...fromTable,
  cdlHikkake: (bars: SeriesOwner): Series => line(hikkake, fieldsOf(hikkake, bars), {}),
  cdlHikkakeModified: (bars: SeriesOwner): Series => line(hikkakeModified, fieldsOf(hikkakeModified, bars), {}),
  dojiByChange: (bars: SeriesOwner, percent = 0.1): Series =>
    line(dojiByChange, fieldsOf(dojiByChange, bars), { percent }),
  marubozuByBody: (bars: SeriesOwner, percent = 95): Series =>
    line(marubozuByBody, fieldsOf(marubozuByBody, bars), { percent }),
};

/** Their definitions, for the catalogue. */
export const patternIndicators = [...tableIndicators, hikkake, hikkakeModified, dojiByChange, marubozuByBody] as const;
