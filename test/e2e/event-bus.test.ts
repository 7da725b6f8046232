import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { openRedisEventBus } from '../../src/adapters/redis/event-bus.ts';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import type { BusEvent } from '../../src/ports/event-bus.ts';
import { Listener } from '../contracts/event-bus.ts';
import { RedisServer, redisMissing } from '../servers/redis.ts';
import { Scene, shownFills, strategyFile } from './command-line.ts';

describe('events of a session that is killed, on a bus that is killed', { skip: redisMissing }, () => {
  let exchange: Awaited<ReturnType<typeof openLocalExchange>>;
  before(async () => {
    // Real time, a market that runs sixty times as fast, and bars of a second: a minute's worth of trades in each.
    exchange = await openLocalExchange({ market: { kind: 'synthetic', speed: 60, tradesEachBar: 40 }, limits: 'none' });
  });
  after(() => exchange.close());
  const local = (): string => exchange.urls.spot!.rest;

  test('kill -9 of either, again and again -> every event arrives, in order, at another program', {
    timeout: 120_000,
  }, async (t) => {
    const scene = new Scene();
    t.after(() => scene.remove());
    const server = await RedisServer.open('--appendonly', 'yes', '--appendfsync', 'always');
    t.after(() => server.close());
    const env = { TRADEWRIGHT_LOCAL: local(), TRADEWRIGHT_EVENT_BUS: server.url };
    const body =
      "if (c.position.isOpen) c.position.close('held for a bar'); else c.buy({ size: { pctEquity: 0.1 }, stop: { pct: 0.01 }, why: 'flat' });";
    scene.write('restless.ts', strategyFile('restless', body));
    const args = [
      ...['paper', './restless.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s'],
      ...['--param', 'length=2', '--session', 'told'],
    ];
    const bus = await openRedisEventBus({ url: server.url });
    t.after(() => bus.close());
    const listener = new Listener('browser');
    await bus.subscribe({ from: 'now' }, listener);
    const start = () => {
      const child = scene.start([...args, '--json'], env);
      t.after(() => void child.kill('SIGKILL'));
      return child;
    };

    const first = start();
    const seen = await shownFills(first, 1);
    await listener.until(() => listener.heard.some(({ type }) => type === 'order-filled'));
    first.kill('SIGKILL');
    await once(first, 'close');

    // Trades on, and begins, while there is no bus.
    const second = start();
    await server.kill();
    const more = await shownFills(second, seen + 2);
    second.kill('SIGKILL');
    await once(second, 'close');
    await server.start();

    const last = await scene.json([...args, '--seconds', '2'], env);
    assert.equal(last.code, 0, JSON.stringify(last.body.error));
    assert.ok(last.body.data.fills >= more);
    const { body: told } = await scene.json(['events', '--session', 'told', '--limit', '10000'], env);
    assert.ok(told.ok, JSON.stringify(told.error));
    const events: { seq: number; type: string }[] = told.data.events;
    await listener.count(events.length);
    assert.equal(
      new Set(listener.heard.map(({ topic }) => topic)).size,
      1,
      'one session is one topic, however often it is started',
    );
    const line = ({ seq, type }: Pick<BusEvent, 'seq' | 'type'>): string => `${seq} ${type}`;
    assert.deepEqual(listener.heard.map(line), events.map(line));
    assert.deepEqual(listener.lostEvents, []);

    // Over HTTP, as a browser asks for it: what came after an id, from a server that runs no session.
    let url = '';
    const serving = await scene.startRunning(['serve', '--port', '0'], env, (update) => {
      url = String(update['url']);
      return true;
    });
    t.after(() => serving.end());
    const id = encodeURIComponent(`${listener.heard[0]!.topic}/9`);
    const asked = await fetch(`${url}/api/listen?after=${id}&seconds=2`, {
      headers: { accept: 'application/x-ndjson' },
    });
    const lines = (await asked.text())
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    assert.deepEqual(
      lines.slice(0, -1).flatMap(({ data }) => data.events.map(({ seq }: { seq: number }) => seq)),
      events.slice(10).map(({ seq }) => seq),
    );
    t.diagnostic(`${events.length} events, ${last.body.data.fills} fills`);
  });

  test('an address that is none -> refused before anything is begun, without the password', async (t) => {
    const scene = new Scene();
    t.after(() => scene.remove());
    const ran = await scene.json(
      ['paper', 'buy-and-hold', '--venue', 'local', '--symbols', 'BTCUSDT', '--session', 'x'],
      {
        TRADEWRIGHT_LOCAL: local(),
        TRADEWRIGHT_EVENT_BUS: 'amqp://user:pa55@host',
      },
    );
    assert.equal(ran.body.error.code, 'event-bus-refused');
    assert.doesNotMatch(JSON.stringify(ran.body), /pa55/);
  });
});
