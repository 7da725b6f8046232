import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RecordingMarketSink } from '../../../../test/recording-market-sink.ts';
import { BinanceMarket } from '../../../../test/simulated-world/binance-market.ts';
import { SimulatedClock } from '../../../../test/simulated-world/clock.ts';
import { SimulatedDialer } from '../../../../test/simulated-world/dialer.ts';
import { SimulatedHttp } from '../../../../test/simulated-world/http.ts';
import { Random } from '../../../core/vocabulary/random.ts';
import { BinanceFeed } from './binance-feed.ts';

const FAULTS = ['reset', 'freeze', 'rotate', 'lose', 'double', 'late', 'garbage', 'rest-down', 'none'] as const;
type Fault = (typeof FAULTS)[number];
const STREAMS = /@(trade|aggTrade|kline_1m|depth@100ms)$/;
/** Finding a dead connection (20 s), an unanswered attempt (10 s), the longest backoff (60 s), and what a fetch may retry. */
const MENDED_MS = 180_000;

interface Step {
  readonly fault: Fault;
  readonly waitMs: number;
  readonly frames: number;
}

async function storm(product: 'spot' | 'usdm', seed: number, steps: readonly Step[]): Promise<void> {
  const clock = new SimulatedClock();
  const market = new BinanceMarket(clock, product, seed);
  const network = { clock, seed, latencyMs: [5, 120] as const };
  const dialer = new SimulatedDialer(market, network);
  const http = new SimulatedHttp((request) => market.answer(request), network);
  const feed = new BinanceFeed({ product, http, dialer, clock, random: new Random(seed) });
  const sink = new RecordingMarketSink();
  const { symbol } = market;
  for (const channel of ['trades', 'depth'] as const) feed.subscribe({ channel, symbol, silenceLimitMs: 20_000 }, sink);
  feed.subscribe({ channel: 'bars', symbol, timeframe: '1m', silenceLimitMs: 20_000 }, sink);
  await clock.advance(15_000);
  for (const { fault, waitMs, frames } of steps) {
    if (fault === 'reset') market.resetAll();
    if (fault === 'freeze') market.freezeAll();
    if (fault === 'rotate') market.shout('{"e":"serverShutdown","E":1}');
    if (fault === 'lose' || fault === 'double' || fault === 'late') market.fate(fault, STREAMS, frames);
    if (fault === 'garbage') market.shout('{"stream":"btcusdt@trade","data":[');
    market.isRestDown = fault === 'rest-down';
    await clock.advance(waitMs);
  }
  market.isRestDown = false;
  await clock.advance(MENDED_MS);

  const { trades, closedBars } = sink;
  assert.ok(
    trades.every((t, i) => i === 0 || t.id > trades[i - 1]!.id),
    'trades twice or out of order',
  );
  const missing = trades.at(-1)!.id - trades[0]!.id + 1 - trades.length;
  const losses = sink.gaps.filter((gap) => gap.outcome === 'lost' && /trade/.test(gap.reason));
  assert.ok(missing === 0 || losses.length > 0, `${missing} trades are missing and nobody said so`);
  assert.ok(market.trades.at(-1)!.id - trades.at(-1)!.id <= 3, 'trades stopped');
  assert.ok(
    closedBars.every((b, i) => i === 0 || b.openMs > closedBars[i - 1]!.openMs),
    'bars twice or out of order',
  );
  const truth = new Map(market.closedBars.map((bar) => [bar.openMs, bar] as const));
  for (const bar of closedBars) {
    const { open, high, low, close } = truth.get(bar.openMs)!;
    assert.deepEqual([bar.open, bar.high, bar.low, bar.close], [open, high, low, close].map(Number));
  }
  const holes = closedBars.filter((b, i) => i > 0 && b.openMs !== closedBars[i - 1]!.openMs + 60_000).length;
  const lostBars = sink.gaps.filter((gap) => gap.outcome === 'lost' && /bar/.test(gap.reason)).length;
  assert.ok(holes <= lostBars, `${holes} holes in bars, ${lostBars} told`);
  assert.ok(market.closedBars.at(-1)!.openMs - closedBars.at(-1)!.openMs <= 60_000, 'bars stopped');
  assert.equal(sink.crossedBooks, 0);
  const inStep = await clock.advanceUntil(() => sink.book.updateId === market.updateId, 30_000, 10);
  assert.ok(inStep, 'the book is not in step again');
  assert.equal(sink.book.bids[0]![0], Math.max(...market.bids.keys()) / 100);
  assert.equal(sink.book.asks[0]![0], Math.min(...market.asks.keys()) / 100);
  assert.ok(feed.health().subscriptions.every((each) => each.state === 'live'));
  const closing = feed.close();
  await clock.advance(10_000);
  await closing;
}

const step = fc.record({
  fault: fc.constantFrom(...FAULTS),
  waitMs: fc.integer({ min: 50, max: 45_000 }),
  frames: fc.integer({ min: 1, max: 60 }),
});

describe('feed of Binance in a storm', () => {
  for (const product of ['spot', 'usdm'] as const)
    test(`${product}: any faults in any order -> whatever is missing is told, and all is in step again`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(1_000_000), fc.array(step, { minLength: 1, maxLength: 8 }), (seed, steps) =>
          storm(product, seed, steps),
        ),
        { numRuns: Number(process.env['STORM_RUNS'] ?? 12) },
      );
    });
});
