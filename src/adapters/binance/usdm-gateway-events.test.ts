import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordingSink } from '../../../test/recording-sink.ts';
import { OrderNames } from './order-names.ts';
import { tellUsdmEvent } from './usdm-gateway-events.ts';

const ORDER = {
  s: 'BTCUSDT',
  c: 'my1',
  S: 'BUY',
  o: 'LIMIT',
  f: 'GTX',
  q: '0.010',
  p: '95000',
  ap: '94990',
  sp: '0',
  x: 'TRADE',
  X: 'FILLED',
  i: '8389765591234567890',
  l: '0.010',
  z: '0.010',
  L: '94990',
  N: 'USDT',
  n: '0.47495',
  T: 1795200000298,
  t: 9001,
  b: '0',
  a: '0',
  m: true,
  R: false,
  wt: 'CONTRACT_PRICE',
  ot: 'LIMIT',
  ps: 'BOTH',
  rp: '0',
  er: '0',
};
const ALGO = {
  caid: 'stop1',
  aid: 2146760,
  at: 'CONDITIONAL',
  o: 'STOP_MARKET',
  s: 'BTCUSDT',
  S: 'SELL',
  ps: 'BOTH',
  f: 'GTC',
  q: '0.010',
  X: 'NEW',
  ai: '',
  ap: '0.0',
  aq: '0.0',
  tp: '90000.0',
  p: '0',
  R: true,
  rm: '',
};

function orderEvent(change: object = {}): object {
  return { e: 'ORDER_TRADE_UPDATE', E: 1, T: 1, o: { ...ORDER, ...change } };
}
function algoEvent(change: object = {}): object {
  return { e: 'ALGO_UPDATE', E: 1, T: 1795200000100, o: { ...ALGO, ...change } };
}
function accountEvent(m: string, change: object): object {
  return { e: 'ACCOUNT_UPDATE', E: 2, T: 3, a: { m, ...change } };
}

function tell(...events: unknown[]): RecordingSink {
  const sink = new RecordingSink();
  const names = new OrderNames();
  for (const event of events) tellUsdmEvent(event, { sink, names, saw: () => undefined, marginAsset: () => 'USDT' });
  return sink;
}

