import { eventsHash } from '../../core/engine/state-hash.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { FeedHealth, FeedState, MarketFeed } from '../../ports/market-feed.ts';
import { asJson, replayJournal } from '../../session/replay-journal.ts';
import { Session } from '../../session/session.ts';
import { viewOf } from '../../session/session-view.ts';
import { isSettled, warmUpBars } from '../../session/warm-up.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { bookOf } from './book-of.ts';
import { followerOf } from './follow-session.ts';
import { loadStrategy } from './load-strategy.ts';
import { pause } from './pause.ts';
import { running } from './run.ts';
import { aboutOf, coreOf, differences, isSessionAbout, type SessionAbout } from './session-about.ts';
import { instrumentsAsBegun, instrumentsOf } from './session-instruments.ts';

/** Between two updates: often enough to look alive, seldom enough to be read. */
const UPDATE_MS = 500;
/** Fills that an update shows. */
const SHOWN_FILLS = 8;
/** Fills that the result tells. */
const TOLD_FILLS = 20;
const WORST: readonly FeedState[] = ['down', 'stale', 'syncing', 'live'];

/** Runs a paper session until it is ended; begins it, or goes on with it. */
export async function paper(input: Input<'paper'>, world: World, call: Call): Promise<Output<'paper'>> {
  const { clock } = world;
  const name =
    input.session ?? `paper-${formatTime(clock.nowMs()).slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
  const loaded = await loadStrategy(input.strategy, world);
  const lock = (await world.sessionLocks()).take(name);
  if (lock === null)
    throw new Failure('session-running', `session ${name} is running already`, { details: { field: 'session' } });
  let feed: MarketFeed | null = null;
  try {
    const journals = await world.journals();
    const known = (await journals.list()).journals.find(({ session }) => session === name);
    feed = await world.venues.feed(input.venue);
    const began = known === undefined ? null : beganWith(name, known.about);
    const instruments =
      began === null ? await instrumentsOf(feed, input.symbols) : instrumentsAsBegun(began, feed, input.symbols);
    const about = aboutOf(input, loaded, feed, instruments, world);
    if (began !== null) refuseDifferent(name, began, about);
    const core = running(loaded, world, () => coreOf(name, about, loaded));
    const sealed = <T>(body: () => T): T => world.strategyFiles.sealed(body);
    const journal = await journals.open(name, { about: asJson(about as never) });
    const startMs = clock.elapsedMs();
    try {
      if (known !== undefined) await replayJournal(core, journals.read(name), sealed);
      const facts = world.venues.all.find((venue) => venue.name === input.venue.toLowerCase());
      const hasHistory = facts?.history.includes('rest') ?? false;
      const history = hasHistory ? await world.venues.history(input.venue, 'rest') : null;
      const session = new Session(core, { journal, feed, history, clock, version: world.version, sealed });
      const follower = await followerOf({ name, about, loaded, core, environment: 'paper' }, journal, world, call);
      await session.start();
      if (!isSettled(core.engine))
        call.warn({
          code: 'not-settled',
          message: `${feed.venue} has too little history: indicators settle on live bars, and orders are refused until then`,
          hint: `The strategy needs ${Math.max(...warmUpBars(core.engine))} bars; wait, or use a venue with history.`,
        });
      const endMs = input.seconds === undefined ? Number.POSITIVE_INFINITY : startMs + input.seconds * 1000;
      let reason = 'ended by its user';
      while (!call.stop.aborted && session.fault === null) {
        const health = feed.health();
        if (session.isOver(health)) reason = 'the recording has ended';
        else if (clock.elapsedMs() >= endMs) reason = 'its time was over';
        else {
          await pause(clock, Math.min(UPDATE_MS, endMs - clock.elapsedMs()), call.stop);
          const view = viewOf(core, session.lastPrice, SHOWN_FILLS);
          const update = {
            ...{ session: name, time: formatTime(clock.nowMs()), venue: feed.venue },
            ...{ strategy: loaded.strategy.def.id, settled: isSettled(core.engine) },
            feed: feedLines(session, health),
            ...bookOf(view),
          };
          // Nothing is shown that a crash could still take back.
          await journal.flush();
          call.update(update);
          await follower.follow();
          continue;
        }
        break;
      }
      await session.stop(reason);
      await follower.end();
      return {
        ...{ session: name, strategy: loaded.strategy.def.id, venue: feed.venue },
        seconds: (clock.elapsedMs() - startMs) / 1000,
        ...{ resumed: known !== undefined, inputs: core.inputs, gaps: session.gaps, missingBars: session.missingBars },
        hashes: { state: core.hash(), events: eventsHash(core.engine) },
        ...bookOf(viewOf(core, session.lastPrice, TOLD_FILLS)),
      };
    } finally {
      await journal.close();
    }
  } finally {
    await feed?.close();
    lock.release();
  }
}

function beganWith(name: string, about: Json): SessionAbout {
  if (isSessionAbout(about)) return about as unknown as SessionAbout;
  throw new Failure('session-different', `the journal ${name} is not of a paper session`, {
    hint: 'Choose another name.',
    details: { field: 'session' },
  });
}

/** A session goes on with what it began with, or not at all. */
function refuseDifferent(name: string, began: SessionAbout, found: SessionAbout): void {
  const all = differences(began, found);
  if (all.length === 0) return;
  throw new Failure(
    'session-different',
    `session ${name} began with something else: ${all.map((d) => `${d.field} ${d.began}, found ${d.found}`).join('; ')}`,
    { details: { session: name, field: all[0]!.field, expected: all[0]!.began, found: all[0]!.found } },
  );
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
