import type { Clock } from '../../ports/clock.ts';
import { JournalReplay, type ReplayOptions } from '../../session/replay-journal.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { coreOf } from './core-of-session.ts';
import type { BegunSession, KnownSession } from './known-sessions.ts';
import { keptStrategy, type LoadedStrategy, loadStrategy } from './load-strategy.ts';
import { running } from './run.ts';

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
