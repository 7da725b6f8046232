import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type JournalLine, JournalView } from './journal-view.ts';

const BEGAN = new Map([
  ['account orderSizeLots', 100],
  ['account positionLots', 100],
]);
const [ORDER, ITS] = ['first', 'second'];

type Payload = { readonly [key: string]: unknown };
const line = (seq: number, kind: string, payload: Payload): JournalLine => ({
  ...{ seq, kind, atMs: seq, text: JSON.stringify(payload), tick: seq, life: 1 },
});
const intent = (request: string, order: string, inputs: number, content: Payload): Payload => ({
  ...{ clientOrderId: order, request, intent: 4, epoch: 1, validUntilMs: 0 },
  ...{ verdict: { code: 'approved', inputs }, order: content },
});
const BUY = { side: 'buy', type: 'limit', quantity: '0.5', limit: '100' };

/** What an order may have that came after limits had become stricter, and after another order of the same signal. */
function allowed(before: Payload, now: Payload, filled: string | null = null, isWithdrawn = true): number {
  const other: Payload = { type: 'account-read' };
  const fill: Payload = { type: 'fill-told', fill: { tradeId: '1', clientOrderId: ORDER, quantity: filled } };
  const payloads: (readonly [kind: string, payload: Payload])[] = [
    ['intent', intent('place', ORDER, 0, before)],
    [
      'input',
      { type: 'command-given', command: { type: 'set-limits', scope: 'account', limits: { orderSizeLots: 9 } } },
    ],
    isWithdrawn ? ['intent', intent('cancel', ORDER, 1, {})] : ['outcome', other],
    ['outcome', filled === null ? other : fill],
    ['intent', intent('place', ITS, 4, now)],
  ];
  const view = new JournalView(
    payloads.map(([kind, payload], k) => line(k + 1, kind, payload)),
    BEGAN,
  );
  assert.deepEqual(view.complaints, []);
  assert.equal(view.allowed('orderSizeLots', view.places.get(ORDER)!), 100);
  return view.allowed('orderSizeLots', view.places.get(ITS)!);
}

describe('what an order may have that stands for another', () => {
  const sell = { ...BUY, side: 'sell' };
  for (const [name, before, now, filled, expected] of [
    ['the same again', BUY, BUY, null, 100],
    ['less, and farther', BUY, { ...BUY, quantity: '0.4', limit: '99' }, null, 100],
    ['what is left of it', BUY, { ...BUY, quantity: '0.3' }, '0.2', 100],
    ['more than is left of it', BUY, { ...BUY, quantity: '0.31' }, '0.2', 9],
    ['more', BUY, { ...BUY, quantity: '0.51' }, null, 9],
    ['nearer', BUY, { ...BUY, limit: '101' }, null, 9],
    ['of another kind', BUY, { ...BUY, type: 'stop-limit', trigger: '99' }, null, 9],
    ['on the other side', BUY, sell, null, 9],
    ['a sale that is farther and worth more', sell, { ...sell, limit: '101' }, null, 9],
    ['a sale that is farther and worth no more', sell, { ...sell, limit: '101', quantity: '0.4' }, null, 100],
  ] as const)
    test(`${name} -> by the limits of ${expected === 100 ? 'the first' : 'its own time'}`, () => {
      assert.equal(allowed(before, now, filled), expected);
    });

  test('the first was not withdrawn -> by the limits of its own time', () => {
    assert.equal(allowed(BUY, BUY, null, false), 9);
  });
});
