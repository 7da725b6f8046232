import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordingSink } from '../../../test/recording-sink.ts';
import type { VenueFill, VenueOrder } from '../../ports/exchange-gateway.ts';
import { OrderNames } from './order-names.ts';
import { spotAccountRoute, tellSpotEvent } from './user-data-spot.ts';

const REPORT = {
  e: 'executionReport',
  E: 1795200000456,
  s: 'BTCUSDT',
  c: 'my1',
  S: 'BUY',
  o: 'LIMIT',
  f: 'GTC',
  q: '0.50000000',
  p: '95000.00000000',
  P: '0.00000000',
  F: '0.00000000',
  g: -1,
  C: '',
  x: 'TRADE',
  X: 'PARTIALLY_FILLED',
  r: 'NONE',
  i: 28,
  l: '0.20000000',
  z: '0.20000000',
  L: '94990.00000000',
  n: '0.00020000',
  N: 'BTC',
  T: 1795200000455,
  t: 57,
  I: 642,
  w: true,
  m: false,
  M: false,
  O: 1795200000400,
  Z: '18998.00000000',
  Y: '18998.00000000',
  Q: '0.00000000',
  W: 1795200000400,
  V: 'EXPIRE_MAKER',
};

function tell(...events: unknown[]): { sink: RecordingSink; seen: string[]; asked: number } {
  const sink = new RecordingSink();
  const told = { sink, seen: [] as string[], asked: 0 };
  const names = new OrderNames();
  for (const event of events)
    tellSpotEvent(event, {
      sink,
      names,
      saw: (id) => told.seen.push(id),
      askBalances: () => {
        told.asked++;
      },
    });
  return told;
}

describe('account events of spot', () => {
  test('a trade -> the fill, then the order', () => {
    const { sink, seen } = tell(REPORT);
    const ids = { symbol: 'BTCUSDT', clientOrderId: 'my1', venueOrderId: '28', side: 'buy' } as const;
    assert.deepEqual(sink.fills, [
      {
        ...ids,
        tradeId: '57',
        quantity: '0.2',
        price: '94990',
        fee: '0.0002',
        feeAsset: 'BTC',
        isMaker: false,
        tradedAtMs: 1795200000455,
      } satisfies VenueFill,
    ]);
    assert.deepEqual(sink.orders, [
      {
        ...ids,
        type: 'limit',
        tif: 'gtc',
        status: 'open',
        quantity: '0.5',
        filledQuantity: '0.2',
        filledValue: '18998',
        limit: '95000',
        trigger: null,
        reduceOnly: false,
        updatedAtMs: 1795200000455,
        reason: '',
      } satisfies VenueOrder,
    ]);
    assert.deepEqual([seen, sink.anomalies], [['my1'], []]);
  });

  test('a cancel -> told under the id of the order, not of the cancel', () => {
    const { sink, seen } = tell({ ...REPORT, x: 'CANCELED', X: 'CANCELED', c: 'web_8f2', C: 'my1', t: -1, N: null });
    assert.deepEqual([sink.orders[0]?.clientOrderId, sink.orders[0]?.status, seen], ['my1', 'canceled', ['my1']]);
    assert.equal(sink.fills.length, 0);
  });

  test('an expired rest -> expired with its reason', () => {
    const { sink } = tell({ ...REPORT, x: 'EXPIRED', X: 'EXPIRED', o: 'MARKET', eR: 'INSUFFICIENT_LIQUIDITY', t: -1 });
    assert.deepEqual([sink.orders[0]?.status, sink.orders[0]?.reason], ['expired', 'INSUFFICIENT_LIQUIDITY']);
  });

  test('words of tomorrow -> told as anomalies; the order stays open as unknown', () => {
    const { sink } = tell({ ...REPORT, x: 'SETTLED', X: 'FROZEN', o: 'PEGGED', f: 'GFD' });
    assert.deepEqual(
      sink.anomalies.map(([code]) => code),
      Array.from({ length: 4 }, () => 'unknown-enum'),
    );
    assert.deepEqual([sink.orders[0]?.status, sink.orders[0]?.type], ['unknown', 'limit']);
  });

  test('balances: totals -> told; a change without totals -> asked for', () => {
    const position = { e: 'outboundAccountPosition', E: 1, u: 7, B: [{ a: 'BTC', f: '0.19980000', l: '0.00000000' }] };
    const told = tell(position, { e: 'balanceUpdate', E: 1, a: 'BTC', d: '1.0', T: 2 });
    assert.deepEqual(told.sink.balances, [[{ asset: 'BTC', free: '0.1998', locked: '0' }, 7]]);
    assert.equal(told.asked, 1);
  });

  test('an event of tomorrow -> schema drift; one that cannot be read -> throws', () => {
    assert.deepEqual(tell({ e: 'newThing' }).sink.anomalies[0]?.[0], 'schema-drift');
    assert.throws(() => tell({ ...REPORT, q: 'a lot' }));
    assert.throws(() => tell({ ...REPORT, S: 'HOLD' }));
  });

  test('frames of the WebSocket API -> what they say', () => {
    const route = spotAccountRoute('wss://h/ws-api/v3', { signedParameters: () => ({ apiKey: 'k', timestamp: 1 }) });
    assert.deepEqual(JSON.parse(String(route.subscription?.(3))), {
      id: 'account3',
      method: 'userDataStream.subscribe.signature',
      params: { apiKey: 'k', timestamp: 1 },
    });
    const kinds = [
      { subscriptionId: 0, event: REPORT },
      { id: 'account3', status: 200, result: { subscriptionId: 0 } },
      { id: 'account3', status: 400, error: { code: -1022, msg: 'Signature for this request is not valid.' } },
      { id: null, status: 401, error: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' } },
      { subscriptionId: 0, event: { e: 'eventStreamTerminated', E: 1 } },
      { event: { e: 'serverShutdown', E: 1 } },
    ].map((body) => route.read(body).kind);
    assert.deepEqual(kinds, ['event', 'subscribed', 'refused', 'ended', 'ended', 'leaving']);
    assert.throws(() => route.read([]));
  });
});
