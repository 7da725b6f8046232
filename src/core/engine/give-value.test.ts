import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOUR_MS, START_MS, STOCK } from '../../../test/scenario.ts';
import { clientOrderId } from '../execution/client-order-id.ts';
import { deskEngine } from '../research/simulated-desk.ts';
import { bars } from '../strategy/data.ts';
import { defineStrategy } from '../strategy/define-strategy.ts';
import type { Json } from '../vocabulary/json.ts';
import type { Engine } from './engine.ts';

/** What the strategy was told, and what it finds at each bar. */
const told: Json[] = [];
const found: Json[] = [];

/** Buys as many as it is told to; nothing of what is no number. */
const obedient = defineStrategy({
  id: 'obedient',
  params: {},
  data: { main: bars() },
  indicators: () => ({}),
  sources: { quantity: { about: 'how many to buy' } },
  onBar: (c) => void found.push(c.source('quantity')),
  onSource(c, _name, value) {
    told.push(value);
    if (typeof value === 'number') c.buy({ size: { qty: value }, why: 'told' });
  },
});

function started(): Engine {
  told.length = 0;
  found.length = 0;
  const config = { strategies: [{ strategy: obedient }], cash: 10_000, warmUp: 'ready' } as const;
  const engine = deskEngine(config, [{ instrument: STOCK, timeframe: '1h' }], {}, 'given');
  engine.reset();
  return engine;
}

function bar(engine: Engine): void {
  const openMs = START_MS + (engine.state.slice + 1) * HOUR_MS;
  engine.append(0, openMs, 100, 101, 99, 100, 1e6);
  engine.endSlice(openMs + HOUR_MS);
}

const give = (engine: Engine, value: Json, source = 'quantity') =>
  engine.command({ type: 'give-value', reason: 'by hand', source, value: value as never });

describe('a value that is given', () => {
  test('by a source that the strategy declares -> told at once, its orders and their refusals are answered', () => {
    const engine = started();
    bar(engine);
    assert.deepEqual(give(engine, 'hello'), { done: true, placed: [], refused: [] });
    assert.deepEqual(give(engine, 3), { done: true, placed: [clientOrderId(engine.state.session, 0)], refused: [] });
    assert.deepEqual(give(engine, 1e6), { done: true, placed: [], refused: ['order-value-limit'] });
    assert.deepEqual(told, ['hello', 3, 1e6]);
    bar(engine);
    assert.deepEqual(found, [null, 1e6]);
  });

  test('fields in any order -> told in that of their names, as it will be from the journal; nobody can change them', () => {
    const engine = started();
    bar(engine);
    give(engine, { word: 'up', all: [{ z: 1, a: 2 }] });
    assert.equal(JSON.stringify(told[0]), '{"all":[{"a":2,"z":1}],"word":"up"}');
    const [{ all }] = told as unknown as readonly [{ all: { a: number }[] }];
    assert.throws(() => all.push({ a: 1 }), TypeError);
    assert.throws(() => {
      all[0]!.a = 3;
    }, TypeError);
  });

  test('of a source that nobody declares -> refused with those that are, nothing told', () => {
    const engine = started();
    bar(engine);
    for (const source of ['news', 'toString']) {
      const outcome = give(engine, 1, source);
      assert.equal(!outcome.done && outcome.code, 'unknown-source');
      assert.match(outcome.done ? '' : outcome.message, /declares the source \w+; declared are quantity$/);
    }
    assert.deepEqual(told, []);
  });

  test('before the first instant, and while the strategy is paused -> not told, and found at the next bar', () => {
    const engine = started();
    give(engine, 1);
    bar(engine);
    engine.command({ type: 'pause-strategy', reason: 'x', strategy: 'obedient' });
    give(engine, 2);
    engine.command({ type: 'start-strategy', reason: 'x', strategy: 'obedient' });
    bar(engine);
    assert.deepEqual(told, []);
    assert.deepEqual(found, [1, 2]);
    assert.equal(engine.state.orders.count, 0);
  });
});
