import { civilDate, civilToMs } from '../vocabulary/time.ts';

/** Order of the parts of a date that does not start with the year: 3/10/2004 is March 10th or October 3rd. */
export type DateOrder = 'dmy' | 'mdy';

export interface TimeTextOptions {
  readonly dateOrder: DateOrder | null;
  /** Zone of texts that do not say one, in milliseconds east of UTC. */
  readonly zoneMs: number;
  /** Reads what the local clock of the text says and leaves out the zone beside it; default false: the instant. */
  readonly asLocal?: boolean;
}

const ZERO = 48;

/**
 * Reads times from bytes without making strings: `2024-01-31`, `2024.01.31`, `2024/01/31`, `20240131`, each with an optional
 * clock (`T` or blanks before it; `13:05`, `13:05:09`, `13:05:09.123456789`, `130509`, `130509123`) and an optional `Z`, `UTC` or
 * `±hh:mm`, also `GMT+0100`; with a date order also `31/1/2024`. One instance remembers the last date, which most rows share.
 */
export class TimeText {
  readonly #order: DateOrder | null;
  readonly #zoneMs: number;
  readonly #asLocal: boolean;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #digits = 0;
  #dateKey = -1;
  #dateMs = 0;

  constructor(options: TimeTextOptions) {
    this.#order = options.dateOrder;
    this.#zoneMs = options.zoneMs;
    this.#asLocal = options.asLocal ?? false;
  }

  /** Milliseconds UTC of the text in [from, to), or NaN where it is no time. */
  parse(bytes: Uint8Array, from: number, to: number): number {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    const date = this.#date();
    if (this.#at >= this.#end) return date - this.#zoneMs;
    const gap = bytes[this.#at]!;
    if (gap === 0x54 || gap === 0x74 || gap === 0x20) {
      while (this.#at < this.#end && (bytes[this.#at] === gap || bytes[this.#at] === 0x20)) this.#at++;
    } else if (!this.#isDigit()) return Number.NaN;
    const clock = this.#clock();
    const isSaid = this.#at < this.#end;
    const zoneMs = this.#zone();
    return date + clock - (this.#asLocal && isSaid && !Number.isNaN(zoneMs) ? 0 : zoneMs);
  }

  /** Milliseconds since midnight of a clock in [from, to), or NaN. */
  parseClock(bytes: Uint8Array, from: number, to: number): number {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    const clock = this.#clock();
    return this.#at === this.#end ? clock : Number.NaN;
  }

  #number(most: number): number {
    const start = this.#at;
    let value = 0;
    while (this.#at < this.#end && this.#at - start < most) {
      const digit = this.#bytes[this.#at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      this.#at++;
    }
    this.#digits = this.#at - start;
    return value;
  }

  #skip(byte: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #date(): number {
    const first = this.#number(4);
    const digits = this.#digits;
    const separator = this.#at < this.#end ? this.#bytes[this.#at]! : 0;
    const dashed = separator === 0x2d || separator === 0x2f || separator === 0x2e;
    if (!dashed) {
      if (digits !== 4) return Number.NaN;
      const month = this.#number(2);
      if (this.#digits !== 2) return Number.NaN;
      const day = this.#number(2);
      return this.#digits === 2 ? this.#civil(first, month, day) : Number.NaN;
    }
    this.#at++;
    const second = this.#number(2);
    if (this.#digits === 0 || !this.#skip(separator)) return Number.NaN;
    const third = this.#number(4);
    if (digits === 4) return this.#digits === 1 || this.#digits === 2 ? this.#civil(first, second, third) : Number.NaN;
    if (this.#digits !== 4 || this.#order === null) return Number.NaN;
    return this.#order === 'dmy' ? this.#civil(third, second, first) : this.#civil(third, first, second);
  }

  #civil(year: number, month: number, day: number): number {
    const key = year * 10_000 + month * 100 + day;
    if (key === this.#dateKey) return this.#dateMs;
    if (month < 1 || month > 12 || day < 1) return Number.NaN;
    const ms = civilToMs(year, month, day);
    if (civilDate(ms)[2] !== day) return Number.NaN;
    this.#dateKey = key;
    this.#dateMs = ms;
    return ms;
  }

  #clock(): number {
    const hour = this.#number(2);
    if (this.#digits === 0) return Number.NaN;
    const colons = this.#skip(0x3a);
    if (!colons && this.#digits !== 2) return Number.NaN;
    const minute = this.#number(2);
    if (this.#digits !== 2) return Number.NaN;
    let ms = 0;
    if (colons ? this.#skip(0x3a) : this.#at < this.#end && this.#isDigit()) {
      const second = this.#number(2);
      if (this.#digits !== 2 || second > 59) return Number.NaN;
      ms = second * 1_000;
      if (this.#skip(0x2e) || (!colons && this.#at < this.#end && this.#isDigit())) {
        const from = this.#at;
        const fraction = this.#number(9);
        if (this.#at === from) return Number.NaN;
        ms += (fraction * 1_000) / Number(`1e${this.#at - from}`);
      }
    }
    return hour > 23 || minute > 59 ? Number.NaN : hour * 3_600_000 + minute * 60_000 + ms;
  }

  #isDigit(): boolean {
    const digit = this.#bytes[this.#at]! - ZERO;
    return digit >= 0 && digit <= 9;
  }

  #zone(): number {
    if (this.#at >= this.#end) return this.#zoneMs;
    this.#skip(0x20);
    const byte = this.#bytes[this.#at]!;
    this.#at++;
    if (byte === 0x5a || byte === 0x7a) return this.#at === this.#end ? 0 : Number.NaN;
    const isUtc = byte === 0x55 && this.#skip(0x54) && this.#skip(0x43);
    const isGmt = byte === 0x47 && this.#skip(0x4d) && this.#skip(0x54);
    if (!isUtc && !isGmt) return this.#offset(byte);
    return this.#at === this.#end ? 0 : this.#offset(this.#bytes[this.#at++]!);
  }

  /** Offset behind its sign, which has been read. */
  #offset(sign: number): number {
    if (sign !== 0x2b && sign !== 0x2d) return Number.NaN;
    const from = this.#at;
    const hours = this.#number(2);
    this.#skip(0x3a);
    const minutes = this.#number(2);
    const length = this.#at - from;
    if (this.#at !== this.#end || (length !== 2 && length !== 4 && length !== 5)) return Number.NaN;
    // No zone is farther from UTC than Kiribati's, UTC+14.
    if (minutes > 59 || hours * 60 + minutes > 14 * 60) return Number.NaN;
    return (sign === 0x2d ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000);
  }
}
