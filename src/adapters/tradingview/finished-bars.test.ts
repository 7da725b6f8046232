import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordingMarketSink } from '../../../test/recording-market-sink.ts';
import { isCode, world } from '../../../test/stand-ins/tradingview/world.ts';
import type { Clock } from '../../ports/clock.ts';
import { TradingViewHistory } from './bar-history.ts';
import { TradingViewFeed } from './feed.ts';
import { encodeCall } from './packets.ts';
import { barRows, delayMs, serverMessage } from './server-message.ts';

const BTC = 'BINANCE:BTCUSDT';
const MINUTE_MS = 60_000;
const NONE = 1e100;

/** A clock whose wall time is wrong by so much. */
function wrong(clock: Clock, byMs: number): Clock {
  return {
    nowMs: () => clock.nowMs() + byMs,
    elapsedMs: () => clock.elapsedMs(),
    after: (ms, run) => clock.after(ms, run),
  };
}

describe('TradingView: finished bars', () => {
  for (const [mode, lateMinutes] of [
    ['streaming', 0],
    ['delayed_streaming_900', 15],
    ['endofday', 1_440],
    ['something_new', 1_440],
  ] as const) {
    test(`history that comes as ${mode} -> no bar that closed in the last ${lateMinutes} minutes`, async () => {
      const { options, clock, venue, settle } = world();
      venue.mode = mode;
      const history = new TradingViewHistory(options);
      const openMs = Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
      const fromMs = openMs - 2_000 * MINUTE_MS;
      const bars = await settle(history.bars(BTC, '1m', fromMs, openMs + MINUTE_MS));
      assert.equal(bars.openTimeMs.length, 2_000 - lateMinutes);
      assert.equal(bars.openTimeMs[0], fromMs);
      await settle(history.close());
    });
  }

  for (const byMs of [-3_600_000, 3_600_000]) {
    test(`our clock is wrong by ${byMs / MINUTE_MS} minutes -> the server's time says what is finished`, async () => {
      const { options, clock, settle, venue } = world();
      const history = new TradingViewHistory({ ...options, clock: wrong(clock, byMs) });
      const openMs = Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
      const bars = await settle(history.bars(BTC, '1m', openMs - 120 * MINUTE_MS, openMs + 120 * MINUTE_MS));
      assert.equal(bars.openTimeMs.length, 120);
      assert.equal(bars.openTimeMs.at(-1), openMs - MINUTE_MS);
      assert.ok(venue.heard.filter((each) => each.method === 'create_series').length <= 2);
      await settle(history.close());
    });
  }

  test('a bar ends between its last update and the end of the answer -> left out', async () => {
    const { options, clock, venue, settle } = world();
    const history = new TradingViewHistory(options);
    await clock.advance(MINUTE_MS - (clock.nowMs() % MINUTE_MS) + 50_000);
    const openMs = Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
    venue.fate = (packet) => [packet.startsWith('{"m":"series_completed"') ? 20_000 : 0];
    const bars = await settle(history.bars(BTC, '1m', openMs - 10 * MINUTE_MS, openMs + MINUTE_MS));
    assert.equal(bars.openTimeMs.at(-1), openMs - MINUTE_MS);
    await settle(history.close());
  });

  test('how late data are -> by the mode; none said is not late', () => {
    const modes = ['streaming', undefined, 'delayed_streaming_900', 'endofday', 'delayed_streaming_9000000', ''];
    assert.deepEqual(modes.map(delayMs), [0, 0, 900_000, 86_400_000, 86_400_000, 86_400_000]);
  });
});

describe('TradingView: 1e100, which is no figure', () => {
  const rowsOf = (v: readonly unknown[]) =>
    barRows(serverMessage({ m: 'du', p: ['cs_1', { sds_1: { s: [{ i: 0, v }] } }] }, String)!, 'sds_1')!;

  test('as a volume, as null, or left out -> 0', () => {
    for (const volume of [[NONE], [null], []]) assert.equal(rowsOf([60, 1, 2, 1, 2, ...volume])[0]!.volume, 0);
    assert.equal(rowsOf([60, -1, 2, -3, 2, 7])[0]!.volume, 7);
  });

  test('as a price or a time, or a volume that is none -> no bar', () => {
    const good: readonly unknown[] = [60, 1, 2, 1, 2, 5];
    for (let k = 0; k < 5; k++) assert.throws(() => rowsOf(good.with(k, NONE)), /expected a bar of numbers/);
    assert.throws(() => rowsOf([60, NONE, NONE, NONE, NONE, NONE]), RangeError);
    for (const volume of [-1, -NONE, 2 * NONE, 'x']) assert.throws(() => rowsOf(good.with(5, volume)), RangeError);
  });

  test('in history -> answer-unreadable; in a price step -> answer-unreadable', async () => {
    const { options, clock, server, settle } = world();
    server.received = (link, data) => {
      const session = /"(cs_\w+)"/.exec(String(data))?.[1];
      if (session === undefined) return;
      link.send(encodeCall('timescale_update', [session, { sds_1: { s: [{ i: 0, v: [60, 1, NONE, 1, 1] }] } }]));
      link.send(encodeCall('symbol_resolved', [session, 'sds_sym_1', { minmov: NONE, pricescale: 100 }]));
    };
    const [history, feed] = [new TradingViewHistory(options), new TradingViewFeed(options)];
    await assert.rejects(settle(history.bars(BTC, '1m', 0, clock.nowMs())), isCode('answer-unreadable'));
    await assert.rejects(settle(feed.instruments([BTC])), isCode('answer-unreadable'));
    await settle(Promise.all([history.close(), feed.close()]));
  });

  test('as bid or ask -> that side is gone, and no quote; as a size -> 0', async () => {
    const { options, clock, server, settle } = world();
    const values = [
      { bid: 10, bid_size: 3, ask: 11, ask_size: 4 },
      { ask: NONE },
      { bid: 9 },
      { ask: 12, bid_size: NONE },
      { bid: -NONE },
      { bid: 8, ask_size: NONE },
    ];
    server.received = (link, data) => {
      const session = /"quote_add_symbols","p":\["(qs_\w+)"/.exec(String(data))?.[1];
      if (session === undefined) return;
      for (const v of values) link.send(encodeCall('qsd', [session, { n: BTC, s: 'ok', v }]));
    };
    const feed = new TradingViewFeed(options);
    const sink = new RecordingMarketSink();
    const told: number[][] = [];
    sink.quote = (_id, _eventMs, _receivedMs, _updateId, ...figures) => void told.push(figures);
    feed.subscribe({ channel: 'quotes', symbol: BTC }, sink);
    await clock.advance(5_000);
    assert.deepEqual(told, [
      [10, 3, 11, 4],
      [9, 0, 12, 4],
      [8, 0, 12, 0],
    ]);
    await settle(feed.close());
  });
});
