import { barClose, barOpen, DAY_MS, type TimeframeSpec, type TimeMs, timeframe } from '../vocabulary/time.ts';
import { type BarGrid, utcGrid } from './bar-grid.ts';

const DAY = timeframe('1d');

/**
 * The {@link BarGrid} of dated bars of an exchange: daily bars that are stamped with midnight UTC of their trading day, and what is rolled
 * up from them. A day spans its date; a week or month ends with its last trading day, so that it is known when that closes and not only
 * with the first bar of the next. Days without a session are no gaps.
 *
 * @param sessions the exchange's sessions, which tell its trading days
 */
export function datedGrid(sessions: BarGrid): BarGrid {
  const known = new Map<number, boolean>();
  const trades = (dayMs: TimeMs): boolean => {
    let answer = known.get(dayMs);
    if (answer === undefined) {
      answer = false;
      for (let hour = 0; hour < 24 && !answer; hour++)
        answer = !Number.isNaN(sessions.open(DAY, dayMs + hour * 3_600_000 + 1_800_000));
      known.set(dayMs, answer);
    }
    return answer;
  };
  const plain = utcGrid();
  const isDay = (spec: TimeframeSpec): boolean => spec.unit === 'd' && spec.count === 1;
  return {
    utcOffsetMs: null,
    isDated: true,
    open: (spec, timeMs) => barOpen(spec, timeMs),
    close(spec, openMs) {
      const end = barClose(spec, openMs);
      if (isDay(spec)) return end;
      let last = end - DAY_MS;
      while (last > openMs && !trades(last)) last -= DAY_MS;
      return last > openMs || trades(last) ? last + DAY_MS : end;
    },
    next(spec, openMs) {
      let next = barClose(spec, openMs);
      if (!isDay(spec)) return next;
      for (let days = 0; days < 30 && !trades(next); days++) next += DAY_MS;
      return next;
    },
    between(spec, fromOpenMs, toOpenMs) {
      if (!isDay(spec)) return plain.between(spec, fromOpenMs, toOpenMs);
      let count = 0;
      for (let day = barOpen(DAY, fromOpenMs) + DAY_MS; day < toOpenMs; day += DAY_MS) if (trades(day)) count++;
      return count;
    },
  };
}
