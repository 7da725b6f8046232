import type { JournalInfo, Journals } from '../../ports/journal.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { type LoadedStrategy, loadStrategy } from './load-strategy.ts';
import { running } from './run.ts';
import { coreOf, isSessionAbout, type SessionAbout } from './session-about.ts';

/** A session that was recorded, with the code that it ran. */
export interface OpenedSession {
  readonly info: JournalInfo;
  readonly about: SessionAbout;
  readonly loaded: LoadedStrategy;
  readonly journals: Journals;
  /** A core before its first input. */
  readonly fresh: () => SessionCore;
}

/** Finds a session. Throws {@link Failure} `session-unknown`, and `session-different` where its code has changed since. */
export async function openSession(name: string, world: World): Promise<OpenedSession> {
  const journals = await world.journals();
  const { journals: known, unreadable } = await journals.list();
  const broken = unreadable.find(({ session }) => session === name);
  if (broken) throw broken.error;
  const info = known.find(({ session, about }) => session === name && isSessionAbout(about));
  if (!info)
    throw new Failure('session-unknown', `there is no session ${name}`, {
      details: { found: name, expected: known.map(({ session }) => session) },
    });
  const about = info.about as unknown as SessionAbout;
  const loaded = await loadStrategy(about.strategyName, world);
  if (loaded.codeHash !== about.codeHash)
    throw new Failure(
      'session-different',
      `${about.strategyName} has changed since the session began: expected code ${about.codeHash}, found ${loaded.codeHash}`,
      { hint: 'A journal can be replayed only with the code that it was written with: bring that back to look at it.' },
    );
  return { info, about, loaded, journals, fresh: () => running(loaded, world, () => coreOf(name, about, loaded)) };
}
