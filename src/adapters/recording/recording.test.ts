import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { DataFileError } from '../../core/market/data-file-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BookView, FeedSink } from '../../ports/market-feed.ts';
import type { RecordedSubscription } from '../../ports/recording.ts';
import { recordings } from './recordings.ts';
import { openReplayFeed, ReplayFeed } from './replay-feed.ts';

const home = mkdtempSync(join(tmpdir(), 'tradewright-recording-'));
after(() => rmSync(home, { recursive: true, force: true }));
let files = 0;
const fresh = (ending = '.jsonl'): string => join(home, `${files++}${ending}`);

const SUBSCRIPTION: RecordedSubscription = {
  id: 3,
  venue: 'TEST',
  request: { channel: 'trades', symbol: 'BTCUSDT' },
  instrument: { id: 'TEST:BTCUSDT', base: 'BTC', quote: 'USDT', tick: '0.01', lot: '0.001' },
};

type Call = readonly [name: keyof FeedSink, ...args: unknown[]];

/** Keeps every call; of a book, its levels. */
function listener(): FeedSink & { readonly calls: Call[] } {
  const calls: Call[] = [];
  const keep =
    (name: keyof FeedSink) =>
    (...args: unknown[]): void =>
      void calls.push([name, ...args]);
  return {
    calls,
    trade: keep('trade'),
    quote: keep('quote'),
    bar: keep('bar'),
    mark: keep('mark'),
    gap: keep('gap'),
    anomaly: keep('anomaly'),
    depth: (id, eventMs, receivedMs, { bids, asks, updateId }) => {
      const side = ({ count, price, quantity }: BookView['bids']): number[][] =>
        Array.from({ length: count }, (_, i) => [price[i]!, quantity[i]!]);
      calls.push(['depth', id, eventMs, receivedMs, updateId, side(bids), side(asks)]);
    },
  };
}

const number = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 0.1 + 0.2, 2 ** 53),
);
const level = fc.tuple(number, number);
const anyCall = fc.oneof(
  fc.tuple(fc.constant('trade' as const), fc.constant(3), number, number, number, number, number, number),
  fc.tuple(fc.constant('quote' as const), fc.constant(3), number, number, number, number, number, number, number),
  fc.tuple(fc.constant('mark' as const), fc.constant(3), number, number, number, number, number, number),
  fc
    .tuple(number, number, number, number, number, number, number, number, fc.boolean())
    .map((v) => ['bar' as const, 3, ...v]),
  fc
    .tuple(number, number, number, fc.array(level, { maxLength: 40 }), fc.array(level, { maxLength: 40 }))
    .map((v) => ['depth' as const, 3, ...v]),
  fc.constant(['gap' as const, 3, { outcome: 'lost' as const, fromMs: 1, toMs: 2, reason: 'no "answer"' }]),
  fc.string().map((detail) => ['anomaly' as const, 3, 'schema-drift' as const, detail]),
) as unknown as fc.Arbitrary<Call>;

function tell(sink: FeedSink, [name, ...args]: Call): void {
  if (name === 'depth') {
    const [id, eventMs, receivedMs, updateId, bids, asks] = args as [
      number,
      number,
      number,
      number,
      number[][],
      number[][],
    ];
    const side = (levels: number[][]): BookView['bids'] => ({
      count: levels.length,
      price: Float64Array.from(levels, (l) => l[0]!),
      quantity: Float64Array.from(levels, (l) => l[1]!),
    });
    sink.depth(id, eventMs, receivedMs, { updateId, bids: side(bids), asks: side(asks) });
  } else (sink[name] as (...values: unknown[]) => void)(...args);
}

async function record(path: string, calls: readonly Call[]): Promise<void> {
  const recorder = await recordings.create(path, 1_000);
  recorder.subscribed(SUBSCRIPTION);
  for (const call of calls) tell(recorder, call);
  await recorder.close();
  assert.equal(recorder.rows, calls.length);
}

