import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { MemoryRequestLimits } from '../../src/adapters/memory/request-limits.ts';
import { Failure } from '../../src/api/failures.ts';
import { failureOf } from '../../src/api/handlers/failure-of.ts';
import { openScene } from './server-scene.ts';

const scene = await openScene({ hosts: ['127.0.0.1', 'localhost'] });
after(() => scene.close());

describe('requests to a server', () => {
  test('a query -> the envelope of its published schema, with a correlation id and strict headers', async () => {
    const { status, body, headers } = await scene.ask('/api/version', { headers: { 'x-correlation-id': 'abc-1' } });
    assert.equal(status, 200);
    assert.deepEqual([body.schema, body.ok, body.data.version], ['tradewright.version/1', true, scene.world.version]);
    assert.equal(headers['x-correlation-id'], 'abc-1');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['access-control-allow-origin'], undefined);
  });

  test('a correlation id that could break a log line -> another is made', async () => {
    const { headers } = await scene.ask('/api/version', { headers: { 'x-correlation-id': 'a b"c' } });
    assert.match(String(headers['x-correlation-id']), /^[0-9a-f-]{36}$/);
  });

  test('numbers and switches in the address -> read by the type of their field', async () => {
    const { status, body } = await scene.ask('/api/runs/ls?limit=3');
    assert.deepEqual([status, body.data.total], [200, 0]);
  });

  for (const [path, code] of [
    ['/api/runs/ls?limit=many', 'input-invalid'],
    ['/api/runs/ls?limit=1&limit=2', 'input-invalid'],
    ['/api/runs/ls?unknown=1', 'input-invalid'],
    ['/api/runs/show?run=bt_NONE', 'run-unknown'],
    ['/api/nothing', 'route-unknown'],
    ['/api/kill', 'method-wrong'],
    ['/api/serve', 'route-unknown'],
    ['/api/status?follow=true', 'not-acceptable'],
  ] as const)
    test(`GET ${path} -> problem details with the code ${code}`, async () => {
      const { status, body, headers } = await scene.ask(path);
      assert.equal(body.code, code);
      assert.equal(status, body.status);
      assert.match(String(headers['content-type']), /^application\/problem\+json/);
      assert.equal(body.type, `/docs#${code}`);
      assert.equal(body.instance, `urn:correlation:${String(headers['x-correlation-id'])}`);
      assert.ok(body.detail !== '' && body.hint !== '' && body.docs !== '');
    });

  test('a fault that nobody foresaw -> 500 without its words, which the server’s own log has', async () => {
    const broken = await openScene({
      execute: () => Promise.reject(new Error('secret words at /home/ann')),
    });
    const { status, text, body } = await broken.ask('/api/version');
    await broken.close();
    assert.deepEqual([status, body.code], [500, 'unexpected']);
    assert.doesNotMatch(text, /secret words|\/home|at .*\.ts/);
    assert.match(String(broken.defects[0]), /secret words/);
  });

  test('a page of another site, or a name that was made to lead here -> refused', async () => {
    const foreign = await scene.ask('/api/version', { headers: { origin: 'https://evil.example' } });
    const rebound = await scene.ask('/api/version', { headers: { host: 'evil.example' } });
    assert.deepEqual([foreign.body.code, rebound.body.code], ['origin-refused', 'origin-refused']);
    const own = await scene.ask('/api/version', { headers: { origin: scene.url } });
    assert.equal(own.status, 200);
  });

  test('bodies: too large, no JSON, another type, no object, too deep -> each its code', async () => {
    const post = async (body: string, type = 'application/json', key = Math.random().toString(36)) =>
      (
        await scene.ask('/api/data/generate', {
          ...{ method: 'POST', body },
          headers: { 'content-type': type, 'idempotency-key': key },
        })
      ).body.code;
    assert.equal(await post('"'.repeat(1_048_577)), 'body-too-large');
    assert.equal(await post('{'), 'body-invalid');
    assert.equal(await post('[]'), 'body-invalid');
    assert.equal(await post('x=1', 'application/x-www-form-urlencoded'), 'media-type-unsupported');
    assert.equal(await post(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`), 'body-invalid');
    assert.equal(await post('{"seed":"x"}'), 'input-invalid');
    assert.equal(await post('{"__proto__":{"seed":1}}'), 'input-invalid');
  });

  test('more requests than an address may -> 429 that says when, before the key is looked at', async () => {
    let nowMs = 0;
    const { clock } = scene.world;
    const told = { nowMs: () => clock.nowMs(), after: clock.after.bind(clock), elapsedMs: () => nowMs };
    const slow = await openScene({
      ...{ rate: 0.3, allowsLocal: false },
      world: { ...scene.world, requestLimits: new MemoryRequestLimits(told) },
    });
    const codes: string[] = [];
    for (let k = 0; k < 4; k++) codes.push((await slow.ask('/api/version')).body.code);
    assert.deepEqual(codes, ['unauthenticated', 'unauthenticated', 'unauthenticated', 'rate-limited']);
    const { status, headers } = await slow.ask('/api/version');
    assert.deepEqual([status, headers['retry-after'], headers['ratelimit-remaining']], [429, '4', '0']);
    nowMs += 4_000;
    assert.equal((await slow.ask('/api/version')).status, 401);
    await slow.close();
  });

  test('more requests than a client may -> 429, whatever its address', async () => {
    const slow = await openScene({ quota: 0.2 });
    const statuses: number[] = [];
    for (let k = 0; k < 3; k++) statuses.push((await slow.ask('/api/version')).status);
    await slow.close();
    assert.deepEqual(statuses, [200, 200, 429]);
  });
});

describe('deeds under a key', () => {
  test('no key -> refused, nothing done', async () => {
    const { body } = await scene.ask('/api/data/generate', { method: 'POST' });
    assert.equal(body.code, 'idempotency-key-missing');
    assert.equal((await scene.ask('/api/data/ls')).body.data.series.length, 0);
  });

  test('the same key and body -> done once; another body -> 409; refused input -> the key is free again', async () => {
    let calls = 0;
    const counted = await openScene();
    const { isolate } = counted.world;
    Object.assign(counted.world, {
      isolate: (...args: Parameters<typeof isolate>) => {
        calls++;
        return isolate(...args);
      },
    });
    const range = { from: '2024-01-01', to: '2024-03-11' };
    const refused = await counted.command('/api/data/generate', { ...range, seed: -1 }, 'k1');
    assert.equal(refused.body.code, 'input-invalid');
    const first = await counted.command('/api/data/generate', range, 'k1');
    const second = await counted.command('/api/data/generate', range, 'k1');
    const other = await counted.command('/api/data/generate', { ...range, seed: 9 }, 'k1');
    await counted.close();
    assert.equal(first.status, 200, String((counted.defects[0] as Error)?.stack));
    assert.equal(second.text, first.text);
    assert.deepEqual(
      [first.headers['idempotency-replayed'], second.headers['idempotency-replayed']],
      [undefined, 'true'],
    );
    assert.deepEqual([other.status, other.body.code, calls], [409, 'idempotency-conflict', 1]);
  });

  test('at once under one key -> the later ones wait, and all get one answer', async () => {
    let calls = 0;
    const slow = await openScene({
      execute: async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { session: `s${++calls}`, strategy: 'x' };
      },
    });
    const asked = Array.from({ length: 8 }, () => slow.command('/api/pause', {}, 'same'));
    const answers = await Promise.all(asked);
    await slow.close();
    assert.equal(calls, 1);
    assert.equal(new Set(answers.map((a) => a.text)).size, 1);
  });

  test('a server that ended -> the next one gives the stored answer; what was never answered is not done again', async () => {
    const home = mkdtempSync(join(tmpdir(), 'tradewright-once-'));
    const first = await openScene({}, home);
    const told = await first.command('/api/data/generate', { from: '2024-01-01', to: '2024-03-11' }, 'kept');
    const { createHash } = await import('node:crypto');
    const requestHash = createHash('sha256').update('data-generate\n{}').digest('hex');
    await (await first.world.requests()).begin('local', 'unanswered', requestHash);
    await first.close();
    const second = await openScene({}, home);
    Object.assign(second.world, { isolate: () => Promise.reject(new Error('done again')) });
    const again = await second.command('/api/data/generate', { from: '2024-01-01', to: '2024-03-11' }, 'kept');
    const cut = await second.command('/api/data/generate', {}, 'unanswered');
    await second.close();
    rmSync(home, { recursive: true });
    assert.deepEqual([again.status, again.text], [200, told.text]);
    assert.deepEqual([cut.status, cut.body.code], [409, 'idempotency-unfinished']);
  });

  test('one that failed in an unsure way -> the failure is kept, and it is not done again', async () => {
    let calls = 0;
    const unsure = await openScene({
      failureOf,
      execute: () => {
        calls++;
        return Promise.reject(new Failure('session-silent', 'it may have been carried out'));
      },
    });
    const first = await unsure.command('/api/kill', { reason: 'x', level: 'pause' }, 'k');
    const second = await unsure.command('/api/kill', { reason: 'x', level: 'pause' }, 'k');
    await unsure.close();
    assert.deepEqual([first.status, second.status, calls], [504, 504, 1]);
  });
});

describe('operations that run strategies', () => {
  test('a backtest over HTTP -> runs in a thread, tells progress line by line, and its run is kept', async () => {
    const { status, text, headers } = await scene.command(
      '/api/backtest',
      { strategy: 'sma-cross', data: ['synthetic'], report: 'none', checks: false, interval: false },
      'backtest-1',
      { accept: 'application/x-ndjson' },
    );
    assert.equal(status, 200, text);
    assert.match(String(headers['content-type']), /^application\/x-ndjson/);
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { k: string; ok?: boolean });
    assert.ok(lines.some((line) => line.k === 'progress'));
    assert.deepEqual([lines.at(-1)!.k, lines.at(-1)!.ok], ['result', true]);
    assert.equal((await scene.ask('/api/runs/ls')).body.data.total, 1);
  });

  test('status as a stream -> updates with numbers, and its end when the server ends', async () => {
    const short = await openScene();
    const { body } = await fetch(`${short.url}/api/status`, { headers: { accept: 'text/event-stream' } });
    let text = '';
    let closed: Promise<void> | null = null;
    for await (const part of body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes('event: update')) closed ??= short.close();
    }
    await closed;
    assert.match(text, /^event: update\ndata: \{"k":"update","seq":0,/);
    assert.match(text, /event: result\n/);
  });
});

test('nothing above met a fault that nobody foresaw', () => {
  assert.deepEqual(scene.defects, []);
});
