import { BinanceFeed } from '../../src/adapters/binance/feed/binance-feed.ts';
import { FRAME, FrameDecoder } from '../../src/adapters/binance/frames/frame-decoder.ts';
import { SLOT } from '../../src/adapters/binance/frames/tables.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { Engine } from '../../src/core/engine/engine.ts';
import { SIMULATED } from '../../src/core/execution/capabilities.ts';
import { ta } from '../../src/core/indicators/ta.ts';
import { compileLimits } from '../../src/core/risk/limits.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { MINUTE_MS, timeframe } from '../../src/core/vocabulary/time.ts';
import type { FeedSink } from '../../src/ports/market-feed.ts';
import type { SocketHandlers } from '../../src/ports/transport.ts';
import { FRAMES_PER_BAR, marketFrames } from '../market-frames.ts';
import { quantile } from '../measure.ts';
import type { BenchRow, Measurement } from '../row.ts';
import { CASH, spotInstrument } from '../workloads.ts';

const MESSAGES_PER_SECOND = 20_000;
const BLOCK_SECONDS = 0.5;
const WARM_UP_BLOCKS = 6;
const BLOCKS = 12;
const BARS_PER_BLOCK = (MESSAGES_PER_SECOND * BLOCK_SECONDS) / FRAMES_PER_BAR;

/** Where strategy and bare loop say that they were called. */
const called = { atMs: 0, times: 0, above: 0 };

/** Two averages and their crossing, as SMA cross; its orders are left out, as what is measured ends with its call. */
const probe = defineStrategy({
  id: 'bench-probe',
  params: {},
  data: { main: bars() },
  indicators: ({ data }) => ({ cross: ta.cross(ta.sma(data.main.close, 20), ta.sma(data.main.close, 50)) }),
  onBar({ ind, position }) {
    called.atMs = performance.now();
    called.times++;
    if (ind.cross.up && !position.isOpen) called.above++;
  },
});

interface Path {
  take(frame: Buffer): void;
}

/** The product's own way: socket → supervisor → decoder → bars once and in order → engine → strategy. */
async function productPath(): Promise<Path & { close(): Promise<void> }> {
  const instrument = spotInstrument('BTC');
  const engine = new Engine({
    session: 'bench',
    instruments: [instrument],
    account: { currency: 'USD', cash: CASH, kind: 'cash', leverage: 1, takerFeeRate: 0.001 },
    capabilities: SIMULATED,
    limits: compileLimits({}),
    feeds: [{ instrument: instrument.id, timeframe: timeframe('1m') }],
    strategies: [{ strategy: probe }],
  });
  const sink: FeedSink = {
    ...{ trade() {}, quote() {}, depth() {}, mark() {} },
    bar(_id, _eventMs, _receivedMs, openMs, open, high, low, close, volume, isClosed) {
      if (!isClosed) return;
      engine.append(0, openMs, open, high, low, close, volume);
      engine.endSlice(openMs + MINUTE_MS);
    },
    gap(_id, gap) {
      throw new Error(`the bench lost data: ${gap.reason}`);
    },
    anomaly(_id, code, detail) {
      throw new Error(`the bench sent nonsense: ${code} ${detail}`);
    },
  };
  let handlers: SocketHandlers | null = null;
  const feed = new BinanceFeed({
    product: 'spot',
    clock: systemClock(),
    random: new Random(1),
    http: {
      send: () => Promise.resolve({ status: 200, headers: {}, body: Buffer.from(`{"serverTime":${Date.now()}}`) }),
      close: () => Promise.resolve(),
    },
    dialer: {
      open(_url, _options, given) {
        handlers = given;
        setImmediate(() => given.opened());
        return {
          send(data) {
            const { id } = JSON.parse(String(data)) as { readonly id: number };
            setImmediate(() => given.message(Buffer.from(`{"result":null,"id":${JSON.stringify(id)}}`), true));
            return true;
          },
          ping: () => given.pong(),
          close: () => given.closed(1000, '', null),
          kill() {},
          bufferedBytes: 0,
        };
      },
    },
  });
  feed.subscribe({ channel: 'trades', symbol: 'BTCUSDT' }, sink);
  feed.subscribe({ channel: 'bars', symbol: 'BTCUSDT', timeframe: '1m' }, sink);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const link = handlers as SocketHandlers | null;
  if (!link) throw new Error('no connection was made');
  return { take: (frame) => link.message(frame, true), close: () => feed.close() };
}