describe('recording', () => {
  test('any calls with any numbers -> the same calls with the same bits, plain and gzipped; recorded again the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCall, { maxLength: 30 }), fc.boolean(), async (calls, zip) => {
        const path = fresh(zip ? '.jsonl.gz' : '.jsonl');
        await record(path, calls);
        const heard = listener();
        const subscriptions: RecordedSubscription[] = [];
        const recording = await recordings.open(path);
        assert.equal(recording.startedAtMs, 1_000);
        assert.equal(await recording.play(heard, (s) => subscriptions.push(s)), calls.length);
        assert.deepEqual(heard.calls, calls);
        assert.deepEqual(subscriptions, [SUBSCRIPTION]);
        const again = fresh();
        await record(again, heard.calls);
        const bytes = readFileSync(path);
        assert.equal((zip ? gunzipSync(bytes) : bytes).toString(), readFileSync(again, 'utf8'));
      }),
      { numRuns: 60 },
    );
  });

  test('a file that is there -> never overwritten', async () => {
    const path = fresh();
    await record(path, []);
    await assert.rejects(recordings.create(path, 0), /is there already/);
  });

  const TRADE: Call = ['trade', 3, 1, 2, 3, 100, 1, 1];

  for (const ending of ['.jsonl', '.jsonl.gz'])
    test(`cut off in the last row (${ending}) -> everything before it`, async () => {
      const path = fresh(ending);
      await record(
        path,
        Array.from({ length: 5 }, (): Call => TRADE),
      );
      truncateSync(path, readFileSync(path).length - 9);
      const heard = listener();
      const rows = await (await recordings.open(path)).play(heard, () => {});
      assert.ok(rows >= (ending === '.jsonl' ? 4 : 0) && rows <= 5, `${rows} rows`);
      assert.ok(heard.calls.every((call) => call[0] === 'trade'));
    });

  for (const [what, text, code, line] of [
    ['no such file', null, 'file-not-found', 1],
    ['empty', '', 'file-empty', 1],
    ['another file', 'time,open\n', 'format-unsupported', 1],
    ['a newer schema', '{"schema":"tradewright.recording/2","startedAtMs":1}\n', 'format-unsupported', 1],
    ['a row that is none', '{"schema":"tradewright.recording/1","startedAtMs":1}\n["trade",1]\n', 'file-damaged', 2],
    [
      'text in the middle',
      '{"schema":"tradewright.recording/1","startedAtMs":1}\nxx\n["gap",1,{}]\n',
      'file-damaged',
      2,
    ],
  ] as const)
    test(`${what} -> ${code} with its line`, async () => {
      const path = fresh();
      if (text !== null) writeFileSync(path, text);
      const read = async (): Promise<unknown> => (await recordings.open(path)).play(listener(), () => {});
      await assert.rejects(
        read,
        (error) => error instanceof DataFileError && error.code === code && error.line === line,
      );
    });
});

/** Time that moves only when somebody waits. */
function steppedClock(): Clock & { readonly waits: number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    nowMs: () => now,
    elapsedMs: () => now,
    after(delayMs, run) {
      waits.push(delayMs);
      now += delayMs;
      queueMicrotask(run);
      return { cancel() {} };
    },
  };
}

describe('replay feed', () => {
  const calls: Call[] = [
    ['trade', 3, 10, 1_000, 1, 100, 1, 1],
    ['trade', 3, 20, 1_500, 2, 101, 1, -1],
    ['gap', 3, { outcome: 'lost', fromMs: 20, toMs: 30, reason: 'x' }],
    ['trade', 3, 40, 3_500, 3, 102, 1, 1],
  ];

  test('subscribed to what was recorded -> the same calls under the own number, at the given speed', async () => {
    const path = fresh();
    await record(path, calls);
    const clock = steppedClock();
    const feed = new ReplayFeed('TEST', await recordings.open(path), clock, 2);
    const heard = listener();
    feed.subscribe({ channel: 'quotes', symbol: 'BTCUSDT' }, listener());
    const id = feed.subscribe({ channel: 'trades', symbol: 'BTCUSDT' }, heard);
    assert.equal(await feed.run(), 4);
    assert.deepEqual(
      heard.calls,
      calls.map(([name, , ...rest]) => [name, id, ...rest]),
    );
    assert.deepEqual(clock.waits, [250, 1_000]);
    assert.deepEqual(await feed.instruments(['BTCUSDT']), [SUBSCRIPTION.instrument]);
    const [quotes, trades] = feed.health().subscriptions;
    assert.deepEqual([quotes!.messages, trades!.messages, trades!.gaps, trades!.state], [0, 4, 1, 'down']);
  });

  test('opened by its path -> venue and rules known at once, plays when somebody has subscribed, at its own speed', async () => {
    const path = fresh();
    await record(path, calls);
    const clock = steppedClock();
    const feed = await openReplayFeed(path, recordings, clock);
    assert.equal(feed.venue, 'TEST');
    assert.deepEqual(await feed.instruments(['BTCUSDT']), [SUBSCRIPTION.instrument]);
    const heard = listener();
    const id = feed.subscribe({ channel: 'trades', symbol: 'BTCUSDT' }, heard);
    assert.deepEqual(heard.calls, [], 'not before others had a chance to subscribe');
    for (let k = 0; k < 100 && feed.health().subscriptions[0]!.state !== 'down'; k++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(
      heard.calls,
      calls.map(([name, , ...rest]) => [name, id, ...rest]),
    );
    assert.deepEqual(
      clock.waits.filter((ms) => ms > 0),
      [500, 2_000],
    );
  });

  test('another symbol or venue, or no longer subscribed -> nothing', async () => {
    const path = fresh();
    await record(path, calls);
    const heard = listener();
    const feed = new ReplayFeed('TEST', await recordings.open(path), steppedClock());
    feed.subscribe({ channel: 'trades', symbol: 'ETHUSDT' }, heard);
    feed.unsubscribe(feed.subscribe({ channel: 'trades', symbol: 'BTCUSDT' }, heard));
    await feed.run();
    const other = new ReplayFeed('OTHER', await recordings.open(path), steppedClock());
    other.subscribe({ channel: 'trades', symbol: 'BTCUSDT' }, heard);
    await other.run();
    assert.deepEqual(heard.calls, []);
  });
});
