import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { feeSchedule, makerTakerFees } from '../exchange/fees.ts';
import { PLAIN } from '../execution/capabilities.ts';
import { REQUEST } from '../execution/outbox.ts';
import { ta } from '../indicators/ta.ts';
import { Backtest, type BacktestConfig } from '../research/backtest.ts';
import { generateMarket } from '../research/synthetic-market.ts';
import { bars } from '../strategy/data.ts';
import { defineStrategy } from '../strategy/define-strategy.ts';
import { Hash128 } from '../vocabulary/hash.ts';
import type { Json } from '../vocabulary/json.ts';
import { DAY_MS, HOUR_MS } from '../vocabulary/time.ts';
import { restore, SnapshotError, snapshot } from './snapshot.ts';
import { stateHash } from './state-hash.ts';

const market = generateMarket({ fromMs: 0, toMs: 60 * DAY_MS, minuteDays: 0 });
const [first, second] = market.instruments;
const why = 'test';

/** How long a run of green bars is: user code with a state of its own. */
const greens = ta.custom('greens', {
  lookback: 0,
  init: () => ({ run: 0 }),
  next: (state, b) => {
    state.run = b.close.value > b.open.value ? state.run + 1 : 0;
    return state.run;
  },
});

/** Uses nearly everything that a strategy can: the more of it, the more can be forgotten in a snapshot. */
const busy = defineStrategy({
  id: 'busy',
  params: {},
  data: { main: bars('1h'), slow: bars('4h'), volume: bars.volume(20_000), other: bars('1h', second!.definition.id) },
  indicators: ({ data }) => ({
    fast: ta.ema(data.main.close, 5),
    slow: ta.rsi(data.slow.close, 7),
    atr: ta.atr(data.main, 10),
    greens: greens(data.main),
    apart: ta.correlation(data.main.close, data.other.close, 20),
    trades: ta.sma(data.volume.close, 3),
  }),
  state: () => ({ bar: 0, fills: 0, ended: 0, timer: 0 }),
  onBar(c) {
    const n = c.state.bar++;
    const { ind } = c;
    if (ind.greens.value >= 2 && ind.slow.value > 45 && !c.position.isOpen)
      c.buy({ size: { pctEquity: 0.2 }, stop: { atr: 2 }, target: { r: 1.5 }, why });
    if (n % 7 === 0)
      c.buy({
        size: { pctEquity: 0.05 },
        limit: c.price * 0.99,
        tif: { gtd: c.now + 9 * HOUR_MS },
        trail: { pct: 0.02 },
        why,
      });
    if (n % 29 === 3)
      c.buy({
        size: { pctEquity: 0.1 },
        work: { twap: { slices: 5, everyMs: 3 * HOUR_MS } },
        stop: { pct: 0.03 },
        why,
      });
    if (n % 53 === 10)
      c.on('other').buy({
        size: { pctEquity: 0.1 },
        limit: c.on('other').price * 0.995,
        work: { iceberg: { visible: 1 } },
        why,
      });
    if (n % 11 === 5) for (const order of c.orders.slice(0, 2)) order.amend({ price: c.price * 0.985 });
    if (n % 17 === 0 && c.position.barsHeld > 20) c.position.close('held long enough');
    if (n % 23 === 0 && c.position.isOpen) c.position.moveStop({ pct: 0.02 });
    if (ind.apart.value < 0 && n % 5 === 0) c.on('other').target(0.1, why);
    if (n % 97 === 96) c.cancelAll('a fresh start');
  },
  onFill(c) {
    c.state.fills++;
  },
  onOrder(c, update) {
    c.state.ended++;
    if (c.state.ended % 10 === 0) c.log(`order ${update.status}`, { ended: c.state.ended });
  },
  onTimer: { every: '6h', run: (c) => void c.state.timer++ },
});

/** Trades on the short side too, where the account lets it. */
const swing = defineStrategy({
  id: 'swing',
  params: {},
  data: { main: bars('1h') },
  indicators: ({ data }) => ({ cross: ta.cross(ta.sma(data.main.close, 4), ta.ema(data.main.close, 15)) }),
  onBar(c) {
    if (c.ind.cross.up) c.target(0.3, why);
    else if (c.ind.cross.down) c.target(-0.3, why);
  },
});