describe('account events of USD-M futures', () => {
  test('a trade -> the fill with its fee, and the order', () => {
    const { fills, orders, anomalies } = tell(orderEvent());
    assert.deepEqual(
      [fills[0]?.tradeId, fills[0]?.fee, fills[0]?.feeAsset, fills[0]?.isMaker, fills[0]?.venueOrderId],
      ['9001', '0.47495', 'USDT', true, '8389765591234567890'],
    );
    assert.deepEqual([orders[0]?.status, orders[0]?.tif, orders[0]?.quantity], ['filled', 'gtc', '0.01']);
    assert.deepEqual(anomalies, []);
  });

  test('no fee named -> zero in the margin asset', () => {
    const { N: _, n: __, ...plain } = ORDER;
    const { fills } = tell({ e: 'ORDER_TRADE_UPDATE', E: 1, T: 1, o: plain });
    assert.deepEqual([fills[0]?.fee, fills[0]?.feeAsset], ['0', 'USDT']);
  });

  test('a conditional order: placed, triggered, filled -> one id all the way', () => {
    const sink = tell(
      algoEvent(),
      algoEvent({ X: 'TRIGGERING' }),
      algoEvent({ X: 'TRIGGERED', ai: '555' }),
      orderEvent({
        c: 'venues-own-name',
        i: 555,
        S: 'SELL',
        o: 'MARKET',
        ot: 'STOP_MARKET',
        x: 'NEW',
        X: 'NEW',
        l: '0',
        z: '0',
      }),
      orderEvent({ c: 'venues-own-name', i: 555, S: 'SELL', o: 'MARKET', ot: 'STOP_MARKET' }),
      algoEvent({ X: 'FINISHED', ai: '555', aq: '0.010', ap: '90000' }),
    );
    assert.deepEqual(
      sink.orders.map((order) => [order.clientOrderId, order.venueOrderId, order.type, order.status]),
      [
        ['stop1', 'algo-2146760', 'stop-market', 'open'],
        ['stop1', 'algo-2146760', 'stop-market', 'open'],
        ['stop1', '555', 'stop-market', 'open'],
        ['stop1', '555', 'stop-market', 'filled'],
      ],
    );
    assert.deepEqual([sink.fills[0]?.clientOrderId, sink.anomalies], ['stop1', []]);
  });

  test('a conditional order that the engine refused after its trigger -> rejected with the reason', () => {
    const { orders } = tell(algoEvent({ X: 'REJECTED', rm: 'Margin is insufficient.' }));
    assert.deepEqual([orders[0]?.status, orders[0]?.reason], ['rejected', 'Margin is insufficient.']);
  });

  for (const [c, what] of [
    ['autoclose-1795200000', 'liquidated'],
    ['adl_autoclose', 'auto-deleveraged'],
    ['settlement_autoclose-1795200000', 'settled at delivery or delisting'],
    ['named-otherwise', 'liquidated'],
  ] as const)
    test(`closed by the venue as ${c} -> fill, order, and that it was ${what}`, () => {
      const sink = tell(orderEvent({ c, o: 'LIQUIDATION', ot: 'LIQUIDATION', x: 'CALCULATED' }));
      assert.deepEqual([sink.fills.length, sink.orders.length, sink.liquidations.length], [1, 1, 1]);
      assert.ok(sink.liquidations[0]![1].startsWith(`${what}, ${c}: `), sink.liquidations[0]![1]);
    });

  test('balances, positions and funding -> told with their time', () => {
    const position = {
      s: 'BTCUSDT',
      pa: '-0.010',
      ep: '94990',
      bep: '1',
      cr: '0',
      up: '0',
      mt: 'isolated',
      iw: '5',
      ps: 'SHORT',
    };
    const funding = { B: [{ a: 'USDT', wb: '9998.5', cw: '9998.5', bc: '-1.5' }] };
    const sink = tell(
      accountEvent('ORDER', { B: [{ a: 'USDT', wb: '9999.52505000', cw: '9999', bc: '0' }], P: [position] }),
      accountEvent('FUNDING_FEE', funding),
      accountEvent('FUNDING_FEE', { ...funding, P: [position] }),
    );
    assert.deepEqual(sink.balances[0], [{ asset: 'USDT', free: '9999.52505', locked: '0' }, 3]);
    const { symbol, positionSide, quantity, isolated } = sink.positions[0]![0];
    assert.deepEqual([symbol, positionSide, quantity, isolated], ['BTCUSDT', 'short', '-0.01', true]);
    assert.deepEqual(sink.fundings, [
      ['', 'USDT', '-1.5', 3],
      ['BTCUSDT', 'USDT', '-1.5', 3],
    ]);
  });

  test('words of tomorrow -> anomalies, the order stays open as unknown', () => {
    const sink = tell(orderEvent({ x: 'PAUSED', X: 'PAUSED' }), algoEvent({ X: 'SLEEPING' }), { e: 'NEW_EVENT' });
    assert.deepEqual(
      sink.anomalies.map(([code]) => code),
      ['unknown-enum', 'unknown-enum', 'unknown-enum', 'schema-drift'],
    );
    assert.deepEqual(
      sink.orders.map((order) => order.status),
      ['unknown', 'unknown'],
    );
  });

  test('what others tell in full -> silence; what cannot be read -> throws', () => {
    const sink = tell({ e: 'TRADE_LITE', s: 'BTCUSDT' }, { e: 'ACCOUNT_CONFIG_UPDATE' });
    assert.deepEqual([sink.fills, sink.orders, sink.anomalies], [[], [], []]);
    assert.throws(() => tell(orderEvent({ q: null })));
  });
});
