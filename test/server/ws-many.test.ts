import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { HEARTBEAT_MS } from '../../src/api/websocket/frames.ts';
import { openScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

const WANTED = 10_000;
/** What the rest of the process has open. */
const SPARE = 500;
const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })) || Number.POSITIVE_INFINITY;
const count = Math.min(WANTED, limit - SPARE);
const child = join(import.meta.dirname, '../fixtures/idle-sockets-child.ts');

describe('very many sockets', () => {
  test(`${count} that only listen${count < WANTED ? ` (as many as ulimit -n ${limit} allows)` : ''} -> each hears heartbeats, and others are answered meanwhile`, async (t) => {
    const scene = await openScene({ rate: 1e6, quota: 1e6 });
    const beforeBytes = process.memoryUsage.rss();
    const others = spawn(process.execPath, [child, String(scene.server.port), String(count)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: others.stdout });
    const exited = once(others, 'exit');
    assert.deepEqual(await once(lines, 'line'), [`open ${count}`]);
    const client = await RawClient.open(scene);
    let longestMs = 0;
    const untilMs = performance.now() + HEARTBEAT_MS + 200;
    for (let k = 0; performance.now() < untilMs; k++) {
      const startMs = performance.now();
      client.send({ k: 'call', id: `${k}`, operation: 'runs ls' });
      assert.equal((await client.answer(`${k}`)).result.ok, true);
      longestMs = Math.max(longestMs, performance.now() - startMs);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const kib = (process.memoryUsage.rss() - beforeBytes) / 1024 / count;
    const { text } = await scene.ask('/metrics');
    assert.match(text, new RegExp(`tradewright_websockets ${count + 1}\n`));
    const said = async (): Promise<string> => String((await once(lines, 'line'))[0]);
    let got = 0;
    for (let tries = 0; got < 2 && tries < 20; tries++) {
      await new Promise((resolve) => setTimeout(resolve, tries === 0 ? 0 : 500));
      others.stdin.write('count\n');
      got = Number((await said()).slice('got '.length));
    }
    others.stdin.end();
    const cut = (await said()).slice('cut '.length);
    await exited;
    client.close();
    await scene.close();
    t.diagnostic(`${kib.toFixed(1)} KiB a socket; an answer took ${longestMs.toFixed(1)} ms at most`);
    assert.ok(got >= 2, 'each has its hello and a heartbeat');
    assert.equal(Number(cut), 0);
    assert.ok(kib < 40, `${kib.toFixed(1)} KiB a socket`);
    assert.ok(longestMs < 2_000, `${longestMs} ms for an answer`);
    assert.deepEqual(scene.defects, []);
  });
});
