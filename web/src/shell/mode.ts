import type { UpdateOf } from '../../../src/api/client/client.ts';
import type { SessionLine } from '../desk/current-session.ts';
import type { View } from '../desk/streams.ts';
import type { Tone } from '../parts/badge.tsx';

export interface Mode {
  readonly name: 'NOT KNOWN' | 'NO SESSION' | 'SIM' | 'PAPER' | 'TESTNET' | 'LIVE';
  readonly tone: Tone;
  readonly about: string;
  readonly mark: string;
}

/** With what a session trades: shown in word, mark and colour. */
export function modeOf(session: SessionLine | null): Mode {
  if (session === null) return { name: 'NO SESSION', tone: 'plain', about: 'nothing trades', mark: '○' };
  const { venue, mode } = session;
  if (mode === 'live') return { name: 'LIVE', tone: 'warn', about: `real money at ${venue}`, mark: '▲' };
  if (mode === 'local')
    return { name: 'TESTNET', tone: 'violet', about: 'test money at the local exchange', mark: '◇' };
  if (mode === 'testnet') return { name: 'TESTNET', tone: 'violet', about: `test money at ${venue}`, mark: '◇' };
  if (mode === 'replay' || venue.startsWith('replay'))
    return { name: 'SIM', tone: 'plain', about: 'a recording', mark: '□' };
  if (venue === 'local') return { name: 'PAPER', tone: 'accent', about: 'play money, synthetic market', mark: '◆' };
  return { name: 'PAPER', tone: 'accent', about: `play money, prices of ${venue}`, mark: '◆' };
}

/** As {@link modeOf}; that nothing trades is said only where that is known. */
export function modeShown(sessions: View<UpdateOf<'status'>>, current: SessionLine | null, asked: string | null): Mode {
  if (current !== null) return modeOf(current);
  if (sessions.phase === 'loading')
    return { name: 'NOT KNOWN', tone: 'plain', about: 'sessions are being read', mark: '…' };
  if (sessions.phase === 'problem')
    return { name: 'NOT KNOWN', tone: 'bad', about: 'what trades cannot be read', mark: '?' };
  if (asked !== null) return { name: 'NOT KNOWN', tone: 'warn', about: `there is no session ${asked}`, mark: '?' };
  return modeOf(null);
}
