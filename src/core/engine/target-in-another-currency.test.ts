import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makerTakerFees } from '../exchange/fees.ts';
import { Backtest, type BacktestFeed } from '../research/backtest.ts';
import { bars } from '../strategy/data.ts';
import { defineStrategy } from '../strategy/define-strategy.ts';
import { allocateBars } from '../vocabulary/market-data.ts';

function flatPair(base: string, quote: string, tick: string, price: number): BacktestFeed {
  const columns = allocateBars(6);
  for (const name of ['open', 'high', 'low', 'close'] as const) columns[name].fill(price);
  for (let i = 0; i < 6; i++) columns.openTimeMs[i] = i * 3_600_000;
  const instrument = { id: `X:${base}${quote}`, base, quote, tick, lot: '0.001' };
  return { instrument, timeframe: '1h', bars: columns };
}

test('target of a pair that is quoted in another currency than the account’s -> that share of the equity', () => {
  const strategy = defineStrategy({
    id: 'cross',
    params: {},
    data: { btc: bars('1h', 'BTCUSD'), eth: bars('1h', 'ETHBTC') },
    indicators: () => ({}),
    onBar(c) {
      if (c.data.btc.index === 1) c.buy({ size: { pctEquity: 0.6 }, why: 'to pay with' });
      if (c.data.btc.index === 3) c.on('eth').target(0.3, 'x');
    },
  });
  const { engine } = new Backtest({
    feeds: [flatPair('BTC', 'USD', '0.01', 50_000), flatPair('ETH', 'BTC', '0.00001', 0.05)],
    strategies: [{ strategy }],
    cash: 10_000,
    currency: 'USD',
    costs: { fees: makerTakerFees(0, 0) },
  }).run();
  // 3,000 USD of ETH at 2,500.
  assert.deepEqual([...engine.state.book.netLots], [120, 1_200]);
});

test('equity of one of several strategies: its pair is quoted in another currency than the account’s -> in the account’s', () => {
  const pair = flatPair('ETH', 'BTC', '0.00001', 0.05);
  // ETH falls by half inside the fifth bar.
  pair.bars.close.fill(0.025, 4);
  pair.bars.low.fill(0.025, 4);
  let told = 0;
  const holder = defineStrategy({
    id: 'holder',
    params: {},
    data: { btc: bars('1h', 'BTCUSD'), eth: bars('1h', 'ETHBTC') },
    indicators: () => ({}),
    onBar(c) {
      if (c.data.btc.index === 1) c.buy({ size: { pctEquity: 0.6 }, why: 'to pay with' });
      if (c.data.btc.index === 3) c.on('eth').target(0.3, 'x');
      told = c.equity;
    },
  });
  const other = defineStrategy({ id: 'other', params: {}, data: { main: bars() }, indicators: () => ({}) });
  const { engine } = new Backtest({
    feeds: [flatPair('BTC', 'USD', '0.01', 50_000), pair],
    strategies: [{ strategy: holder }, { strategy: other }],
    cash: 10_000,
    currency: 'USD',
    costs: { fees: makerTakerFees(0, 0) },
  }).run();
  // 1,500 USD of ETH, of which half is lost; the account has lost nothing else.
  assert.equal(engine.state.clock[1], 9_250);
  assert.equal(told, 4_250);
});
