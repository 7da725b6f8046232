import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EVENT, EVENT_TYPES, eventSchema } from './events.ts';

const envelope = { v: 1, seq: 0, at: 0, causedBy: { input: 0 }, input: 0 };

describe('events', () => {
  test('types: names -> unique, kebab-case, a noun and a past participle', () => {
    assert.equal(new Set(EVENT_TYPES).size, EVENT_TYPES.length);
    for (const type of EVENT_TYPES) assert.match(type, /^[a-z]+(-[a-z]+)*-(ed|[a-z]*(ed|en|id|un|ut))$/, type);
  });

  test('numbers: every type -> its place in the union, few enough for six bits', () => {
    assert.deepEqual(
      EVENT_TYPES.map((t) => EVENT[t]),
      EVENT_TYPES.map((_, i) => i),
    );
    assert.ok(EVENT_TYPES.length <= 64);
  });

  test('narrate: every type of the union -> has a payload', () => {
    const source = readFileSync(join(import.meta.dirname, '../engine/narrate.ts'), 'utf8');
    for (const type of EVENT_TYPES) assert.ok(source.includes(`case '${type}'`), `narrate.ts has no case for ${type}`);
  });

  test('schema: a cause must be exactly one of input and event', () => {
    const started = (causedBy: object): boolean =>
      eventSchema.safeParse({ ...envelope, type: 'strategy-started', causedBy }).success;
    assert.equal(started({ input: 0 }), true);
    assert.equal(started({ event: 3 }), true);
    assert.equal(started({}), false);
    assert.equal(started({ input: 0, event: 3 }), false);
  });

  test('schema: unknown types, missing fields, numbers for money -> refused', () => {
    const fill = {
      ...envelope,
      type: 'order-filled',
      order: 'x',
      fill: 0,
      side: 'buy',
      role: 'entry',
      quantity: '1',
      price: '100',
      fee: '0.1',
      feeAsset: 'USD',
      liquidity: 'taker',
    };
    assert.equal(eventSchema.safeParse(fill).success, true);
    assert.equal(eventSchema.safeParse({ ...fill, price: 100 }).success, false);
    assert.equal(eventSchema.safeParse({ ...fill, side: 'long' }).success, false);
    const { fee: _, ...without } = fill;
    assert.equal(eventSchema.safeParse(without).success, false);
    assert.equal(eventSchema.safeParse({ ...envelope, type: 'order-guessed' }).success, false);
    assert.equal(eventSchema.safeParse({ ...fill, v: 2 }).success, false);
  });
});