const spot: BacktestConfig = {
  feeds: [first!, second!].map((i) => ({ instrument: i.definition, timeframe: '1h', bars: i.hourly })),
  strategies: [{ strategy: busy }],
  cash: 100_000,
  streamed: true,
  warmUp: 'ready',
};
const TIERS = [
  { fromTradedQuanta: 0, makerRate: 10_000, takerRate: 90_000 },
  { fromTradedQuanta: 20_000 * 100_000_000, makerRate: 5_000, takerRate: 70_000 },
  { fromTradedQuanta: 90_000 * 100_000_000, makerRate: 0, takerRate: 60_000 },
];
const CONFIGURATIONS: Record<string, BacktestConfig> = {
  'spot account': spot,
  'spot account, delays and a share of the volume': {
    ...spot,
    costs: {
      fees: makerTakerFees(10_000, 20_000),
      latency: { orderMs: 400_000, orderJitterMs: 3_000_000, reportMs: 0, reportJitterMs: 0 },
      participation: 0.001,
    },
  },
  'spot account, fees in base by tiers': {
    ...spot,
    costs: { fees: feeSchedule({ tiers: TIERS, payIn: 'base' }) },
  },
  'margin account, fees in an asset of their own': {
    ...spot,
    feeds: spot.feeds.map((f) => ({ ...f, instrument: { ...f.instrument, kind: 'linear-perpetual' as const } })),
    account: 'margin',
    costs: {
      fees: feeSchedule({ tiers: TIERS, payIn: 'third' }),
      feeAsset: { code: 'FEE', balance: 1, price: 30, discountRate: 0 },
    },
  },
  'a venue that can do little': { ...spot, capabilities: PLAIN },
  'margin account with funding, two strategies': {
    ...spot,
    account: 'margin',
    leverage: 3,
    strategies: [{ strategy: busy }, { strategy: swing }],
    feeds: [first!, second!].map((i) => ({
      instrument: { ...i.definition, kind: 'linear-perpetual' },
      timeframe: '1h',
      bars: i.hourly,
      funding: {
        timesMs: Float64Array.from({ length: 180 }, (_, k) => k * 8 * HOUR_MS),
        rates: Float64Array.from({ length: 180 }, (_, k) => ((k % 5) - 2) * 1e-4),
      },
    })),
  },
};
CONFIGURATIONS['dated futures that expire on the way'] = {
  ...CONFIGURATIONS['margin account with funding, two strategies']!,
  feeds: [first!, second!].map((i, at) => ({
    instrument: { ...i.definition, kind: 'dated-future', expiryMs: (400 + 150.5 * at) * HOUR_MS },
    timeframe: '1h',
    bars: i.hourly,
  })),
};
const BARS = first!.hourly.close.length;

/** Hands requests and reports over until nobody has anything to say, as a run does. */
function exchange({ engine, venue }: Backtest): void {
  const { outbox, clock } = engine.state;
  for (;;) {
    for (let k = 0; k < outbox.count; k++) {
      const row = outbox.row[k]!;
      const kind = outbox.kind[k]!;
      if (kind === REQUEST.place || kind === REQUEST.placeNative)
        venue.place(row, clock[0]!, kind === REQUEST.placeNative);
      else if (kind === REQUEST.cancel) venue.cancel(row, clock[0]!);
      else venue.amend(row, outbox.lots[k]!, outbox.limitTicks[k]!, outbox.triggerTicks[k]!);
    }
    outbox.count = 0;
    if (venue.step()) engine.report(venue.report);
    else if (outbox.count === 0) return;
  }
}

/** Instants `from` … `to` of a streamed run: the hours of both feeds, where they have a bar. */
function advance(backtest: Backtest, config: BacktestConfig, from: number, to: number): Backtest {
  const { engine, venue } = backtest;
  for (let hour = from; hour < to; hour++) {
    const closing = config.feeds.flatMap((feed, f) => {
      const i = feed.bars.openTimeMs.indexOf(hour * HOUR_MS);
      return i < 0 ? [] : [{ f, i, bar: feed.bars }];
    });
    if (closing.length === 0) continue;
    const closeMs = (hour + 1) * HOUR_MS;
    for (const { f, i, bar } of closing) {
      venue.beginBar(f, bar, i, engine.feeds[f]!.closeMs);
      exchange(backtest);
    }
    for (const { f, i, bar } of closing)
      engine.append(f, bar.openTimeMs[i]!, bar.open[i]!, bar.high[i]!, bar.low[i]!, bar.close[i]!, bar.volume[i]!);
    engine.endSlice(closeMs);
    exchange(backtest);
  }
  return backtest;
}

