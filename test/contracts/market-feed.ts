import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Instrument } from '../../src/core/vocabulary/instrument.ts';
import { FEED_CHANNELS, type FeedChannel, type MarketFeed } from '../../src/ports/market-feed.ts';
import { RecordingMarketSink, type SeenBar, type SeenBook, type SeenTrade } from '../recording-market-sink.ts';
import type { SimulatedClock } from '../simulated-world/clock.ts';

/** Simulated time as the contract needs it; where it passes in another thread, it is told from here. */
export type SteppedClock = Pick<SimulatedClock, 'nowMs' | 'advance' | 'advanceUntil'>;

/** A feed in front of a venue in simulated time, with what the venue truly did. The venue trades several times a second. */
export interface FeedWorld {
  readonly clock: SteppedClock;
  readonly feed: MarketFeed;
  /** A symbol that the venue lists. */
  readonly symbol: string;
  trades(): readonly SeenTrade[];
  /** Closed one-minute bars. */
  bars(): readonly SeenBar[];
  /** Best levels now, as many as the feed shows. */
  book(): SeenBook;
  /** Every connection breaks at once. */
  reset(): void;
  /** No byte comes any more over the connections that are open now. */
  freeze(): void;
  /** The venue announces that it goes away, or the connections have reached their age: they are replaced in good order. */
  rotate(): void;
  /** The next frames of a channel are lost, come twice, or come late. */
  fate(fate: 'lose' | 'double' | 'late', channel: FeedChannel, frames: number): void;
  /** A frame that is none to every connection. */
  garbage(): void;
  /** A field that the venue did not have is in every trade from now on. */
  addField(): void;
  setRestDown(isDown: boolean): void;
  /** Nothing is traded while it is quiet. */
  setQuiet(isQuiet: boolean): void;
}

export interface FeedSubject {
  readonly name: string;
  open(seed: number): FeedWorld | Promise<FeedWorld>;
  /** Cases that the feed cannot keep, by their name, with the reason. */
  readonly gaps?: Readonly<Record<string, string>>;
}

const MINUTE_MS = 60_000;
/** As long as a fault may take to be noticed and mended. */
const MENDED_MS = 150_000;

