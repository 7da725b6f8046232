import type { Candles } from './candles.ts';
import type { PatternRow } from './pattern.ts';

const isLongBlack = (k: Candles, ago: number): boolean => k.black(ago) && k.longBody(ago);

/** A long black candle, and a white one that opens below its low: where the close lies is what the three necks differ in. */
const isNeck = (k: Candles): boolean => isLongBlack(k, 1) && k.white(0) && k.open(0) < k.low(1);

const isMarubozu = (k: Candles, ago: number): boolean => k.longBody(ago) && k.noUpper(ago) && k.noLower(ago);

const isKicking = (k: Candles): boolean =>
  k.color(1) === -k.color(0) && isMarubozu(k, 1) && isMarubozu(k, 0) && (k.black(1) ? k.gapUp(0, 1) : k.gapDown(0, 1));

/** Small candle within the body of a long one: 100 strictly inside, 80 where an end touches. */
const inside = (k: Candles): number =>
  k.top(0) < k.top(1) && k.bottom(0) > k.bottom(1)
    ? -k.color(1) * 100
    : k.top(0) <= k.top(1) && k.bottom(0) >= k.bottom(1)
      ? -k.color(1) * 80
      : 0;

const hammerBody = (k: Candles): boolean => k.shortBody(0) && k.lower(0) > k.body(0) && k.noUpper(0);
const starBody = (k: Candles): boolean => k.shortBody(0) && k.upper(0) > k.body(0) && k.noLower(0);

