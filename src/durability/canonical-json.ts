import { type Json, jsonOffence } from '../core/vocabulary/json.ts';

/** Nesting beyond which a value is looked at for a cycle. */
const DEEP = 200;

/**
 * The one text of a value: members in order of their names' UTF-16 units, no spaces, numbers as ECMAScript writes them, −0 as 0
 * (RFC 8785). Equal values have equal texts. Throws TypeError, with the path, for what is not JSON.
 */
export function canonicalJson(value: Json): string {
  switch (inspect(value, 0)) {
    case ORDERED:
      return JSON.stringify(value);
    case UNORDERED:
      return textOf(value);
    default: {
      const offence = jsonOffence(value, 'payload');
      // Deep, but without a cycle and all JSON.
      if (offence === null) return textOf(value);
      throw new TypeError(`expected plain JSON, found that ${offence}`);
    }
  }
}

const ORDERED = 0;
const UNORDERED = 1;
const DOUBTFUL = 2;

/** Most values are written by programs that name members in order already, and then the engine's own writer is much faster. */
function inspect(value: unknown, depth: number): typeof ORDERED | typeof UNORDERED | typeof DOUBTFUL {
  if (typeof value === 'string' || value === null || typeof value === 'boolean') return ORDERED;
  if (typeof value === 'number') return Number.isFinite(value) ? ORDERED : DOUBTFUL;
  if (typeof value !== 'object' || depth > DEEP) return DOUBTFUL;
  let worst: typeof ORDERED | typeof UNORDERED = ORDERED;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = inspect(value[i], depth + 1);
      if (found === DOUBTFUL) return DOUBTFUL;
      if (found === UNORDERED) worst = UNORDERED;
    }
    return worst;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return DOUBTFUL;
  let before = '';
  for (const name in value) {
    if (name < before) worst = UNORDERED;
    before = name;
    const found = inspect((value as Record<string, unknown>)[name], depth + 1);
    if (found === DOUBTFUL) return DOUBTFUL;
    if (found === UNORDERED) worst = UNORDERED;
  }
  return worst;
}

function textOf(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(textOf).join(',')}]`;
  const members = value as { readonly [name: string]: Json };
  const names = Object.keys(members).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(members[name]!)}`).join(',')}}`;
}
