import { formatTime } from '../../core/vocabulary/time.ts';
import type { Decision, Divergence } from '../../session/parity/decisions.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { inspect } from '../../session/session-inspection.ts';
import { viewOf } from '../../session/session-view.ts';
import type { DecisionLine, Moment } from '../operations/replay.ts';
import { bookOf } from './book-of.ts';

/** Fills that a moment shows. */
const SHOWN_FILLS = 8;

/** A session as it stands. */
export function momentOf(core: SessionCore, record: number): Moment {
  const view = viewOf(core, [], SHOWN_FILLS);
  const { indicators, strategies } = inspect(core);
  return {
    record,
    time: view.timeMs === null ? null : formatTime(view.timeMs),
    events: core.engine.state.log.count,
    ...bookOf(view),
    indicators: [...indicators],
    strategies: strategies as Moment['strategies'],
  };
}

export function decisionLine(decision: Decision | null): DecisionLine | null {
  if (decision === null) return null;
  const { seq, atMs, key: _key, ...rest } = decision;
  return { event: seq, time: formatTime(atMs), ...rest };
}

export function differenceLine({ after, atMs, what }: Divergence) {
  return { after, time: formatTime(atMs), what };
}