/** The least that does the same: the same decoder, a window of closes, a call. No checks, no order of things, no engine. */
function barePath(): Path {
  const decoder = new FrameDecoder();
  const closes = new Float64Array(64);
  let count = 0;
  const onBar = (close: number): void => {
    called.atMs = performance.now();
    called.times++;
    if (close > closes[(count - 20) & 63]!) called.above++;
  };
  return {
    take(frame) {
      if (decoder.decode(frame) !== FRAME.kline) return;
      const { numbers } = decoder.scanner;
      if (numbers[SLOT.isClosed] !== 1) return;
      closes[count++ & 63] = numbers[SLOT.close]!;
      onBar(numbers[SLOT.close]!);
    },
  };
}

interface Latencies {
  /** From when the frame was due: what the machine did to the loop counts, too. */
  readonly fromDue: Float64Array;
  /** From when the loop handed the frame over. */
  readonly fromTaken: Float64Array;
}

/** Hands frames over when they are due, and notes how long until the strategy was called, in microseconds. */
function runBlock(path: Path, frames: readonly Buffer[], from: number, into: Latencies, at: number): void {
  const everyMs = 1000 / MESSAGES_PER_SECOND;
  const startMs = performance.now() + everyMs;
  for (let k = 0; k < BARS_PER_BLOCK * FRAMES_PER_BAR; k++) {
    const dueMs = startMs + k * everyMs;
    let nowMs = performance.now();
    while (nowMs < dueMs) nowMs = performance.now();
    path.take(frames[from + k]!);
    if ((k + 1) % FRAMES_PER_BAR !== 0) continue;
    const row = at + (k + 1) / FRAMES_PER_BAR - 1;
    into.fromDue[row] = 1000 * (called.atMs - dueMs);
    into.fromTaken[row] = 1000 * (called.atMs - nowMs);
  }
}

async function measure(): Promise<Measurement> {
  const frames = marketFrames(BARS_PER_BLOCK * (WARM_UP_BLOCKS + BLOCKS));
  const product = await productPath();
  const paths: readonly Path[] = [product, barePath()];
  const columns = (rows: number): Latencies => ({
    fromDue: new Float64Array(rows),
    fromTaken: new Float64Array(rows),
  });
  const seen = paths.map(() => columns(BARS_PER_BLOCK * BLOCKS));
  const warming = columns(BARS_PER_BLOCK);
  called.times = 0;
  for (let block = -WARM_UP_BLOCKS; block < BLOCKS; block++)
    for (const [i, path] of paths.entries()) {
      const from = (block + WARM_UP_BLOCKS) * BARS_PER_BLOCK * FRAMES_PER_BAR;
      if (block < 0) runBlock(path, frames, from, warming, 0);
      else runBlock(path, frames, from, seen[i]!, block * BARS_PER_BLOCK);
      await new Promise((resolve) => setImmediate(resolve));
    }
  await product.close();
  const expected = 2 * BARS_PER_BLOCK * (WARM_UP_BLOCKS + BLOCKS);
  if (called.times !== expected) return { value: null, note: `${called.times} calls, expected ${expected}` };
  const [own, bare] = seen.map(({ fromDue, fromTaken }) => ({ due: fromDue.sort(), taken: fromTaken.sort() }));
  const count = own!.due.length;
  const name = 'frame-to-strategy';
  const p99 = (of: Float64Array): number => quantile(of, 0.99);
  const us = (what: string, value: number) => ({ name: `${name}: ${what}`, value, unit: 'us' });
  return {
    value: quantile(own!.due, 0.5),
    note: `${count} closed bars among ${FRAMES_PER_BAR * count} frames at ${MESSAGES_PER_SECOND} a second, from when each was due; supervisor, decoder, order and loss checks, engine, two averages`,
    beside: [
      us('bare loop p50', quantile(bare!.due, 0.5)),
      us('p99', p99(own!.due)),
      us('bare loop p99', p99(bare!.due)),
      { name: `${name}: p99 / bare loop`, value: p99(own!.due) / p99(bare!.due), unit: 'ratio', target: 3 },
      { ...us('p99 of its own work', p99(own!.taken)), note: 'without what was late before it was handed over' },
      us('bare loop p99 of its own work', p99(bare!.taken)),
      { name: `${name}: the same, ratio`, value: p99(own!.taken) / p99(bare!.taken), unit: 'ratio' },
    ],
  };
}

export const row: BenchRow = { name: 'frame-to-strategy', unit: 'us p50', target: 15, measure };