/** Hashes of events and fills from a point on, by column. */
function later({ engine }: Backtest, event: number, fill: number): object {
  const { log, fills, texts } = engine.state;
  const hashes = (columns: object, from: number, to: number): object =>
    Object.fromEntries(
      Object.entries(columns as Record<string, Float64Array>).map(([name, column]) => [
        name,
        new Hash128().column(column.subarray(from, to)).digest(),
      ]),
    );
  return {
    counts: [log.count, fills.count, texts.length],
    events: hashes(log.column, event, log.count),
    fills: hashes(fills.column, fill, fills.count),
  };
}

function resumed(config: BacktestConfig, engineJson: string, venueJson: string): Backtest {
  const backtest = new Backtest(config);
  restore(
    backtest.engine,
    JSON.parse(engineJson) as Json,
    config.feeds.map((f) => f.bars),
  );
  backtest.venue.restore(JSON.parse(venueJson) as Json);
  return backtest;
}

describe('snapshots', () => {
  for (const [name, config] of Object.entries(CONFIGURATIONS))
    test(`${name}: snapshot at any bar, and the rest from it -> state and every later event of the whole run`, () => {
      const whole = advance(new Backtest(config), config, 0, BARS + 100);
      const { state } = whole.engine;
      assert.ok(state.fills.count > 60 && state.orders.count > 150, 'the run is busy enough to prove something');
      const hash = stateHash(whole.engine);
      fc.assert(
        fc.property(fc.integer({ min: 1, max: BARS - 1 }), (at) => {
          const head = advance(new Backtest(config), config, 0, at);
          const { log, fills } = head.engine.state;
          const tail = resumed(config, JSON.stringify(snapshot(head.engine)), JSON.stringify(head.venue.snapshot()));
          assert.equal(stateHash(tail.engine), stateHash(head.engine));
          const [event, fill] = [log.count, fills.count];
          advance(tail, config, at, BARS + 100);
          assert.deepEqual(later(tail, event, fill), later(whole, event, fill));
          assert.equal(stateHash(tail.engine), hash);
          tail.engine.state.book.ledger.verify();
        }),
        { numRuns: 6, examples: [[1], [BARS - 1]] },
      );
    });

  for (const [name, config] of Object.entries(CONFIGURATIONS))
    test(`${name}: restored and snapshot again -> the same snapshot, all through a run`, () => {
      const head = new Backtest(config);
      const step = 97;
      for (let at = step; at < BARS; at += step) {
        advance(head, config, at - step, at);
        const [engine, venue] = [JSON.stringify(snapshot(head.engine)), JSON.stringify(head.venue.snapshot())];
        const again = resumed(config, engine, venue);
        assert.deepEqual(snapshot(again.engine), JSON.parse(engine));
        assert.equal(JSON.stringify(again.venue.snapshot()), venue);
      }
    });

  test('of an unknown version -> refused, by engine and venue', () => {
    const head = advance(new Backtest(spot), spot, 0, 5);
    const engineJson = { ...(snapshot(head.engine) as object), v: 99 } as Json;
    assert.throws(
      () => restore(new Backtest(spot).engine, engineJson, []),
      (error) => error instanceof SnapshotError && error.code === 'version',
    );
    assert.throws(
      () => head.venue.restore({ ...(head.venue.snapshot() as object), v: 99 } as Json),
      /version 1, found 99/,
    );
    assert.throws(() => restore(new Backtest(spot).engine, null, []), SnapshotError);
  });

  test('of another configuration, or without the bars it has seen -> refused', () => {
    const taken = snapshot(advance(new Backtest(spot), spot, 0, 5).engine);
    const other = new Backtest({ ...spot, strategies: [{ strategy: swing }] }).engine;
    for (const attempt of [() => restore(other, taken, []), () => restore(new Backtest(spot).engine, taken, [])])
      assert.throws(attempt, (error) => error instanceof SnapshotError && error.code === 'configuration');
  });
});
