import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { narrate } from '../../src/core/engine/narrate.ts';
import { eventsHash } from '../../src/core/engine/state-hash.ts';
import { ta } from '../../src/core/indicators/ta.ts';
import { Backtest } from '../../src/core/research/backtest.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { HOUR_MS } from '../../src/core/vocabulary/time.ts';
import type { BarHistory, FeedSink, MarketFeed } from '../../src/ports/market-feed.ts';
import { replayJournal } from '../../src/session/replay-journal.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionCore } from '../../src/session/session-core.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import {
  configOf,
  historyOf,
  INSTRUMENTS,
  newCore,
  part,
  recordingOf,
  SessionScene,
  symbolOf,
} from './session-scene.ts';

const [first, second] = INSTRUMENTS;
const why = 'test';

/** Decides by bars alone, so that how orders fill does not change what is decided. */
const swing = defineStrategy({
  id: 'swing',
  params: {},
  data: { main: bars('1h'), slow: bars('4h') },
  indicators: ({ data }) => ({
    cross: ta.cross(ta.sma(data.main.close, 4), ta.ema(data.main.close, 15)),
    slow: ta.sma(data.slow.close, 3),
  }),
  onBar(c) {
    if (c.ind.cross.up) c.target(0.5, 'the fast average crossed above the slow one');
    else if (c.ind.cross.down) c.target(0, 'the fast average crossed below the slow one');
  },
});

/** Brackets, limits and amendments, on two instruments. */
const busy = defineStrategy({
  id: 'busy',
  params: {},
  data: { main: bars('1h'), other: bars('1h', second!.definition.id) },
  indicators: ({ data }) => ({ apart: ta.correlation(data.main.close, data.other.close, 20) }),
  state: () => ({ bar: 0, fills: 0 }),
  onBar(c) {
    const n = c.state.bar++;
    if (n % 7 === 0 && !c.position.isOpen)
      c.buy({ size: { pctEquity: 0.2 }, stop: { pct: 0.006 }, target: { r: 1.5 }, why });
    if (n % 5 === 3) c.on('other').buy({ size: { pctEquity: 0.02 }, limit: c.on('other').price * 0.995, why });
    if (n % 13 === 5) for (const order of c.on('other').orders) order.amend({ price: c.on('other').price * 0.99 });
    if (n % 31 === 30) c.cancelAll('a fresh start');
  },
  onFill(c) {
    c.state.fills++;
  },
});

const both = INSTRUMENTS.map(({ definition, bars: all }) => [definition, all] as const);
const one = both.slice(0, 1);

const signals = (core: Pick<SessionCore, 'engine'>): unknown[] => {
  const { state, seats } = core.engine;
  const names = seats.map((seat) => seat.strategy.def.id);
  return Array.from({ length: state.log.count }, (_, seq) => narrate(state, names, seq)).flatMap((event) =>
    event.type === 'signal-generated' ? [[event.at, event.instrument, event.action, event.why]] : [],
  );
};

const backtestOf = (strategy: typeof swing | typeof busy, feeds: typeof both): Backtest =>
  new Backtest({
    feeds: feeds.map(([instrument, columns]) => ({ instrument, timeframe: '1h', bars: columns })),
    ...{ strategies: [{ strategy: strategy as never }], cash: 100_000, session: 'test' },
  }).run();

