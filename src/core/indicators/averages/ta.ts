import { fieldsOf, line, lines } from '../line.ts';
import type { Series, SeriesOwner } from '../series.ts';
import { alma } from './alma.ts';
import { dema, tema } from './dema.ts';
import { ema } from './ema.ts';
import { hma } from './hma.ts';
import { efficiencyRatio, kama } from './kama.ts';
import { lsma } from './lsma.ts';
import { mama } from './mama.ts';
import { mcginley } from './mcginley.ts';
import { sma } from './sma.ts';
import { smma } from './smma.ts';
import { t3 } from './t3.ts';
import { trima } from './trima.ts';
import { vidya } from './vidya.ts';
import { vwma } from './vwma.ts';
import { wma } from './wma.ts';
import { zlema } from './zlema.ts';

/** Moving averages as functions of a series (the volume-weighted one of bars). */
export const averages = {
  sma: (source: Series, n = 20): Series => line(sma, [source], { length: n }),
  ema: (source: Series, n = 20, seed = 0): Series => line(ema, [source], { length: n, seed }),
  smma: (source: Series, n = 14): Series => line(smma, [source], { length: n }),
  wma: (source: Series, n = 20): Series => line(wma, [source], { length: n }),
  dema: (source: Series, n = 20, seed = 0): Series => line(dema, [source], { length: n, seed }),
  tema: (source: Series, n = 20, seed = 0): Series => line(tema, [source], { length: n, seed }),
  t3: (source: Series, n = 5, volumeFactor = 0.7, seed = 0): Series =>
    line(t3, [source], { length: n, volumeFactor, seed }),
  trima: (source: Series, n = 20): Series => line(trima, [source], { length: n }),
  hma: (source: Series, n = 20): Series => line(hma, [source], { length: n }),
  lsma: (source: Series, n = 25): Series => line(lsma, [source], { length: n }),
  zlema: (source: Series, n = 20, seed = 0): Series => line(zlema, [source], { length: n, seed }),
  alma: (source: Series, n = 9, offset = 0.85, sigma = 6, floor = 0): Series =>
    line(alma, [source], { length: n, offset, sigma, floor }),
  kama: (source: Series, n = 10, fast = 2, slow = 30): Series => line(kama, [source], { length: n, fast, slow }),
  efficiencyRatio: (source: Series, n = 10): Series => line(efficiencyRatio, [source], { length: n }),
  mcginley: (source: Series, n = 14, k = 0.6): Series => line(mcginley, [source], { length: n, k }),
  mama: (source: Series, fast = 0.5, slow = 0.05): { readonly mama: Series; readonly fama: Series } =>
    lines(mama, [source], { fast, slow }),
  vidya: (source: Series, short = 9, long = 30, alpha = 0.2): Series => line(vidya, [source], { short, long, alpha }),
  vwma: (bars: SeriesOwner, n = 20): Series => line(vwma, fieldsOf(vwma, bars), { length: n }),
};

/** Their definitions, for the catalogue. */
export const averageIndicators = [
  sma,
  ema,
  smma,
  wma,
  dema,
  tema,
  t3,
  trima,
  hma,
  lsma,
  zlema,
  alma,
  kama,
  efficiencyRatio,
  mcginley,
  mama,
  vidya,
  vwma,
] as const;
