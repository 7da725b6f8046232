import type { Candles } from './candles.ts';
import type { PatternRow } from './pattern.ts';

const isNear = (k: Candles, price: number, ago: number): boolean =>
  price >= k.bottom(ago) - k.near(ago) && price <= k.top(ago) + k.near(ago);

/** Bodies of the three candles between the first and the last. */
const areMiddleShort = (k: Candles): boolean => k.shortBody(3) && k.shortBody(2) && k.shortBody(1);

const overlaps = (k: Candles, ago: number): boolean => k.bottom(ago) < k.high(4) && k.top(ago) > k.low(4);

/** Patterns of four and five candles. */
export const manyCandles = [
  {
    name: 'cdl-three-line-strike',
    title: 'Three-line strike',
    talib: 'CDL3LINESTRIKE',
    warmup: 8,
    formula: 'three candles of one colour advancing, then one that undoes them; sign of the three',
    rule: (k) => {
      const color = k.color(1);
      return k.color(3) === color &&
        k.color(2) === color &&
        k.color(0) === -color &&
        isNear(k, k.open(2), 3) &&
        isNear(k, k.open(1), 2) &&
        k.close(1) * color > k.close(2) * color &&
        k.close(2) * color > k.close(3) * color &&
        k.open(0) * color > k.close(1) * color &&
        k.close(0) * color < k.open(3) * color
        ? color * 100
        : 0;
    },
  },
  {
    name: 'cdl-concealing-baby-swallow',
    title: 'Concealing baby swallow',
    talib: 'CDLCONCEALBABYSWALL',
    warmup: 13,
    formula: 'two black marubozu, a black that gaps down with an upper shadow into the second, a black engulfing it',
    rule: (k) =>
      k.black(3) &&
      k.black(2) &&
      k.black(1) &&
      k.black(0) &&
      k.noLower(3) &&
      k.noUpper(3) &&
      k.noLower(2) &&
      k.noUpper(2) &&
      k.bodyGapDown(1, 2) &&
      k.upper(1) > k.veryShort(1) &&
      k.high(1) > k.close(2) &&
      k.high(0) > k.high(1) &&
      k.low(0) < k.low(1)
        ? 100
        : 0,
  },
  {
    name: 'cdl-breakaway',
    title: 'Breakaway',
    talib: 'CDLBREAKAWAY',
    warmup: 14,
    formula: 'long candle, gap in its direction, two more on, then an opposite one that closes within the gap',
    rule: (k) => {
      const color = k.color(4);
      if (!(k.longBody(4) && k.color(3) === color && k.color(1) === color && k.color(0) === -color)) return 0;
      if (!(color === 1 ? k.bodyGapUp(3, 4) : k.bodyGapDown(3, 4))) return 0;
      for (let ago = 2; ago >= 1; ago--)
        if (!(k.high(ago) * color > k.high(ago + 1) * color && k.low(ago) * color > k.low(ago + 1) * color)) return 0;
      return k.close(0) * color < k.open(3) * color && k.close(0) * color > k.close(4) * color ? -color * 100 : 0;
    },
  },
  {
    name: 'cdl-ladder-bottom',
    title: 'Ladder bottom',
    talib: 'CDLLADDERBOTTOM',
    warmup: 14,
    formula:
      'three falling blacks, a black with an upper shadow, a white that opens above its body and closes above it',
    rule: (k) =>
      k.black(4) &&
      k.black(3) &&
      k.black(2) &&
      k.open(4) > k.open(3) &&
      k.open(3) > k.open(2) &&
      k.close(4) > k.close(3) &&
      k.close(3) > k.close(2) &&
      k.black(1) &&
      k.upper(1) > k.veryShort(1) &&
      k.white(0) &&
      k.open(0) > k.open(1) &&
      k.close(0) > k.high(1)
        ? 100
        : 0,
  },
  {
    name: 'cdl-mat-hold',
    title: 'Mat hold',
    talib: 'CDLMATHOLD',
    warmup: 14,
    penetration: 0.5,
    formula: 'long white, three small candles falling back from a gap up, white that closes above them all',
    rule: (k, penetration) => {
      if (!(k.longBody(4) && areMiddleShort(k) && k.white(4) && k.black(3) && k.white(0))) return 0;
      const floor = k.close(4) - k.body(4) * penetration;
      return k.bodyGapUp(3, 4) &&
        k.bottom(2) < k.close(4) &&
        k.bottom(1) < k.close(4) &&
        k.bottom(2) > floor &&
        k.bottom(1) > floor &&
        k.top(2) < k.open(3) &&
        k.top(1) < k.top(2) &&
        k.open(0) > k.close(1) &&
        k.close(0) > Math.max(k.high(3), k.high(2), k.high(1))
        ? 100
        : 0;
    },
  },
  {
    name: 'cdl-rise-fall-three-methods',
    title: 'Rising/falling three methods',
    talib: 'CDLRISEFALL3METHODS',
    warmup: 14,
    formula: 'long candle, three small opposite ones within its range, long candle that closes beyond the first',
    rule: (k) => {
      const color = k.color(4);
      return k.longBody(4) &&
        areMiddleShort(k) &&
        k.longBody(0) &&
        k.color(3) === -color &&
        k.color(2) === -color &&
        k.color(1) === -color &&
        k.color(0) === color &&
        overlaps(k, 3) &&
        overlaps(k, 2) &&
        overlaps(k, 1) &&
        k.close(2) * color < k.close(3) * color &&
        k.close(1) * color < k.close(2) * color &&
        k.open(0) * color > k.close(1) * color &&
        k.close(0) * color > k.close(4) * color
        ? color * 100
        : 0;
    },
  },
] as const satisfies readonly PatternRow[];
