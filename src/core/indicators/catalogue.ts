import { averageIndicators } from './averages/ta.ts';
import type { Indicator } from './indicator.ts';
import { momentumIndicators } from './momentum/ta.ts';
import { patternIndicators } from './patterns/ta.ts';
import { priceIndicators } from './price/ta.ts';
import { statisticsIndicators } from './statistics/ta.ts';
import { trendIndicators } from './trend/ta.ts';
import { volatilityIndicators } from './volatility/ta.ts';
import { volumeIndicators } from './volume/ta.ts';

/** The definitions of all indicators, by group. */
export const catalogue: readonly Indicator[] = [
  ...averageIndicators,
  ...momentumIndicators,
  ...volatilityIndicators,
  ...trendIndicators,
  ...volumeIndicators,
  ...statisticsIndicators,
  ...priceIndicators,
  ...patternIndicators,
] as unknown as readonly Indicator[];

const byName = new Map(catalogue.map((indicator) => [indicator.name, indicator]));

/** The indicator of a name, e.g. `rsi`, `bollinger-bands`; undefined where there is none. */
export function findIndicator(name: string): Indicator | undefined {
  return byName.get(name);
}
