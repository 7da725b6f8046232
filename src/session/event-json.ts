import { narrate } from '../core/engine/narrate.ts';
import type { SessionCore } from './session-core.ts';

/**
 * Every event as a line of JSON, with order ids that do not tell whose session they are of: lines of two sessions are the same where they
 * did the same.
 */
export function eventJson({ engine: { state, seats } }: SessionCore): readonly string[] {
  const names = seats.map((seat) => seat.strategy.def.id);
  return Array.from({ length: state.log.count }, (_, seq) =>
    JSON.stringify(narrate(state, names, seq)).replaceAll(`"${state.session}o`, '"o'),
  );
}

export interface EventDifference {
  /** Number of the first event that differs. */
  readonly seq: number;
  /** Null where one side has ended. */
  readonly a: string | null;
  readonly b: string | null;
}

/** Null where there is none. */
export function firstEventDifference(a: readonly string[], b: readonly string[]): EventDifference | null {
  for (let seq = 0; seq < Math.max(a.length, b.length); seq++)
    if (a[seq] !== b[seq]) return { seq, a: a[seq] ?? null, b: b[seq] ?? null };
  return null;
}
