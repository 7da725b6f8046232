import { z } from 'zod';

/** `'0.10000000'` → `'0.1'`; one text per value, so that amounts of different endpoints compare equal. */
function canonical(text: string): string {
  const shortened = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return shortened === '-0' ? '0' : shortened;
}

/** Decimal text of an answer, made canonical. */
export const amount = z
  .string()
  .regex(/^-?\d{1,20}(\.\d{1,20})?$/, 'expected decimal text such as "0.001"')
  .transform(canonical);

/** An id, number or text, as text; see `exact-json.ts` for numbers that are too large. */
export const venueId = z.union([z.string(), z.int()]).transform(String);

export const timeMs = z.int().nonnegative();

/** An amount that is not there where it is zero: the price of a market order, the trigger of a limit order. */
export function orNull(text: string | undefined): string | null {
  return text === undefined || text === '' || text === '0' ? null : text;
}

/** Name of an account event. */
export const eventName = z.object({ e: z.string() });

/** Of trigger prices and the like, which are empty or absent where there are none. */
export const optionalAmount = z.union([z.literal(''), amount]).nullish();

/**
 * A word of the venue in ours. A word that we do not know is told through `report`, and `fallback` stands in for it.
 */
export function translate<T>(
  words: Readonly<Record<string, T>>,
  word: string,
  what: string,
  fallback: T,
  report: (detail: string) => void,
): T {
  const known = Object.hasOwn(words, word) ? words[word] : undefined;
  if (known !== undefined) return known;
  report(`${what} ${JSON.stringify(word)} is not known`);
  return fallback;
}

/** Where a word of the venue that is not known is told. */
export type Report = (detail: string) => void;

/** The value as the schema has it. Throws RangeError that names the first field which is not as expected. */
export function readAs<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new RangeError(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
}
