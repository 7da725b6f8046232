import { textOf } from '../../format/words.ts';
import { wordsOf } from '../../parts/operation-form.tsx';

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/Pct$/, '%'],
  [/Ms$/, 'ms'],
  [/Days$/, 'days'],
  [/Lots$/, 'lots'],
  [/Quote$/, 'quote'],
  [/Ratio$/, '×'],
];

/** What a limit is in, by the end of its name in a limits file. */
export const unitOf = (name: string): string => UNITS.find(([ending]) => ending.test(name))?.[1] ?? '';

/** A limit in words: gross exposure. */
export const nameOf = (name: string): string => wordsOf(name.replace(/(Pct|Ms|Ratio)$/, ''));

/** A limit's value as it is said: `20 %`, `off`. */
export function valueText(name: string, value: unknown): string {
  if (value === null) return 'off';
  const text = Array.isArray(value) ? value.join(', ') : textOf(value);
  return `${text} ${unitOf(name)}`.trim();
}
