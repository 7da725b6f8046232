/** What survives JSON unchanged: parameters, strategy state, snapshots. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Where a value is not JSON: the path of the first offender and what it is, or null where all is well.
 * Cycles, functions, undefined, NaN, infinities, Dates, Maps, class instances, symbols as names and names on arrays are offenders.
 */
export function jsonOffence(value: unknown, path = 'state', seen: readonly unknown[] = []): string | null {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${path} is ${value}`;
  if (typeof value !== 'object')
    return `${path} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`;
  if (seen.includes(value)) return `${path} refers back to an object that contains it`;
  if (Object.getOwnPropertySymbols(value).length > 0) return `${path} has a field that is named by a symbol`;
  const inside = [...seen, value];
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const offence = jsonOffence(value[i], `${path}[${i}]`, inside);
      if (offence) return offence;
    }
    const more = Object.keys(value).find((key) => !/^\d+$/.test(key));
    return more === undefined ? null : `${path}.${more} is a field of an array`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    return `${path} is a ${(value as object).constructor?.name ?? 'class'} instance`;
  for (const [key, member] of Object.entries(value)) {
    const offence = jsonOffence(member, `${path}.${key}`, inside);
    if (offence) return offence;
  }
  return null;
}

/** A copy that nobody can change, its fields in the order of their names: whoever is handed it sees the same as who reads it from a journal. */
export function settledJson(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(settledJson));
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.freeze(Object.fromEntries(fields.map(([name, member]) => [name, settledJson(member)])));
}

/** The same fields with the same values, in any order of the fields. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

/** JSON text in which fields stand by name: the same for the same values, whoever has built or read them. */
export function orderlessText(value: Json): string {
  return JSON.stringify(value, (_key, part: Json) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
