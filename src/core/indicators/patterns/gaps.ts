import type { PatternRow } from './pattern.ts';

/** Patterns of three candles around a gap between the first two bodies. */
export const gaps = [
  {
    name: 'cdl-two-crows',
    title: 'Two crows',
    talib: 'CDL2CROWS',
    warmup: 12,
    formula: 'long white, black that gaps up, black that opens in the second body and closes in the first',
    rule: (k) =>
      k.white(2) &&
      k.longBody(2) &&
      k.black(1) &&
      k.bodyGapUp(1, 2) &&
      k.black(0) &&
      k.open(0) < k.open(1) &&
      k.open(0) > k.close(1) &&
      k.close(0) > k.open(2) &&
      k.close(0) < k.close(2)
        ? -100
        : 0,
  },
  {
    name: 'cdl-upside-gap-two-crows',
    title: 'Upside gap two crows',
    talib: 'CDLUPSIDEGAP2CROWS',
    warmup: 12,
    formula: 'long white, small black that gaps up, black that engulfs it and still closes above the first',
    rule: (k) =>
      k.white(2) &&
      k.longBody(2) &&
      k.black(1) &&
      k.smallBody(1) &&
      k.bodyGapUp(1, 2) &&
      k.black(0) &&
      k.open(0) > k.open(1) &&
      k.close(0) < k.close(1) &&
      k.close(0) > k.close(2)
        ? -100
        : 0,
  },
  {
    name: 'cdl-gap-side-by-side-white',
    title: 'Up/down-gap side-by-side white lines',
    talib: 'CDLGAPSIDESIDEWHITE',
    warmup: 7,
    formula: 'two like white candles with equal opens beyond a gap; sign of the gap',
    rule: (k) => {
      const up = k.bodyGapUp(1, 2) && k.bodyGapUp(0, 2);
      const down = k.bodyGapDown(1, 2) && k.bodyGapDown(0, 2);
      return (up || down) &&
        k.white(1) &&
        k.white(0) &&
        k.body(0) >= k.body(1) - k.near(1) &&
        k.body(0) <= k.body(1) + k.near(1) &&
        k.equal(k.open(0), k.open(1), 1)
        ? up
          ? 100
          : -100
        : 0;
    },
  },
  {
    name: 'cdl-tasuki-gap',
    title: 'Tasuki gap',
    talib: 'CDLTASUKIGAP',
    warmup: 7,
    formula: 'candle beyond a gap, then an opposite one of like size that closes within the gap; sign of the gap',
    rule: (k) => {
      const up = k.bodyGapUp(1, 2) && k.white(1) && k.black(0);
      const down = k.bodyGapDown(1, 2) && k.black(1) && k.white(0);
      if (!(up || down) || !(Math.abs(k.body(1) - k.body(0)) < k.near(1))) return 0;
      if (!(k.open(0) < k.top(1) && k.open(0) > k.bottom(1))) return 0;
      if (up) return k.close(0) < k.open(1) && k.close(0) > k.top(2) ? 100 : 0;
      return k.close(0) > k.open(1) && k.close(0) < k.bottom(2) ? -100 : 0;
    },
  },
  {
    name: 'cdl-gap-three-methods',
    title: 'Upside/downside gap three methods',
    talib: 'CDLXSIDEGAP3METHODS',
    warmup: 2,
    formula: 'two candles of one colour with a gap, then an opposite one that closes it; sign of the first',
    rule: (k) =>
      k.color(2) === k.color(1) &&
      k.color(1) === -k.color(0) &&
      k.open(0) < k.top(1) &&
      k.open(0) > k.bottom(1) &&
      k.close(0) < k.top(2) &&
      k.close(0) > k.bottom(2) &&
      (k.white(2) ? k.bodyGapUp(1, 2) : k.bodyGapDown(1, 2))
        ? k.color(2) * 100
        : 0,
  },
] as const satisfies readonly PatternRow[];
