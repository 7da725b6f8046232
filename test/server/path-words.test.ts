import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Failure } from '../../src/api/failures.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import { ROUTES } from '../../src/api/http/routes.ts';
import { openScene, type ServerScene } from './server-scene.ts';

describe('what a path says of its fields', () => {
  let scene: ServerScene;
  before(async () => {
    scene = await openScene({
      execute: (id, given, world, call) => {
        if (id !== 'order-place') return execute(id, given, world, call);
        throw new Failure(
          'input-invalid',
          'qty: expected one of --qty and --pct-equity, found --qty-of-all with --limit',
          {
            details: { field: 'qty' },
          },
        );
      },
    });
  });
  after(() => scene.close());
  const order = { symbol: 'BTCUSDT', side: 'BUY', quantity: '1' };

  test('a refusal on a path with names of its own -> fields under these names, no flags', async () => {
    const { body } = await scene.command('/api/orders', order, 'named');
    assert.equal(body.detail, 'quantity: expected one of quantity and pctEquity, found --qty-of-all with price');
    assert.deepEqual([body.code, body.details.field], ['input-invalid', 'quantity']);
    assert.equal(body.hint, '/openapi.json and /docs say what each field takes.');
  });

  test('the same on the operation’s own path, by which command lines ask -> their words', async () => {
    const { body } = await scene.command('/api/order/place', { symbol: 'BTCUSDT', side: 'buy', qty: '1' }, 'own');
    assert.match(body.detail, /^qty: expected one of --qty and --pct-equity/);
    assert.equal(body.details.field, 'qty');
  });

  test('the document and the page -> name fields of the path, never the flags that they are on a command line', async () => {
    const { paths } = (await scene.ask('/openapi.json')).body;
    const properties = paths['/api/orders'].post.requestBody.content['application/json'].schema.properties;
    assert.equal(properties.notional.description, 'Value in the quote currency, in place of quantity');
    for (const { path, method, operation } of ROUTES) {
      const told = JSON.stringify(paths[path][method.toLowerCase()]);
      for (const field of Object.keys(operation.input.shape)) {
        const flag = `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
        assert.ok(!new RegExp(`${flag}(?![\\w-])`).test(told), `${method} ${path}: ${flag}`);
      }
    }
    assert.doesNotMatch((await scene.ask('/docs')).text, /in place of --qty/);
  });
});
