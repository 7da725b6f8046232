import { type Entry, entrySchema } from '../vocabulary/intent.ts';

/** What an entry may say: a stop with its name mistyped must not become an entry without one. */
const ENTRY_FIELDS: ReadonlySet<string> = new Set(Object.keys(entrySchema.shape));

/** Throws a TypeError with the words for who wrote the strategy where an entry lacks what every order needs, or says what none can. */
export function checkEntry(entry: Entry): void {
  if (typeof entry.why !== 'string' || entry.why === '')
    throw new TypeError('every order needs a why: what made the strategy ask for it');
  if (typeof entry.size !== 'object' || entry.size === null)
    throw new TypeError(
      `every order needs a size such as { pctEquity: 0.5 } or { qty: 1 }, found ${JSON.stringify(entry.size)}`,
    );
  for (const field in entry)
    if (!ENTRY_FIELDS.has(field))
      throw new TypeError(`an order has no field ${field}; expected any of ${[...ENTRY_FIELDS].join(', ')}`);
}
