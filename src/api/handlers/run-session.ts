import { eventsHash } from '../../core/engine/state-hash.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { type Journal, JournalError } from '../../ports/journal.ts';
import type { FeedHealth, FeedState, MarketFeed } from '../../ports/market-feed.ts';
import { ControlLoop } from '../../session/control-loop.ts';
import { Heartbeat } from '../../session/heartbeat.ts';
import type { SessionAccount } from '../../session/live-account.ts';
import { type Replayed, recover } from '../../session/replay-journal.ts';
import { Session } from '../../session/session.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { deposed } from '../../session/session-error.ts';
import { viewOf } from '../../session/session-view.ts';
import { isSettled, warmUpBars } from '../../session/warm-up.ts';
import { Failure } from '../failures.ts';
import type { PaperUpdate } from '../operations/sessions.ts';
import type { Call, World } from '../world.ts';
import { bookOf } from './book-of.ts';
import { followerOf } from './follow-session.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import { OrderSpans } from './order-spans.ts';
import { pause } from './pause.ts';
import { relayOf } from './relay.ts';
import { differences, isSessionAbout, type SessionAbout } from './session-about.ts';
import { SessionLog } from './session-log.ts';
import { VitalsTeller } from './tell-vitals.ts';

/** Between two updates: often enough to look alive, seldom enough to be read. */
const UPDATE_MS = 500;
/** How often a session that waits for its journal is looked at. */
const LOOK_MS = 100;
/** How often what is held is valued between bars. */
const MARK_EVERY_MS = 30_000;
/** Fills that an update shows. */
const SHOWN_FILLS = 8;
/** Fills that the result tells. */
const TOLD_FILLS = 20;
const LOCK_TRIES = 4;
const LOCK_RETRY_MS = 50;
const WORST: readonly FeedState[] = ['down', 'stale', 'syncing', 'live'];

/** A name of its own for a session that was given none: `paper-20240131-130500`. */
export function sessionNameOf(kind: string, world: World): string {
  return `${kind}-${formatTime(world.clock.nowMs()).slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
}

/** Runs `body` as the only one who runs the session. Throws {@link Failure} `session-running`. */
export async function asOnlyRunner<T>(name: string, world: World, body: () => Promise<T>): Promise<T> {
  const locks = await world.sessionLocks();
  let lock = await locks.take(name);
  // Who only asks whether it runs has the lock for a moment, too.
  for (let tries = 0; lock === null && tries < LOCK_TRIES; tries++) {
    await new Promise<void>((resolve) => void world.clock.after(LOCK_RETRY_MS, resolve));
    lock = await locks.take(name);
  }
  if (lock === null)
    throw new Failure('session-running', `session ${name} is running already`, { details: { field: 'session' } });
  try {
    return await body();
  } finally {
    await lock.release();
  }
}

/** What the session began with; null where there is none of this name. Throws {@link Failure} `session-different`. */
export async function beginningOf(name: string, world: World): Promise<SessionAbout | null> {
  const known = (await (await world.journals()).list()).journals.find(({ session }) => session === name);
  // One that was refused before its first record has not begun.
  if (known === undefined || known.head.seq === 0) return null;
  if (isSessionAbout(known.about)) return known.about as unknown as SessionAbout;
  throw new Failure('session-different', `the journal ${name} is not of a session`, {
    hint: 'Choose another name.',
    details: { field: 'session' },
  });
}

/** A session goes on with what it began with, or not at all. */
export function refuseDifferent(name: string, began: SessionAbout, found: SessionAbout): void {
  const all = differences(began, found);
  if (all.length === 0) return;
  throw new Failure(
    'session-different',
    `session ${name} began with something else: ${all.map((d) => `${d.field} ${d.began}, found ${d.found}`).join('; ')}`,
    { details: { session: name, field: all[0]!.field, expected: all[0]!.began, found: all[0]!.found } },
  );
}

/** A session that is about to run. */
export interface Runnable {
  readonly name: string;
  /** What latches of the scope `account` name. */
  readonly account: string;
  /** Before the first input; made anew where a snapshot turns out to be of no use. */
  readonly fresh: () => SessionCore;
  readonly loaded: LoadedStrategy;
  readonly feed: MarketFeed;
  /** Venue as typed. */
  readonly venue: string;
  /** What a new journal begins with. */
  readonly about: Json;
  readonly isResumed: boolean;
  /** End by itself after so long. */
  readonly seconds: number | undefined;
  /** Whether trades are kept that no order waits for. */
  readonly keepsMarket: boolean;
  /** Intents are written under this lease only. */
  readonly fence?: { readonly lease: string; readonly epoch: number };
  /** Connects the account that orders go to; absent where they go nowhere. */
  readonly connect?: (recovered: Recovered, journal: Journal, isFresh: boolean) => Promise<SessionAccount>;
  /** What updates tell beside. */
  readonly beside?: () => object;
}

/** Keeps the strategy's code beside the journal, which cannot be read without it. A session goes on where that fails. */
function keepCode({ path, codeHash }: LoadedStrategy, world: World, call: Call): void {
  if (path === null) return;
  try {
    world.strategyFiles.keep({ path, codeHash });
  } catch (error) {
    call.warn({
      code: 'code-not-kept',
      message: `the strategy's code could not be kept: ${error instanceof Error ? error.message : String(error)}`,
      hint: `This session's books can be read as long as ${path} stays as it is.`,
    });
  }
}

