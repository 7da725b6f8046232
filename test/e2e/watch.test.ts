import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Output } from '../../src/api/operations/table.ts';
import type { WatchUpdate } from '../../src/api/operations/venues.ts';
import { Scene } from './command-line.ts';
import { openPastExchange, type PastExchange } from './past-exchange.ts';

const scene = new Scene();
after(() => scene.remove());

const LINE = ['watch', 'local', 'BTCUSDT', '--timeframe', '1m', '--timeframe', '5m', '--timeframe', '1h'];

/** Some twelve messages come in each where the exchange has a processor to itself; beside other tests it may be a third of that. */
const SECONDS = '6';

describe('watch', () => {
  // Only now: its time passes twenty times as fast as ours, however long other tests take before.
  let past: PastExchange;
  before(async () => {
    past = await openPastExchange();
  });
  after(() => past.close());
  for (const [name, env, file] of [
    ['in process', {}, 'process.jsonl'],
    ['in a thread of its own', { TRADEWRIGHT_FEED_THREAD: '1' }, 'thread.jsonl'],
  ] as const)
    test(`feed ${name}: several timeframes -> one stream, whole bars of each with the closes before them`, async () => {
      const { code, body, updates } = await scene.json([...LINE, '--seconds', SECONDS, '--record', file], {
        ...past.env,
        ...env,
      });
      assert.equal(code, 0, JSON.stringify(body.error));
      const { symbols, gaps, anomalies, messages } = body.data as Output<'watch'>;
      assert.deepEqual([gaps, anomalies], [0, []]);
      assert.ok(messages > 10);
      const [m1, m5, h1] = symbols[0]!.bars;
      assert.deepEqual([m1!.timeframe, m5!.timeframe, h1!.timeframe], ['1m', '5m', '1h']);
      // Two hours lie before the first moment.
      assert.equal(m1!.closes.length, 30);
      assert.ok(m5!.closes.length >= 24 && h1!.closes.length >= 2, `${m5!.closes.length} ${h1!.closes.length}`);
      for (const bar of [m1!, m5!, h1!]) assert.equal(bar.whole, true, bar.timeframe);
      assert.ok(m1!.openTime >= m5!.openTime && m5!.openTime >= h1!.openTime);
      assert.ok(h1!.high >= m5!.high && m5!.high >= m1!.high && h1!.low <= m5!.low && h1!.volume >= m5!.volume);
      assert.equal(m5!.close, h1!.close);
      const last = updates.at(-1) as unknown as WatchUpdate;
      assert.equal(last.connections.length, 1);
      assert.equal(last.thread === null, name === 'in process');
      if (last.thread) assert.deepEqual([last.thread.restarts, last.thread.lastFault], [0, null]);
      const subscribed = readFileSync(scene.path(file), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('["sub"') && line.includes('"bars"'));
      assert.equal(subscribed.length, 1);
      assert.match(subscribed[0]!, /"timeframe":"1m"/);
    });
});
