import type { Clock, Timer } from '../../ports/clock.ts';
import type { Journals } from '../../ports/journal.ts';
import { Failure } from '../failures.ts';
import type { Call, World } from '../world.ts';
import { following } from './follow.ts';
import { type KnownSession, sessionOf } from './known-sessions.ts';
import { pause } from './pause.ts';
import { type ReadSession, readSession } from './session-reader.ts';

/** Between two looks at the journal of a session that somebody follows. */
const LOOK_MS = 50;
/** Who closes one view opens the next: what was replayed stays for so long without a reader. */
const LINGER_MS = 10_000;
/** Cores at once: of now, and of other times. Each has all that its session did. */
const MOST_NOW = 64;
const MOST_PAST = 8;

/**
 * A session as all who read it in this thread share it: one core, that reads on for all of them. Views are made of it between two `await`s, so that
 * each is of one moment.
 */
export class SharedSession {
  readonly read: ReadSession;
  readonly #clock: Clock;
  readonly #onBroken: () => void;
  #reading: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #look: Promise<void> | null = null;

  constructor(read: ReadSession, clock: Clock, onBroken: () => void) {
    this.read = read;
    this.#clock = clock;
    this.#onBroken = onBroken;
  }

  /** Takes what is durable by now: one reading for all who ask before it begins. */
  readOn(): Promise<void> {
    if (this.#reading === null) return this.#begin();
    // The one that is under way may have looked before what is asked for was there.
    this.#next ??= this.#reading.then(() => this.#begin());
    return this.#next;
  }

  /** Answers when there is more than record `seq`, after `mostMs`, or when the call is to end. */
  async more(seq: number, mostMs: number, stop: AbortSignal): Promise<void> {
    const { replay } = this.read;
    const endMs = this.#clock.elapsedMs() + mostMs;
    while (replay.seq <= seq && !stop.aborted) {
      const leftMs = endMs - this.#clock.elapsedMs();
      if (leftMs <= 0) return;
      if (replay.isOver) await pause(this.#clock, leftMs, stop);
      else if (leftMs < LOOK_MS) {
        await pause(this.#clock, leftMs, stop);
        await this.readOn();
      } else await this.#soon();
    }
  }

  /** The next look, which is one for all who wait. */
  #soon(): Promise<void> {
    this.#look ??= new Promise<void>((resolve) => void this.#clock.after(LOOK_MS, resolve))
      .then(() => this.readOn())
      .finally(() => {
        this.#look = null;
      });
    return this.#look;
  }

  #begin(): Promise<void> {
    this.#next = null;
    this.#reading = this.read
      .readOn()
      .catch((error: unknown) => {
        // Where it stopped, the record is half taken: whoever comes next begins from the beginning.
        this.#onBroken();
        throw error;
      })
      .finally(() => {
        this.#reading = null;
      });
    return this.#reading;
  }
}

export interface TakenSession {
  readonly shared: SharedSession;
  /** To be called once, when nothing is read of it any more. */
  release(): void;
}

interface Entry {
  readonly opening: Promise<SharedSession>;
  readonly isPast: boolean;
  readers: number;
  lingering: Timer | null;
}

/** The sessions that are read in this thread. */
class SharedSessions {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  /** One at a time: each has a core of its own while it lasts. */
  #alone: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws {@link Failure} `server-busy` where too many are read. */
  async take(session: KnownSession, atMs: number | undefined, world: World): Promise<TakenSession> {
    // A session that was begun anew under an old name is another one.
    const key = `${session.name} ${session.info.createdAtMs} ${atMs ?? 'now'}`;
    const known = this.#entries.get(key);
    const entry = known ?? this.#open(key, session, atMs, world);
    entry.lingering?.cancel();
    entry.lingering = null;
    entry.readers++;
    const release = (): void => {
      if (--entry.readers > 0 || this.#entries.get(key) !== entry) return;
      entry.lingering = this.#clock.after(LINGER_MS, () => this.#forget(key, entry));
    };
    try {
      const shared = await entry.opening;
      if (known !== undefined) await shared.readOn();
      return { shared, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Reads a session into a core of its own, when it is its turn. */
  async readAlone(...args: Parameters<typeof readSession>): Promise<void> {
    const turn = this.#alone.then(() => readSession(...args));
    this.#alone = turn.catch(() => {});
    await turn;
  }

  #open(key: string, session: KnownSession, atMs: number | undefined, world: World): Entry {
    const isPast = atMs !== undefined;
    this.#makeRoom(isPast);
    const entry: Entry = {
      isPast,
      readers: 0,
      lingering: null,
      opening: readSession(session, world, isPast ? { untilMs: atMs } : {}).then(
        (read) => new SharedSession(read, world.clock, () => this.#forget(key, entry)),
      ),
    };
    entry.opening.catch(() => this.#forget(key, entry));
    this.#entries.set(key, entry);
    return entry;
  }

  #makeRoom(isPast: boolean): void {
    const own = [...this.#entries].filter(([, entry]) => entry.isPast === isPast);
    if (own.length < (isPast ? MOST_PAST : MOST_NOW)) return;
    const left = own.find(([, { readers }]) => readers === 0);
    if (left === undefined)
      throw new Failure('server-busy', `${own.length} sessions are read${isPast ? ' as of other times' : ''} already`);
    this.#forget(...left);
  }

  #forget(key: string, entry: Entry): void {
    entry.lingering?.cancel();
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}

const byJournals = new WeakMap<Journals, SharedSessions>();

async function sharedSessions(world: World): Promise<SharedSessions> {
  const place = await world.journals();
  const known = byJournals.get(place) ?? new SharedSessions(world.clock);
  byJournals.set(place, known);
  return known;
}

/**
 * A session as of now or as of then, from a core that all who read it in this thread share: it is for views alone. Rejects as
 * {@link readSession} does, and with {@link Failure} `server-busy` where too many are read.
 */
export async function takeSession(
  session: KnownSession,
  atMs: number | undefined,
  world: World,
): Promise<TakenSession> {
  return (await sharedSessions(world)).take(session, atMs, world);
}

/** Replays a session once more, for who has to see each step of it. Rejects as {@link readSession} does. */
export async function readAlone(...args: Parameters<typeof readSession>): Promise<void> {
  return (await sharedSessions(args[1])).readAlone(...args);
}

/** Lets `body` read the session that a request means. */
export async function withSession<T>(
  input: { readonly session?: string | undefined; readonly at?: number | undefined },
  world: World,
  body: (shared: SharedSession) => T | Promise<T>,
): Promise<T> {
  const taken = await takeSession(await sessionOf(input.session, world), input.at, world);
  try {
    return await body(taken.shared);
  } finally {
    taken.release();
  }
}

/** As {@link following}, of what is seen of one session. */
export function followingSession<T>(
  shared: SharedSession,
  input: Parameters<typeof following>[0],
  world: World,
  call: Call,
  view: () => T,
  isWorth?: (update: T) => boolean,
): Promise<void> {
  let seq = 0;
  const next = (mostMs: number): Promise<void> => shared.more(seq, mostMs, call.stop);
  const seen = (): T => {
    seq = shared.read.replay.seq;
    return view();
  };
  return following(input, world, call, next, seen, isWorth);
}
