/** Decimals of the auditor: integers of 10^-18. It shares no arithmetic with what it audits. */
const PLACES = 18;
const ONE = 10n ** BigInt(PLACES);

export function exact(text: unknown): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,18}))?$/.exec(String(text));
  if (match === null) throw new RangeError(`the auditor cannot read ${JSON.stringify(text)} as a decimal`);
  const size = BigInt(match[2]!) * ONE + BigInt((match[3] ?? '').padEnd(PLACES, '0'));
  return match[1] === '-' ? -size : size;
}

/** Product, which must have no more than 18 places. */
export function times(a: bigint, b: bigint): bigint {
  const product = a * b;
  if (product % ONE !== 0n) throw new RangeError('a product of more than 18 places');
  return product / ONE;
}

export function shown(amount: bigint): string {
  const size = amount < 0n ? -amount : amount;
  const places = String(size % ONE)
    .padStart(PLACES, '0')
    .replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${size / ONE}${places === '' ? '' : `.${places}`}`;
}

/** What stands in a field as text; empty where nothing does. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
