import { civilDate, civilToMs, DAY_MS, formatDay } from '../vocabulary/time.ts';
import type { SessionCalendar } from './session-calendar.ts';

/** Years that the calendar knows. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2099;
const MONDAY = 1;
const THURSDAY = 4;
const FRIDAY = 5;
const SATURDAY = 6;
const SUNDAY = 7;

/** Days on which the exchange stayed closed for one occasion: presidential elections, funerals, a hurricane, 11 September 2001. */
const CLOSED_ONCE = [
  '1972-11-07',
  '1972-12-28',
  '1973-01-25',
  '1976-11-02',
  '1977-07-14',
  '1980-11-04',
  '1985-09-27',
  '1994-04-27',
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11',
  '2007-01-02',
  '2012-10-29',
  '2012-10-30',
  '2018-12-05',
  '2025-01-09',
] as const;

/** Early closes that no rule below gives. */
const EARLY_ONCE = ['1996-07-05', '1997-12-26', '1999-12-31', '2002-07-05', '2003-12-26'] as const;
const EARLY_MINUTE = 13 * 60;
/** Until 1992. */
const FORMER_EARLY_MINUTE = 14 * 60;

const dayOf = (year: number, month: number, day: number): number => civilToMs(year, month, day) / DAY_MS;
/** 1 = Monday … 7 = Sunday; day 0 was a Thursday. */
const weekday = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;
const text = (day: number): string => formatDay(day * DAY_MS);

/** The `n`th such weekday of a month, or the last one where `n` is −1. */
function nth(year: number, month: number, n: number, wanted: number): number {
  if (n < 0) {
    const next = month === 12 ? dayOf(year + 1, 1, 1) : dayOf(year, month + 1, 1);
    return next - 1 - ((weekday(next - 1) - wanted + 7) % 7);
  }
  const first = dayOf(year, month, 1);
  return first + ((wanted - weekday(first) + 7) % 7) + (n - 1) * 7;
}

/** Easter Sunday by the anonymous Gregorian computus (Meeus, "Astronomical Algorithms", chapter 8). */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return dayOf(year, Math.floor(n / 31), (n % 31) + 1);
}

/** A fixed holiday is kept on the Friday before where it falls on a Saturday, on the Monday after where on a Sunday. */
function observed(day: number): number {
  return weekday(day) === SATURDAY ? day - 1 : weekday(day) === SUNDAY ? day + 1 : day;
}

function holidaysOf(year: number): number[] {
  const days = [
    year >= 1971 ? nth(year, 2, 3, MONDAY) : observed(dayOf(year, 2, 22)),
    easter(year) - 2,
    year >= 1971 ? nth(year, 5, -1, MONDAY) : dayOf(year, 5, 30),
    observed(dayOf(year, 7, 4)),
    nth(year, 9, 1, MONDAY),
    nth(year, 11, 4, THURSDAY),
    observed(dayOf(year, 12, 25)),
  ];
  // A New Year's Day on a Saturday is not made up for: the Friday before belongs to the old year's accounts.
  const newYear = dayOf(year, 1, 1);
  if (weekday(newYear) !== SATURDAY) days.push(observed(newYear));
  if (year >= 1998) days.push(nth(year, 1, 3, MONDAY));
  if (year >= 2022) days.push(observed(dayOf(year, 6, 19)));
  return days;
}

/** Days that end at 13:00, until 1992 at 14:00: after Thanksgiving, before Christmas, and before Independence Day where that is midweek. */
function earlyClosesOf(year: number): number[] {
  const days = year >= 1992 ? [nth(year, 11, 4, THURSDAY) + 1] : [];
  const eve = dayOf(year, 12, 24);
  if (weekday(eve) < FRIDAY) days.push(eve);
  const third = dayOf(year, 7, 3);
  // Until 2012 a Wednesday the 3rd was a whole day, and the Friday after the holiday the short one.
  if (year >= 1995 && weekday(third) < FRIDAY && (year >= 2013 || weekday(third) !== 3)) days.push(third);
  return days;
}

const changes = new Map<number, readonly [spring: number, autumn: number]>();

function clockChanges(year: number): readonly [spring: number, autumn: number] {
  let found = changes.get(year);
  if (found === undefined) {
    found = findClockChanges(year);
    changes.set(year, found);
  }
  return found;
}

/** Days on which clocks in New York change: the Uniform Time Act of 1966 and its amendments of 1986 and 2005. */
function findClockChanges(year: number): readonly [spring: number, autumn: number] {
  if (year >= 2007) return [nth(year, 3, 2, SUNDAY), nth(year, 11, 1, SUNDAY)];
  const autumn = nth(year, 10, -1, SUNDAY);
  if (year >= 1987) return [nth(year, 4, 1, SUNDAY), autumn];
  if (year === 1974) return [dayOf(1974, 1, 6), autumn];
  return [year === 1975 ? dayOf(1975, 2, 23) : nth(year, 4, -1, SUNDAY), autumn];
}

/**
 * New York's stock exchanges, 9:30 to 16:00, from 1970 to 2099 as far as today's rules tell. Holidays and early closes follow Rule 7.2 of
 * the New York Stock Exchange and its published history; the same days and hours as exchange_calendars 4.13 has for 1970 to mid 2027. Sessions before
 * October 1985 opened at 10:00 and are not told apart.
 */
export function usEquities(): SessionCalendar {
  const holidays: string[] = [...CLOSED_ONCE];
  const halfDays: Record<string, number> = {};
  const utcOffsets: { from: string; minutes: number }[] = [{ from: text(dayOf(FIRST_YEAR, 1, 1)), minutes: -300 }];
  for (const day of EARLY_ONCE) halfDays[day] = EARLY_MINUTE;
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    const closed = holidaysOf(year).map(text);
    holidays.push(...closed);
    const early = year >= 1993 ? EARLY_MINUTE : FORMER_EARLY_MINUTE;
    for (const day of earlyClosesOf(year)) if (!closed.includes(text(day))) halfDays[text(day)] = early;
    const [spring, autumn] = clockChanges(year);
    utcOffsets.push({ from: text(spring), minutes: -240 }, { from: text(autumn), minutes: -300 });
  }
  return {
    name: 'us-equities',
    sessions: [{ openMinute: 570, closeMinute: 960 }],
    weekdays: [1, 2, 3, 4, 5],
    holidays,
    halfDays,
    utcOffsets,
  };
}

/** Whether a time lies in New York's trading day with its early and late trading, 4:00 to 20:00 on a weekday. */
export function isExtendedHours(timeMs: number): boolean {
  const day = Math.floor(timeMs / DAY_MS);
  const [year] = civilDate(timeMs);
  const [spring, autumn] = clockChanges(year);
  const localMs = timeMs - (day >= spring && day < autumn ? 4 : 5) * 3_600_000;
  const local = Math.floor(localMs / DAY_MS);
  const minute = (localMs - local * DAY_MS) / 60_000;
  return weekday(local) < SATURDAY && minute >= 240 && minute < 1200;
}
