/** A day alone, where only days are meant. */
const DAYS = new Set(['firstDay', 'day', 'about']);
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** What of an answer is not as all of them are: instants as RFC 3339 in UTC, decimals without an exponent. */
export function wireComplaints(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'string') {
    const name = path.slice(path.lastIndexOf('.') + 1);
    if (/^\d{4}-\d{2}-\d{2}(?:[T ]|$)/.test(value) && !DAYS.has(name) && !INSTANT.test(value))
      return [`${path}: expected an instant such as 2024-01-31T13:05:00Z, found ${value}`];
    if (/^[+-]?\d+(?:\.\d+)?e[+-]?\d+$/i.test(value) && !/hash|id|code/i.test(name))
      return [`${path}: expected a decimal without an exponent, found ${value}`];
    return [];
  }
  if (Array.isArray(value)) return value.flatMap((each) => wireComplaints(each, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) => wireComplaints(below, `${path}.${name}`));
}
