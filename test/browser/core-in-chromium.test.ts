import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventsHash, stateHash } from '../../src/core/engine/state-hash.ts';
import { Backtest } from '../../src/core/research/backtest.ts';
import { generateMarket } from '../../src/core/research/synthetic-market.ts';
import { smaCross } from '../../src/core/strategy/built-in/sma-cross.ts';
import { browserScripts, chromium, FLAGS, root } from './chromium.ts';

/** The same backtest as {@link inNode}, as a page; what it found stands in the document. */
const PAGE = `<!doctype html><meta charset="utf-8">
<script type="importmap">{"imports":{"zod":"/zod/index.js"}}</script>
<pre id="result"></pre>
<script type="module">
  const result = document.getElementById('result');
  try {
    const [{ Backtest }, { generateMarket }, { smaCross }, { eventsHash, stateHash }] = await Promise.all([
      import('/core/research/backtest.js'),
      import('/core/research/synthetic-market.js'),
      import('/core/strategy/built-in/sma-cross.js'),
      import('/core/engine/state-hash.js'),
    ]);
    const market = generateMarket({ minuteDays: 0 });
    const { definition, hourly } = market.instruments[0];
    const { engine } = new Backtest({
      feeds: [{ instrument: definition, timeframe: '1h', bars: hourly }],
      strategies: [{ strategy: smaCross }],
      cash: 10000,
    }).run();
    result.textContent = JSON.stringify({
      market: market.hash,
      fills: engine.state.fills.count,
      events: eventsHash(engine),
      state: stateHash(engine),
      equity: engine.state.clock[1],
    });
  } catch (error) {
    result.textContent = JSON.stringify({ error: String(error), stack: error.stack });
  }
</script>`;

interface Found {
  readonly market: string;
  readonly fills: number;
  readonly events: string;
  readonly state: string;
  readonly equity: number;
}

function inNode(): Found {
  const market = generateMarket({ minuteDays: 0 });
  const { definition, hourly } = market.instruments[0]!;
  const { engine } = new Backtest({
    feeds: [{ instrument: definition, timeframe: '1h', bars: hourly }],
    strategies: [{ strategy: smaCross }],
    cash: 10_000,
  }).run();
  return {
    market: market.hash,
    fills: engine.state.fills.count,
    events: eventsHash(engine),
    state: stateHash(engine),
    equity: engine.state.clock[1]!,
  };
}

/** What the page says when it has come to rest. */
function dumpDom(url: string, profile: string): Promise<string> {
  const flags = [...FLAGS, `--user-data-dir=${profile}`, '--virtual-time-budget=10000', '--dump-dom', url];
  return new Promise((done, fail) => {
    const child = spawn(chromium!, flags, { timeout: 60_000, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.on('data', (part: Buffer) => {
      out += String(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      errors += String(part);
    });
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done(out) : fail(new Error(`chromium ended with ${code}: ${errors.slice(-2000)}`)),
    );
  });
}

describe('core in a browser', { skip: chromium ? false : 'chromium absent' }, () => {
  let server: Server;
  let profile: string;
  const missing: string[] = [];

  before(async () => {
    profile = mkdtempSync(join(tmpdir(), 'tradewright-chromium-'));
    const core = browserScripts('src/core/**/*.ts');
    server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const zod = path.startsWith('/zod/') && !path.includes('..') ? join(root, 'node_modules', path) : null;
      const body = path === '/' ? PAGE : zod && existsSync(zod) ? readFileSync(zod) : core.get(path);
      if (body === undefined && path !== '/favicon.ico') missing.push(path);
      response.writeHead(body === undefined ? 404 : 200, {
        'content-type': path === '/' ? 'text/html' : 'text/javascript',
      });
      response.end(body);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  });

  after(async () => {
    await new Promise((closed) => server.close(closed));
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  test('sma-cross on the synthetic market, in Chromium and in Node -> the same bars, events and state', async () => {
    const { port } = server.address() as AddressInfo;
    const dom = await dumpDom(`http://127.0.0.1:${port}/`, profile);
    const text = /<pre id="result">([^<]*)<\/pre>/.exec(dom)?.[1] ?? '';
    assert.notEqual(text, '', `the page did not finish; not served: ${missing.join(', ') || 'nothing'}`);
    const found = JSON.parse(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')) as Found;
    const expected = inNode();
    assert.ok(expected.fills > 50, `${expected.fills} fills compare little`);
    assert.deepEqual(found, expected);
  });
});
