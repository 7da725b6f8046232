import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openScene, type ServerScene } from './server-scene.ts';

const CLIENT = new URL('../../src/api/client/client.ts', import.meta.url).href;
const WS = import.meta.resolve('ws');

/** What Node 20.19 has not got, of the language and of the platform. */
const YOUNGER = `
  for (const [owner, names] of [
    [Promise, ['withResolvers', 'try']], [Object, ['groupBy']], [Map, ['groupBy']], [Array, ['fromAsync']],
    [Set.prototype, ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom']],
    [ArrayBuffer.prototype, ['transfer']], [RegExp, ['escape']], [Error, ['isError']],
    [globalThis, ['WebSocket', 'navigator', 'CloseEvent']],
  ]) for (const name of names) delete owner[name];`;

const PROGRAM = `${YOUNGER}
  const { createClient } = await import(${JSON.stringify(CLIENT)});
  let complaint = null;
  try {
    createClient({ url: process.argv[1] }).subscribe('runs ls', {}, () => {});
  } catch (error) {
    complaint = String(error);
  }
  const { WebSocket } = await import(${JSON.stringify(WS)});
  const client = createClient({ url: process.argv[1], WebSocket });
  const { version } = await client.call('version');
  const rows = await new Promise((resolve, reject) => {
    client.subscribe('runs ls', {}, resolve).ended.catch(reject);
  });
  client.close();
  console.log(JSON.stringify([version, rows.total, complaint]));`;

describe('the client in the oldest Node that the package takes', () => {
  let scene: ServerScene;
  before(async () => {
    scene = await openScene();
  });
  after(() => scene.close());

  test('a language without what is younger than Node 20 -> calls, and follows over the WebSocket that it is given; without one it says so', async () => {
    const args = ['--input-type=module', '--eval', PROGRAM, scene.url];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
    const [version, total, complaint] = JSON.parse(stdout);
    assert.deepEqual([version, total], [scene.world.version, 0]);
    assert.match(complaint, /^TypeError: createClient: expected a WebSocket/);
  });
});
