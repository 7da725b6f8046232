import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Scene } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());
scene.write('limits.json', '{}');
const LIVE = ['live', 'sma-cross', '--limits', 'limits.json', '--symbols', 'BTCUSDT', '--cash', '100'];

describe('live: the stage of the strategy', () => {
  for (const [env, wanted] of [
    ['testnet', 'testnet'],
    ['live', 'live'],
  ] as const)
    test(`an account of ${env}, a strategy that was never promoted -> refused with all that is missing, before anybody is called`, async () => {
      const added = await scene.run(
        ['account', 'add', 'binance', '--label', env, '--env', env, '--no-test'],
        {},
        'key-of-nobody\nsecret-of-nobody\n',
      );
      assert.equal(added.code, 0, added.err);
      const { code, body } = await scene.json([...LIVE, '--account', env, '--confirm', env]);
      assert.equal(body.error.code, 'stage-missing', JSON.stringify(body.error));
      assert.equal(code, 10);
      assert.match(
        body.error.message,
        new RegExp(`sma-cross stands at research, ${wanted} is needed. Missing: .*backtest`),
      );
      // Words help where no real money can be lost.
      assert.equal(body.error.hint.includes('--accept'), env === 'testnet');
    });
});
