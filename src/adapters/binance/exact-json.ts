/** Whether a text may hold a whole number that a double cannot: those have 16 digits and more. */
const LONG_NUMBER = /\d{16}/;

/** What ES2025 gives a reviver besides key and value; not in the library types yet. */
interface ReviverContext {
  readonly source?: string;
}
const parse = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context?: ReviverContext) => unknown,
) => unknown;

function keepExact(_key: string, value: unknown, context?: ReviverContext): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || context?.source === undefined) return value;
  return /^-?\d+$/.test(context.source) ? context.source : value;
}

/**
 * JSON whose whole numbers beyond 2^53 become their text: order ids of USD-M futures have 19 digits, and JSON.parse alone would cancel the
 * wrong order. Throws SyntaxError.
 */
export function parseExactJson(text: string): unknown {
  return LONG_NUMBER.test(text) ? parse(text, keepExact) : JSON.parse(text);
}
