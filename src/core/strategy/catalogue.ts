import { alwaysFlat } from './built-in/always-flat.ts';
import { bollingerKeltnerSqueeze } from './built-in/bollinger-keltner-squeeze.ts';
import { buyAndHold } from './built-in/buy-and-hold.ts';
import { dca } from './built-in/dca.ts';
import { donchianAtr } from './built-in/donchian-atr.ts';
import { grid } from './built-in/grid.ts';
import { momentumRotation } from './built-in/momentum-rotation.ts';
import { mtfPullback } from './built-in/mtf-pullback.ts';
import { pairs } from './built-in/pairs.ts';
import { randomEntry } from './built-in/random-entry.ts';
import { rsi2Reversion } from './built-in/rsi2-reversion.ts';
import { smaCross } from './built-in/sma-cross.ts';
import type { AnyStrategy } from './define-strategy.ts';

/** Strategies that come with the package: trend, reversion, portfolio, accumulation, and the baselines at the end. */
export const builtInStrategies: readonly AnyStrategy[] = [
  smaCross,
  donchianAtr,
  bollingerKeltnerSqueeze,
  mtfPullback,
  rsi2Reversion,
  grid,
  pairs,
  momentumRotation,
  dca,
  buyAndHold,
  randomEntry,
  alwaysFlat,
];

/** A built-in strategy by its id, or null. */
export function builtInStrategy(id: string): AnyStrategy | null {
  return builtInStrategies.find((strategy) => strategy.def.id === id) ?? null;
}
