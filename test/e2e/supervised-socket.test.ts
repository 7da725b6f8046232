import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { openSocketDialer } from '../../src/adapters/system/socket-dialer.ts';
import { ConnectionSupervisor } from '../../src/connectivity/supervisor.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { PlainProtocol } from '../simulated-world/plain-venue.ts';

async function until(isTrue: () => boolean): Promise<void> {
  for (let k = 0; k < 2_000 && !isTrue(); k++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(isTrue(), 'it did not come true in 10 s');
}

test('supervisor over real sockets: killed, then silent while pings are answered -> subscribed again each time', async () => {
  const peers = new Set<WebSocket>();
  const state = { isMute: false };
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (peer) => {
    peers.add(peer);
    let isAsked = false;
    peer.on('message', (data) => {
      isAsked = true;
      peer.send(`!${(data as Buffer).toString().slice(1)}`);
    });
    const timer = setInterval(() => {
      if (isAsked && !state.isMute) peer.send('=a 1');
    }, 20);
    peer.on('close', () => {
      clearInterval(timer);
      peers.delete(peer);
    });
  });
  const { port } = server.address() as AddressInfo;
  class Local extends PlainProtocol {
    override url(): string {
      return `ws://127.0.0.1:${port}/`;
    }
  }
  const protocol = new Local();
  const told: string[] = [];
  const supervisor = new ConnectionSupervisor({
    protocol,
    dialer: await openSocketDialer(),
    clock: systemClock(),
    random: new Random(1),
    backoff: { firstMs: 20, longestMs: 100 },
    listener: {
      resumed: ({ name }, sinceMs) => told.push(`${name} resumed${sinceMs === null ? '' : ' again'}`),
      interrupted: ({ name }) => told.push(`${name} interrupted`),
    },
  });
  try {
    const topic = protocol.know(supervisor.subscribe('a', { silenceLimitMs: 300 }));
    const isLive = (): boolean => supervisor.topicHealth(topic.index).state === 'live';
    await until(isLive);
    for (const peer of peers) peer.terminate();
    await until(() => told.length === 3 && isLive());
    state.isMute = true;
    await until(() => told.length === 4);
    state.isMute = false;
    await until(() => told.length % 2 === 1 && isLive());
    assert.deepEqual(told.slice(0, 5), [
      'a resumed',
      'a interrupted',
      'a resumed again',
      'a interrupted',
      'a resumed again',
    ]);
    assert.ok(supervisor.topicHealth(topic.index).messages > 2);
  } finally {
    await supervisor.close();
    for (const peer of peers) peer.terminate();
    await new Promise((resolve) => server.close(resolve));
  }
});
