import type { ParameterRange } from '../indicator.ts';

/** A parameter that picks one of a few conventions: whole numbers from 0 to `last`, each explained in `about`. */
export function choice(defaultValue: number, last: number, about: string): ParameterRange {
  return { default: defaultValue, min: 0, max: last, integer: true, about };
}

/** How a recursion is begun; the same words wherever an indicator offers both. */
export const SEED_ABOUT = '0 seeds with the mean of the first n values, 1 with the first value';
