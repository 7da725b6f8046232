import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { narrate } from '../../src/core/engine/narrate.ts';
import { bars, universe } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { DomainEvent } from '../../src/core/vocabulary/events.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import { FundingBook, type FundingWord } from '../../src/session/funding-book.ts';
import type { RemoteSide } from '../../src/session/remote-side.ts';
import type { SessionCore } from '../../src/session/session-core.ts';
import { intercepted, type Life, LiveScene } from './live-scene.ts';
import { puppet } from './puppet.ts';
import { newCore } from './session-scene.ts';

const why = 'test';
const EIGHT_HOURS_MS = 8 * 3_600_000;

const told = ({ core: { engine } }: Life): DomainEvent[] =>
  Array.from({ length: engine.state.log.count }, (_, seq) => narrate(engine.state, ['puppet'], seq));
const funded = (life: Life) => told(life).filter((event) => event.type === 'funding-paid');
const alarms = (life: Life, level = 'page') =>
  told(life).flatMap((event) => (event.type === 'alert-raised' && event.level === level ? [event.message] : []));
const holder = puppet((bar, c) => {
  if (bar === 0) c.buy({ size: { qty: 0.1 }, why });
});

/** Until so long after the next funding. */
const untilFunded = async ({ venue }: LiveScene, afterMs = 60_000): Promise<void> => {
  const nowMs = venue.clock.nowMs();
  await venue.pass(Math.ceil(nowMs / EIGHT_HOURS_MS) * EIGHT_HOURS_MS - nowMs + afterMs);
};

describe('funding of a live session', () => {
  test('due while nobody was there -> booked once from the history, at the next start; books and venue agree', async () => {
    const scene = new LiveScene({ product: 'usdm' });
    let life = await scene.start(holder);
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    for (let missed = 1; missed <= 2; missed++) {
      life.kill();
      await untilFunded(scene);
      life = await scene.start(holder);
      await scene.venue.pass(70_000);
      const events = funded(life);
      assert.equal(events.length, missed);
      assert.ok(events.every(({ at, amount }) => at % EIGHT_HOURS_MS === 0 && amount.startsWith('-')));
      assert.deepEqual(alarms(life), []);
      assert.equal(life.account.keeper.notReady, null);
    }
    life.kill();
    life = await scene.start(holder);
    await scene.venue.pass(70_000);
    assert.equal(funded(life).length, 2, 'asked for again, and known');
  });

  test('told by the stream, and by the history after it -> booked once', async () => {
    const scene = new LiveScene({ product: 'usdm' });
    let life = await scene.start(holder);
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    life.kill();
    await untilFunded(scene, -60_000);
    life = await scene.start(holder);
    await untilFunded(scene);
    assert.equal(funded(life).length, 1);
    life.kill();
    life = await scene.start(holder);
    await scene.venue.pass(70_000);
    assert.equal(funded(life).length, 1);
    assert.deepEqual(alarms(life), []);
  });

  test('a venue without such a history -> said once, and the difference is an alarm', async () => {
    const wrap = (gateway: Life['gateway']) => intercepted(gateway, { fundingSince: undefined as never });
    const scene = new LiveScene({ product: 'usdm', wrap });
    let life = await scene.start(holder);
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    life.kill();
    await untilFunded(scene);
    life = await scene.start(holder);
    await scene.venue.pass(70_000);
    assert.deepEqual(funded(life), []);
    assert.equal(alarms(life, 'warn').filter((each) => each.includes('no history of funding')).length, 1);
    assert.ok(alarms(life).some((each) => /USDT: the venue holds/.test(each)));
  });
});

/** A session with two positions that settle in one asset, and all orders that made them. */
function twoPositions(): SessionCore {
  const instrument = (base: string): InstrumentDefinition => ({
    ...{ id: `BINANCE:${base}USDT`, kind: 'linear-perpetual', base, quote: 'USDT' },
    ...{ tick: '0.1', lot: '0.001', minNotional: '5' },
  });
  const both = defineStrategy({
    ...{ id: 'both', params: {}, indicators: () => ({}), state: () => ({ bars: 0 }) },
    data: { main: bars('1m'), all: universe() },
    onBar(c) {
      if (c.state.bars++ === 0) for (const feed of c.data.all) c.on(feed).buy({ size: { qty: 1 }, why });
    },
  }) as unknown as AnyStrategy;
  const core = newCore({
    strategies: [{ strategy: both }],
    ...{ cash: 100_000, account: 'margin', leverage: 5, drivenBy: 'bars', remote: { onMismatch: 'halt' } },
    feeds: ['BTC', 'ETH'].map((base) => ({ instrument: instrument(base), timeframe: '1m' })),
  });
  core.take({
    ...{ type: 'instant-ended', timeMs: 60_000 },
    bars: [0, 1].map((feed) => [feed, 0, 1000, 1000, 1000, 1000, 1] as const),
  });
  for (const { order, symbol } of core.takeRequests())
    core.take({
      type: 'fill-told',
      fill: {
        ...{ symbol, tradeId: `t-${symbol}`, clientOrderId: order, venueOrderId: `v-${symbol}`, side: 'buy' },
        ...{ quantity: '1', price: '1000', fee: '0', feeAsset: 'USDT', isMaker: false, tradedAtMs: 60_000 },
      },
    });
  assert.deepEqual([...core.engine.state.book.netLots], [1000, 1000]);
  return core;
}