describe('paper session', () => {
  for (const [what, strategy, feeds] of [
    ['one symbol', swing, one],
    ['two symbols, brackets and limits', busy, both],
  ] as const)
    test(`parity: ${what}, filled by bars -> every event of the backtest on the same bars, byte for byte`, async () => {
      const core = newCore(
        configOf(
          strategy as never,
          'bars',
          feeds.map(([d]) => d),
        ),
      );
      await new SessionScene().run('parity', core, recordingOf(feeds), { reason: 'end of data' });
      const backtest = backtestOf(strategy, feeds);
      assert.ok(core.engine.state.fills.count > 20, `${core.engine.state.fills.count} fills`);
      assert.equal(core.engine.state.fills.count, backtest.engine.state.fills.count);
      assert.equal(eventsHash(core.engine), eventsHash(backtest.engine));
    });

  test('parity: filled by trades -> the decisions of the backtest on the same bars, at the same times', async () => {
    const core = newCore(configOf(swing as never, 'trades', [first!.definition]));
    await new SessionScene().run('parity', core, recordingOf(one), { reason: 'end of data' });
    const expected = signals(backtestOf(swing, one));
    assert.ok(expected.length > 20);
    assert.deepEqual(signals(core), expected);
    assert.ok(core.engine.state.fills.count >= expected.length / 2);
  });

  test('journal: taken again -> the same events and the same state, which a changed input does not give', async () => {
    const scene = new SessionScene();
    const config = configOf(
      busy as never,
      'trades',
      both.map(([d]) => d),
    );
    const core = newCore(config);
    await scene.run('again', core, recordingOf(both), { reason: 'over' });
    const again = newCore(config);
    const { compared } = await replayJournal(again, scene.journals.read('again'), (body) => body());
    assert.ok(compared > 10, `${compared} states compared`);
    assert.equal(again.hash(), core.hash());
    assert.equal(eventsHash(again.engine), eventsHash(core.engine));
    const altered = newCore({ ...config, cash: 99_999 });
    await assert.rejects(
      replayJournal(altered, scene.journals.read('again'), (body) => body()),
      { name: 'SessionError', code: 'diverged' },
    );
    assert.equal((await scene.journals.verify('again')).intact, true);
  });

  test('restart: broken off anywhere -> goes on from its journal to the end of the uninterrupted one', async () => {
    const config = configOf(
      busy as never,
      'bars',
      both.map(([d]) => d),
    );
    const whole = newCore(config);
    await new SessionScene().run('whole', whole, recordingOf(both));
    for (const at of [1, 300, 777]) {
      const scene = new SessionScene();
      // Without a stop, as after a crash: the recording just ends there.
      await scene.run('cut', newCore(config), recordingOf(both.map(([d, b]) => [d, part(b, 0, at)] as const)));
      const core = newCore(config);
      await replayJournal(core, scene.journals.read('cut'), (body) => body());
      await scene.run('cut', core, recordingOf(both));
      assert.equal(core.hash(), whole.hash(), `cut after ${at}`);
      assert.equal(eventsHash(core.engine), eventsHash(whole.engine));
      const opened: number[][] = [[], []];
      for await (const { kind, payload } of scene.journals.read('cut')) {
        const input = payload as unknown as SessionInput;
        if (kind === 'input' && input.type === 'instant-ended')
          for (const [feed, openTimeMs] of input.bars) opened[feed]!.push(openTimeMs);
      }
      for (const [feed, times] of opened.entries()) assert.deepEqual(times, [...both[feed]![1].openTimeMs]);
    }
  });

  test('warm-up: history before the first live bar -> nothing decided on it, and afterwards what a longer run decides', async () => {
    const at = 200;
    const [instrument, all] = one[0]!;
    const core = newCore(configOf(swing as never, 'trades', [instrument]));
    const scene = new SessionScene();
    const session = await scene.run('warm', core, recordingOf([[instrument, part(all, at, all.close.length)]]), {
      history: historyOf(new Map([[symbolOf(instrument), part(all, 0, at)]])),
      nowMs: all.openTimeMs[at]! + 1,
    });
    const times = all.openTimeMs.subarray(at - 1);
    const holes = (times.at(-1)! - times[0]!) / HOUR_MS - (times.length - 1);
    assert.equal(session.missingBars, holes, 'what the market itself has not, and nothing else');
    const liveMs = all.openTimeMs[at]! + HOUR_MS;
    const late = (signals(backtestOf(swing, one)) as [number, ...unknown[]][]).filter(([atMs]) => atMs >= liveMs);
    // The session is flat where the longer run may hold something that it closes first.
    const entry = late.findIndex((signal) => /above/.test(String(signal.at(-1))));
    assert.ok(entry <= 1 && late.length > 15, `${late.length} signals, the first entry at ${entry}`);
    assert.deepEqual(signals(core), late.slice(entry));
    assert.equal(core.engine.seats[0]!.settledAtMs, liveMs, 'settled with the first live bar');
  });

  test('missed while away: bars come as history -> no decision on them, indicators and resting orders have seen them', async () => {
    const [instrument, all] = one[0]!;
    const holder = defineStrategy({
      id: 'holder',
      params: {},
      data: { main: bars('1h') },
      indicators: ({ data }) => ({ average: ta.sma(data.main.close, 3) }),
      state: () => ({ calls: 0 }),
      onBar(c) {
        c.state.calls++;
        if (c.state.calls === 10) c.buy({ size: { pctEquity: 0.1 }, stop: { pct: 0.001 }, why });
      },
    });
    const config = configOf(holder as never, 'trades', [instrument]);
    const scene = new SessionScene();
    await scene.run('away', newCore(config), recordingOf([[instrument, part(all, 0, 11)]]));
    const core = newCore(config);
    await replayJournal(core, scene.journals.read('away'), (body) => body());
    assert.equal(core.engine.state.fills.count > 0, true, 'entered before it was gone');
    const back = 300;
    await scene.run('away', core, recordingOf([[instrument, part(all, back, back + 5)]]), {
      history: historyOf(new Map([[symbolOf(instrument), all]])),
      nowMs: all.openTimeMs[back]! + 1,
    });
    assert.equal((core.engine.seats[0]!.context.state as { calls: number }).calls, 11 + 5);
    assert.equal(core.engine.feeds[0]!.base.index + 1, back + 5);
    assert.equal(core.engine.state.book.netLots[0], 0, 'the stop acted while nobody listened');
  });

  test('hole: an instant is due while the past is being fetched -> every bar is taken once, in order', async () => {
    const at = 60;
    const config = configOf(
      busy as never,
      'bars',
      both.map(([d]) => d),
    );
    const past = historyOf(new Map(both.map(([instrument, all]) => [symbolOf(instrument), part(all, 0, at + 1)])));
    const { clock, journals } = new SessionScene();
    clock.stepWall(first!.bars.openTimeMs[at]! + 1 - clock.nowMs());
    let isSlow = false;
    const history: BarHistory = {
      ...past,
      async bars(...asked) {
        if (isSlow) await new Promise<void>((resolve) => void clock.after(5_000, resolve));
        return past.bars(...asked);
      },
    };
    const sinks: FeedSink[] = [];
    // A stand-in: a feed that tells what the test says.
    const feed = {
      ...{ venue: 'TEST', channels: ['bars'], health: () => ({ subscriptions: [], connections: [] }) },
      subscribe: (_: unknown, sink: FeedSink) => sinks.push(sink) - 1,
    } as unknown as MarketFeed;
    const journal = await journals.open('hole', { about: null });
    const core = newCore(config);
    const session = new Session(core, {
      ...{ journal, feed, history, clock, version: 'test', keepsMarket: false, sealed: (body) => body() },
    });
    await session.start();
    isSlow = true;
    const tell = (k: number, i: number): void => {
      const b = both[k]![1];
      const bar = [b.openTimeMs[i]!, b.open[i]!, b.high[i]!, b.low[i]!, b.close[i]!, b.volume[i]!] as const;
      sinks[k]!.bar(k, 0, 0, ...bar, true);
    };
    clock.stepWall(2 * HOUR_MS);
    tell(0, at);
    tell(1, at + 1);
    await clock.advance(60_000);
    tell(0, at + 1);
    await clock.advance(60_000);
    const stopping = session.stop('over');
    await clock.advance(60_000);
    await stopping;
    const taken: number[][] = [[], []];
    for await (const { kind, payload } of journals.read('hole')) {
      const input = payload as unknown as SessionInput;
      if (kind === 'input' && (input.type === 'instant-ended' || input.type === 'history-received'))
        for (const [k, openTimeMs] of input.bars) taken[k]!.push(openTimeMs);
    }
    for (const [k, times] of taken.entries()) {
      const until = both[k]![1].openTimeMs.indexOf(times.at(-1)!);
      assert.equal(until, at + 1);
      assert.deepEqual(times, [...both[k]![1].openTimeMs.subarray(until + 1 - times.length, until + 1)]);
    }
    assert.equal(session.fault, null);
  });

  test('a strategy that throws -> it is stopped and said so, its stop still acts, a replay ends alike', async () => {
    const [instrument, all] = one[0]!;
    const thrower = defineStrategy({
      id: 'thrower',
      params: {},
      data: { main: bars('1h') },
      indicators: () => ({}),
      state: () => ({ calls: 0 }),
      onBar(c) {
        if (++c.state.calls === 2) c.buy({ size: { pctEquity: 0.1 }, stop: { pct: 0.001 }, why });
        if (c.state.calls === 4) throw new Error('on purpose');
      },
    });
    const config = configOf(thrower as never, 'trades', [instrument]);
    const scene = new SessionScene();
    const core = newCore(config);
    await scene.run('throws', core, recordingOf([[instrument, part(all, 0, 300)]]));
    assert.match(core.failure ?? '', /onBar threw Error: on purpose/);
    assert.equal((core.engine.seats[0]!.context.state as { calls: number }).calls, 4);
    assert.equal(core.engine.state.book.netLots[0], 0);
    const again = newCore(config);
    await replayJournal(again, scene.journals.read('throws'), (body) => body());
    assert.equal(again.failure, core.failure);
    assert.equal(again.hash(), core.hash());
  });
});
