import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { openScripted, type ScriptedScene } from '../server/scripted-streams.ts';
import { browserScripts, chromium, FLAGS, root } from './chromium.ts';

/** What a web interface does; what it found it tells under `/found`. */
const PAGE = `<!doctype html><meta charset="utf-8">
<script type="importmap">{"imports":{"zod":"/zod/index.js","rfc6902":"/rfc6902.js"}}</script>
<script type="module">
  const tell = (found) => fetch('/found', { method: 'POST', body: JSON.stringify(found) });
  try {
    const { createClient, ProblemError } = await import('/api/client/client.js');
    const client = createClient({ url: location.origin, key: new URLSearchParams(location.hash.slice(1)).get('key') });
    const found = { node: typeof process, fills: [], states: [], opened: 0 };
    const paused = await client.call('pause', { session: 'x' });
    const refused = await client.call('order cancel', { order: 'x' }).catch((e) => e);
    found.paused = paused.session;
    found.refused = refused instanceof ProblemError && refused.code;
    const live = createClient({
      url: location.origin,
      key: new URLSearchParams(location.hash.slice(1)).get('key'),
      onConnection: (state) => { if (state === 'open') found.opened++; },
    });
    live.subscribe('positions', { session: 'x' }, ({ equity }) => found.states.push(equity));
    found.ended = await live.subscribe('fills', { session: 'x' }, ({ n }) => found.fills.push(n)).ended;
    live.close();
    await tell(found);
  } catch (error) {
    await tell({ error: String(error), stack: error.stack });
  }
</script>`;

/** A package of CommonJS as one module, which is what a bundler would make of it. */
function commonJs(folder: string, names: readonly string[]): string {
  const files = ['util', 'pointer', 'diff', 'patch', 'index'].map(
    (name) =>
      `of[${JSON.stringify(`./${name}`)}] = (exports, require) => {${readFileSync(join(root, 'node_modules', folder, `${name}.js`), 'utf8')}\n};`,
  );
  return `const of = {}; const made = {};
const require = (name) => { if (!made[name]) of[name](made[name] = {}, require); return made[name]; };
${files.join('\n')}
export const { ${names.join(', ')} } = require('./index');`;
}

interface Found {
  readonly error?: string;
  readonly stack?: string;
  readonly [name: string]: unknown;
}

describe('the client in a browser', { skip: chromium ? false : 'chromium absent' }, () => {
  let site: Server;
  let scene: ScriptedScene;
  let profile: string;
  let browser: ChildProcess;
  const upgraded: Duplex[] = [];
  const found = Promise.withResolvers<Found>();
  const missing: string[] = [];

  /** A site with the page, which passes what is asked of the API on to the server, as a proxy of a user's does. */
  before(async () => {
    profile = mkdtempSync(join(tmpdir(), 'tradewright-chromium-'));
    scene = await openScripted({ allowsLocal: false });
    const sources = browserScripts('src/core/vocabulary/*.ts', 'src/ports/*.ts', 'src/api/**/*.ts');
    sources.set('/rfc6902.js', commonJs('rfc6902', ['applyPatch', 'createPatch']));
    site = createServer((asked, answer) => {
      const path = new URL(asked.url ?? '/', 'http://localhost').pathname;
      const script = sources.get(path);
      if (path.startsWith('/api/') && script === undefined) {
        const { method, headers, url } = asked;
        const passed = request({ port: scene.server.port, host: '127.0.0.1', method, path: url, headers }, (got) => {
          answer.writeHead(got.statusCode!, got.headers);
          got.pipe(answer);
        });
        asked.pipe(passed);
        return;
      }
      if (path === '/found') {
        let text = '';
        asked.on('data', (part) => {
          text += String(part);
        });
        asked.on('end', () => found.resolve(JSON.parse(text) as Found));
      }
      const zod = path.startsWith('/zod/') && !path.includes('..') ? join(root, 'node_modules', path) : null;
      const body = path === '/' ? PAGE : zod && existsSync(zod) ? readFileSync(zod) : script;
      if (body === undefined && path !== '/favicon.ico' && path !== '/found') missing.push(path);
      answer.writeHead(body === undefined && path !== '/found' ? 404 : 200, {
        'content-type': path === '/' ? 'text/html' : 'text/javascript',
      });
      answer.end(body);
    });
    site.on('upgrade', ({ url, rawHeaders }, socket: Duplex) => {
      const to = connect(scene.server.port, '127.0.0.1');
      const lines = rawHeaders.flatMap((name, k) => (k % 2 === 0 ? [`${name}: ${rawHeaders[k + 1]}`] : []));
      to.write(`GET ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      for (const [each, other] of [
        [socket, to],
        [to, socket],
      ] as const)
        each.on('error', () => {}).on('close', () => other.destroy());
      to.pipe(socket).pipe(to);
      upgraded.push(to);
    });
    await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
    const key = (await scene.key(['read', 'risk'])).slice('Bearer '.length);
    const { port } = site.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/#key=${key}`;
    browser = spawn(chromium!, [...FLAGS, `--user-data-dir=${profile}`, url], { stdio: 'ignore' });
  });

  after(async () => {
    const exited = new Promise((done) => browser.once('exit', done));
    browser.kill('SIGKILL');
    await exited;
    await scene.close();
    site.closeAllConnections();
    await new Promise((closed) => site.close(closed));
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  test('calls, streams that go on over a cut connection, problems -> as in Node, without anything of Node', {
    timeout: 30_000,
  }, async () => {
    const fault = found.promise.then(({ error, stack }) =>
      assert.fail(`${error}\n${stack}\nnot served: ${missing.join()}`),
    );
    const begun = (count: number) => Promise.race([scene.begun(count), fault]);
    (await begun(1)).end({ session: 'held' });
    const [first, second] = [await begun(2), await begun(3)];
    const [states, fills] = first.id === 'positions' ? [first, second] : [second, first];
    const padding = 'x'.repeat(300);
    for (let n = 0; n < 200; n++) {
      fills.update({ n });
      if (n % 20 === 0) states.update({ equity: n, padding });
      if (n === 100) upgraded.at(-1)!.destroy();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    states.update({ equity: 'last', padding });
    const isBack = (): boolean => upgraded.length >= 2;
    while (!isBack()) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 300));
    fills.end({ session: 'over' });
    fault.catch(() => {});
    const told = await found.promise;
    const { fills: heard, states: equities, ...rest } = told;
    assert.deepEqual(rest, {
      ...{ node: 'undefined', paused: 'held', refused: 'scope-missing', opened: 2, ended: { session: 'over' } },
    });
    assert.deepEqual(
      heard,
      Array.from({ length: 200 }, (_, n) => n),
    );
    assert.equal((equities as unknown[]).at(-1), 'last');
  });
});
