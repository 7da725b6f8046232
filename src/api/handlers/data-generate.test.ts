import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compose } from '../../compose.ts';
import { readConfig } from '../../config.ts';
import { Failure } from '../failures.ts';
import { operationOf } from '../operations/table.ts';
import type { Call } from '../world.ts';
import { dataGenerate } from './data.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-generate-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('synthetic market: asked to stop after any of its instruments -> interrupted, and nothing is stored; else all of it', async () => {
  const world = compose(readConfig({ home: join(folder, 'home') }, {}, folder));
  const input = operationOf('data-generate').input.parse({ to: '2024-04-01' }) as Parameters<typeof dataGenerate>[0];
  try {
    for (const last of [1, 2, 3]) {
      const stop = new AbortController();
      const told: number[] = [];
      const progress = (_: string, done: number): boolean => {
        told.push(done);
        if (done === last) stop.abort();
        return !stop.signal.aborted;
      };
      const call = { progress, warn() {}, update() {}, stop: stop.signal } as unknown as Call;
      await assert.rejects(dataGenerate(input, world, call), (error) => {
        assert.ok(error instanceof Failure && error.code === 'interrupted', String(error));
        return true;
      });
      assert.deepEqual([told, await world.catalogue.list()], [[1, 2, 3].slice(0, last), []]);
    }
    const call = { progress: () => true, warn() {}, update() {}, stop: new AbortController().signal };
    const { series } = await dataGenerate(input, world, call as unknown as Call);
    assert.equal(series.length, 6);
    assert.equal((await world.catalogue.list()).length, 6);
  } finally {
    await world.close();
  }
});
