import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { dataMissing, readSharedJson } from '../../../test/shared-data.ts';
import { loadPushDecoder, loadPushType, type Push, type PushDecoder, type PushFault } from './push-decoder.ts';

const KLINE =
  '0a2873706f74407075626c69632e6b6c696e652e76332e6170692e70624042544355534454404d696e311a074254435553445428e8c788d29f34a2133d0a044d696e3110c4a782d8061a053935303030220539353031302a053935303230320539343939303a0431322e354207313138373630304880a882d806';
const DEALS =
  '0a2f73706f74407075626c69632e61676772652e6465616c732e76332e6170692e7062403130306d7340425443555344541a074254435553445430e8c788d29f34d213440a190a0839353030302e30301204302e3031180120dec788d29f34122773706f74407075626c69632e61676772652e6465616c732e76332e6170692e7062403130306d73';
const RECORDED = 'protocol/mexc_protobuf/frames.json';

let decode: PushDecoder;
before(async () => {
  decode = await loadPushDecoder();
});

function read(hex: string): Push {
  const push = decode(Buffer.from(hex, 'hex'));
  assert.ok(!('fault' in push), JSON.stringify(push));
  return push;
}

function faultOf(bytes: Uint8Array): PushFault['fault'] | null {
  const push = decode(bytes);
  return 'fault' in push ? push.fault : null;
}

describe('MEXC push decoder', () => {
  test('published kline bytes -> every field', () => {
    const { channel, symbol, createTimeMs, sendTimeMs, kind, body } = read(KLINE);
    assert.deepEqual(
      [channel, symbol, createTimeMs, sendTimeMs, kind],
      ['spot@public.kline.v3.api.pb@BTCUSDT@Min1', 'BTCUSDT', 1_795_200_001_000, 0, 'publicSpotKline'],
    );
    assert.deepEqual([body.integer('windowStart'), body.integer('windowEnd')], [1_795_199_940, 1_795_200_000]);
    assert.deepEqual(
      ['openingPrice', 'closingPrice', 'highestPrice', 'lowestPrice', 'volume', 'amount'].map((n) => body.text(n)),
      ['95000', '95010', '95020', '94990', '12.5', '1187600'],
    );
  });

  test('published deals bytes -> one buy', () => {
    const { kind, sendTimeMs, body } = read(DEALS);
    const [deal, ...others] = body.list('deals');
    assert.deepEqual([kind, sendTimeMs, others.length], ['publicAggreDeals', 1_795_200_001_000, 0]);
    assert.deepEqual(
      [deal!.text('price'), deal!.text('quantity'), deal!.integer('tradeType')],
      ['95000.00', '0.01', 1],
    );
    assert.equal(deal!.integer('time'), 1_795_200_000_990);
    assert.equal(deal!.text('tradeId'), '', 'absent');
  });

  test('recorded frames -> the fields that were read from them by hand', { skip: dataMissing(RECORDED) }, () => {
    const { frames } = readSharedJson<{ frames: RecordedFrame[] }>(RECORDED);
    assert.ok(frames.length > 0);
    for (const frame of frames) {
      const push = read(frame.hex);
      assert.deepEqual(
        [push.channel, push.symbol, push.sendTimeMs],
        [frame.wrapper['1'], frame.wrapper['3'], frame.wrapper['6']],
        frame.name,
      );
      const { expected } = frame;
      if (expected.deals !== undefined) {
        const deals = push.body.list('deals').map((deal) => ({
          price: deal.text('price'),
          quantity: deal.text('quantity'),
          tradeType: deal.integer('tradeType'),
          time: deal.integer('time'),
        }));
        assert.deepEqual(deals, expected.deals);
      }
      for (const name of ['bidPrice', 'askPrice', 'version'] as const)
        if (expected[name] !== undefined) assert.equal(push.body.text(name), expected[name]);
    }
  });

  test('every prefix of a frame -> a fault, never an error', () => {
    for (const hex of [KLINE, DEALS]) {
      const whole = Buffer.from(hex, 'hex');
      for (let length = 0; length < whole.length; length++)
        assert.notEqual(faultOf(whole.subarray(0, length)), null, `${length} of ${whole.length} bytes`);
    }
  });

  test('mutated frames -> a push or a fault, never an error', () => {
    const whole = Buffer.from(KLINE, 'hex');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (changes) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          const push = decode(bytes);
          if ('fault' in push) return assert.ok(push.detail.length > 0);
          for (const name of ['openingPrice', 'volume']) assert.equal(typeof push.body.text(name), 'string');
          assert.equal(typeof push.body.integer('windowStart'), 'number');
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('any bytes -> a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const push = decode(bytes);
        assert.ok('fault' in push || push.channel.startsWith('spot@'));
      }),
    );
  });

  test('no channel, JSON text, deep groups -> malformed', () => {
    assert.equal(faultOf(new Uint8Array()), 'malformed');
    assert.equal(faultOf(Buffer.from('{"id":0,"code":0,"msg":"PONG"}')), 'malformed');
    assert.equal(faultOf(new Uint8Array(100_000).fill(0x3b)), 'malformed');
  });

  test('a channel with a body of tomorrow -> schema drift', async () => {
    const type = await loadPushType();
    const known = type
      .encode(type.fromObject({ channel: 'spot@public.new.v3.api.pb@BTCUSDT', symbol: 'BTCUSDT' }))
      .finish();
    // Field 316, length-delimited, empty.
    assert.equal(faultOf(Buffer.concat([known, Buffer.from([0xe2, 0x13, 0x00])])), 'schema-drift');
  });

  test('unknown fields beside known ones -> skipped', async () => {
    const extra = Buffer.concat([Buffer.from(KLINE, 'hex'), Buffer.from([0xe2, 0x13, 0x00])]);
    assert.equal(faultOf(extra), null);
  });

  test('every message of the schema -> survives encoding and decoding', async () => {
    const type = await loadPushType();
    const depth = {
      asks: [{ price: '1', quantity: '0' }],
      bids: [],
      fromVersion: '10589632359',
      toVersion: '10589632360',
    };
    const bytes = type.encode(type.fromObject({ channel: 'spot@x', publicAggreDepths: depth })).finish();
    const push = read(Buffer.from(bytes).toString('hex'));
    assert.equal(push.kind, 'publicAggreDepths');
    assert.equal(push.body.list('asks')[0]!.text('quantity'), '0');
    assert.deepEqual([push.body.list('bids').length, push.body.text('toVersion')], [0, '10589632360']);
  });
});

interface RecordedFrame {
  readonly name: string;
  readonly hex: string;
  readonly wrapper: Readonly<Record<string, unknown>>;
  readonly expected: {
    readonly deals?: readonly object[];
    readonly bidPrice?: string;
    readonly askPrice?: string;
    readonly version?: string;
  };
}
