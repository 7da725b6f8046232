import type { Tone } from '../parts/badge.tsx';
import type { SessionLine } from './current-session.ts';

/** Whether a session trades: the strictest of everything that can hold it back. */
export interface Standing {
  readonly name: string;
  readonly tone: Tone;
  /** What makes it so, in a sentence; empty where nothing does. */
  readonly why: string;
}

const LATCHED: Readonly<Record<string, string>> = {
  pause: 'PAUSED',
  reduce: 'REDUCING',
  halt: 'HALTED',
  'cancel-all': 'HALTED, ORDERS CANCELED',
  flatten: 'HALTED, FLAT',
};

/** Latches of this strictness and above let less pass than a trading state does. */
const HALTS = new Set(['halt', 'cancel-all', 'flatten']);

export function standingOf(session: SessionLine): Standing {
  const { running, latched, tradingState, failure, paused, problem } = session;
  const isKilled = latched !== null;
  const killed = { name: LATCHED[latched ?? ''] ?? String(latched).toUpperCase(), why: 'a kill holds it' } as const;
  const held = session.held.flatMap(({ causes }) => causes).filter((cause) => cause !== 'kill');
  const why = `held by ${[...new Set(held)].join(', ') || 'a kill'}`;
  if (!running)
    return isKilled
      ? { name: `NOT RUNNING, ${killed.name}`, tone: 'bad', why: 'a kill holds it from its next start on' }
      : { name: 'NOT RUNNING', tone: 'plain', why: 'the session has ended' };
  if (latched !== null && HALTS.has(latched)) return { ...killed, tone: 'bad' };
  if (tradingState === 'halted') return { name: 'HALTED', tone: 'bad', why };
  if (failure !== null) return { name: 'STRATEGY FAILED', tone: 'bad', why: failure };
  if (latched === 'reduce') return { ...killed, tone: 'bad' };
  if (tradingState === 'reducing') return { name: 'REDUCING', tone: 'bad', why };
  if (isKilled) return { ...killed, tone: 'bad' };
  if (paused.length > 0) return { name: 'PAUSED', tone: 'warn', why: `paused: ${paused.join(', ')}` };
  // Without its books, whether it trades is not known.
  if (tradingState === null) return { name: 'NOT KNOWN', tone: 'warn', why: problem ?? 'its books are being read' };
  return { name: 'ACTIVE', tone: 'good', why: '' };
}
