import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ta } from '../indicators/ta.ts';
import { bars, universe } from '../strategy/data.ts';
import { defineStrategy } from '../strategy/define-strategy.ts';
import { p } from '../strategy/params.ts';
import { barsFromRows } from '../vocabulary/market-data.ts';
import { play } from './play.ts';
import { PLAY_MARKETS, PLAY_START_MS } from './play-bars.ts';

/** Buys one at the second bar, sells at the fourth; logs its closes. */
const oneTrade = defineStrategy({
  id: 'one-trade',
  params: { qty: p.num(1, { min: 0.1, max: 1_000 }) },
  data: { main: bars() },
  indicators: () => ({}),
  state: (): { bars: number } => ({ bars: 0 }),
  onBar(c) {
    const bar = c.state.bars++;
    c.log(`close ${c.price}`);
    if (bar === 1) c.buy({ size: { qty: c.params.qty }, why: 'second bar' });
    if (bar === 3) c.position.close('fourth bar');
  },
});
const closes = [100, 101, 102, 104, 108, 108];

describe('play', () => {
  test('closes: bought at bar 2 and sold at bar 4 -> fills at their opens, which are the closes before', () => {
    const trace = play(oneTrade, { bars: closes });
    assert.deepEqual(
      trace.fills.map((f) => [f.bar, f.side, f.price, f.qty, f.fee, f.why]),
      [
        [2, 'buy', 101, 1, 0, 'second bar'],
        [4, 'sell', 104, 1, 0, 'fourth bar'],
      ],
    );
    assert.deepEqual([...trace.equity], [10_000, 10_000, 10_001, 10_003, 10_003, 10_003]);
    assert.deepEqual(
      trace.logs.map((l) => [l.bar, l.text]),
      closes.map((c, i) => [i, `close ${c}`]),
    );
    assert.deepEqual(trace.finalState, { bars: 6 });
    assert.deepEqual(
      trace.trades.map((t) => [t.entryBar, t.exitBar, t.profit, t.open]),
      [[2, 4, 3, false]],
    );
  });

  test('closing fills: decided and filled at the same bar -> the bar is that one', () => {
    const { fills } = play(oneTrade, { bars: closes, fills: 'close' });
    assert.deepEqual(
      fills.map((f) => [f.bar, f.price]),
      [
        [1, 101],
        [3, 104],
      ],
    );
  });

  test('fee and cash: 0.1 % of what is traded -> paid in both directions', () => {
    const { fills, equity } = play(oneTrade, { bars: closes, cash: 500, fee: 0.001, params: { qty: 2 } });
    assert.deepEqual(
      fills.map((f) => f.fee),
      [0.202, 0.208],
    );
    assert.ok(Math.abs(equity.at(-1)! - (500 + 6 - 0.41)) < 1e-9);
  });

  test('the same bars as closes, rows, rows with volume and time, and columns -> the same hash', () => {
    const rows = closes.map((close, i) => {
      const open = closes[i - 1] ?? close;
      return [open, Math.max(open, close), Math.min(open, close), close];
    });
    const timed = rows.map((row, i) => [PLAY_START_MS + i * 3_600_000, ...row, 1_000]);
    const hashes = [closes, rows, rows.map((row) => [...row, 1_000]), timed, barsFromRows(timed)].map(
      (given) => play(oneTrade, { bars: given }).hash,
    );
    assert.equal(new Set(hashes).size, 1);
    assert.notEqual(play(oneTrade, { bars: closes, params: { qty: 2 } }).hash, hashes[0]);
  });

  test('refusals: more than there is -> as data, with code, bar and reason', () => {
    const { refusals, orders } = play(oneTrade, { bars: closes, params: { qty: 500 } });
    assert.deepEqual(refusals, [
      { bar: 1, symbol: 'TEST', side: 'buy', qty: '500', code: 'order-value-limit', why: 'second bar' },
    ]);
    assert.equal(orders.length, 0);
  });

  test('target of an instrument whose first bar is still to come -> refused as data until then', () => {
    const both = defineStrategy({
      id: 'both',
      params: {},
      data: { all: universe('1h') },
      indicators: () => ({}),
      onBar: ({ data, on }) => on(data.all[1]!).target(0.4, 'an equal share'),
    });
    const row = (hour: number): number[] => [PLAY_START_MS + hour * 3_600_000, 100, 100, 100, 100, 1];
    const { refusals, fills } = play(both, { bars: { A: [0, 1, 2, 3, 4].map(row), B: [2, 3, 4].map(row) } });
    assert.deepEqual(
      refusals.map(({ code, qty }) => `${code} ${qty}`),
      ['no-reference-price 0', 'no-reference-price 0'],
    );
    assert.deepEqual(
      fills.map(({ symbol, qty }) => `${symbol} ${qty}`),
      ['B 40'],
    );
  });

  test('rows that are no bars -> RangeError naming the row', () => {
    assert.throws(
      () => play(oneTrade, { bars: [[100, 99, 98, 100]] }),
      /bars\[0\]: expected a close, or \[open, high, low, close\]/,
    );
    assert.throws(() => play(oneTrade, { bars: [100, -1] }), /bars\[1\]/);
    assert.throws(() => play(oneTrade, { bars: [[100, 101]] }), /bars\[0\]/);
  });

  test('rows that stand still, go back in time or have no volume that is one -> RangeError naming the row', () => {
    const at = (openTimeMs: number, volume = 1): number[] => [openTimeMs, 100, 100, 100, 100, volume];
    const time = /bars\[1\]: expected an open time in epoch ms, later than that of the bar before, found/;
    for (const second of [0, -3_600_000, Number.NaN])
      assert.throws(() => play(oneTrade, { bars: [at(PLAY_START_MS), at(PLAY_START_MS + second)] }), time);
    for (const volume of [-5, Number.NaN])
      assert.throws(() => play(oneTrade, { bars: [at(PLAY_START_MS, volume)] }), /bars\[0\]: expected a volume of 0/);
  });

  test('bars that are none: a market nobody knows, no symbols, nothing -> RangeError saying what may be given', () => {
    assert.throws(() => play(oneTrade, { bars: 'mixd' as never }), /expected a market of trend, fall, .* found "mixd"/);
    for (const none of [{}, undefined])
      assert.throws(() => play(oneTrade, { bars: none as never }), /bars: expected closes, rows, columns, a market/);
  });

  test('parameters out of range -> ParameterError naming the parameter', () => {
    assert.throws(() => play(oneTrade, { bars: closes, params: { qty: 0 } }), { name: 'RangeError', field: 'qty' });
  });

  test('markets by name -> what the name says, the same twice, different for two instruments', () => {
    const hold = defineStrategy({
      id: 'hold',
      params: {},
      data: { main: bars() },
      indicators: ({ data }) => ({ day: ta.sma(data.main.close, 24) }),
      onBar: (c) => c.target(0.98, 'hold'),
    });
    const growth = Object.fromEntries(
      PLAY_MARKETS.map((name) => {
        const { equity, hash } = play(hold, { bars: name });
        assert.equal(play(hold, { bars: name }).hash, hash);
        return [name, equity.at(-1)! / 10_000 - 1];
      }),
    );
    assert.ok(
      growth['trend']! > 0.5 && growth['fall']! < -0.4 && Math.abs(growth['chop']!) < 0.2,
      JSON.stringify(growth),
    );
    const two = play(hold, { bars: { A: 'chop', B: 'chop' } });
    assert.notEqual(two.hash, play(hold, { bars: { A: 'chop' } }).hash);
  });
});
