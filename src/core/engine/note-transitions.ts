import type { Risk } from '../risk/review.ts';
import { EVENT } from '../vocabulary/events.ts';
import type { SessionState } from './session-state.ts';

/** Tells every trading state that risk has changed, and the limit that made it do so. */
export function noteTransitions(s: SessionState, risk: Risk): void {
  for (const t of risk.takeTransitions()) {
    const text =
      s.texts.push(JSON.stringify({ scope: t.scope, index: t.index, from: t.from, to: t.to, reason: t.cause })) - 1;
    const cause = s.log.append(EVENT['trading-state-changed'], s.clock[0]!, -1 - s.input, s.input, -1, -1, text);
    if (t.cause === 'drawdown-limit')
      s.log.append(
        EVENT['drawdown-threshold-reached'],
        s.clock[0]!,
        cause,
        s.input,
        -1,
        -1,
        -1,
        s.track.extremes[1]!,
        risk.limits.drawdownShare,
      );
    else if (t.cause === 'daily-loss-limit')
      s.log.append(
        EVENT['risk-limit-exceeded'],
        s.clock[0]!,
        cause,
        s.input,
        -1,
        -1,
        s.texts.push('daily-loss') - 1,
        s.clock[1]!,
        risk.limits.dailyLossShare,
      );
  }
}
