import type { SessionLine } from '../desk/current-session.ts';
import type { Tone } from '../parts/badge.tsx';

export interface Mode {
  readonly name: 'NO SESSION' | 'SIM' | 'PAPER' | 'TESTNET' | 'LIVE';
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
