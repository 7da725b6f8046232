import { averages } from './averages/ta.ts';
import { custom } from './custom.ts';
import { momentum } from './momentum/ta.ts';
import { patterns } from './patterns/ta.ts';
import { price } from './price/ta.ts';
import { statistics } from './statistics/ta.ts';
import { trend } from './trend/ta.ts';
import { volatility } from './volatility/ta.ts';
import { volume } from './volume/ta.ts';

/**
 * Every indicator as a function of series or bars: `ta.rsi(bars.close, 14)`, `ta.atr(bars, 14)`, `ta.cross(fast, slow)`. They
 * compose (`ta.ema(ta.rsi(bars.close), 9)`), and asking twice for the same one gives the same series.
 */
export const ta = {
  ...averages,
  ...momentum,
  ...volatility,
  ...trend,
  ...volume,
  ...statistics,
  ...price,
  ...patterns,
  custom,
};