/** The contract of {@link MarketFeed}: what every feed promises, in good weather and bad. */
export function marketFeedContract(subject: FeedSubject): void {
  const inWorld = (name: string, body: (world: FeedWorld) => Promise<void>): void => {
    test(name, { skip: subject.gaps?.[name] ?? false }, async () => {
      const world = await subject.open(7);
      try {
        await body(world);
      } finally {
        const closing = world.feed.close();
        await world.clock.advance(10_000);
        await closing;
      }
    });
  };
  const subscribe = (world: FeedWorld, channel: FeedChannel, sink = new RecordingMarketSink()) => {
    const timeframe = channel === 'bars' ? ({ timeframe: '1m' } as const) : {};
    const id = world.feed.subscribe({ channel, symbol: world.symbol, ...timeframe, silenceLimitMs: 20_000 }, sink);
    return { id, sink };
  };

  describe(`market feed: ${subject.name}`, () => {
    inWorld('channels: one that the venue has not -> RangeError', (world) => {
      for (const channel of FEED_CHANNELS)
        if (!world.feed.channels.includes(channel)) assert.throws(() => subscribe(world, channel), RangeError);
      assert.throws(
        () =>
          world.feed.subscribe({ channel: 'bars', symbol: world.symbol, timeframe: '7m' }, new RecordingMarketSink()),
        RangeError,
      );
      return Promise.resolve();
    });

    inWorld('instruments: all, one, none such -> rules that the engine takes, or an error', async (world) => {
      const all = await settle(world, world.feed.instruments());
      const [one] = await settle(world, world.feed.instruments([world.symbol]));
      assert.ok(all.length >= 1 && one);
      assert.equal(new Instrument(one).id, `${world.feed.venue}:${world.symbol}`);
      await assert.rejects(settle(world, world.feed.instruments(['NOSUCH'])), { code: 'symbol-unknown' });
    });

    inWorld('clean: a few minutes of every channel -> everything once, in order, as it happened', async (world) => {
      const seen = new Map(world.feed.channels.map((channel) => [channel, subscribe(world, channel)] as const));
      await world.clock.advance(4 * MINUTE_MS);
      for (const [channel, { id, sink }] of seen) {
        assert.deepEqual([...sink.ids], [id], channel);
        assert.deepEqual(sink.gaps, [], channel);
        assert.deepEqual(sink.anomalies, [], channel);
      }
      checkTrades(world, seen.get('trades')?.sink);
      checkBars(world, seen.get('bars')?.sink, 3);
      assert.notEqual(seen.get('bars')?.sink.formingBars, 0);
      await checkBook(world, seen.get('depth')?.sink);
      const quotes = seen.get('quotes')?.sink.quotes;
      if (quotes) {
        assert.ok(quotes.length > 100);
        assert.ok(quotes.every((q, i) => q.bid < q.ask && (i === 0 || q.updateId > quotes[i - 1]!.updateId)));
        const isBest = (): boolean => {
          const { bids, asks } = world.book();
          return quotes.at(-1)!.bid === bids[0]![0] && quotes.at(-1)!.ask === asks[0]![0];
        };
        assert.ok(await world.clock.advanceUntil(isBest, 20_000, 10), 'the quote is not the venue’s');
      }
      const marks = seen.get('mark')?.sink.marks;
      if (marks) assert.ok(marks.length > 100 && marks.every((m, i) => i === 0 || m.timeMs > marks[i - 1]!.timeMs));
      const health = world.feed.health();
      assert.ok(health.subscriptions.every((each) => each.state === 'live' && each.ageMs < 5_000 && each.rate > 0.2));
      assert.ok(health.connections.every((each) => each.state === 'open'));
    });

    inWorld(
      'connections break again and again -> trades and closed bars are complete, the book is right',
      async (world) => {
        const seen = openAll(world);
        await world.clock.advance(30_000);
        for (let k = 0; k < 4; k++) {
          world.reset();
          await world.clock.advance(20_000 + 7_000 * k);
        }
        await world.clock.advance(MENDED_MS);
        await checkAll(world, seen);
        assert.ok(isRecovered(seen.trades));
        assert.deepEqual(lostOf(seen.trades), []);
        assert.deepEqual(lostOf(seen.bars), []);
        assert.ok(world.feed.health().connections.some((each) => each.reconnects > 0));
      },
    );

    inWorld('trades in a break, and none after it -> they are told all the same', async (world) => {
      const { sink } = subscribe(world, 'trades');
      await world.clock.advance(20_000);
      world.reset();
      await world.clock.advance(400);
      world.setQuiet(true);
      await world.clock.advance(MENDED_MS);
      assert.equal(sink.trades.at(-1)?.id, world.trades().at(-1)?.id);
      checkTrades(world, sink);
      assert.ok(sink.gaps.some((gap) => gap.outcome === 'recovered'));
    });

    inWorld(
      'a break that is longer than bars -> each missed close comes once, before anything later',
      async (world) => {
        const seen = openAll(world);
        await world.clock.advance(MINUTE_MS);
        for (let k = 0; k < 30; k++) {
          world.freeze();
          await world.clock.advance(6_000);
        }
        await world.clock.advance(MENDED_MS);
        await checkAll(world, seen);
        assert.ok(isRecovered(seen.bars));
      },
    );

    inWorld('connections that fall silent -> seen as such, replaced, and nothing is missing', async (world) => {
      const seen = openAll(world);
      await world.clock.advance(30_000);
      world.freeze();
      const noticed = await world.clock.advanceUntil(
        () => world.feed.health().subscriptions.some((each) => each.state !== 'live'),
        60_000,
      );
      assert.ok(noticed, 'nobody noticed the silence');
      await world.clock.advance(MENDED_MS);
      await checkAll(world, seen);
      assert.ok(world.feed.health().subscriptions.every((each) => each.state === 'live'));
    });

    inWorld('planned replacement of connections -> nothing twice, nothing missing, no gap', async (world) => {
      const seen = openAll(world);
      await world.clock.advance(30_000);
      for (let k = 0; k < 3; k++) {
        world.rotate();
        await world.clock.advance(40_000);
      }
      await checkAll(world, seen);
      assert.deepEqual(lostOf(seen.trades), []);
      assert.deepEqual(seen.bars?.gaps ?? [], []);
    });

    inWorld(
      'frames lost while the connection stands -> fetched, or said to be lost; the book is made anew',
      async (world) => {
        const seen = openAll(world);
        await world.clock.advance(30_000);
        for (let k = 0; k < 5; k++) {
          for (const channel of ['trades', 'depth'] as const) world.fate('lose', channel, 3);
          await world.clock.advance(20_000);
        }
        const closedBefore = seen.bars?.closedBars.length ?? 0;
        await toMinutesEnd(world);
        // Ten seconds with the close among them.
        world.fate('lose', 'bars', 40);
        await world.clock.advance(MINUTE_MS);
        assert.ok(isRecovered(seen.bars), 'the close was not fetched');
        assert.ok(!seen.bars || seen.bars.closedBars.length > closedBefore);
        await world.clock.advance(MENDED_MS);
        await checkAll(world, seen);
        assert.ok(!seen.depth || seen.depth.gaps.length >= 5, 'changes of the book were lost and nobody said so');
        assert.ok((seen.depth?.gaps ?? []).every((gap) => gap.outcome === 'lost'));
        assert.deepEqual(lostOf(seen.trades), []);
      },
    );

    inWorld('frames twice or late -> each thing once and in order', async (world) => {
      const seen = openAll(world);
      await world.clock.advance(20_000);
      for (let k = 0; k < 6; k++) {
        for (const channel of ['trades', 'bars', 'depth'] as const)
          world.fate(k % 2 === 0 ? 'double' : 'late', channel, 2);
        await world.clock.advance(15_000);
        await toMinutesEnd(world);
        world.fate(k % 2 === 0 ? 'double' : 'late', 'bars', 40);
        await world.clock.advance(15_000);
      }
      await world.clock.advance(MINUTE_MS);
      await checkAll(world, seen);
    });

    inWorld('a break of what is only ever the newest -> told as lost, and it goes on', async (world) => {
      const channels = (['quotes', 'mark'] as const).filter((each) => world.feed.channels.includes(each));
      assert.ok(channels.length > 0);
      const sinks = channels.map((channel) => subscribe(world, channel).sink);
      await world.clock.advance(20_000);
      world.reset();
      await world.clock.advance(MENDED_MS);
      for (const sink of sinks) {
        const [gap, ...others] = sink.gaps;
        assert.ok(gap && gap.outcome === 'lost' && gap.toMs > gap.fromMs && others.length === 0);
        const before = sink.calls;
        await world.clock.advance(10_000);
        assert.ok(sink.calls > before);
      }
    });

    inWorld('a frame that is none -> told, and the feed goes on', async (world) => {
      const seen = openAll(world);
      await world.clock.advance(20_000);
      world.garbage();
      await world.clock.advance(MINUTE_MS);
      assert.ok(Object.values(seen).some((sink) => sink.anomalies.some(([code]) => code === 'malformed')));
      await checkAll(world, seen);
    });

    inWorld('a field that is new -> told once, and trades go on', async (world) => {
      const { sink } = subscribe(world, 'trades');
      await world.clock.advance(20_000);
      world.addField();
      await world.clock.advance(20_000);
      assert.deepEqual(
        sink.anomalies.map(([code]) => code),
        ['schema-drift'],
      );
      checkTrades(world, sink);
    });

    inWorld('a break while past data cannot be had -> told as lost, and the feed goes on', async (world) => {
      const { sink } = subscribe(world, 'trades');
      await world.clock.advance(20_000);
      world.setRestDown(true);
      world.reset();
      await world.clock.advance(MENDED_MS);
      assert.ok(lostOf(sink).length > 0, 'a loss was not told');
      const before = sink.trades.length;
      await world.clock.advance(20_000);
      assert.ok(sink.trades.length > before);
      assert.ok(sink.trades.every((trade, i) => i === 0 || trade.id > sink.trades[i - 1]!.id));
    });

    inWorld(
      'two subscriptions to one thing, one of them ended -> each has its own id, the other goes on',
      async (world) => {
        const first = subscribe(world, 'trades');
        const second = subscribe(world, 'trades');
        await world.clock.advance(20_000);
        assert.notEqual(first.id, second.id);
        assert.deepEqual(first.sink.trades, second.sink.trades);
        world.feed.unsubscribe(first.id);
        const calls = first.sink.calls;
        await world.clock.advance(10_000);
        assert.equal(first.sink.calls, calls);
        checkTrades(world, second.sink);
        world.feed.unsubscribe(second.id);
        assert.deepEqual(world.feed.health().subscriptions, []);
        const again = subscribe(world, 'trades');
        await world.clock.advance(10_000);
        checkTrades(world, again.sink);
      },
    );

    inWorld('closed -> nothing more is told', async (world) => {
      const seen = openAll(world);
      await world.clock.advance(20_000);
      const closing = world.feed.close();
      await world.clock.advance(5_000);
      await closing;
      const calls = Object.values(seen).map((sink) => sink.calls);
      await world.clock.advance(60_000);
      assert.deepEqual(
        Object.values(seen).map((sink) => sink.calls),
        calls,
      );
      assert.throws(() => openAll(world), RangeError);
    });
  });

  /** Trades, bars and depth, as far as the venue has them. */
  function openAll(world: FeedWorld): Seen {
    const channels = (['trades', 'bars', 'depth'] as const).filter((each) => world.feed.channels.includes(each));
    assert.ok(channels.length > 0);
    return Object.fromEntries(channels.map((channel) => [channel, subscribe(world, channel).sink]));
  }
}

