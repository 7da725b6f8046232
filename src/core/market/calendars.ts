import type { CalendarName } from '../vocabulary/calendar.ts';
import type { TimeframeSpec } from '../vocabulary/time.ts';
import { type BarGrid, utcGrid } from './bar-grid.ts';
import { datedGrid } from './dated-grid.ts';
import { sessionGrid } from './session-calendar.ts';
import { usEquities } from './us-equities.ts';

const grids = new Map<CalendarName, { readonly sessions: BarGrid; readonly dated: BarGrid }>();

/** Where bars made from base bars of a timeframe open and close on a calendar. */
export function gridOfCalendar(name: CalendarName, base: TimeframeSpec): BarGrid {
  if (name === '24x7') return utcGrid();
  let made = grids.get(name);
  if (made === undefined) {
    const sessions = sessionGrid(usEquities());
    made = { sessions, dated: datedGrid(sessions) };
    grids.set(name, made);
  }
  return base.unit === 'd' || base.unit === 'w' || base.unit === 'mo' ? made.dated : made.sessions;
}
