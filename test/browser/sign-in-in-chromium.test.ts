import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addUser, PASSWORD } from '../server/browser.ts';
import { openScripted, type ScriptedScene } from '../server/scripted-streams.ts';
import { chromium, FLAGS } from './chromium.ts';
import { type Found, IMPORT_MAP, openSite, type Site } from './site.ts';

/** What a page of the server may do; its map of packages is the only script that stands in it. */
const POLICY = `default-src 'none'; script-src 'self' 'sha256-${hash('sha256', IMPORT_MAP, 'base64')}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
const PAGE = `<!doctype html><meta charset="utf-8"><script type="importmap">${IMPORT_MAP}</script>
<script>window.wasInline = true;</script><script type="module" src="/page.js"></script>`;

/** Signs in as a web interface does, then goes to the other site, with the cookie still there. */
const pageScript = (elsewhere: string): string => `
const found = {};
const codeOf = (promise) => promise.then(() => 'done', (error) => error.code ?? String(error));
try {
  const { createClient } = await import('/api/client/client.js');
  const client = createClient({ url: location.origin });
  const before = await client.session();
  found.before = [before.needsSignIn, before.signedIn];
  found.nobody = await codeOf(client.call('version'));
  found.wrong = await codeOf(client.signIn({ name: 'ann', password: 'not the password' }));
  found.signedIn = (await client.signIn({ name: 'ann', password: ${JSON.stringify(PASSWORD)} })).user;
  found.cookie = document.cookie;
  // Knows nothing of the token yet, as after the page was loaded anew.
  const another = createClient({ url: location.origin });
  found.paused = (await another.call('pause', { session: 'x' })).session;
  found.stepUp = (await createClient({ url: location.origin }).stepUp({ password: ${JSON.stringify(PASSWORD)} })).stepUp.fresh;
  found.state = await new Promise((resolve, reject) => {
    const following = another.subscribe('positions', { session: 'x' }, ({ equity }) => resolve(equity));
    following.ended.catch(reject);
  });
  another.close();
  found.inline = window.wasInline === true;
  try { Function('return 1')(); found.evaluated = true; } catch { found.evaluated = false; }
} catch (error) { found.error = String(error); found.stack = error.stack; }
await fetch('/found', { method: 'POST', body: JSON.stringify(found) });
location.href = ${JSON.stringify(elsewhere)};
`;

/** Of the same machine, so that to a browser it is the same site, and cookies of SameSite=Strict are sent. */
const evilPage = (target: string): string => `<!doctype html><meta charset="utf-8"><iframe name="sink"></iframe>
<form id="form" method="post" target="sink" enctype="text/plain" action="${target}/api/kill"><input name='{"level":"flatten","reason":"' value='"}'></form>
<script type="module">
const found = {};
const outcome = (promise) => promise.then((answer) => answer.type === 'opaque' ? 'unread' : answer.text(), () => 'refused');
const post = (mode, type) => outcome(fetch('${target}/api/kill', {
  method: 'POST', mode, credentials: 'include', body: '{"level":"flatten","reason":"x"}',
  headers: { 'content-type': type, ...(mode === 'cors' ? { 'idempotency-key': 'evil' } : {}) },
}));
try {
  const loaded = new Promise((resolve) => { document.querySelector('iframe').onload = resolve; });
  document.querySelector('#form').submit();
  await loaded;
  found.plain = await post('no-cors', 'text/plain');
  found.json = await post('cors', 'application/json');
  found.read = await outcome(fetch('${target}/api/session', { credentials: 'include' }));
  found.unread = await outcome(fetch('${target}/api/session', { mode: 'no-cors', credentials: 'include' }));
  found.signOut = await outcome(fetch('${target}/api/sign-out', { method: 'POST', mode: 'no-cors', credentials: 'include' }));
  found.socket = await new Promise((resolve) => {
    const socket = new WebSocket('${target.replace('http', 'ws')}/ws');
    socket.onopen = () => resolve('open');
    socket.onclose = () => resolve('refused');
  });
} catch (error) { found.error = String(error); found.stack = error.stack; }
await fetch('/found', { method: 'POST', body: JSON.stringify(found) });
</script>`;

describe('signing in, in a browser', { skip: chromium ? false : 'chromium absent' }, () => {
  let scene: ScriptedScene;
  let site: Site;
  let evil: Site;
  let profile: string;
  let browser: ChildProcess;
  const files: Record<
    string,
    { type: 'text/html' | 'text/javascript'; text: string; headers?: Record<string, string> }
  > = { '/': { type: 'text/html', text: PAGE, headers: { 'content-security-policy': POLICY } } };
  const evilFiles: typeof files = {};

  before(async () => {
    profile = mkdtempSync(join(tmpdir(), 'tradewright-chromium-'));
    scene = await openScripted({ allowsLocal: false });
    await addUser(scene, 'ann', ['read', 'risk']);
    site = await openSite(scene.server.port, files);
    evil = await openSite(null, evilFiles);
    files['/page.js'] = { type: 'text/javascript', text: pageScript(`http://127.0.0.1:${evil.port}/`) };
    evilFiles['/'] = { type: 'text/html', text: evilPage(`http://127.0.0.1:${site.port}`) };
    const flags = [...FLAGS, `--user-data-dir=${profile}`];
    browser = spawn(chromium!, [...flags, `http://127.0.0.1:${site.port}/`], { stdio: 'ignore' });
  });
  after(async () => {
    const exited = new Promise((done) => browser.once('exit', done));
    browser.kill('SIGKILL');
    await exited;
    await scene.close();
    await Promise.all([site.close(), evil.close()]);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  const told = async (of: Site): Promise<Found> => {
    const found = await of.found;
    assert.equal(found.error, undefined, `${found.error}\n${found.stack}\nnot served: ${of.missing.join()}`);
    return found;
  };

  test('a page under a strict policy -> signs in, acts, follows; another site of the machine -> gets nothing done, and nothing to read', {
    timeout: 60_000,
  }, async () => {
    const fault = told(site).then(() => assert.fail('the page was through before its streams were'));
    (await Promise.race([scene.begun(1), fault])).end({ session: 'held' });
    (await Promise.race([scene.begun(2), fault])).update({ equity: 7 });
    fault.catch(() => {});
    assert.deepEqual(await told(site), {
      ...{ before: [true, false], nobody: 'unauthenticated', wrong: 'sign-in-refused', signedIn: 'ann' },
      ...{ cookie: '', paused: 'held', stepUp: true, state: 7, inline: false, evaluated: false },
    });
    assert.deepEqual(await told(evil), {
      ...{ plain: 'refused', json: 'refused', read: 'refused', unread: 'refused', signOut: 'refused' },
      socket: 'refused',
    });
    assert.deepEqual(
      scene.streams.map(({ id }) => id),
      ['pause', 'positions'],
    );
  });
});
