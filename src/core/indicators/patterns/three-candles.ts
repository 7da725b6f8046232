import type { Candles } from './candles.ts';
import type { PatternRow } from './pattern.ts';

const isRisingWhites = (k: Candles): boolean =>
  k.white(2) && k.white(1) && k.white(0) && k.close(0) > k.close(1) && k.close(1) > k.close(2);

/** Opens above the previous open and no further than near the previous close. */
const opensWithin = (k: Candles, ago: number): boolean =>
  k.open(ago) > k.open(ago + 1) && k.open(ago) <= k.close(ago + 1) + k.near(ago + 1);

const areBlackWithoutLowerShadow = (k: Candles): boolean =>
  k.black(2) && k.noLower(2) && k.black(1) && k.noLower(1) && k.black(0) && k.noLower(0);

const isWeakening = (k: Candles): boolean =>
  (k.body(1) < k.body(2) - k.far(2) && k.body(0) < k.body(1) + k.near(1)) ||
  k.body(0) < k.body(1) - k.far(1) ||
  (k.body(0) < k.body(1) &&
    k.body(1) < k.body(2) &&
    (k.upper(0) > k.shortShadow(0) || k.upper(1) > k.shortShadow(1))) ||
  (k.body(0) < k.body(1) && k.upper(0) > k.body(0));

/** Patterns of three candles that continue or exhaust a move; three black crows also looks at the candle before. */
export const threeCandles = [
  {
    name: 'cdl-three-inside',
    title: 'Three inside up/down',
    talib: 'CDL3INSIDE',
    warmup: 12,
    formula: 'harami, then an opposite candle that closes beyond the first open',
    rule: (k) =>
      k.longBody(2) &&
      k.smallBody(1) &&
      k.top(1) < k.top(2) &&
      k.bottom(1) > k.bottom(2) &&
      (k.white(2) ? k.black(0) && k.close(0) < k.open(2) : k.white(0) && k.close(0) > k.open(2))
        ? -k.color(2) * 100
        : 0,
  },
  {
    name: 'cdl-three-outside',
    title: 'Three outside up/down',
    talib: 'CDL3OUTSIDE',
    warmup: 3,
    formula: 'strict engulfing pattern, then a close further in its direction',
    rule: (k) => {
      const color = k.color(1);
      if (color !== -k.color(2) || !(k.top(1) > k.top(2) && k.bottom(1) < k.bottom(2))) return 0;
      return k.close(0) * color > k.close(1) * color ? color * 100 : 0;
    },
  },
  {
    name: 'cdl-three-white-soldiers',
    title: 'Three advancing white soldiers',
    talib: 'CDL3WHITESOLDIERS',
    warmup: 12,
    formula: 'three rising white candles without upper shadows, each opening within the last and not far shorter',
    rule: (k) =>
      isRisingWhites(k) &&
      k.noUpper(2) &&
      k.noUpper(1) &&
      k.noUpper(0) &&
      opensWithin(k, 1) &&
      opensWithin(k, 0) &&
      k.body(1) > k.body(2) - k.far(2) &&
      k.body(0) > k.body(1) - k.far(1) &&
      !k.smallBody(0)
        ? 100
        : 0,
  },
  {
    name: 'cdl-advance-block',
    title: 'Advance block',
    talib: 'CDLADVANCEBLOCK',
    warmup: 12,
    formula: 'three rising white candles, the first long, the later ones weakening in body or by upper shadows',
    rule: (k) =>
      isRisingWhites(k) &&
      opensWithin(k, 1) &&
      opensWithin(k, 0) &&
      k.longBody(2) &&
      k.upper(2) < k.shortShadow(2) &&
      isWeakening(k)
        ? -100
        : 0,
  },
  {
    name: 'cdl-stalled-pattern',
    title: 'Stalled pattern',
    talib: 'CDLSTALLEDPATTERN',
    warmup: 12,
    formula: 'three rising white candles, two long, then a short one that rides on the shoulder of the second',
    rule: (k) =>
      isRisingWhites(k) &&
      k.longBody(2) &&
      k.longBody(1) &&
      k.noUpper(1) &&
      opensWithin(k, 1) &&
      k.shortBody(0) &&
      k.open(0) >= k.close(1) - k.body(0) - k.near(1)
        ? -100
        : 0,
  },
  {
    name: 'cdl-three-black-crows',
    title: 'Three black crows',
    talib: 'CDL3BLACKCROWS',
    warmup: 13,
    formula: 'three falling black candles without lower shadows, each opening within the last, below a white high',
    rule: (k) =>
      k.white(3) &&
      areBlackWithoutLowerShadow(k) &&
      k.open(1) < k.open(2) &&
      k.open(1) > k.close(2) &&
      k.open(0) < k.open(1) &&
      k.open(0) > k.close(1) &&
      k.high(3) > k.close(2) &&
      k.close(2) > k.close(1) &&
      k.close(1) > k.close(0)
        ? -100
        : 0,
  },
  {
    name: 'cdl-identical-three-crows',
    title: 'Identical three crows',
    talib: 'CDLIDENTICAL3CROWS',
    warmup: 12,
    formula: 'three falling black candles without lower shadows, each opening at the last close',
    rule: (k) =>
      areBlackWithoutLowerShadow(k) &&
      k.close(2) > k.close(1) &&
      k.close(1) > k.close(0) &&
      k.equal(k.open(1), k.close(2), 2) &&
      k.equal(k.open(0), k.close(1), 1)
        ? -100
        : 0,
  },
  {
    name: 'cdl-three-stars-in-south',
    title: 'Three stars in the south',
    talib: 'CDL3STARSINSOUTH',
    warmup: 12,
    formula: 'three ever smaller black candles with rising lows, the last a small marubozu within the second',
    rule: (k) =>
      k.black(2) &&
      k.black(1) &&
      k.black(0) &&
      k.longBody(2) &&
      k.lower(2) > k.body(2) &&
      k.body(1) < k.body(2) &&
      k.open(1) > k.close(2) &&
      k.open(1) <= k.high(2) &&
      k.low(1) < k.close(2) &&
      k.low(1) >= k.low(2) &&
      k.lower(1) > k.veryShort(1) &&
      k.shortBody(0) &&
      k.noLower(0) &&
      k.noUpper(0) &&
      k.low(0) > k.low(1) &&
      k.high(0) < k.high(1)
        ? 100
        : 0,
  },
  {
    name: 'cdl-unique-three-river',
    title: 'Unique three river',
    talib: 'CDLUNIQUE3RIVER',
    warmup: 12,
    formula: 'long black, black harami with a lower low, small white that opens above that low',
    rule: (k) =>
      k.longBody(2) &&
      k.black(2) &&
      k.black(1) &&
      k.close(1) > k.close(2) &&
      k.open(1) <= k.open(2) &&
      k.low(1) < k.low(2) &&
      k.shortBody(0) &&
      k.white(0) &&
      k.open(0) > k.low(1)
        ? 100
        : 0,
  },
  {
    name: 'cdl-stick-sandwich',
    title: 'Stick sandwich',
    talib: 'CDLSTICKSANDWICH',
    warmup: 7,
    formula: 'white candle above the close of a black one, then a black one with that same close',
    rule: (k) =>
      k.black(2) && k.white(1) && k.black(0) && k.low(1) > k.close(2) && k.equal(k.close(0), k.close(2), 2) ? 100 : 0,
  },
] as const satisfies readonly PatternRow[];
