import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readOrders } from './rest-answers.ts';

/** As the venue's page "Current Open Orders" shows one. */
const ORDER = {
  symbol: 'BTCUSDT',
  orderId: 'C02__505979017439002624115',
  orderListId: -1,
  clientOrderId: 'ours1',
  price: '90000',
  origQty: '0.01',
  executedQty: '0',
  cummulativeQuoteQty: '0',
  status: 'NEW',
  timeInForce: null,
  type: 'LIMIT',
  side: 'BUY',
  stopPrice: null,
  time: 1795200000000,
  updateTime: 1795200000000,
  isWorking: true,
  origQuoteOrderQty: '0',
};

describe('MEXC orders in answers', () => {
  test('a type and a status of tomorrow -> listed with the others, open as unknown, told', () => {
    const odd = { ...ORDER, orderId: 'C02__2', clientOrderId: 'by-hand', type: 'STOP_LIMIT', status: 'SUSPENDED' };
    const words: string[] = [];
    const body = Buffer.from(JSON.stringify([odd, ORDER]));
    const orders = readOrders((detail) => words.push(detail))({ status: 200, headers: {}, body });
    assert.deepEqual(
      orders.map(({ clientOrderId, status, type }) => [clientOrderId, status, type]),
      [
        ['by-hand', 'unknown', 'limit'],
        ['ours1', 'open', 'limit'],
      ],
    );
    assert.deepEqual(words, ['status "SUSPENDED" is not known', 'type "STOP_LIMIT" is not known']);
  });
});
