import { formatTime } from '../../core/vocabulary/time.ts';
import type { Environment } from '../../ports/secret-vault.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { isRunning, knownSessions } from './known-sessions.ts';
import type { SessionAbout } from './session-about.ts';

const symbolOf = (id: string): string => id.slice(id.indexOf(':') + 1);

export const factsOf = ({ strategy, venue, feeds }: SessionAbout) => ({
  strategy,
  venue,
  symbols: feeds.map(({ instrument }) => symbolOf(instrument.id)),
  timeframe: feeds[0]!.timeframe,
});

export type SessionMode = 'paper' | 'replay' | Environment;

/** What trades a session: paper on a market that is there, or on a recorded one; else the environment of its account. */
export function modeOf({ venue, account }: SessionAbout): { mode: SessionMode; account: string | null } {
  if (account !== undefined) return { mode: account.environment, account: account.id };
  return { mode: /^replay\b/.test(venue) ? 'replay' : 'paper', account: null };
}

export async function sessions(_: Input<'sessions'>, world: World): Promise<Output<'sessions'>> {
  const { unreadable } = await (await world.journals()).list();
  const all = await knownSessions(world);
  const lines: Output<'sessions'>['sessions'] = [];
  for (const { name, about, info } of all)
    lines.push({
      session: name,
      ...factsOf(about),
      ...modeOf(about),
      begun: formatTime(info.createdAtMs),
      records: info.head.seq,
      running: await isRunning(name, world),
    });
  return {
    sessions: lines,
    unreadable: unreadable.map(({ session, error }) => ({ session, error: error.message })),
  };
}
