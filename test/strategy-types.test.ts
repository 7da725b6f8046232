import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bars, defineStrategy, p, ta, universe } from '../src/index.ts';
import { play } from '../src/testing.ts';

/** Every `@ts-expect-error` below is a mistake that must stay a compile error; `tsc -b` fails where one no longer is. */
const base = { data: { main: bars(), daily: bars('1d'), all: universe() } } as const;

const strategy = defineStrategy({
  id: 'typed',
  params: { risk: p.pct(0.01), fast: p.int(5), both: p.bool(false), side: p.pick(['long', 'short']) },
  data: base.data,
  indicators: ({ data, params }) => ({
    fast: ta.sma(data.main.close, params.fast),
    cross: ta.cross(data.main.close, 1),
  }),
  state: () => ({ losses: 0 }),
  onBar(c) {
    if (c.now < 0) mistakes(c as never);
  },
});

type Context = Parameters<NonNullable<typeof strategy.def.onBar>>[0];

/** Never called: it exists for the compiler. */
function mistakes(c: Context): void {
  // @ts-expect-error a typo in a parameter
  void c.params.rissk;
  // @ts-expect-error a number is no word
  const word: string = c.params.fast;
  // @ts-expect-error a pick knows its words
  if (c.params.side === 'flat') return;
  // @ts-expect-error parameters do not change
  c.params.fast = 3;
  // @ts-expect-error a typo in a feed
  void c.data.dayly;
  // @ts-expect-error a typo in a feed's name
  c.closed('dayly');
  // @ts-expect-error a feed that was not declared
  c.on('hourly');
  // @ts-expect-error a universe is a list
  void c.data.all.close;
  // @ts-expect-error a typo in an indicator
  void c.ind.slow.value;
  // @ts-expect-error a cross is no series
  void c.ind.cross.value;
  // @ts-expect-error an indicator that does not exist
  ta.smaa(c.data.main.close, 5);
  // @ts-expect-error an indicator of bars, given a series
  ta.atr(c.data.main.close, 5);
  // @ts-expect-error a value is read, not written
  c.ind.fast.value = 1;
  // @ts-expect-error a typo in the state
  c.state.loses = 1;
  // @ts-expect-error no why
  c.buy({ size: { qty: 1 } });
  // @ts-expect-error no size
  c.buy({ why: 'because' });
  // @ts-expect-error there is no such size
  c.buy({ size: { riskPercent: 0.01 }, stop: { pct: 0.05 }, why: 'because' });
  // @ts-expect-error a level is an object that says what kind it is
  c.buy({ size: { qty: 1 }, stop: 95, why: 'because' });
  // @ts-expect-error there is no such level
  c.buy({ size: { qty: 1 }, stop: { percent: 5 }, why: 'because' });
  // @ts-expect-error r is a multiple of the stop: no level for a stop itself
  c.buy({ size: { qty: 1 }, stop: { r: 2 }, why: 'because' });
  // @ts-expect-error a time in force that does not exist
  c.buy({ size: { qty: 1 }, tif: 'forever', why: 'because' });
  // @ts-expect-error an entry has no such field
  c.buy({ size: { qty: 1 }, takeProfit: { pct: 0.05 }, why: 'because' });
  // @ts-expect-error closing needs a reason too
  c.position.close();
  // @ts-expect-error so does a target
  c.target(0.5);
  // @ts-expect-error there is no way to learn where one runs
  void c.mode;
  word.trim();
}

/** Never called either. */
function wrongDefinitions(): void {
  // @ts-expect-error a timeframe that does not exist
  bars('1x');
  // @ts-expect-error a range has no such field
  p.int(5, { minimum: 1 });
  // @ts-expect-error the default is none of the words
  p.pick(['a', 'b'], 'c');
  defineStrategy({
    id: 'x',
    params: { fast: p.int(5) },
    // @ts-expect-error a rule on a parameter that does not exist
    valid: ({ fast, slow }) => fast < slow,
    data: { main: bars() },
    indicators: () => ({}),
  });
  defineStrategy({
    id: 'x',
    params: {},
    data: { main: bars() },
    indicators: () => ({}),
    // @ts-expect-error state must be JSON
    state: () => ({ seen: new Map<string, number>() }),
  });
  defineStrategy({
    id: 'x',
    params: {},
    data: { main: bars() },
    indicators: () => ({}),
    // @ts-expect-error a timer's period needs a unit
    onTimer: { every: '5', run() {} },
  });
  // @ts-expect-error a misspelled parameter
  play(strategy, { bars: [1, 2], params: { rissk: 0.02 } });
  // @ts-expect-error a parameter of another type
  play(strategy, { bars: [1, 2], params: { risk: '2%' } });
  // @ts-expect-error none of the words
  play(strategy, { bars: [1, 2], params: { side: 'flat' } });
  // @ts-expect-error no such market
  play(strategy, { bars: 'tornado' });
  // @ts-expect-error no bars
  play(strategy, {});
  // @ts-expect-error a typo in an option
  play(strategy, { bars: [1, 2], cahs: 1_000 });
  // @ts-expect-error a trace is read by name
  void play(strategy, { bars: [1, 2] }).trade;
}

describe('strategy types', () => {
  test('mistakes that types cannot see: given through JSON -> refused by name at run time', () => {
    const given = JSON.parse('{ "rissk": 0.02 }') as object;
    assert.throws(
      () => play(strategy, { bars: [1, 2], params: given }),
      /typed has no parameter "rissk"; it has risk, fast, both, side/,
    );
    assert.equal(typeof wrongDefinitions, 'function');
  });
});
