import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { narrate } from '../../src/core/engine/narrate.ts';
import { eventsHash, stateHash } from '../../src/core/engine/state-hash.ts';
import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import { Backtest } from '../../src/core/research/backtest.ts';
import { Hash128 } from '../../src/core/vocabulary/hash.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import { orderlessText } from '../../src/core/vocabulary/json.ts';
import type { SessionConfig, SessionCore } from '../../src/session/session-core.ts';
import { restoreSnapshot, takeSnapshot } from '../../src/session/session-snapshot.ts';
import { HOUR_MS, hour, hourly, NO_LIMITS, PERPETUAL, type Prices, type Script, STOCK, scripted } from '../scenario.ts';
import { configOf, newCore } from './session-scene.ts';

const why = 'test';
const INVERSE: InstrumentDefinition = {
  ...PERPETUAL,
  ...{ id: 'TEST:ABCUSD', kind: 'inverse-perpetual', contractSize: '100', settle: 'ABC' },
};

function coreOf(scripts: readonly Script[], more: Partial<SessionConfig> = {}, instrument = PERPETUAL): SessionCore {
  const strategies = scripts.map((script, i) => ({ strategy: scripted(script, `s${i}`) }));
  return newCore(
    configOf(strategies[0]!.strategy, 'trades', [instrument], {
      ...{ strategies, account: 'margin', limits: NO_LIMITS, warmUp: 'ready' },
      ...{ costs: { fees: makerTakerFees(0, 0) }, ...more },
    }),
  );
}

/** An hour in which a trade at its open fills what waits, and whose bar closes at the same price. */
function passHour(core: SessionCore, at: number, price = 100): void {
  const [openMs, feed] = [hour(at), 0];
  trade(core, openMs + 1, price);
  core.take({
    type: 'instant-ended',
    timeMs: openMs + HOUR_MS,
    bars: [[feed, openMs, price, price, price, price, 1e6]],
  });
}

function trade(core: SessionCore, timeMs: number, price = 100): void {
  const feed = 0;
  const tradeId = core.lastTradeId[feed]! + 1;
  if (core.wantsTrades(feed)) core.take({ type: 'trade-received', feed, tradeId, timeMs, price, quantity: 1e6 });
}

const due = (timeMs: number, rate: number, markPrice: number | null) =>
  ({ type: 'funding-fell-due', feed: 0, timeMs, rate, markPrice }) as const;

/** Each payment that was booked: `s0 -0.102 at 8`, hours since the start; received where positive. */
function booked({ engine: { state, seats } }: SessionCore): string[] {
  const names = seats.map((seat) => seat.strategy.def.id);
  return Array.from({ length: state.log.count }, (_, k) => narrate(state, names, k)).flatMap((event) =>
    event.type === 'funding-paid'
      ? [`${event.strategy} ${Number(event.amount)} at ${(event.at - hour(0)) / HOUR_MS}`]
      : [],
  );
}

/** Cash as the simulated venue has it less what the books have. */
function apart({ engine, side }: SessionCore): number {
  const { account } = (side as unknown as { venue: { account: { margin: { cashQuanta: number } } } }).venue;
  const venueCash = account.margin.cashQuanta / 10 ** engine.state.assets[0]!.scale;
  return Number((venueCash - engine.state.book.wallet[0]!).toFixed(8));
}

