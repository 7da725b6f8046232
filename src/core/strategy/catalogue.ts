import { smaCross } from './built-in/sma-cross.ts';
import type { AnyStrategy } from './define-strategy.ts';

/** The strategies that come with the system, in the order in which they are listed. */
export const builtInStrategies: readonly AnyStrategy[] = [smaCross];
