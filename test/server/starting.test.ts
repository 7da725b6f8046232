import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import type { World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { Deployments } from '../../src/ports/deployments.ts';

test('serve where the port is another’s -> nothing is said to trade here before that shows, and no session begins', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-starting-'));
  const world = compose(readConfig({ home }, {}, home));
  const other = createServer().listen(0, '127.0.0.1');
  t.after(async () => {
    other.close();
    await world.close();
    rmSync(home, { recursive: true, force: true });
  });
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const traders: string[] = [];
  const deployments = async (): Promise<Deployments> => {
    const places = await world.deployments();
    const present: Deployments['present'] = (trader) => {
      traders.push(trader.id);
      return places.present(trader);
    };
    return { ...places, present };
  };
  const isolate: World['isolate'] = async (id) => assert.fail(`${id} was begun`);
  const call = { warn() {}, update() {}, progress: () => true, stop: new AbortController().signal };
  await assert.rejects(
    execute('serve', { port, role: ['api', 'execution'] }, { ...world, deployments, isolate }, call),
    { code: 'port-unavailable' },
  );
  assert.deepEqual(traders, []);
});
