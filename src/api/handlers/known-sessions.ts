import { JournalError, type JournalInfo, type JournalList } from '../../ports/journal.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { isSessionAbout, type SessionAbout } from './session-about.ts';

/** A session, and what it began with. */
export interface BegunSession {
  readonly name: string;
  readonly about: SessionAbout;
}

/** A session with its journal as it is now. */
export interface KnownSession extends BegunSession {
  readonly info: JournalInfo;
}

/** What a session began with; null where there is none of this name. Rejects where its journal cannot be read. */
export async function begunSession(name: string, world: World): Promise<BegunSession | null> {
  try {
    const { about } = await (await world.journals()).header(name);
    return isSessionAbout(about) ? { name, about: about as unknown as SessionAbout } : null;
  } catch (error) {
    if (error instanceof JournalError && error.code === 'absent') return null;
    throw error;
  }
}

/** All sessions that say how they began, the oldest first: those too whose records cannot be read. `unread`: journals that may be of others. */
export async function begunSessions(
  world: World,
): Promise<{ readonly sessions: readonly BegunSession[]; readonly unread: JournalList['unreadable'] }> {
  const { journals, unreadable } = await (await world.journals()).list();
  const broken = unreadable
    .flatMap(({ begun }) => (begun !== null && isSessionAbout(begun.about) ? [begun] : []))
    .map(({ session, about }) => ({ name: session, about: about as unknown as SessionAbout }));
  const unread = unreadable.filter(({ begun, error }) => begun === null && error.code !== 'absent');
  return { sessions: [...knownOf(journals), ...broken], unread };
}

/** All sessions, the oldest first. Journals that cannot be read, or have no record yet, are left out. */
export async function knownSessions(world: World): Promise<readonly KnownSession[]> {
  return knownOf((await (await world.journals()).list()).journals);
}

/** The sessions of these journals, the oldest first. */
export function knownOf(journals: readonly JournalInfo[]): readonly KnownSession[] {
  return journals
    .filter(({ about, head }) => head.seq > 0 && isSessionAbout(about))
    .map((info) => ({ name: info.session, about: info.about as unknown as SessionAbout, info }))
    .sort((a, b) => a.info.createdAtMs - b.info.createdAtMs);
}

/** Whether a process runs the session now. */
export async function isRunning(session: string, world: World): Promise<boolean> {
  return (await world.sessionLocks()).isHeld(session);
}

/** The session of this name; by default the only one that runs, else the newest. Throws {@link Failure}. */
export async function sessionOf(name: string | undefined, world: World): Promise<KnownSession> {
  const all = await knownSessions(world);
  if (name === undefined) {
    const runs = await runningOf(all, world);
    const chosen = runs.length === 1 ? runs[0] : all.at(-1);
    if (chosen !== undefined) return chosen;
    // One that cannot be read is there all the same.
    const [broken] = (await (await world.journals()).list()).unreadable;
    if (broken) throw broken.error;
    throw new Failure('session-unknown', 'there are no sessions yet', {
      hint: 'Begin one: tradewright paper sma-cross --venue binance --symbols BTCUSDT',
    });
  }
  const found = all.find((session) => session.name === name);
  if (found) return found;
  const { unreadable } = await (await world.journals()).list();
  const broken = unreadable.find(({ session }) => session === name);
  if (broken) throw broken.error;
  throw new Failure('session-unknown', `there is no session ${name}`, {
    details: { found: name, expected: all.map((session) => session.name) },
  });
}

/** Those that run now. */
export async function runningOf<T extends BegunSession>(all: readonly T[], world: World): Promise<readonly T[]> {
  const runs: T[] = [];
  for (const session of all) if (await isRunning(session.name, world)) runs.push(session);
  return runs;
}
