import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordingSink } from '../../../test/recording-sink.ts';
import { ACCOUNT_CHANNELS, tellAccountPush } from './account-pushes.ts';
import { loadPushDecoder, loadPushType } from './push-decoder.ts';

const ORDER = {
  id: 'C02__505979017439002624115',
  clientId: 'ours1',
  price: '95000',
  quantity: '0.01',
  orderType: 1,
  tradeType: 1,
  cumulativeQuantity: '0',
  cumulativeAmount: '0',
  status: 1,
  createTime: 1795200000000,
};
const DEAL = {
  price: '95000',
  quantity: '0.01',
  amount: '950',
  tradeType: 1,
  tradeId: '505979017439002624115X1',
  clientOrderId: 'ours1',
  orderId: ORDER.id,
  feeAmount: '0.000005',
  feeCurrency: 'BTC',
  time: 1795200000000,
};

/** What a push of the account tells, and whether all of it could be told. */
async function told(body: object): Promise<{ readonly sink: RecordingSink; readonly isWhole: boolean }> {
  const [type, decode] = [await loadPushType(), await loadPushDecoder()];
  const [orders, deals] = ACCOUNT_CHANNELS;
  const channel = 'privateDeals' in body ? deals : orders;
  const push = decode(type.encode(type.fromObject({ channel, symbol: 'BTCUSDT', ...body })).finish());
  assert.ok(!('fault' in push));
  const sink = new RecordingSink();
  return { sink, isWhole: tellAccountPush(push, sink) };
}

describe('MEXC account pushes', () => {
  test('a stop order, which only people place -> told as one', async () => {
    const { sink, isWhole } = await told({ privateOrders: { ...ORDER, orderType: 100 } });
    assert.deepEqual([isWhole, sink.orders[0]?.type, sink.anomalies], [true, 'stop-limit', []]);
  });

  test('an order type of tomorrow -> an anomaly, the order told all the same', async () => {
    const { sink, isWhole } = await told({ privateOrders: { ...ORDER, orderType: 7, status: 2 } });
    assert.deepEqual([isWhole, sink.orders[0]?.clientOrderId, sink.orders[0]?.status], [true, 'ours1', 'filled']);
    assert.deepEqual(
      sink.anomalies.map(([code]) => code),
      ['unknown-enum'],
    );
  });

  test('a trade that cannot be read -> an anomaly, and not all was told', async () => {
    for (const odd of [{ tradeType: 3 }, { price: 'x' }, { tradeId: '' }]) {
      const { sink, isWhole } = await told({ privateDeals: { ...DEAL, ...odd } });
      assert.deepEqual([isWhole, sink.fills.length, sink.anomalies.length], [false, 0, 1], JSON.stringify(odd));
    }
    const { sink, isWhole } = await told({ privateDeals: DEAL });
    assert.deepEqual([isWhole, sink.fills[0]?.fee], [true, '0.000005']);
  });
});
