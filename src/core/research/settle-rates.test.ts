import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makerTakerFees } from '../exchange/fees.ts';
import { toRate } from '../exchange/rate.ts';
import { bars } from '../strategy/data.ts';
import { defineStrategy } from '../strategy/define-strategy.ts';
import { barsFromRows } from '../vocabulary/market-data.ts';
import { Backtest, type BacktestFeed } from './backtest.ts';
import { SettleRates } from './settle-rates.ts';
import { costSection, tripSection, tripsOf } from './trade-sections.ts';

const HOUR_MS = 3_600_000;

/** Bars that open at the close before; the first at its own. */
function pair(base: string, quote: string, tick: string, closes: readonly number[]): BacktestFeed {
  const rows = closes.map((close, k) => {
    const open = closes[Math.max(0, k - 1)]!;
    return [k * HOUR_MS, open, Math.max(open, close), Math.min(open, close), close, 1000];
  });
  const instrument = { id: `X:${base}${quote}`, base, quote, tick, lot: '0.001' };
  return { instrument, timeframe: '1h', bars: barsFromRows(rows) };
}

/** Buys bitcoin, with that ether, sells the ether. */
const trader = defineStrategy({
  id: 'trader',
  params: {},
  data: { btc: bars('1h', 'BTCUSD'), eth: bars('1h', 'ETHBTC') },
  indicators: () => ({}),
  onBar(c) {
    if (c.data.btc.index === 0) c.buy({ size: { qty: 0.1 }, why: 'to pay with' });
    if (c.data.btc.index === 2) c.on('eth').buy({ size: { qty: 1 }, why: 'in' });
    if (c.data.btc.index === 4) c.on('eth').position.close('out');
  },
});

// Bitcoin halves between entry and exit of the ether, which rises from 0.05 to 0.06.
const run = () =>
  new Backtest({
    feeds: [
      pair('BTC', 'USD', '0.01', [50_000, 50_000, 50_000, 40_000, 25_000, 25_000, 25_000]),
      pair('ETH', 'BTC', '0.00001', [0.05, 0.05, 0.05, 0.05, 0.06, 0.06, 0.06]),
    ],
    strategies: [{ strategy: trader }],
    cash: 10_000,
    currency: 'USD',
    costs: { fees: makerTakerFees(toRate(0.01), toRate(0.01)) },
    limits: { instrumentExposurePct: null, orderValuePct: null },
    warmUp: 'ready',
  }).run();

describe('a run whose instruments settle in several currencies', () => {
  test('rates -> by the last close until then; before the first close by that; 1 for the account’s own', () => {
    const rates = new SettleRates(run());
    assert.deepEqual(
      [0, 1, 3.9, 4, 5, 99].map((hour) => rates.at(1, hour * HOUR_MS)),
      [50_000, 50_000, 50_000, 40_000, 25_000, 25_000],
    );
    assert.equal(rates.at(0, 4 * HOUR_MS), 1);
  });

  test('trades, fees and turnover -> each in the account’s currency at the rate of its time', () => {
    const backtest = run();
    const trades = tripSection(backtest, tripsOf(backtest));
    const ether = trades.find(({ instrument }) => instrument === 'X:ETHBTC')!;
    // 0.05 BTC paid at 3:00, 0.06 received at 5:00, 1 % of each as fees; bitcoin is at 25,000 then.
    assert.equal(ether.quantity, 1);
    assert.ok(Math.abs(ether.fees - 0.0011 * 25_000) < 1e-9, `${ether.fees}`);
    assert.ok(Math.abs(ether.profit - (0.01 - 0.0011) * 25_000) < 1e-9, `${ether.profit}`);
    assert.ok(Math.abs(ether.profitPct - (100 * (0.01 - 0.0011)) / 0.05) < 1e-9);
    const { totals, lines } = costSection(backtest);
    // 0.1 bitcoin for 5,000; ether for 0.05 at 50,000 and for 0.06 at 25,000.
    const traded = 5_000 + 0.05 * 50_000 + 0.06 * 25_000;
    assert.ok(Math.abs(totals.traded! - traded) < 1e-9, `${totals.traded}`);
    assert.ok(Math.abs(totals.fees - traded * 0.01) < 1e-9, `${totals.fees}`);
    assert.ok(Math.abs(lines.reduce((sum, { amount }) => sum + amount, 0) - 2 * lines.at(-1)!.amount) < 1e-9);
  });
});