type Seen = Readonly<Partial<Record<'trades' | 'bars' | 'depth', RecordingMarketSink>>>;

async function checkAll(world: FeedWorld, { trades, bars, depth }: Seen): Promise<void> {
  checkTrades(world, trades);
  checkBars(world, bars, 1);
  await checkBook(world, depth);
}

function isRecovered(sink: RecordingMarketSink | undefined): boolean {
  return sink === undefined || sink.gaps.some((gap) => gap.outcome === 'recovered' && gap.toMs >= gap.fromMs);
}

/** Waits in simulated time. */
async function settle<T>(world: FeedWorld, promise: Promise<T>): Promise<T> {
  const settled = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await world.clock.advance(20_000);
  const outcome = await settled;
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** Five seconds before the venue's minute ends, about. */
async function toMinutesEnd({ clock }: FeedWorld): Promise<void> {
  const untilMs = MINUTE_MS - 5_000 - (clock.nowMs() % MINUTE_MS);
  await clock.advance(untilMs < 0 ? untilMs + MINUTE_MS : untilMs);
}

function lostOf(sink: RecordingMarketSink | undefined): readonly string[] {
  return (sink?.gaps ?? []).filter((gap) => gap.outcome === 'lost').map((gap) => gap.reason);
}

/** From the first trade that was told on: all of the venue's, but for those still on their way. */
function checkTrades(world: FeedWorld, sink: RecordingMarketSink | undefined): void {
  if (!sink) return;
  const all = world.trades();
  const start = all.findIndex(({ id }) => id === sink.trades[0]?.id);
  assert.ok(start >= 0, 'no trade was told');
  assert.deepEqual(sink.trades, all.slice(start, start + sink.trades.length));
  assert.ok(
    all.length - start - sink.trades.length <= 3,
    `${all.length - start - sink.trades.length} trades are missing at the end`,
  );
}

function checkBars(world: FeedWorld, sink: RecordingMarketSink | undefined, least: number): void {
  if (!sink) return;
  const all = world.bars();
  const start = all.findIndex(({ openMs }) => openMs === sink.closedBars[0]?.openMs);
  assert.ok(start >= 0 && sink.closedBars.length >= least, `${sink.closedBars.length} closed bars were told`);
  const near = (bar: SeenBar) => ({ ...bar, volume: bar.volume.toFixed(6) });
  assert.deepEqual(sink.closedBars.map(near), all.slice(start, start + sink.closedBars.length).map(near));
  assert.ok(all.length - start - sink.closedBars.length <= 1, 'closed bars are missing at the end');
}

/** The book when nothing is on its way equals the venue's. */
async function checkBook(world: FeedWorld, sink: RecordingMarketSink | undefined): Promise<void> {
  if (!sink) return;
  const isSame = (): boolean => {
    const truth = world.book();
    return truth.updateId === sink.book.updateId && JSON.stringify(truth) === JSON.stringify(sink.book);
  };
  assert.ok(await world.clock.advanceUntil(isSame, 20_000, 10), 'the book is not the venue’s');
  assert.equal(sink.crossedBooks, 0);
  assert.ok(sink.books > 20);
}
