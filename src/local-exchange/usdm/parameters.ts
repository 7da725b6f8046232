import { type Decimal, parseDecimal } from '../../core/vocabulary/decimal.ts';
import type { Params } from '../product.ts';
import { missing, type Refusal, refuse } from './refusals.ts';

const INTEGER = /^[0-9]{1,20}$/;
const NUMBER = /^-?[0-9]{1,20}(\.[0-9]{1,20})?$/;
const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;

/**
 * Reads the parameters of one request. The first fault is kept in {@link refusal} and later reads answer something harmless, so that a
 * handler reads all it needs and then looks once.
 */
export class ParameterReader {
  readonly params: Params;
  refusal: Refusal | null = null;

  constructor(params: Params) {
    this.params = params;
  }

  fail(refusal: Refusal): void {
    this.refusal ??= refusal;
  }

  has(name: string): boolean {
    return this.text(name) !== null;
  }

  /** As sent, or null where it was not; an empty text counts as not sent. Names may also be all in lower case, as some libraries have them. */
  text(name: string): string | null {
    const value = this.params.get(name) ?? this.params.get(name.toLowerCase());
    return value === undefined || value === '' ? null : value;
  }

  needed(name: string): string {
    const value = this.text(name);
    if (value === null) this.fail(missing(name));
    return value ?? '';
  }

  /** One of `values`, or `otherwise` where it was not sent. */
  oneOf<T extends string>(name: string, values: readonly T[], otherwise: T, fault: () => Refusal): T {
    const value = this.text(name);
    if (value === null) return otherwise;
    const found = values.find((v) => v === value);
    if (found === undefined) this.fail(fault());
    return found ?? otherwise;
  }

  /** One of `values`, which must be sent. */
  mustBeOneOf<T extends string>(name: string, values: readonly [T, ...T[]], fault: () => Refusal): T {
    if (this.text(name) === null) this.fail(missing(name));
    return this.oneOf(name, values, values[0], fault);
  }

  /** Whole number of at most 15 digits that are exact, or null. */
  integer(name: string): number | null {
    const value = this.text(name);
    if (value === null) return null;
    if (!INTEGER.test(value) || !Number.isSafeInteger(Number(value))) {
      this.fail(refuse(-1100, name, '^[0-9]{1,20}$'));
      return null;
    }
    return Number(value);
  }

  neededInteger(name: string): number {
    if (!this.has(name)) this.fail(missing(name));
    return this.integer(name) ?? 0;
  }

  /** `limit` of a list: cut to `most`, as venues do. */
  limit(otherwise: number, most: number): number {
    const value = this.integer('limit');
    if (value === 0) this.fail(refuse(-1130, 'limit'));
    return Math.min(value ?? otherwise, most);
  }

  decimal(name: string): Decimal | null {
    const value = this.text(name);
    if (value === null) return null;
    const parsed = NUMBER.test(value) ? parseDecimal(value) : null;
    if (parsed === null) this.fail(missing(name));
    return parsed;
  }

  /** `"true"` or `"false"`, in any case. */
  flag(name: string, otherwise: boolean, fault: () => Refusal = () => refuse(-1130, name)): boolean {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return otherwise;
    if (value !== 'true' && value !== 'false') this.fail(fault());
    return value === 'true';
  }

  /** A client's own id of an order, or null. */
  clientId(name: string): string | null {
    const value = this.text(name);
    if (value !== null && value.length > 36) this.fail(refuse(-4015));
    else if (value !== null && !CLIENT_ID.test(value)) this.fail(refuse(-1100, name, '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'));
    return value;
  }

  /** `startTime` and `endTime` in milliseconds, at most `longestMs` apart; a bound that was not sent is open. */
  times(longestMs = Number.POSITIVE_INFINITY): TimeBounds {
    const start = this.integer('startTime');
    const end = this.integer('endTime');
    if (start !== null && end !== null) {
      if (start > end) this.fail(refuse(-1023));
      else if (end - start > longestMs) this.fail(refuse(-4165));
    }
    return { start, end };
  }

  /** A JSON array sent as text. */
  list(name: string): readonly unknown[] {
    const value = this.text(name);
    if (value === null) return [];
    let parsed: unknown = null;
    try {
      parsed = JSON.parse(value);
    } catch {
      // Told as the fault of that parameter just below.
    }
    if (!Array.isArray(parsed)) this.fail(refuse(-1130, name));
    return Array.isArray(parsed) ? parsed : [];
  }
}

export type TimeBounds = { readonly start: number | null; readonly end: number | null };

/**
 * At most `limit` rows of a list that ascends by time: the newest, or with a start the oldest from there on, both up to the end (inclusive).
 */
export function within<T>(
  rows: readonly T[],
  timeOf: (row: T) => number,
  bounds: TimeBounds,
  limit: number,
): readonly T[] {
  const from = bounds.start === null ? 0 : firstAtOrAfter(rows, timeOf, bounds.start);
  const to = bounds.end === null ? rows.length : firstAtOrAfter(rows, timeOf, bounds.end + 1);
  return bounds.start === null
    ? rows.slice(Math.max(from, to - limit), to)
    : rows.slice(from, Math.min(to, from + limit));
}

function firstAtOrAfter<T>(rows: readonly T[], keyOf: (row: T) => number, key: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyOf(rows[middle]!) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** At most `limit` rows from this id on, of a list that ascends by id. */
export function fromId<T>(rows: readonly T[], idOf: (row: T) => number, id: number, limit: number): readonly T[] {
  const from = firstAtOrAfter(rows, idOf, id);
  return rows.slice(from, from + limit);
}