describe('funding of a paper session, by hand', () => {
  const buy = (qty: number): Script => ({ 0: (c) => c.buy({ size: { qty }, why }) });
  const sell = (qty: number): Script => ({ 0: (c) => c.sell({ size: { qty }, why }) });

  // 10 pieces at a mark of 102 are 1,020: 0.01 % of it is 0.102, 0.03 % is 0.306.
  for (const [name, script, rate, expected] of [
    ['long, positive rate', buy(10), 0.0001, ['s0 -0.102 at 8']],
    ['long, negative rate', buy(10), -0.0003, ['s0 0.306 at 8']],
    ['short, positive rate', sell(10), 0.0001, ['s0 0.102 at 8']],
    ['flat', {}, 0.0001, []],
    ['bought after it, told before', { 7: (c) => c.buy({ size: { qty: 1 }, why }) } satisfies Script, 0.0001, []],
  ] as const)
    test(`${name} -> ${expected[0] ?? 'nothing'}`, () => {
      const core = coreOf([script]);
      for (let at = 0; at < 8; at++) passHour(core, at);
      core.take(due(hour(8), rate, 102));
      passHour(core, 8);
      assert.deepEqual(booked(core), expected);
      assert.equal(apart(core), 0);
    });

  test('the venue names no mark price -> the last price that is known', () => {
    const core = coreOf([buy(10)]);
    for (let at = 0; at < 8; at++) passHour(core, at, 100 + at);
    core.take(due(hour(8), 0.0001, null));
    assert.deepEqual(booked(core), ['s0 -0.107 at 8']);
  });

  test('isolated margin -> out of the margin of the position', () => {
    const core = coreOf([buy(10)], { marginMode: 'isolated' });
    for (let at = 0; at < 8; at++) passHour(core, at);
    core.take(due(hour(8), 0.0001, 100));
    assert.deepEqual(booked(core), ['s0 -0.1 at 8']);
    // 1,000 were set aside as margin.
    assert.equal(apart(core), -(1_000 - 0.1));
  });

  test('an inverse contract -> paid in coins', () => {
    const core = coreOf([buy(50)], { cash: 100 }, INVERSE);
    for (let at = 0; at < 8; at++) passHour(core, at);
    // 50 contracts of 100 USD are 40 coins at 125; 0.01 % of it.
    core.take(due(hour(8), 0.0001, 125));
    assert.deepEqual(booked(core), ['s0 -0.004 at 8']);
    assert.equal(apart(core), 0);
  });

  test('three strategies on one account -> what the net pays, in proportion; opposite sides pay each other', () => {
    const core = coreOf([buy(30), sell(10), {}]);
    for (let at = 0; at < 8; at++) passHour(core, at);
    // The net of 20 pays 0.2: 0.3 of the one, 0.1 to the other.
    core.take(due(hour(8), 0.0001, 100));
    assert.deepEqual(booked(core), ['s0 -0.3 at 8', 's1 0.1 at 8']);
    assert.equal(apart(core), 0);
  });

  test('told after the positions have changed -> paid by who held at its time', () => {
    const core = coreOf([
      { 0: (c) => c.buy({ size: { qty: 30 }, why }), 7: (c) => c.position.close(why) },
      { 0: (c) => c.sell({ size: { qty: 10 }, why }), 7: (c) => c.buy({ size: { qty: 40 }, why }) },
    ]);
    for (let at = 0; at < 9; at++) passHour(core, at);
    assert.equal(core.engine.state.book.netLots[0], 30, 'the one is flat, the other long');
    core.take(due(hour(8), 0.0001, 100));
    assert.deepEqual(booked(core), ['s0 -0.3 at 8', 's1 0.1 at 8']);
    assert.equal(apart(core), 0);
  });

  test('told after an isolated position was closed -> out of cash', () => {
    const core = coreOf([{ 0: (c) => c.buy({ size: { qty: 10 }, why }), 7: (c) => c.position.close(why) }], {
      marginMode: 'isolated',
    });
    for (let at = 0; at < 9; at++) passHour(core, at);
    core.take(due(hour(8), 0.0001, 100));
    assert.deepEqual(booked(core), ['s0 -0.1 at 8']);
    assert.equal(apart(core), 0);
  });

  test('a cash account that has spent everything -> paid all the same, and owed until something is sold', () => {
    const core = coreOf([{ 0: (c) => c.buy({ size: { qty: 100 }, why }), 9: (c) => c.position.close(why) }], {
      ...{ account: 'cash', cash: 10_000 },
    });
    for (let at = 0; at < 8; at++) passHour(core, at);
    const { balances } = (core.side as unknown as { venue: { account: { balances: { free: Float64Array } } } }).venue
      .account;
    assert.equal(balances.free[0], 0);
    core.take(due(hour(8), 0.0001, 100));
    assert.deepEqual(booked(core), ['s0 -1 at 8']);
    assert.equal(balances.free[0], -1e8);
    for (let at = 8; at < 11; at++) passHour(core, at);
    assert.equal(core.engine.state.book.netLots[0], 0);
    assert.equal(balances.free[0], 9_999e8);
    assert.equal(core.engine.state.book.equity(core.engine.state.price), 9_999);
  });
});

