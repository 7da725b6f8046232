import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { RedisServer, redisMissing } from '../servers/redis.ts';
import { Scene } from './command-line.ts';
import { openPastExchange } from './past-exchange.ts';

describe('latest quotes of other programs', { skip: redisMissing }, () => {
  const scene = new Scene();
  let past: Awaited<ReturnType<typeof openPastExchange>>;
  let server: RedisServer;
  before(async () => {
    [past, server] = await Promise.all([openPastExchange(), RedisServer.open()]);
  });
  after(async () => {
    scene.remove();
    await past.close();
    await server.close();
  });

  test('a watch in one process -> its quotes, book and bars of every timeframe in another, also after FLUSHALL', {
    timeout: 60_000,
  }, async () => {
    const env = { ...past.env, TRADEWRIGHT_SHARED_CACHE: server.url };
    const line = [
      'watch',
      'local',
      'BTCUSDT',
      '--depth',
      '--timeframe',
      '1m',
      '--timeframe',
      '5m',
      '--timeframe',
      '1h',
    ];
    const running = await scene.startRunning(line, env);
    const redis = new Redis(server.url);
    const look = () =>
      scene.json(['latest', 'LOCAL', 'BTCUSDT', 'NOPEUSDT', '--timeframe', '5m', '--timeframe', '1h'], env);
    const seen = async () => {
      for (;;) {
        const told = await look();
        if (told.body.ok && told.body.data.symbols[0]?.book) return told.body.data;
      }
    };
    try {
      const first = await seen();
      assert.deepEqual(first.absent, ['NOPEUSDT']);
      const [symbol] = first.symbols;
      assert.ok(symbol.bid.price < symbol.ask.price && symbol.ageMs < 60_000, JSON.stringify(symbol));
      assert.deepEqual(
        symbol.bars.map((bar: { timeframe: string }) => bar.timeframe),
        ['5m', '1h'],
      );
      await redis.flushall();
      const second = await seen();
      assert.ok(second.symbols[0].time > symbol.time);
    } finally {
      redis.disconnect();
      await running.end();
    }
  });

  test('nobody watches, or a dead cache -> nothing is known, one warning, and no failure', {
    timeout: 60_000,
  }, async () => {
    const alone = await scene.json(['latest', 'nowhere', 'BTCUSDT']);
    assert.deepEqual(alone.body.data, { venue: 'nowhere', symbols: [], absent: ['BTCUSDT'] });
    assert.equal(alone.err, '');
    const line = ['latest', 'nowhere', 'BTCUSDT'];
    const dead = await scene.json(line, { TRADEWRIGHT_SHARED_CACHE: 'redis://me:pa55@127.0.0.1:1' });
    assert.deepEqual(dead.body.data, alone.body.data);
    assert.equal(dead.err.match(/the shared cache does not answer/g)?.length, 1, dead.err);
    assert.doesNotMatch(dead.err, /pa55/);
    const odd = await scene.json(line, { TRADEWRIGHT_SHARED_CACHE: 'amqp://me:pa55@x' });
    assert.match(odd.err, /TRADEWRIGHT_SHARED_CACHE: expected redis/);
    assert.doesNotMatch(odd.err, /pa55/);
  });
});
