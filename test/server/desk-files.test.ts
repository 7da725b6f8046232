import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { openScene } from './server-scene.ts';

test('the page of the desk -> no script or style but the server’s own; a nonce that is new each time and stands in the page', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-desk-'));
  const deskFolder = join(home, 'desk');
  mkdirSync(join(deskFolder, 'assets'), { recursive: true });
  writeFileSync(join(deskFolder, 'icon.svg'), '<svg/>');
  writeFileSync(join(deskFolder, 'index.html'), '<meta property="csp-nonce" nonce="NONCE-OF-THIS-PAGE" />');
  const world = compose(readConfig({ home }, {}, home));
  const scene = await openScene({ world: { ...world, deskFolder }, allowsLocal: false });
  t.after(async () => {
    await scene.close();
    await world.close();
    rmSync(home, { recursive: true, force: true });
  });
  const nonces = new Set<string>();
  for (const path of ['/', '/', '/chart']) {
    const { status, headers, text } = await scene.ask(path, { headers: { accept: 'text/html' } });
    assert.equal(status, 200, text);
    const policy = String(headers['content-security-policy']);
    assert.ok(!policy.includes('unsafe'), policy);
    const nonce = /style-src 'self' 'nonce-([A-Za-z0-9_-]{22})'/.exec(policy)?.[1];
    assert.equal(text, `<meta property="csp-nonce" nonce="${nonce}" />`);
    nonces.add(nonce!);
  }
  assert.equal(nonces.size, 3);
});
