import assert from 'node:assert/strict';
import { loadPushDecoder, loadPushType } from '../../../src/adapters/mexc/push-decoder.ts';
import { readSharedJson, sharedData } from '../../shared-data.ts';
import type { FuzzTarget } from '../target.ts';

const RECORDED = 'protocol/mexc_protobuf/frames.json';
const [decode, type] = await Promise.all([loadPushDecoder(), loadPushType()]);

/** Binary pushes of MEXC: what is taken has a channel and a body whose fields are of their kind; nothing throws. */
export const target: FuzzTarget = {
  name: 'mexc-pushes',
  sample(random) {
    const text = (): string => (random.uniform() * 100_000).toFixed(Math.floor(random.uniform() * 8));
    const level = (): object => ({ price: text(), quantity: text() });
    const body = [
      {
        publicAggreDeals: {
          deals: [{ ...level(), tradeType: 1 + Math.floor(random.uniform() * 2), time: 1_795_200_000_990 }],
        },
      },
      { publicAggreDepths: { bids: [level(), level()], asks: [level()], fromVersion: '7', toVersion: '9' } },
      {
        publicAggreBookTicker: {
          bidPrice: text(),
          bidQuantity: text(),
          askPrice: text(),
          askQuantity: text(),
          version: '3',
        },
      },
      { privateOrders: { id: 'C02__1', clientId: 'a', price: text(), status: 1, createTime: 1_795_200_000_000 } },
    ][Math.floor(random.uniform() * 4)];
    const push = {
      channel: 'spot@public.x.v3.api.pb@BTCUSDT',
      symbol: 'BTCUSDT',
      sendTime: 1_795_200_001_000,
      ...body,
    };
    return type.encode(type.fromObject(push)).finish();
  },
  recorded: () =>
    sharedData(RECORDED) === null
      ? []
      : readSharedJson<{ frames: { hex: string }[] }>(RECORDED).frames.map(({ hex }) => Buffer.from(hex, 'hex')),
  feed(frame) {
    const push = decode(frame);
    if ('fault' in push) {
      assert.ok(push.detail.length > 0 && push.detail.length < 400);
      return false;
    }
    assert.ok(push.channel.startsWith('spot@') && push.sendTimeMs >= 0 && push.createTimeMs >= 0);
    for (const name of ['deals', 'bids', 'asks', 'items'])
      for (const item of push.body.list(name)) {
        assert.equal(typeof item.text('price'), 'string');
        const time = item.integer('time');
        assert.ok(Number.isNaN(time) || Number.isSafeInteger(time));
      }
    return true;
  },
};
