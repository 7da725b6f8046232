import { formatTime } from '../../core/vocabulary/time.ts';
import type { SessionView } from '../../session/session-view.ts';

/** A session's books as operations tell them: times as text. */
export function bookOf({ timeMs: _timeMs, lastFills, ...view }: SessionView) {
  return {
    ...view,
    refusals: [...view.refusals],
    positions: [...view.positions],
    openOrders: [...view.openOrders],
    lastFills: lastFills.map(({ timeMs, ...fill }) => ({ ...fill, time: formatTime(timeMs) })),
  };
}
