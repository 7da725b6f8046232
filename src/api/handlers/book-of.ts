import { formatTime } from '../../core/vocabulary/time.ts';
import type { FillView, OrderView, SessionView } from '../../session/session-view.ts';

export function orderLine({ timeMs, ...order }: OrderView) {
  return { ...order, time: formatTime(timeMs) };
}

export function fillLine({ timeMs, ...fill }: FillView) {
  return { ...fill, time: formatTime(timeMs) };
}

/** A session's books as operations tell them: times as text. */
export function bookOf({ timeMs: _timeMs, tradingState: _state, held: _held, lastFills, ...view }: SessionView) {
  return {
    ...view,
    refusals: [...view.refusals],
    positions: [...view.positions],
    openOrders: view.openOrders.map(orderLine),
    lastFills: lastFills.map(fillLine),
    kills: [...view.kills],
    paused: [...view.paused],
  };
}
