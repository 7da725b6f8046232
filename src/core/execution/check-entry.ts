import { type Entry, entrySchema } from '../vocabulary/intent.ts';

/** Throws a TypeError with the words for who wrote the strategy where an entry lacks what every order needs, or says what none can. */
export function checkEntry(entry: Entry): void {
  if (typeof entry.why !== 'string' || entry.why === '')
    throw new TypeError('every order needs a why: what made the strategy ask for it');
  if (typeof entry.size !== 'object' || entry.size === null)
    throw new TypeError(
      `every order needs a size such as { pctEquity: 0.5 } or { qty: 1 }, found ${JSON.stringify(entry.size)}`,
    );
  // A stop with its name mistyped must not become an entry without one.
  for (const field in entry) if (!isField(field as keyof Entry)) throw unknownField(field);
}

/** Whether an entry may say it. Cases cost a comparison each where a set costs a call; the type knows whether one is missing. */
function isField(field: keyof Entry): boolean {
  switch (field) {
    case 'size':
    case 'why':
    case 'stop':
    case 'target':
    case 'trail':
    case 'limit':
    case 'trigger':
    case 'tif':
    case 'tag':
    case 'postOnly':
    case 'reduceOnly':
    case 'work':
      return true;
    default:
      field satisfies never;
      return false;
  }
}

function unknownField(field: string): TypeError {
  return new TypeError(`an order has no field ${field}; expected any of ${Object.keys(entrySchema.shape).join(', ')}`);
}
