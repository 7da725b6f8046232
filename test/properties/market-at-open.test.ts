import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { eventsHash, stateHash } from '../../src/core/engine/state-hash.ts';
import type { ToldOrders } from '../../src/core/exchange/told-orders.ts';
import { Backtest, type BacktestConfig } from '../../src/core/research/backtest.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { audit } from './auditor.ts';
import { configOf, type RunShape, runShape } from './random-run.ts';

const seed = Number(process.env['TRADEWRIGHT_PROPERTY_SEED'] ?? 20_260_101);
const numRuns = Number(process.env['TRADEWRIGHT_PROPERTY_RUNS'] ?? 150);

/** Says nothing about any order: the venue goes its general way, and decides as ever. */
const SILENT: ToldOrders = {
  rejects: () => false,
  arrivalMs: () => Number.NaN,
  cancelMs: () => Number.NaN,
  fillsMs: () => Number.NaN,
  ticks: (_row, _filled, ticks) => ticks,
  lots: (_row, _filled, lots) => lots,
  fee: (_row, _filled, _value, fee) => fee,
  endsAt: () => false,
};

/**
 * Buys, closes and cancels at the market, at times more than it can pay, and more than one order at once; and answers fills within the bar
 * that they happened in.
 */
const marketTrader = (dice: Random) =>
  defineStrategy({
    id: 'market-trader',
    params: {},
    data: { main: bars() },
    indicators: () => ({}),
    onBar({ position, buy, sell, orders, cancelAll }) {
      const roll = dice.uniform();
      if (roll < 0.1) return;
      if (roll < 0.15 && orders.length > 0) cancelAll('changed its mind');
      if (roll < 0.2) buy({ size: { qty: 1 }, limit: 40 + 150 * dice.uniform(), why: 'a limit beside it' });
      if (roll < 0.3 && position.isOpen) sell({ size: { qty: position.qty * dice.uniform() }, why: 'some of it' });
      if (position.isOpen && roll < 0.7) position.close('enough');
      else if (roll < 0.8)
        buy({ size: { pctEquity: 0.3 }, stop: { pct: 0.02 }, target: { pct: 0.03 }, why: 'guarded' });
      else buy({ size: { qty: 0.001 + 60 * dice.uniform() * dice.uniform() }, why: 'a go' });
    },
    onFill({ buy, cancelAll, position, price }) {
      const roll = dice.uniform();
      if (roll < 0.1) cancelAll('it has what it wanted');
      else if (roll < 0.2)
        buy({ size: { qty: 0.5 }, limit: price * (0.97 + 0.06 * dice.uniform()), why: 'more of it' });
      else if (roll < 0.3) buy({ size: { qty: 0.5 }, why: 'more of it at once' });
      else if (roll < 0.4 && position.isOpen) position.close('changed its mind');
    },
  });

/** Runs in which the short way is open: a cash account, one fee rate, no delay, no slippage. */
const openTo = (shape: RunShape): RunShape => ({
  ...shape,
  account: 'cash',
  atClose: false,
  slippage: 'none',
  latency: false,
  fees: 'plain',
});

const lived = ({ engine, venue }: Backtest) => ({
  events: eventsHash(engine),
  state: stateHash(engine),
  venue: JSON.stringify(venue.account.snapshot()),
});

/** What became of a run that went the short way where it could, and of the same that never could. */
function bothWays(config: () => BacktestConfig): { short: Backtest; general: Backtest } {
  const general = new Backtest(config());
  general.venue.listenTo(SILENT);
  return { short: new Backtest(config()).run(), general: general.run() };
}

describe('the short way of market orders', () => {
  test(`market orders of every size, beside others -> what the general way does, to the last quantum (seed ${seed})`, () => {
    let fills = 0;
    fc.assert(
      fc.property(runShape, (shape) => {
        const config = (): BacktestConfig => ({
          ...configOf(openTo(shape)),
          strategies: Array.from({ length: shape.strategies }, (_, k) => ({
            strategy: marketTrader(new Random(shape.seed + k)),
          })),
        });
        const { short, general } = bothWays(config);
        fills += short.engine.state.fills.count;
        assert.deepEqual(lived(short), lived(general));
        assert.deepEqual(audit(short), []);
      }),
      { seed, numRuns },
    );
    assert.ok(fills > numRuns * 10, `only ${fills} fills: the dice do too little`);
  });

  test(`orders of every kind -> what the general way does (seed ${seed})`, () => {
    fc.assert(
      fc.property(runShape, (shape) => {
        const { short, general } = bothWays(() => configOf(openTo(shape)));
        assert.deepEqual(lived(short), lived(general));
      }),
      { seed, numRuns: Math.ceil(numRuns / 2) },
    );
  });
});
