import type { ParameterRange } from '../indicator.ts';

/** A parameter that picks one of a few conventions: whole numbers from 0 to `last`, each explained in `about`. */
export function choice(defaultValue: number, last: number, about: string): ParameterRange {
  return { default: defaultValue, min: 0, max: last, integer: true, about };
}

/**
 * The number that a word stands for in such a parameter; a number is left as it is, for the range check to judge. Throws
 * RangeError for any other word.
 */
export function chosen(indicator: string, name: string, words: readonly string[], given: string | number): number {
  if (typeof given === 'number') return given;
  const number = words.indexOf(given);
  if (number >= 0) return number;
  const known = words.map((word, k) => `'${word}' (${k})`).join(', ');
  throw new RangeError(
    `${indicator}: ${name} must be one of ${known}, found ${JSON.stringify(given) ?? String(given)}`,
  );
}

/** How a recursion is begun; the same words wherever an indicator offers both. */
export const SEED_ABOUT = '0 seeds with the mean of the first n values, 1 with the first value';
