import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openScripted, type ScriptedScene } from '../server/scripted-streams.ts';
import { chromium, FLAGS } from './chromium.ts';
import { IMPORT_MAP, openSite, type Site } from './site.ts';

/** What a web interface does; what it found it tells under `/found`. */
const PAGE = `<!doctype html><meta charset="utf-8">
<script type="importmap">${IMPORT_MAP}</script>
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

describe('the client in a browser', { skip: chromium ? false : 'chromium absent' }, () => {
  let site: Site;
  let scene: ScriptedScene;
  let profile: string;
  let browser: ChildProcess;

  before(async () => {
    profile = mkdtempSync(join(tmpdir(), 'tradewright-chromium-'));
    scene = await openScripted({ allowsLocal: false });
    site = await openSite(scene.server.port, { '/': { type: 'text/html', text: PAGE } });
    const key = (await scene.key(['read', 'risk'])).slice('Bearer '.length);
    const url = `http://127.0.0.1:${site.port}/#key=${key}`;
    browser = spawn(chromium!, [...FLAGS, `--user-data-dir=${profile}`, url], { stdio: 'ignore' });
  });

  after(async () => {
    const exited = new Promise((done) => browser.once('exit', done));
    browser.kill('SIGKILL');
    await exited;
    await scene.close();
    await site.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  test('calls, streams that go on over a cut connection, problems -> as in Node, without anything of Node', {
    timeout: 30_000,
  }, async () => {
    const { upgraded, found, missing } = site;
    const fault = found.then(({ error, stack }) => assert.fail(`${error}\n${stack}\nnot served: ${missing.join()}`));
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
    const told = await found;
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