/** A core as its journal leads to it, and what that left undone. */
export type Recovered = Pick<Replayed, 'unsent' | 'pending'> & { readonly core: SessionCore };

/** What every session tells at its end. */
export type SessionEnd = Awaited<ReturnType<typeof runSession>>;

/**
 * Runs a session until it is ended: opens its journal, takes it again where the session goes on, listens, tells updates, stops. Rejects with what
 * ended it otherwise.
 */
export async function runSession(runnable: Runnable, world: World, call: Call) {
  const { name, loaded, feed, isResumed, fence } = runnable;
  const { clock } = world;
  const sealed = <T>(body: () => T): T => world.strategyFiles.sealed(body);
  const journals = await world.journals();
  // A wrong address is refused before anything begins; a server that is away is not asked for.
  const bus = await world.eventBus();
  const journal = await journals.open(name, { about: runnable.about, ...(fence ? { fence } : {}) });
  const startMs = clock.elapsedMs();
  let stopHearing = (): void => {};
  try {
    keepCode(loaded, world, call);
    const recovered: Recovered = isResumed
      ? await recover(runnable.fresh, journals, name, sealed)
      : { core: runnable.fresh(), unsent: [], pending: [] };
    const { core } = recovered;
    const facts = world.venues.all.find((venue) => venue.name === runnable.venue.toLowerCase());
    const hasHistory = facts?.history.includes('rest') ?? false;
    const history = hasHistory ? await world.venues.history(runnable.venue, 'rest') : null;
    const account = (await runnable.connect?.(recovered, journal, !isResumed)) ?? null;
    // A recording has a time of its own.
    const marks = runnable.venue.startsWith('replay:') ? {} : { markEveryMs: MARK_EVERY_MS };
    const session = new Session(core, {
      ...{ journal, feed, history, account, clock, version: world.version, sealed },
      keepsMarket: runnable.keepsMarket,
      ...marks,
    });
    stopHearing = world.strategyFiles.hear((thrown) => core.engine.handlers.threwLate(loaded.strategy.def.id, thrown));
    const control = new ControlLoop({
      ...{ session, name, account: runnable.account, clock },
      ...{ places: () => world.control(), flush: () => journal.flush() },
    });
    const heartbeat = new Heartbeat({
      ...{ session, name, account: runnable.account, feed, clock },
      ...{ open: () => world.heartbeats(), flush: () => journal.flush() },
    });
    const about = runnable.about as unknown as SessionAbout;
    const environment = about.account?.environment ?? 'paper';
    const relay = await relayOf({ name, core }, journal, bus, world, call);
    const follower = await followerOf({ name, about, loaded, core, environment }, journal, world, call);
    const vitals = new VitalsTeller(core, { session: name, strategy: about.strategy, venue: about.venue }, world);
    const log = await world.logs.open(`session-${name}`, {
      session: name,
      strategy: about.strategy,
      venue: about.venue,
    });
    const lines = new SessionLog(log, core, world.logs.isSet);
    const spans = new OrderSpans(core, await world.tracing());
    log.write('info', 'session-started', { version: world.version, resumed: isResumed });
    let reason = 'ended by its user';
    try {
      await control.begin();
      control.start();
      await session.start();
      if (account !== null) heartbeat.start();
      relay?.start();
      warnOfSettling(core, feed, call);
      const endMs = runnable.seconds === undefined ? Number.POSITIVE_INFINITY : startMs + runnable.seconds * 1000;
      // However short its time: it has been seen once.
      let hasTold = false;
      while (!call.stop.aborted && session.fault === null) {
        session.heedLateCalls();
        const health = feed.health();
        if (control.stopReason !== null) reason = control.stopReason;
        else if (session.isOver(health)) reason = 'the recording has ended';
        else if (hasTold && clock.elapsedMs() >= endMs) reason = 'its time was over';
        else {
          await pause(clock, Math.max(0, Math.min(UPDATE_MS, endMs - clock.elapsedMs())), call.stop);
          const update = { ...updateOf(runnable, session, health, world), ...runnable.beside?.() };
          // Nothing is shown that a crash could still take back.
          const flushedFromMs = clock.elapsedMs();
          if (!(await isKept(journal, session, world))) break;
          call.update(update);
          hasTold = true;
          follower.follow();
          lines.look(health);
          spans.look();
          vitals.tell(session, health, clock.elapsedMs() - flushedFromMs);
          continue;
        }
        break;
      }
      await session.stop(reason);
    } finally {
      await control.end();
      await heartbeat.end(session.fault === null);
      await follower.end();
      await relay?.end();
      await vitals.end(session.fault === null);
      lines.look(feed.health());
      spans.look();
      lines.ended(reason, session.fault);
      await log.close();
    }
    const end = {
      ...{ session: name, strategy: loaded.strategy.def.id, venue: feed.venue },
      seconds: (clock.elapsedMs() - startMs) / 1000,
      ...{ resumed: isResumed, inputs: core.inputs, gaps: session.gaps, missingBars: session.missingBars },
      hashes: { state: core.hash(), events: eventsHash(core.engine) },
      ...bookOf(viewOf(core, session.lastPrice, TOLD_FILLS)),
    };
    await journal.close();
    return end;
  } catch (error) {
    // What ended the session says more than that its journal cannot be kept.
    await journal.close().catch(() => {});
    throw fence !== undefined && error instanceof JournalError && error.code === 'fenced' ? deposed('taken') : error;
  } finally {
    stopHearing();
  }
}