/** Patterns of two candles. */
export const twoCandles = [
  {
    name: 'cdl-hammer',
    title: 'Hammer',
    talib: 'CDLHAMMER',
    warmup: 11,
    formula: 'short body, long lower and no upper shadow, at or below the previous low',
    rule: (k) => (hammerBody(k) && k.bottom(0) <= k.low(1) + k.near(1) ? 100 : 0),
  },
  {
    name: 'cdl-hanging-man',
    title: 'Hanging man',
    talib: 'CDLHANGINGMAN',
    warmup: 11,
    formula: 'short body, long lower and no upper shadow, at or above the previous high',
    rule: (k) => (hammerBody(k) && k.bottom(0) >= k.high(1) - k.near(1) ? -100 : 0),
  },
  {
    name: 'cdl-inverted-hammer',
    title: 'Inverted hammer',
    talib: 'CDLINVERTEDHAMMER',
    warmup: 11,
    formula: 'short body, long upper and no lower shadow, after a gap down',
    rule: (k) => (starBody(k) && k.bodyGapDown(0, 1) ? 100 : 0),
  },
  {
    name: 'cdl-shooting-star',
    title: 'Shooting star',
    talib: 'CDLSHOOTINGSTAR',
    warmup: 11,
    formula: 'short body, long upper and no lower shadow, after a gap up',
    rule: (k) => (starBody(k) && k.bodyGapUp(0, 1) ? -100 : 0),
  },
  {
    name: 'cdl-engulfing',
    title: 'Engulfing pattern',
    talib: 'CDLENGULFING',
    warmup: 2,
    formula: 'body covers the previous, opposite one; ±80 where one end only touches',
    rule: (k) => {
      const color = k.color(0);
      if (color !== -k.color(1) || k.top(0) < k.top(1) || k.bottom(0) > k.bottom(1)) return 0;
      const topTouches = k.top(0) === k.top(1);
      const bottomTouches = k.bottom(0) === k.bottom(1);
      return topTouches && bottomTouches ? 0 : topTouches || bottomTouches ? color * 80 : color * 100;
    },
  },
  {
    name: 'cdl-harami',
    title: 'Harami pattern',
    talib: 'CDLHARAMI',
    warmup: 11,
    formula: 'small body within the long previous one; ±80 where an end only touches',
    rule: (k) => (k.longBody(1) && k.smallBody(0) ? inside(k) : 0),
  },
  {
    name: 'cdl-harami-cross',
    title: 'Harami cross pattern',
    talib: 'CDLHARAMICROSS',
    warmup: 11,
    formula: 'doji within the long previous body; ±80 where an end only touches',
    rule: (k) => (k.longBody(1) && k.doji(0) ? inside(k) : 0),
  },
  {
    name: 'cdl-doji-star',
    title: 'Doji star',
    talib: 'CDLDOJISTAR',
    warmup: 11,
    formula: 'doji that gaps away from a long body, in its direction; the sign is the reversal',
    rule: (k) =>
      k.longBody(1) && k.doji(0) && (k.white(1) ? k.bodyGapUp(0, 1) : k.bodyGapDown(0, 1)) ? -k.color(1) * 100 : 0,
  },
  {
    name: 'cdl-piercing',
    title: 'Piercing pattern',
    talib: 'CDLPIERCING',
    warmup: 11,
    formula: 'long white candle opens below the low of a long black one and closes in its upper half',
    rule: (k) =>
      isNeck(k) && k.longBody(0) && k.close(0) < k.open(1) && k.close(0) > k.close(1) + k.body(1) * 0.5 ? 100 : 0,
  },
  {
    name: 'cdl-dark-cloud-cover',
    title: 'Dark cloud cover',
    talib: 'CDLDARKCLOUDCOVER',
    warmup: 11,
    penetration: 0.5,
    formula: 'black candle opens above the high of a long white one and closes deep within its body',
    rule: (k, penetration) =>
      k.white(1) &&
      k.longBody(1) &&
      k.black(0) &&
      k.open(0) > k.high(1) &&
      k.close(0) > k.open(1) &&
      k.close(0) < k.close(1) - k.body(1) * penetration
        ? -100
        : 0,
  },
  {
    name: 'cdl-on-neck',
    title: 'On-neck pattern',
    talib: 'CDLONNECK',
    warmup: 11,
    formula: 'white candle opens below the low of a long black one and closes at that low',
    rule: (k) => (isNeck(k) && k.equal(k.close(0), k.low(1), 1) ? -100 : 0),
  },
  {
    name: 'cdl-in-neck',
    title: 'In-neck pattern',
    talib: 'CDLINNECK',
    warmup: 11,
    formula: 'white candle opens below the low of a long black one and closes at or just above its close',
    rule: (k) => (isNeck(k) && k.equal(k.close(0), k.close(1), 1) && k.close(0) >= k.close(1) ? -100 : 0),
  },
  {
    name: 'cdl-thrusting',
    title: 'Thrusting pattern',
    talib: 'CDLTHRUSTING',
    warmup: 11,
    formula: 'white candle opens below the low of a long black one and closes in the lower half of its body',
    rule: (k) =>
      isNeck(k) &&
      k.close(0) > k.close(1) &&
      !k.equal(k.close(0), k.close(1), 1) &&
      k.close(0) <= k.close(1) + k.body(1) * 0.5
        ? -100
        : 0,
  },
  {
    name: 'cdl-counterattack',
    title: 'Counterattack',
    talib: 'CDLCOUNTERATTACK',
    warmup: 11,
    formula: 'two long candles of opposite colour with equal closes; sign of the last',
    rule: (k) =>
      k.color(1) === -k.color(0) && k.longBody(1) && k.longBody(0) && k.equal(k.close(0), k.close(1), 1)
        ? k.color(0) * 100
        : 0,
  },
  {
    name: 'cdl-separating-lines',
    title: 'Separating lines',
    talib: 'CDLSEPARATINGLINES',
    warmup: 11,
    formula: 'long candle without a shadow at its open, which equals that of the previous, opposite one',
    rule: (k) =>
      k.color(1) === -k.color(0) &&
      k.equal(k.open(0), k.open(1), 1) &&
      k.longBody(0) &&
      (k.white(0) ? k.noLower(0) : k.noUpper(0))
        ? k.color(0) * 100
        : 0,
  },
  {
    name: 'cdl-kicking',
    title: 'Kicking',
    talib: 'CDLKICKING',
    warmup: 11,
    formula: 'two marubozu of opposite colour with a gap; sign of the last',
    rule: (k) => (isKicking(k) ? k.color(0) * 100 : 0),
  },
  {
    name: 'cdl-kicking-by-length',
    title: 'Kicking, decided by the longer marubozu',
    talib: 'CDLKICKINGBYLENGTH',
    warmup: 11,
    formula: 'two marubozu of opposite colour with a gap; sign of the longer',
    rule: (k) => (isKicking(k) ? k.color(k.body(0) > k.body(1) ? 0 : 1) * 100 : 0),
  },
  {
    name: 'cdl-matching-low',
    title: 'Matching low',
    talib: 'CDLMATCHINGLOW',
    warmup: 6,
    formula: 'two black candles with equal closes',
    rule: (k) => (k.black(1) && k.black(0) && k.equal(k.close(0), k.close(1), 1) ? 100 : 0),
  },
  {
    name: 'cdl-homing-pigeon',
    title: 'Homing pigeon',
    talib: 'CDLHOMINGPIGEON',
    warmup: 11,
    formula: 'small black body within a long black one',
    rule: (k) =>
      isLongBlack(k, 1) && k.black(0) && k.smallBody(0) && k.open(0) < k.open(1) && k.close(0) > k.close(1) ? 100 : 0,
  },
] as const satisfies readonly PatternRow[];
