import type { Journals } from '../../ports/journal.ts';
import type { SessionCore } from '../../session/session-core.ts';
import type { World } from '../world.ts';
import { coreOf } from './core-of-session.ts';
import { type KnownSession, sessionOf } from './known-sessions.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import { running } from './run.ts';
import { codeOf } from './session-reader.ts';

/** A session that was recorded, with the code that it ran. */
export interface OpenedSession extends KnownSession {
  readonly loaded: LoadedStrategy;
  readonly journals: Journals;
  /** A core before its first input. */
  readonly fresh: () => SessionCore;
}

/** Finds a session. Throws {@link Failure} `session-unknown`, and `session-different` where its code has changed since. */
export async function openSession(name: string, world: World): Promise<OpenedSession> {
  const session = await sessionOf(name, world);
  const loaded = await codeOf(session, world);
  const journals = await world.journals();
  return {
    ...session,
    loaded,
    journals,
    fresh: () => running([loaded], world, () => coreOf(name, session.about, loaded)),
  };
}
