import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type LimitRule, Limits } from './limits.ts';

const RULES: readonly LimitRule[] = [
  { type: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 100 },
  { type: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 5 },
  { type: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 8 },
  { type: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 1000 },
];
/** 12:00:50: ten seconds before a minute ends. */
const START = Date.UTC(2026, 0, 5, 12, 0, 50);

function limits(enforced = true): { limits: Limits; at: (ms: number) => void } {
  let now = START;
  const subject = new Limits(RULES, enforced, () => now);
  return {
    limits: subject,
    at: (ms) => {
      now = START + ms;
    },
  };
}

const codeOf = (limited: ReturnType<Limits['admit']>): unknown =>
  (limited?.answer.body as { code: number } | undefined)?.code;

describe('limits', () => {
  test('weight: exactly the limit -> admitted; one more -> 429 until the minute of the clock ends', () => {
    const { limits: subject, at } = limits();
    subject.charge('a', 99);
    assert.equal(subject.admit('a', 1), null);
    const over = subject.admit('a', 2);
    assert.equal(over?.answer.status, 429);
    assert.equal(codeOf(over), -1003);
    assert.equal(
      over?.retryAfterSeconds,
      10,
      'the window is the minute of the clock, not the minute since the first request',
    );
    assert.equal(subject.admit('b', 100), null, 'another address is not concerned');
    at(9_999);
    assert.equal(subject.admit('a', 2)?.retryAfterSeconds, 1);
    at(10_000);
    assert.equal(subject.admit('a', 100), null);
  });

  test('headers: name the interval, count what was used in this window', () => {
    const { limits: subject, at } = limits();
    subject.charge('a', 7);
    subject.countOrders(3, 2);
    assert.deepEqual(subject.weightHeaders('a'), { 'x-mbx-used-weight-1m': '7' });
    assert.deepEqual(subject.orderHeaders(3), { 'x-mbx-order-count-10s': '2', 'x-mbx-order-count-1d': '2' });
    at(10_000);
    assert.deepEqual(subject.weightHeaders('a'), { 'x-mbx-used-weight-1m': '0' });
    assert.deepEqual(subject.orderHeaders(3), { 'x-mbx-order-count-10s': '0', 'x-mbx-order-count-1d': '2' });
  });

  test('orders: too many -> -1015 with the limit that was met, per account', () => {
    const { limits: subject, at } = limits();
    subject.countOrders(1, 5);
    const over = subject.admitOrders(1, 1);
    assert.deepEqual(over?.answer, {
      status: 429,
      body: { code: -1015, msg: 'Too many new orders; current limit is 5 orders per 10 SECOND.' },
    });
    assert.equal(subject.admitOrders(2, 5), null);
    assert.equal(subject.admitOrders(1, 0), null);
    at(10_000);
    assert.equal(subject.admitOrders(1, 3), null);
    subject.countOrders(1, 3);
    at(20_000);
    assert.match(String((subject.admitOrders(1, 1)!.answer.body as { msg: string }).msg), /8 orders per 1 DAY/);
  });

  test('fills give orders back -> never below zero', () => {
    const { limits: subject } = limits();
    subject.countOrders(1, 2);
    subject.countOrders(1, -5);
    assert.equal(subject.orderHeaders(1)['x-mbx-order-count-10s'], '0');
    subject.countOrders(1, 1);
    assert.equal(subject.orderHeaders(1)['x-mbx-order-count-10s'], '1');
  });

  test('asking on while refused -> banned, twice as long the next time, for everything', () => {
    const { limits: subject, at } = limits();
    subject.charge('a', 100);
    let last = subject.admit('a', 1);
    let asked = 1;
    while (last?.answer.status === 429 && asked < 100) {
      last = subject.admit('a', 1);
      asked++;
    }
    assert.equal(last?.answer.status, 418);
    assert.equal(last?.retryAfterSeconds, 120);
    at(60_000);
    assert.equal(subject.admit('a', 0)?.answer.status, 418, 'a new minute does not lift a ban');
    at(120_000);
    assert.equal(subject.admit('a', 1), null);
    assert.equal(subject.ban('a').retryAfterSeconds, 240);
  });

  test('WebSockets: the 301st in five minutes of the clock -> refused, free again in the next', () => {
    const { limits: subject, at } = limits();
    for (let k = 0; k < 300; k++) assert.equal(subject.admitConnection('a'), null);
    const over = subject.admitConnection('a');
    assert.deepEqual([over?.answer.status, over?.retryAfterSeconds], [429, 250]);
    assert.equal(subject.admitConnection('b'), null);
    at(250_000);
    assert.equal(subject.admitConnection('a'), null);
  });

  test('not enforced -> counts, refuses nothing', () => {
    const { limits: subject } = limits(false);
    subject.charge('a', 1000);
    subject.countOrders(1, 1000);
    assert.equal(subject.admit('a', 1000), null);
    assert.equal(subject.admitOrders(1, 10), null);
    assert.equal(subject.weightHeaders('a')['x-mbx-used-weight-1m'], '1000');
  });

  test('a rule that is no limit -> refused when made', () => {
    assert.throws(() => new Limits([{ ...RULES[0]!, limit: 0 }], true, () => 0), RangeError);
  });
});
