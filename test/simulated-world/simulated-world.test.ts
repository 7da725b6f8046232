import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SocketHandlers } from '../../src/ports/transport.ts';
import { clockContract } from '../contracts/clock.ts';
import { dialerContract, httpContract } from '../contracts/transport.ts';
import { SimulatedClock } from './clock.ts';
import { SimulatedDialer } from './dialer.ts';
import { SimulatedHttp } from './http.ts';

clockContract('simulated', () => {
  const clock = new SimulatedClock();
  return { clock, pass: (ms) => clock.advance(ms) };
});

dialerContract('simulated', () => {
  const clock = new SimulatedClock();
  const dialer = new SimulatedDialer(
    {
      dialed(url) {
        if (url.includes('refused')) return 'refused';
        if (url.includes('unresolved')) return 'name-unresolved';
        return url.endsWith('/mute') ? 'no-answer' : 'accept';
      },
      accepted(link) {
        if (link.url.endsWith('/large')) link.send(new Uint8Array(70_000));
        if (link.url.endsWith('/pings')) link.ping();
      },
      received(link, data) {
        if (link.url.endsWith('/echo')) link.send(data);
        if (link.url.endsWith('/goodbye')) link.close(4001, 'bye');
        if (link.url.endsWith('/reset')) link.reset();
      },
    },
    { clock },
  );
  return Promise.resolve({
    dialer,
    url: (path) => `ws://venue.example/${path}`,
    until: async (isTrue) => assert.ok(await clock.advanceUntil(isTrue, 60_000)),
    dispose: () => Promise.resolve(),
  });
});

httpContract('simulated', () => {
  const clock = new SimulatedClock();
  const http = new SimulatedHttp(
    ({ method, url, headers, body }) => {
      const target = url.replace('http://venue.example', '');
      if (url.includes('refused')) return { fault: 'refused' };
      if (url.includes('unresolved')) return { fault: 'name-unresolved' };
      if (target === '/reset') return { fault: 'reset' };
      if (target === '/silent') return { lost: true };
      const status = /^\/status\/(\d+)$/.exec(target)?.[1];
      if (status !== undefined) return { status: Number(status) };
      return {
        status: 200,
        headers: { 'x-served-by': 'test' },
        body: { method, target, note: headers?.['x-note'], body },
      };
    },
    { clock },
  );
  return Promise.resolve({
    http,
    url: (path) => `http://venue.example${path}`,
    refused: 'http://refused.example/',
    unresolved: 'http://unresolved.example/',
    arrived: (path) => http.requests.filter((each) => each.url.endsWith(path)).length,
    settle: async (promise) => {
      let isSettled = false;
      const watched = promise.finally(() => {
        isSettled = true;
      });
      watched.catch(() => undefined);
      assert.ok(await clock.advanceUntil(() => isSettled, 60_000));
      return watched;
    },
    dispose: () => Promise.resolve(),
  });
});

describe('simulated world', () => {
  test('same seed -> the same times; nothing overtakes within a connection', async () => {
    const run = async (seed: number): Promise<string[]> => {
      const clock = new SimulatedClock();
      const dialer = new SimulatedDialer({ received: (link, data) => link.send(data) }, { clock, seed });
      const said: string[] = [];
      const handlers: SocketHandlers = {
        opened: () => {
          for (let k = 0; k < 20; k++) socket.send(`${k}`);
        },
        message: (bytes) => said.push(`${Buffer.from(bytes).toString()} at ${clock.elapsedMs()}`),
        pong: () => {},
        closed: () => {},
      };
      const socket = dialer.open('ws://venue.example/', { connectTimeoutMs: 1_000, largestFrameBytes: 100 }, handlers);
      await clock.advance(1_000);
      return said;
    };
    const first = await run(1);
    assert.deepEqual(
      first.map((each) => Number(each.split(' ')[0])),
      Array.from({ length: 20 }, (_, k) => k),
    );
    assert.deepEqual(await run(1), first);
    assert.notDeepEqual(await run(2), first);
  });

  test('a frozen connection -> nothing passes, nobody is told', async () => {
    const clock = new SimulatedClock();
    const dialer = new SimulatedDialer({ received: (link, data) => link.send(data) }, { clock });
    const said: string[] = [];
    const socket = dialer.open(
      'ws://venue.example/',
      { connectTimeoutMs: 1_000, largestFrameBytes: 100 },
      {
        opened: () => said.push('opened'),
        message: () => said.push('message'),
        pong: () => said.push('pong'),
        closed: () => said.push('closed'),
      },
    );
    await clock.advance(100);
    dialer.openLinks[0]!.isFrozen = true;
    assert.equal(socket.send('anybody?'), true);
    socket.ping();
    await clock.advance(3_600_000);
    assert.deepEqual(said, ['opened']);
  });

  test('asleep -> no timer runs, what is due runs on waking', async () => {
    const clock = new SimulatedClock(1_000);
    let runs = 0;
    clock.after(500, () => runs++);
    clock.suspend(3_600_000, true);
    assert.equal(runs, 0);
    assert.equal(clock.nowMs(), 3_601_000);
    await clock.advance(0);
    assert.equal(runs, 1);
  });
});