describe('funding of a paper session', () => {
  const holder: Script = { 0: (c) => c.buy({ size: { qty: 10 }, why }), 30: (c) => c.position.close(why) };

  test('over recorded bars -> every event of the backtest with the same rates, at the price that each bar opened at', () => {
    const prices: Prices[] = Array.from({ length: 40 }, (_, i) => {
      const open = 100 + 3 * Math.sin(i);
      return [open, open + 2, open - 2, 100 + 3 * Math.sin(i + 1)].map((p) => Math.round(p * 100) / 100) as never;
    });
    const bars = hourly(prices);
    const config = configOf(scripted(holder), 'bars', [PERPETUAL], {
      ...{ account: 'margin', limits: NO_LIMITS, warmUp: 'ready', costs: { fees: makerTakerFees(0, 0) } },
    });
    const [times, rates] = [
      [8, 16, 24, 32],
      [1e-4, -2e-4, 3e-4, 4e-4],
    ];
    const core = newCore(config);
    for (let i = 0; i < prices.length; i++) {
      const k = times.indexOf(i);
      if (k >= 0) core.take(due(hour(i), rates[k]!, prices[i]![0]));
      const [open, high, low, close] = prices[i]!;
      const feed = 0;
      core.take({
        type: 'instant-ended',
        timeMs: hour(i + 1),
        bars: [[feed, hour(i), open, high, low, close, 1e6]],
      });
    }
    core.take({ type: 'session-stopped', reason: 'end of data' });
    const funding = { timesMs: Float64Array.from(times, hour), rates: Float64Array.from(rates) };
    const { feeds, drivenBy: _, ...desk } = config;
    const backtest = new Backtest({
      ...desk,
      session: 'test',
      feeds: feeds.map((feed) => ({ ...feed, bars, funding })),
    });
    backtest.run();
    const { engine } = backtest;
    assert.equal(eventsHash(core.engine), eventsHash(engine));
    assert.equal(booked(core).length, 3);
    assert.equal(core.engine.state.book.wallet[0], engine.state.book.wallet[0]);
  });

  test('told again, a few milliseconds apart, and older ones afterwards -> booked once', () => {
    const core = coreOf([holder]);
    for (let at = 0; at < 8; at++) passHour(core, at);
    core.take(due(hour(8), 0.0001, 100));
    const hash = core.hash();
    core.take(due(hour(8) + 4, 0.0001, 101));
    core.take(due(hour(8), 0.0001, 100));
    core.take(due(hour(0), 0.0001, 100));
    assert.equal(core.hash(), hash);
    core.take(due(hour(9), 0.0001, 100));
    assert.deepEqual(booked(core), ['s0 -0.1 at 8', 's0 -0.1 at 9']);
  });

  test('restored from a snapshot -> known, and the same from there on', () => {
    const core = coreOf([holder]);
    for (let at = 0; at < 8; at++) passHour(core, at);
    core.take(due(hour(8), 0.0001, 100));
    const other = coreOf([holder]);
    restoreSnapshot(other, takeSnapshot(core));
    assert.equal(other.hash(), core.hash());
    for (const each of [core, other]) {
      each.take(due(hour(8), 0.0001, 100));
      passHour(each, 8);
      each.take(due(hour(9), 0.0002, 100));
    }
    assert.deepEqual(booked(other), ['s0 -0.1 at 8', 's0 -0.2 at 9']);
    assert.equal(other.hash(), core.hash());
    // One that was taken before there was funding.
    const { lastFundingMs: _, ...older } = takeSnapshot(coreOf([holder])) as Record<string, never>;
    const restored = coreOf([holder]);
    restoreSnapshot(restored, older);
    assert.equal(restored.hash(), coreOf([holder]).hash());
  });

  for (const instrument of [PERPETUAL, STOCK])
    test(`no funding is told, ${instrument.kind} -> hashed as the states are that older journals have noted`, () => {
      const core = coreOf([holder], { account: 'cash' }, instrument);
      for (let at = 0; at < 8; at++) passHour(core, at);
      const older = new Hash128()
        .text(stateHash(core.engine))
        .text(orderlessText(core.side.snapshot()))
        .column(core.lastOpenMs)
        .column(core.lastTradeId);
      assert.equal(core.hash(), older.digest());
    });
});
