import type { SessionLine } from './current-session.ts';

/** A figure of sessions together, as text. One that cannot be read may have any: then the sum is the least that there is. */
export function sumOfSessions(sessions: readonly SessionLine[], of: (session: SessionLine) => number): string {
  const sum = sessions.reduce((all, each) => all + of(each), 0);
  const isKnown = sessions.every(({ problem, time }) => problem === null || time !== null);
  return isKnown ? String(sum) : sum === 0 ? '(not known)' : `${sum} or more`;
}
