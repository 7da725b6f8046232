import { type Entry, entrySchema, type Size } from '../vocabulary/intent.ts';

/** Throws: what is asked for does not say why. */
export function refuseWhy(): never {
  throw new TypeError('every order needs a why: what made the strategy ask for it');
}

type Work = NonNullable<Entry['work']>;

/** Throws a TypeError with the words for who wrote the strategy where an entry lacks what every order needs, or says what none can. */
export function checkEntry(entry: Entry): void {
  if (typeof entry?.why !== 'string' || entry.why === '') refuseWhy();
  if (typeof entry.size !== 'object' || entry.size === null)
    throw new TypeError(
      `every order needs a size such as { pctEquity: 0.5 } or { qty: 1 }, found ${JSON.stringify(entry.size)}`,
    );
  // A stop with its name mistyped must not become an entry without one.
  for (const field in entry) if (!isField(field as keyof Entry)) throw unknownField(field);
  if (!isOneSize(entry.size)) throw twoSizes(entry.size);
  if (entry.work !== undefined) checkWork(entry.work);
}

/** Whether a size says one thing. Of two, one would be left out without a word; an ATR belongs to its share. */
function isOneSize(size: Size): boolean {
  let ways = 0;
  for (const field in size) if (field !== 'atr') ways++;
  return ways === 1;
}

function twoSizes(size: Size): TypeError {
  return new TypeError(
    `size: expected exactly one of qty, notional, pctEquity, riskPct, atrPct with atr, kelly and volTarget, found ${JSON.stringify(size)}`,
  );
}

/** Throws where nobody can tell how an order is to be split: slices that do not add up would buy without end. */
function checkWork(work: Work): void {
  const ways = typeof work === 'object' && work !== null ? Object.keys(work) : [];
  if (ways.length !== 1 || !['twap', 'iceberg', 'scale'].includes(ways[0]!))
    throw new TypeError(`work: expected { twap }, { iceberg } or { scale }, one alone, found ${JSON.stringify(work)}`);
  if ('twap' in work) {
    const { slices, everyMs } = work.twap;
    if (!isCount(slices))
      throw new TypeError(`work.twap.slices: expected a whole number from 2, found ${String(slices)}`);
    if (!(everyMs > 0 && everyMs < Number.POSITIVE_INFINITY))
      throw new TypeError(`work.twap.everyMs: expected milliseconds above 0, found ${String(everyMs)}`);
  }
  if ('scale' in work && !isCount(work.scale.orders))
    throw new TypeError(`work.scale.orders: expected a whole number from 2, found ${String(work.scale.orders)}`);
}

const isCount = (parts: unknown): boolean => Number.isSafeInteger(parts) && (parts as number) >= 2;

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
