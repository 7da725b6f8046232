import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { eventsHash, stateHash } from '../../src/core/engine/state-hash.ts';
import { Backtest } from '../../src/core/research/backtest.ts';
import { audit } from './auditor.ts';
import { configOf, runShape } from './random-run.ts';

/** Change it to look elsewhere; a failure prints seed and path, so that it can be found again. */
const seed = Number(process.env['TRADEWRIGHT_PROPERTY_SEED'] ?? 20_260_101);
const numRuns = Number(process.env['TRADEWRIGHT_PROPERTY_RUNS'] ?? 150);

describe('random strategies on random bars', () => {
  test(`books, venue, orders and events of any run -> agree (seed ${seed})`, () => {
    let fills = 0;
    let orders = 0;
    fc.assert(
      fc.property(runShape, (shape) => {
        const backtest = new Backtest(configOf(shape)).run();
        fills += backtest.engine.state.fills.count;
        orders += backtest.engine.state.orders.count;
        assert.deepEqual(audit(backtest).slice(0, 5), []);
      }),
      { seed, numRuns },
    );
    assert.ok(fills > numRuns * 5 && orders > numRuns * 10, `only ${fills} fills of ${orders} orders: the dice do too little`);
  });

  test(`two runs, a streamed run and a reset engine -> the same events and state (seed ${seed})`, () => {
    fc.assert(
      fc.property(runShape, (shape) => {
        const config = configOf(shape);
        const first = new Backtest(config).run();
        const hash = eventsHash(first.engine);
        const state = stateHash(first.engine);
        const second = new Backtest(config).run();
        assert.equal(eventsHash(second.engine), hash, 'another run');
        assert.equal(stateHash(second.engine), state, 'another run');
        const streamed = new Backtest({ ...config, streamed: true }).run();
        assert.equal(eventsHash(streamed.engine), hash, 'streamed');
        assert.equal(stateHash(streamed.engine), state, 'streamed');
        first.run();
        assert.equal(eventsHash(first.engine), hash, 'reset engine');
        assert.equal(stateHash(first.engine), state, 'reset engine');
      }),
      { seed, numRuns: Math.ceil(numRuns / 4) },
    );
  });
});
