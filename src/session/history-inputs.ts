import type { SessionCore } from './session-core.ts';
import type { FeedBar, FundingDue, SessionInput } from './session-input.ts';

/** Bars of history in one record. */
const HISTORY_BLOCK = 500;

/**
 * Bars of the past and the funding that fell due meanwhile, as inputs in the order of time: funding after the bars that had closed by then,
 * before those that it fell into. Both come by time.
 */
export function* historyInputs(
  core: SessionCore,
  bars: readonly FeedBar[],
  funding: readonly FundingDue[],
): Generator<SessionInput> {
  let due = 0;
  const closeMs = (bar: number): number => core.closeOf(bars[bar]!);
  for (let from = 0; from < bars.length; ) {
    for (; due < funding.length && funding[due]!.timeMs < closeMs(from); due++) yield funding[due]!;
    const untilMs = funding[due]?.timeMs ?? Number.POSITIVE_INFINITY;
    let to = from + 1;
    // An instant is never cut in two.
    while (to < bars.length && closeMs(to) <= untilMs && (to < from + HISTORY_BLOCK || closeMs(to) === closeMs(to - 1)))
      to++;
    yield { type: 'history-received', bars: bars.slice(from, to) };
    from = to;
  }
  yield* funding.slice(due);
}
