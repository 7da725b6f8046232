import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import { OPERATION_ROUTES } from '../../src/api/http/routes.ts';
import { openScene } from './server-scene.ts';

describe('answers that last', () => {
  test('asked again -> the same, worked out once; other input and other operations are worked out', async (t) => {
    const asked: string[] = [];
    const scene = await openScene({
      execute: (id, ...given) => {
        asked.push(id);
        return execute(id, ...given);
      },
    });
    t.after(() => scene.close());
    const first = await scene.ask('/api/indicators?indicator=rsi');
    assert.equal(first.status, 200);
    assert.ok(first.body.data.indicators.length > 0);
    assert.equal((await scene.ask('/api/indicators?indicator=rsi')).text, first.text);
    assert.deepEqual(asked, ['indicators']);
    await scene.ask('/api/indicators?indicator=ema');
    assert.equal((await scene.ask('/api/indicators?indicator=no-such')).status, 404);
    assert.equal((await scene.ask('/api/indicators?indicator=no-such')).status, 404);
    assert.deepEqual(
      asked.splice(0),
      Array.from({ length: 4 }, () => 'indicators'),
      'failures are not kept',
    );
    await scene.ask('/api/data/ls');
    await scene.ask('/api/data/ls');
    assert.deepEqual(asked.splice(0), ['data-ls', 'data-ls']);
    await scene.world.cache.forget('query', '*');
    await scene.ask('/api/indicators?indicator=rsi');
    assert.deepEqual(asked, ['indicators']);
  });

  test('operations that are marked so -> read only, and of the installation alone', () => {
    const lasting = OPERATION_ROUTES.filter(({ operation }) => operation.isLasting === true);
    assert.deepEqual(lasting.map(({ id }) => id).sort(), ['docs', 'indicators']);
    for (const { operation } of lasting) assert.deepEqual([operation.kind, operation.scope], ['query', 'read']);
  });
});
