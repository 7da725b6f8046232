import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, openScene, type ServerScene } from './server-scene.ts';

describe('where commands are given their input', () => {
  let scene: ServerScene;
  let count = 0;
  before(async () => {
    scene = await openScene();
  });
  after(() => scene.close());

  const send = (method: string, path: string, body?: object, key = `k${++count}`): Promise<Answer> =>
    scene.ask(path, {
      ...{ method, headers: { 'idempotency-key': key, 'content-type': 'application/json' } },
      ...(body === undefined ? {} : { body }),
    });
  const names = async (): Promise<string[]> =>
    (await scene.ask('/api/schedules')).body.data.schedules.map(({ name }: { name: string }) => name).sort();
  const schedule = { name: 'nightly', operation: 'data-sync', cron: '30 2 * * *' };

  test('a DELETE that is only tried by its address -> tried, and nothing is removed', async () => {
    await send('POST', '/api/schedules', schedule);
    const tried = await send('DELETE', '/api/schedules/nightly?dryRun=true');
    assert.deepEqual([tried.status, tried.body.schema], [200, 'tradewright.dry-run/1']);
    assert.deepEqual(await names(), ['data-sync', 'nightly']);
  });

  test('a DELETE with what it does not take in its address -> refused by name, nothing is done', async () => {
    const { status, body } = await send('DELETE', '/api/schedules/nightly?symbol=BTCUSDT');
    assert.deepEqual([status, body.code, body.details.field], [400, 'input-invalid', 'symbol']);
    assert.deepEqual(await names(), ['data-sync', 'nightly']);
  });

  test('a field of a DELETE in its address and in its body -> refused', async () => {
    const { body } = await send('DELETE', '/api/schedules/nightly?dryRun=true', { dryRun: false });
    assert.deepEqual([body.code, body.details.field], ['input-invalid', 'dryRun']);
    assert.deepEqual(await names(), ['data-sync', 'nightly']);
  });

  for (const [method, path] of [
    ['POST', '/api/kill?level=pause'],
    ['POST', '/api/risk/what-if?symbol=BTCUSDT'],
    ['PATCH', '/api/orders/p1o0a0?price=1'],
  ] as const)
    test(`${method} ${path} -> refused, as it would not be heard`, async () => {
      const { status, body } = await send(method, path, {});
      assert.deepEqual([status, body.code], [400, 'input-invalid']);
      assert.match(body.detail, /in the body, found it in the address/);
    });

  test('a DELETE under its key, asked again with another address -> conflict', async () => {
    const first = await send('DELETE', '/api/schedules/nightly?dryRun=false', undefined, 'once');
    assert.equal(first.body.data.removed, 'nightly');
    const again = await send('DELETE', '/api/schedules/nightly?dryRun=false', undefined, 'once');
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.equal((await send('DELETE', '/api/schedules/nightly', undefined, 'once')).body.code, 'idempotency-conflict');
  });

  test('the document -> a DELETE takes its input in the address, too', async () => {
    const { paths } = (await scene.ask('/openapi.json')).body;
    const { parameters, requestBody } = paths['/api/orders'].delete;
    const found = parameters.map(({ name, in: place, required }: Record<string, unknown>) => [name, place, required]);
    assert.ok(found.some((each: unknown) => JSON.stringify(each) === '["symbol","query",false]'));
    assert.equal(requestBody.required, false);
  });
});
