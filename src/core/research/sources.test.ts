import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventsHash } from '../engine/state-hash.ts';
import { ta } from '../indicators/ta.ts';
import { bars } from '../strategy/data.ts';
import { type Context, defineStrategy } from '../strategy/define-strategy.ts';
import { Backtest, type SourceValue } from './backtest.ts';
import { runChecks } from './checks/run-checks.ts';
import { play, playConfig } from './play.ts';
import { PLAY_START_MS } from './play-bars.ts';

const HOUR_MS = 3_600_000;
/** Hours after the market began. */
const at = (hour: number): number => PLAY_START_MS + hour * HOUR_MS;
const hour = (timeMs: number): number => (timeMs - PLAY_START_MS) / HOUR_MS;
const news = (hours: number, value: SourceValue['value']): SourceValue => ({
  name: 'news',
  timeMs: at(hours),
  value,
});

const word = (value: SourceValue['value']): string => JSON.stringify(value).replaceAll('"', '');

/** Tells of every call when it is and what it knows. */
const listener = defineStrategy({
  id: 'listener',
  params: {},
  data: { main: bars() },
  indicators: () => ({}),
  sources: { news: { about: 'anything' } },
  onStart: (c) => c.log(`starts, ${word(c.source('news'))} known`),
  onBar: (c) => c.log(`bar ${hour(c.now)}, ${word(c.source('news'))} known`),
  onSource: (c, name, value) => c.log(`${name} ${word(value)} at ${hour(c.now)}, price ${c.price}`),
});

/** Buys on good news above the average, closes on bad news. */
const trader = defineStrategy({
  id: 'trader',
  params: {},
  data: { main: bars() },
  indicators: ({ data }) => ({ average: ta.sma(data.main.close, 3) }),
  sources: { news: { about: 'how it goes' } },
  onSource(c, _name, value) {
    if (value === 'good' && c.price > c.ind.average.value) c.buy({ size: { qty: 1 }, why: 'good news' });
    if (value === 'bad') c.position.close('bad news');
  },
});

describe('sources of a backtest', () => {
  test('values before, between, at and after closes -> between the instants, ahead of the bar that closes then', () => {
    const { logs } = play(listener, {
      bars: [100, 101, 102],
      sources: [news(-5, 'old'), news(0.5, 'early'), news(1.5, 'half'), news(2, 'two'), news(9, 'late')],
    });
    assert.deepEqual(
      logs.map(({ text }) => text),
      [
        ...['starts, early known', 'bar 1, early known'],
        ...['news half at 1, price 100', 'news two at 1, price 100', 'bar 2, two known'],
        'bar 3, two known',
      ],
    );
  });

  test('ordered on a value within a bar -> filled at the open after it', () => {
    const { fills } = play(trader, {
      bars: [100, 101, 102, 103, 104, 105, 106, 107, 108],
      sources: [news(4.5, 'good'), news(6, 'bad')],
      warmUp: 'ready',
    });
    assert.deepEqual(
      fills.map(({ bar, side, price, why }) => [bar, side, price, why]),
      [
        [5, 'buy', 104, 'good news'],
        [6, 'sell', 105, 'bad news'],
      ],
    );
  });

  test('one value over several instruments -> told once, before the bars of the instant', () => {
    const { logs } = play(listener, { bars: { A: [100, 101], B: [50, 51] }, sources: [news(1.5, 'half')] });
    assert.deepEqual(
      logs.map(({ text }) => text),
      ['starts, null known', 'bar 1, null known', 'news half at 1, price 100', 'bar 2, half known'],
    );
  });

  test('bar by bar -> the same events; every check passes', () => {
    const sources = Array.from({ length: 60 }, (_, k) => news(40 + 7.5 * k, k % 3 === 2 ? 'bad' : 'good'));
    const config = playConfig(trader, { bars: 'chop', sources });
    const hash = eventsHash(new Backtest(config).run().engine);
    const streamed = new Backtest({ ...config, streamed: true }).run();
    assert.ok(streamed.engine.state.fills.count > 5);
    assert.equal(eventsHash(streamed.engine), hash);
    const checks = runChecks(config);
    assert.deepEqual(
      checks.map(({ name, status }) => `${name} ${status}`),
      ['look-ahead passed', 'replay passed', 'warm-up passed', 'determinism passed'],
      JSON.stringify(checks),
    );
  });

  test('a value that the strategy changes -> it throws, since the next run is handed the same', () => {
    const changing = defineStrategy({
      id: 'changing',
      params: {},
      data: { main: bars() },
      indicators: () => ({}),
      sources: { news: { about: 'anything' } },
      onSource(_c, _name, value) {
        (value as { seen: { times: number } }).seen.times++;
      },
    });
    assert.throws(
      () => play(changing, { bars: [100, 101, 102], sources: [news(1.5, { seen: { times: 0 } })] }),
      /changing: onSource .*threw TypeError: Cannot assign to read only property 'times'/,
    );
  });

  test('values out of order -> refused, with the place', () => {
    const run = () => play(listener, { bars: [100, 101], sources: [news(1, 'a'), news(2, 'b'), news(1.5, 'c')] });
    assert.throws(run, /^RangeError: sources: expected values in order of time, found number 3 before number 2$/);
  });

  test('names that objects have of themselves -> no source', () => {
    const asking = (c: Context<never, never, never, never>) => c.source('toString');
    const odd = defineStrategy({ ...listener.def, onStart: (c) => void asking(c as never), onBar() {} });
    assert.throws(() => play(odd, { bars: [100, 101] }), /there is no source "toString"; declared are news/);
  });
});