/** Waits until everything is durable. False where that failed, or the session has ended meanwhile: then it must be stopped. */
async function isKept(journal: Journal, session: Session, { clock }: World): Promise<boolean> {
  const keeping = journal.flush().then(
    () => true,
    () => false,
  );
  for (;;) {
    const waited = new Promise<null>((resolve) => void clock.after(LOOK_MS, () => resolve(null)));
    const isDone = await Promise.race([keeping, waited]);
    if (isDone !== null) return isDone;
    if (session.fault !== null) return false;
  }
}

function warnOfSettling({ engine }: SessionCore, { venue }: MarketFeed, call: Call): void {
  if (isSettled(engine)) return;
  call.warn({
    code: 'not-settled',
    message: `${venue} has too little history: indicators settle on live bars, and orders are refused until then`,
    hint: `The strategy needs ${Math.max(...warmUpBars(engine))} bars; wait, or use a venue with history.`,
  });
}

function updateOf({ name, loaded, feed }: Runnable, session: Session, health: FeedHealth, world: World) {
  return {
    ...{ session: name, time: formatTime(world.clock.nowMs()), venue: feed.venue },
    ...{ strategy: loaded.strategy.def.id, settled: isSettled(session.core.engine) },
    feed: feedLines(session, health),
    ...bookOf(viewOf(session.core, session.lastPrice, SHOWN_FILLS)),
  } satisfies PaperUpdate;
}

function feedLines(session: Session, health: FeedHealth) {
  return session.core.engine.feeds.map(({ symbol, instrument }, feed) => {
    const own = health.subscriptions.filter((s) => s.request.symbol === symbol);
    const ageMs = Math.min(...own.map((s) => s.ageMs));
    const last = session.lastPrice[feed]!;
    const price = Number.isNaN(last) ? session.core.engine.state.price[instrument]! : last;
    return {
      symbol,
      state: WORST.find((state) => own.some((each) => each.state === state)) ?? 'down',
      ageMs: Number.isFinite(ageMs) ? Math.round(ageMs) : null,
      rate: own.reduce((sum, s) => sum + s.rate, 0),
      gaps: own.reduce((sum, s) => sum + s.gaps, 0),
      price: Number.isNaN(price) ? null : price,
    };
  });
}
