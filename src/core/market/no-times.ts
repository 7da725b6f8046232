import { DAY_MS, formatDay } from '../vocabulary/time.ts';

/** The days that spreadsheets count, from 1954 to 2119. */
const DAY_NUMBERS = { first: 20_000, last: 80_000, ofEpoch: 25_569 } as const;
const YEARS = { first: 1_800, last: 2_200 } as const;
const DAY_S = 86_400;

/** Numbers of a column of times that are none, and what to do; `found` speaks of the first. */
export interface NoTimes {
  readonly found: string;
  readonly hint: string;
}

/**
 * Numbers that as seconds would all be of the first of January 1970: days as spreadsheets count them, years, or a count of rows. Null for
 * times.
 *
 * @param timesMs numbers that were taken for seconds, in milliseconds
 */
export function noTimes(timesMs: Float64Array): NoTimes | null {
  const within = (first: number, last: number): boolean =>
    timesMs.every((ms) => ms >= first * 1_000 && ms <= last * 1_000);
  const number = timesMs[0]! / 1_000;
  if (within(DAY_NUMBERS.first, DAY_NUMBERS.last)) {
    const day = formatDay(Math.floor(number - DAY_NUMBERS.ofEpoch) * DAY_MS);
    return {
      found: `${number}, the number of a day as spreadsheets count them`,
      hint: `Have the column written as dates: ${number} is ${day}.`,
    };
  }
  if (within(YEARS.first, YEARS.last))
    return { found: `${number}, a year`, hint: `Have the column written as dates: ${number}-01-01.` };
  if (timesMs.length > 1 && within(0, DAY_S))
    return {
      found: `${number}, as seconds on the first of January 1970 like all others`,
      hint: 'Name the column that has the times: --columns time=…',
    };
  return null;
}
