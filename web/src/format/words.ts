/** A value of JSON as text: text as it is, nothing for nothing, everything else as JSON writes it. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