describe('funding of two positions in one asset, which the stream tells without a symbol', () => {
  const paid = (more: Partial<FundingWord>): FundingWord => ({
    ...{ type: 'funding-told', symbol: '', asset: 'USDT', amount: '-1.5', atMs: EIGHT_HOURS_MS, ...more },
  });
  const [ofBtc, ofEth] = [paid({ amount: '-1.5' }), paid({ amount: '-0.25' })];
  const listedBtc = paid({ symbol: 'BTCUSDT', amount: '-1.50000000', id: '1' });
  const listedEth = paid({ symbol: 'ETHUSDT', amount: '-0.25000000', id: '2' });
  const ORDERS: readonly (readonly [name: string, words: readonly FundingWord[]])[] = [
    ['the stream told the second alone, the history both', [ofEth, listedBtc, listedEth]],
    ['the stream told the first alone, the history the other first', [ofBtc, listedEth, listedBtc]],
    ['the stream told both in one millisecond, the history the second first', [ofBtc, ofEth, listedEth, listedBtc]],
    ['the stream told both, the history told both again and again', [ofBtc, ofEth, listedBtc, listedEth, listedBtc]],
    ['the history told both, then the stream', [listedBtc, listedEth, ofBtc, ofEth]],
    ['of one amount', [ofBtc, listedBtc, { ...listedEth, amount: '-1.5' }]],
  ];
  for (const [name, words] of ORDERS)
    test(`${name} -> each booked once, nothing owed`, () => {
      const core = twoPositions();
      for (const word of words) core.take(word);
      const { state } = core.engine;
      const events = Array.from({ length: state.log.count }, (_, seq) => narrate(state, ['both'], seq));
      const booked = events.flatMap((event) =>
        event.type === 'funding-paid' ? [`${event.instrument} ${Number(event.amount)}`] : [],
      );
      const expected = words.filter(({ id }, k) => id !== undefined && words.findIndex((each) => each.id === id) === k);
      assert.deepEqual(booked.sort(), expected.map((each) => `BINANCE:${each.symbol} ${Number(each.amount)}`).sort());
      assert.equal((core.side as RemoteSide).owesFunding, false);
    });
});

describe('payments of funding, each once', () => {
  const word = (more: Partial<FundingWord>): FundingWord => ({
    ...{ type: 'funding-told', symbol: 'BTCUSDT', asset: 'USDT', amount: '-1.5', atMs: EIGHT_HOURS_MS, ...more },
  });

  test('stream and history, whoever is first, in other decimals and at other milliseconds -> one', () => {
    for (const words of [
      [word({ symbol: '', atMs: EIGHT_HOURS_MS + 900 }), word({ id: '7', amount: '-1.50000000' })],
      [word({ id: '7', amount: '-1.50000000' }), word({ symbol: '', atMs: EIGHT_HOURS_MS + 900 })],
    ]) {
      const book = new FundingBook();
      assert.deepEqual(
        [...words, ...words].map((each) => book.isNew(each)),
        [true, false, false, false],
      );
      const again = new FundingBook();
      again.restore(JSON.parse(JSON.stringify(book.snapshot())));
      assert.deepEqual(
        words.map((each) => again.isNew(each)),
        [false, false],
      );
    }
  });

  test('the same amount of another number, hour, symbol or asset -> another payment', () => {
    const book = new FundingBook();
    const words = [
      word({ id: '7' }),
      word({ id: '8' }),
      word({ id: '9', atMs: EIGHT_HOURS_MS + 3_600_000 }),
      word({ id: '10', symbol: 'ETHUSDT' }),
      word({ id: '11', asset: 'USDC' }),
    ];
    assert.deepEqual(
      words.map((each) => book.isNew(each)),
      [true, true, true, true, true],
    );
  });

  test('two in one millisecond, told by the stream without a symbol -> both; told again -> neither', () => {
    const book = new FundingBook();
    const [one, other] = [word({ symbol: '' }), word({ symbol: '', amount: '-0.25' })];
    assert.deepEqual(
      [one, other, one, other].map((each) => book.isNew(each)),
      [true, true, false, false],
    );
  });

  test('noted before histories were asked for -> the history does not book it again', () => {
    const book = new FundingBook();
    book.restore([` USDT ${EIGHT_HOURS_MS}`]);
    assert.deepEqual([book.isNew(word({ symbol: '' })), book.isNew(word({ id: '7' }))], [false, false]);
  });
});
