import type { PatternRow } from './pattern.ts';

/** Patterns of a single candle, judged against the ten before it. */
export const oneCandle = [
  {
    name: 'cdl-doji',
    title: 'Doji',
    talib: 'CDLDOJI',
    warmup: 10,
    formula: 'body at most a tenth of the usual range; says nothing of direction',
    rule: (k) => (k.doji(0) ? 100 : 0),
  },
  {
    name: 'cdl-dragonfly-doji',
    title: 'Dragonfly doji',
    talib: 'CDLDRAGONFLYDOJI',
    warmup: 10,
    formula: 'doji, no upper shadow, some lower shadow',
    rule: (k) => (k.doji(0) && k.noUpper(0) && k.lower(0) > k.veryShort(0) ? 100 : 0),
  },
  {
    name: 'cdl-gravestone-doji',
    title: 'Gravestone doji',
    talib: 'CDLGRAVESTONEDOJI',
    warmup: 10,
    formula: 'doji, no lower shadow, some upper shadow; TA-Lib gives +100 although it is read as bearish',
    rule: (k) => (k.doji(0) && k.noLower(0) && k.upper(0) > k.veryShort(0) ? 100 : 0),
  },
  {
    name: 'cdl-long-legged-doji',
    title: 'Long-legged doji',
    talib: 'CDLLONGLEGGEDDOJI',
    warmup: 10,
    formula: 'doji with a shadow longer than its body',
    rule: (k) => (k.doji(0) && (k.lower(0) > k.body(0) || k.upper(0) > k.body(0)) ? 100 : 0),
  },
  {
    name: 'cdl-rickshaw-man',
    title: 'Rickshaw man',
    talib: 'CDLRICKSHAWMAN',
    warmup: 10,
    formula: 'doji with two long shadows and the body near the middle of the range',
    rule: (k) => {
      if (!(k.doji(0) && k.lower(0) > k.body(0) && k.upper(0) > k.body(0))) return 0;
      const middle = k.low(0) + k.range(0) / 2;
      return k.bottom(0) <= middle + k.near(0) && k.top(0) >= middle - k.near(0) ? 100 : 0;
    },
  },
  {
    name: 'cdl-takuri',
    title: 'Takuri (dragonfly doji with a very long lower shadow)',
    talib: 'CDLTAKURI',
    warmup: 10,
    formula: 'doji, no upper shadow, lower shadow over twice the body',
    rule: (k) => (k.doji(0) && k.noUpper(0) && k.lower(0) > 2 * k.body(0) ? 100 : 0),
  },
  {
    name: 'cdl-spinning-top',
    title: 'Spinning top',
    talib: 'CDLSPINNINGTOP',
    warmup: 10,
    formula: 'short body, both shadows longer than it; sign by colour',
    rule: (k) => (k.shortBody(0) && k.upper(0) > k.body(0) && k.lower(0) > k.body(0) ? k.color(0) * 100 : 0),
  },
  {
    name: 'cdl-high-wave',
    title: 'High-wave candle',
    talib: 'CDLHIGHWAVE',
    warmup: 10,
    formula: 'short body, both shadows over twice as long; sign by colour',
    rule: (k) => (k.shortBody(0) && k.upper(0) > 2 * k.body(0) && k.lower(0) > 2 * k.body(0) ? k.color(0) * 100 : 0),
  },
  {
    name: 'cdl-long-line',
    title: 'Long line candle',
    talib: 'CDLLONGLINE',
    warmup: 10,
    formula: 'long body, short shadows; sign by colour',
    rule: (k) =>
      k.longBody(0) && k.upper(0) < k.shortShadow(0) && k.lower(0) < k.shortShadow(0) ? k.color(0) * 100 : 0,
  },
  {
    name: 'cdl-short-line',
    title: 'Short line candle',
    talib: 'CDLSHORTLINE',
    warmup: 10,
    formula: 'short body, short shadows; sign by colour',
    rule: (k) =>
      k.shortBody(0) && k.upper(0) < k.shortShadow(0) && k.lower(0) < k.shortShadow(0) ? k.color(0) * 100 : 0,
  },
  {
    name: 'cdl-marubozu',
    title: 'Marubozu',
    talib: 'CDLMARUBOZU',
    warmup: 10,
    formula: 'long body, no shadows; sign by colour',
    rule: (k) => (k.longBody(0) && k.noUpper(0) && k.noLower(0) ? k.color(0) * 100 : 0),
  },
  {
    name: 'cdl-closing-marubozu',
    title: 'Closing marubozu',
    talib: 'CDLCLOSINGMARUBOZU',
    warmup: 10,
    formula: 'long body, no shadow at the close; sign by colour',
    rule: (k) => (k.longBody(0) && (k.white(0) ? k.noUpper(0) : k.noLower(0)) ? k.color(0) * 100 : 0),
  },
  {
    name: 'cdl-belt-hold',
    title: 'Belt-hold',
    talib: 'CDLBELTHOLD',
    warmup: 10,
    formula: 'long body, no shadow at the open; sign by colour',
    rule: (k) => (k.longBody(0) && (k.white(0) ? k.noLower(0) : k.noUpper(0)) ? k.color(0) * 100 : 0),
  },
] as const satisfies readonly PatternRow[];
