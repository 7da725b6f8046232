import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { Scene } from './command-line.ts';

const ACCEPT = 'this key works from any address';

describe('live: refused before it has begun', () => {
  const scene = new Scene();
  let exchange: LocalExchange;
  let env: Record<string, string> = {};
  before(async () => {
    exchange = await openLocalExchange({ market: { kind: 'quiet', book: { BTCUSDT: 95_000 } }, limits: 'none' });
    const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
    env = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest };
    scene.write('limits.json', '{}');
    const line = ['account', 'add', 'local', '--label', 'k', '--no-test'];
    const added = await scene.run(line, env, `${apiKey}\n${secret}\n`);
    assert.equal(added.code, 0, added.err);
  });
  after(async () => {
    await exchange.close();
    scene.remove();
  });

  const live = (strategy: string, cash: number, ...more: readonly string[]) =>
    scene.json(
      [
        ...['live', strategy, '--account', 'k', '--confirm', 'k', '--limits', 'limits.json'],
        ...['--symbols', 'BTCUSDT', '--cash', String(cash), '--session', 'mine', ...more],
      ],
      env,
    );

  test('more capital than there is, a key that may be used from anywhere, data that do not fit -> nothing is left, and what is right then begins', async () => {
    for (const [strategy, cash, code, ...more] of [
      ['sma-cross', 1e9, 'capital-missing', '--accept', ACCEPT],
      ['sma-cross', 1_000, 'key-unfit'],
      ['pairs', 1_000, 'strategy-data-invalid', '--accept', ACCEPT],
    ] as const) {
      const { body } = await live(strategy, cash, ...more);
      assert.equal(body.error?.code, code, JSON.stringify(body));
      const { body: listed } = await scene.json(['sessions'], env);
      assert.deepEqual(listed.data.sessions, []);
    }
    const { code, body } = await live('sma-cross', 1_000, '--accept', ACCEPT, '--seconds', '1');
    assert.equal(code, 0, JSON.stringify(body.error));
    assert.deepEqual([body.data.resumed, body.data.cash], [false, 1_000]);
  });
});
