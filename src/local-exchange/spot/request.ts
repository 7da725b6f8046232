import type { Params } from '../product.ts';
import { AMOUNT_SCALE, type Amount, DECIMAL_PATTERN, parseAmount } from './decimal-text.ts';
import { badCombination, illegal, invalidData, mandatory, oneOf, Refusal } from './refusal.ts';

const INTEGER_PATTERN = '^[0-9]{1,20}$';
const INTEGER = /^[0-9]{1,20}$/;
const CLIENT_ID_PATTERN = '^[a-zA-Z0-9-_]{1,36}$';
const CLIENT_ID = /^[a-zA-Z0-9-_]{1,36}$/;
const SYMBOL_PATTERN = '^[\\w\\-._&&[^a-z]]{1,50}$';
const SYMBOL = /^[^\sa-z"]{1,50}$/u;
const SYMBOLS_PATTERN = '^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$';
/** Times of 2^53 microseconds and of milliseconds lie far apart; everything above this is microseconds. */
const FIRST_MICROSECOND_TIME = 100_000_000_000_000;

/** Reads a request's parameters, or refuses with Binance's code and text. An empty value counts as not sent. */
export class Request {
  readonly #params: Params;

  constructor(params: Params) {
    this.#params = params;
  }

  has(name: string): boolean {
    return (this.#params.get(name) ?? '') !== '';
  }

  text(name: string): string | null {
    const value = this.#params.get(name);
    return value === undefined || value === '' ? null : value;
  }

  needText(name: string): string {
    const value = this.text(name);
    if (value === null) throw mandatory(name);
    return value;
  }

  symbolName(name = 'symbol'): string {
    const value = this.needText(name);
    if (!SYMBOL.test(value)) throw illegal(name, SYMBOL_PATTERN);
    return value;
  }

  /** Names of a JSON list such as `["BTCUSDT","ETHUSDT"]`; null where it was not sent. */
  symbolNames(name = 'symbols'): string[] | null {
    const text = this.text(name);
    if (text === null) return null;
    let list: unknown;
    try {
      list = JSON.parse(text);
    } catch {
      throw illegal(name, SYMBOLS_PATTERN);
    }
    if (!Array.isArray(list)) throw illegal(name, SYMBOLS_PATTERN);
    const names: string[] = [];
    for (const item of list) {
      if (typeof item !== 'string' || !SYMBOL.test(item)) throw illegal(name, SYMBOLS_PATTERN);
      if (names.includes(item)) throw new Refusal(-1151, 'Symbol is present multiple times in the list.');
      names.push(item);
    }
    return names;
  }

  /** A decimal, not negative, of at most eight digits behind the point. */
  amount(name: string): Amount | null {
    const text = this.text(name);
    if (text === null) return null;
    const amount = parseAmount(text);
    if (amount === null) throw illegal(name, DECIMAL_PATTERN);
    if (amount.scale > AMOUNT_SCALE) throw new Refusal(-1111, `Parameter '${name}' has too much precision.`);
    return amount;
  }

  integer(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    if (!INTEGER.test(text)) throw illegal(name, INTEGER_PATTERN);
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new Refusal(-1108, `Parameter '${name}' overflowed.`);
    return value;
  }

  needInteger(name: string): number {
    const value = this.integer(name);
    if (value === null) throw mandatory(name);
    return value;
  }

  /** Rows asked for; what is above the most is refused as live does, or clamped for depth. */
  limit(fallback: number, most: number, clamp = false): number {
    const value = this.integer('limit') ?? fallback;
    if (value === 0) throw invalidData('limit');
    if (value <= most || clamp) return Math.min(value, most);
    return most;
  }

  /** Milliseconds; microseconds are understood too. */
  time(name: string): number | null {
    const value = this.integer(name);
    return value !== null && value >= FIRST_MICROSECOND_TIME ? Math.floor(value / 1000) : value;
  }

  /** Bounds of a query of at most a day where `mostMs` is given. */
  period(mostMs = Number.POSITIVE_INFINITY): { start: number | null; end: number | null } {
    const start = this.time('startTime');
    const end = this.time('endTime');
    if (start !== null && end !== null) {
      if (end < start) throw badCombination();
      if (end - start > mostMs) {
        throw new Refusal(-1127, `More than ${mostMs / 3_600_000} hours between startTime and endTime.`);
      }
    }
    return { start, end };
  }

  clientId(name: string, emptyCode = -1118): string | null {
    const value = this.#params.get(name);
    if (value === undefined) return null;
    if (value === '') {
      throw emptyCode === -1118
        ? new Refusal(-1118, 'New client order ID was empty.')
        : new Refusal(-1119, 'Original client order ID was empty.');
    }
    if (!CLIENT_ID.test(value)) throw illegal(name, CLIENT_ID_PATTERN);
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const text = this.text(name);
    if (text === null) return fallback;
    if (text !== 'true' && text !== 'false') throw invalidData(name);
    return text === 'true';
  }

  /** One of a list of words; null where it was not sent. `refuse` names the error of any other word. */
  choice<T extends string>(
    name: string,
    words: readonly T[],
    refuse: () => Refusal = () => invalidData(name),
  ): T | null {
    const text = this.text(name);
    if (text === null) return null;
    const word = words.find((w) => w === text);
    if (word === undefined) throw refuse();
    return word;
  }

  needChoice<T extends string>(name: string, words: readonly T[], refuse: () => Refusal = () => invalidData(name)): T {
    const word = this.choice(name, words, refuse);
    if (word === null) throw mandatory(name);
    return word;
  }

  /** An order or a list by its number or its client's name: at least one of the two. */
  either(number: string, name: string): { id: number | null; clientId: string | null } {
    const id = this.integer(number);
    const clientId = this.clientId(name, -1119);
    if (id === null && clientId === null) throw oneOf(name, number);
    return { id, clientId };
  }
}
