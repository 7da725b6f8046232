import type { Candles } from './candles.ts';
import type { PatternRow } from './pattern.ts';

/** Whether the last candle closes at least `share` of the first body against the first candle's direction. */
const enters = (k: Candles, share: number): boolean =>
  k.white(2) ? k.close(0) < k.close(2) - k.body(2) * share : k.close(0) > k.close(2) + k.body(2) * share;

const evening = (k: Candles, middle: boolean, share: number): number =>
  middle && k.longBody(2) && k.white(2) && k.bodyGapUp(1, 2) && !k.smallBody(0) && k.black(0) && enters(k, share)
    ? -100
    : 0;

const morning = (k: Candles, middle: boolean, share: number): number =>
  middle && k.longBody(2) && k.black(2) && k.bodyGapDown(1, 2) && !k.smallBody(0) && k.white(0) && enters(k, share)
    ? 100
    : 0;

/** Three candles: a long one, a small one beyond it, and one that comes back. */
export const stars = [
  {
    name: 'cdl-morning-star',
    title: 'Morning star',
    talib: 'CDLMORNINGSTAR',
    warmup: 12,
    penetration: 0.3,
    formula: 'long black, small body that gaps down, white that closes deep within the first body',
    rule: (k, penetration) => morning(k, k.smallBody(1), penetration),
  },
  {
    name: 'cdl-morning-doji-star',
    title: 'Morning doji star',
    talib: 'CDLMORNINGDOJISTAR',
    warmup: 12,
    penetration: 0.3,
    formula: 'long black, doji that gaps down, white that closes deep within the first body',
    rule: (k, penetration) => morning(k, k.doji(1), penetration),
  },
  {
    name: 'cdl-evening-star',
    title: 'Evening star',
    talib: 'CDLEVENINGSTAR',
    warmup: 12,
    penetration: 0.3,
    formula: 'long white, small body that gaps up, black that closes deep within the first body',
    rule: (k, penetration) => evening(k, k.smallBody(1), penetration),
  },
  {
    name: 'cdl-evening-doji-star',
    title: 'Evening doji star',
    talib: 'CDLEVENINGDOJISTAR',
    warmup: 12,
    penetration: 0.3,
    formula: 'long white, doji that gaps up, black that closes deep within the first body',
    rule: (k, penetration) => evening(k, k.doji(1), penetration),
  },
  {
    name: 'cdl-abandoned-baby',
    title: 'Abandoned baby',
    talib: 'CDLABANDONEDBABY',
    warmup: 12,
    penetration: 0.3,
    formula: 'long body, doji with gaps of the whole range on both sides, opposite candle deep within the first body',
    rule: (k, penetration) =>
      k.longBody(2) &&
      k.doji(1) &&
      !k.smallBody(0) &&
      k.color(0) === -k.color(2) &&
      enters(k, penetration) &&
      (k.white(2) ? k.gapUp(1, 2) && k.gapDown(0, 1) : k.gapDown(1, 2) && k.gapUp(0, 1))
        ? k.color(0) * 100
        : 0,
  },
  {
    name: 'cdl-tristar',
    title: 'Tristar pattern',
    talib: 'CDLTRISTAR',
    warmup: 12,
    formula: 'three doji, the middle one gapping away; all three judged by the candles before the first',
    rule: (k) => {
      if (!(k.doji(2) && k.doji(1, 2) && k.doji(0, 2))) return 0;
      if (k.bodyGapDown(1, 2) && k.bottom(0) > k.bottom(1)) return 100;
      return k.bodyGapUp(1, 2) && k.top(0) < k.top(1) ? -100 : 0;
    },
  },
] as const satisfies readonly PatternRow[];
