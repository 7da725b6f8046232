import type { Clock } from '../../ports/clock.ts';
import { JournalError, type JournalInfo, type JournalList } from '../../ports/journal.ts';
import { JournalReplay, type ReplayOptions } from '../../session/replay-journal.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { keptStrategy, type LoadedStrategy, loadStrategy } from './load-strategy.ts';
import { running } from './run.ts';
import { coreOf, isSessionAbout, type SessionAbout } from './session-about.ts';

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

/** A session as its journal tells it, without asking whoever runs it. */
export interface Reading {
  readonly core: SessionCore;
  readonly replay: JournalReplay;
  /** Takes what has become durable since. */
  readOn(): Promise<void>;
}

export type ReadSession = KnownSession & Reading;

/**
 * The code that a session was written with: the strategy's as it is, or where that has changed or cannot be loaded, as it was kept when the
 * session ran. Throws {@link Failure} `session-different` where it is neither, or why it cannot be loaded.
 */
export async function codeOf({ name, about }: BegunSession, world: World): Promise<LoadedStrategy> {
  const load = async (): Promise<LoadedStrategy> => {
    let loaded: LoadedStrategy;
    try {
      loaded = await loadStrategy(about.strategyName, world);
    } catch (error) {
      const kept = await keptStrategy(about.codeHash, world);
      if (kept === null) throw error;
      return kept;
    }
    return loaded.codeHash === about.codeHash ? loaded : ((await keptStrategy(about.codeHash, world)) ?? loaded);
  };
  const loaded = await (world.sessionGuard?.loading(name, load) ?? load());
  if (loaded.codeHash === about.codeHash) return loaded;
  throw new Failure(
    'session-different',
    `${about.strategyName} has changed since the session began: expected code ${about.codeHash}, found ${loaded.codeHash}`,
    { hint: 'A journal can be replayed only with the code that it was written with: bring that back to look at it.' },
  );
}

/** Replays a session's journal into a fresh core, with the code that it was written with. */
export async function readSession<T extends BegunSession>(
  session: T,
  world: World,
  options: ReplayOptions & {
    /** Sees the core before the first record. */
    readonly prepare?: (core: SessionCore) => void;
  } = {},
): Promise<T & Reading> {
  const { name, about } = session;
  const { sessionGuard: guard, strategyFiles } = world;
  guard?.admit(name);
  const loaded = await codeOf(session, world);
  const journals = await world.journals();
  const sealed = <T>(body: () => T): T =>
    guard === undefined ? strategyFiles.sealed(body) : guard.watching(name, () => strategyFiles.sealed(body));
  const make = (): SessionCore => running([loaded], world, () => coreOf(name, about, loaded));
  const core = guard === undefined ? make() : guard.watching(name, make);
  options.prepare?.(core);
  const replay = new JournalReplay(core, sealed, options);
  const readOn = (): Promise<void> => replay.readOn((fromSeq) => breathing(journals.read(name, fromSeq), world.clock));
  await readOn();
  return { ...session, core, replay, readOn };
}

/** So long a replay may keep others of its thread waiting. */
const BREATH_MS = 10;

async function* breathing<T>(items: AsyncIterable<T>, clock: Clock): AsyncGenerator<T, void, undefined> {
  let sinceMs = clock.elapsedMs();
  for await (const item of items) {
    yield item;
    if (clock.elapsedMs() - sinceMs < BREATH_MS) continue;
    await new Promise<void>((resolve) => void setImmediate(resolve));
    sinceMs = clock.elapsedMs();
  }
}
