import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodedFrame, parsedFrame, sampleFrame } from '../../../../test/fuzz/binance-frames.ts';
import { mutate } from '../../../../test/fuzz/mutate.ts';
import { Random } from '../../../core/vocabulary/random.ts';
import { FRAME, FrameDecoder } from './frame-decoder.ts';

const TRADE =
  '{"e":"trade","E":1795200001000,"s":"BTCUSDT","t":12,"p":"95000.10","q":"0.5","T":1795200000999,"m":true,"M":true}';
const bytes = (text: string): Buffer => Buffer.from(text);

function decode(decoder: FrameDecoder, text: string) {
  return decodedFrame(decoder, decoder.decode(bytes(text)));
}

/** Fields of every object in another order. */
function shuffled(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) return value.map((v) => shuffled(v, random));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([k, v]) => [random.uniform(), k, shuffled(v, random)] as const);
  return Object.fromEntries(entries.sort((a, b) => a[0] - b[0]).map(([, k, v]) => [k, v]));
}

describe('frames of Binance', () => {
  test('compact frames of every event, raw and wrapped -> the numbers of JSON.parse, without it', () => {
    const random = new Random(11);
    const decoder = new FrameDecoder();
    for (let i = 0; i < 4000; i++) {
      const text = JSON.stringify(sampleFrame(random));
      assert.deepEqual(decode(decoder, text), parsedFrame(text), text);
      assert.ok(!decoder.wasSlow || text.includes('"r":""'), text);
      assert.deepEqual(decoder.faults, []);
    }
  });

  test('the same frames in another order, with white space or escapes -> the same numbers', () => {
    const random = new Random(12);
    const decoder = new FrameDecoder();
    for (let i = 0; i < 3000; i++) {
      const frame = shuffled(sampleFrame(random), random);
      const plain = JSON.stringify(frame);
      const text =
        i % 3 === 0
          ? plain
          : i % 3 === 1
            ? JSON.stringify(frame, null, 1 + (i % 4))
            : plain.replace(/[A-Z]/g, (c) => (random.uniform() < 0.2 ? `\\u00${c.charCodeAt(0).toString(16)}` : c));
      assert.deepEqual(decode(decoder, text), parsedFrame(text), text);
      assert.deepEqual(decoder.faults, []);
    }
  });

  test('mutated frames -> either refused with a reason or exactly what JSON.parse makes of them', () => {
    const random = new Random(13);
    const decoder = new FrameDecoder();
    let refused = 0;
    let taken = 0;
    for (let i = 0; i < 20_000; i++) {
      const frame = bytes(JSON.stringify(sampleFrame(random)));
      const broken = mutate(frame, bytes(JSON.stringify(sampleFrame(random))), random);
      const values = decodedFrame(decoder, decoder.decode(broken));
      if (values === null) {
        refused++;
        continue;
      }
      taken++;
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(broken);
      assert.deepEqual(values, parsedFrame(text), text);
    }
    assert.ok(refused > 5000 && taken > 500, `${refused} refused, ${taken} taken`);
  });

  test('fields that are new -> told once each, and the frame is still read without JSON.parse from then on', () => {
    const decoder = new FrameDecoder();
    const text = TRADE.replace('"M":true', '"M":true,"zz":"soon","Y":-1.5');
    for (let i = 0; i < 3; i++) {
      assert.equal(decoder.decode(bytes(text)), FRAME.trade);
      const drift = ['trade: field "zz" is new', 'trade: field "Y" is new'].map((detail) => ({
        code: 'schema-drift',
        detail,
      }));
      assert.deepEqual(decoder.faults, i === 0 ? drift : []);
      assert.equal(decoder.wasSlow, i === 0);
    }
    const nested = TRADE.replace('"M":true', '"M":true,"zz":{"deep":[1]}');
    assert.deepEqual(decode(decoder, nested), parsedFrame(nested), 'a new field may hold anything');
  });

  test('a stream of ever new fields -> a bounded number is told', () => {
    const decoder = new FrameDecoder();
    let told = 0;
    for (let i = 0; i < 1000; i++) {
      assert.equal(decoder.decode(bytes(TRADE.replace('"M":true', `"new${i}":1`))), FRAME.trade);
      told += decoder.faults.length;
    }
    assert.equal(told, 64);
  });

  test('a kind of trade that is new -> told once, and the trade is delivered', () => {
    const decoder = new FrameDecoder();
    const text = TRADE.replace('"M":true', '"X":"AUCTION"');
    assert.equal(decoder.decode(bytes(text)), FRAME.trade);
    assert.deepEqual(decoder.faults, [{ code: 'schema-drift', detail: 'trade: field X has "AUCTION"' }]);
    assert.equal(decoder.decode(bytes(text)), FRAME.trade);
    assert.deepEqual(decoder.faults, []);
  });

  test('values out of range -> no data, and the field is named', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [TRADE.replace('"95000.10"', '"NaN"'), /^out-of-range trade: field p is "NaN"/],
      [TRADE.replace('"95000.10"', '"1e400"'), /^out-of-range trade: field p is "1e400"/],
      [TRADE.replace('"95000.10"', '"-1"'), /^out-of-range trade: field p is "-1"/],
      [TRADE.replace('"95000.10"', '95000.1'), /^out-of-range trade: field p is 95000.1/],
      [TRADE.replace('"95000.10"', '""'), /^out-of-range trade: field p is ""/],
      [TRADE.replace('"95000.10"', '"0.00"'), /^out-of-range trade: a trade of nothing, or at no price/],
      [TRADE.replace('"t":12', '"t":1e400'), /^out-of-range trade: field t is Infinity/],
      [TRADE.replace('"t":12', '"t":9007199254740993'), /^out-of-range trade: field t is 9007199254740992/],
      [TRADE.replace('"t":12', '"t":"12"'), /^out-of-range trade: field t is "12"/],
      [TRADE.replace('"m":true', '"m":1'), /^out-of-range trade: field m is 1/],
      [TRADE.replace('"E":1795200001000', '"E":-5'), /^out-of-range trade: field E is -5/],
      ['{"lastUpdateId":1,"bids":[["0","1"]],"asks":[]}', /^out-of-range partialDepth: field bids is \["0","1"\]/],
      ['{"lastUpdateId":1,"bids":[["1"]],"asks":[]}', /^out-of-range partialDepth: field bids/],
      ['{"lastUpdateId":1,"bids":{},"asks":[]}', /^out-of-range partialDepth: field bids is \{\}/],
      [
        '{"e":"depthUpdate","E":1,"s":"A","U":9,"u":8,"b":[],"a":[]}',
        /^out-of-range depthUpdate: an update whose first id is above its last/,
      ],
      [
        '{"e":"kline","E":1,"s":"A","k":{"t":1,"i":"1m","o":"2","c":"2","h":"0.9","l":"1","v":"0","x":true}}',
        /^out-of-range kline: a bar with low 1 and high 0.9/,
      ],
    ];
    for (const [text, expected] of cases) {
      const decoder = new FrameDecoder();
      assert.equal(decoder.decode(bytes(text)), 0, text);
      assert.match(decoder.faults.map((f) => `${f.code} ${f.detail}`).join('; '), expected, text);
    }
  });

  test('what is no frame -> malformed, or drift where the event is unknown', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['', /^malformed no JSON/],
      ['}', /^malformed no JSON/],
      [TRADE.slice(0, -1), /^malformed no JSON/],
      [`${TRADE}}`, /^malformed no JSON/],
      [`${TRADE} x`, /^malformed no JSON/],
      ['null', /^malformed the frame is null/],
      ['[1]', /^malformed the frame is \[1\]/],
      ['{"stream":"x","data":7}', /^malformed data is 7/],
      [TRADE.replace('"p":"95000.10",', ''), /^malformed trade: field p is missing/],
      ['{"e":"kline","E":1,"s":"A","k":[]}', /^malformed kline.k is \[\]/],
      ['{"e":"auction","E":1}', /^schema-drift event "auction" is unknown/],
      ['{"hello":1}', /^schema-drift event "hello" is unknown/],
    ];
    for (const [text, expected] of cases) {
      const decoder = new FrameDecoder();
      assert.equal(decoder.decode(bytes(text)), 0, text);
      assert.match(decoder.faults.map((f) => `${f.code} ${f.detail}`).join('; '), expected, text);
    }
  });

  test('frames nested deeper than any stack, or very long -> refused or read, and the reason is short', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    for (const value of [deep, objects, `"${'9'.repeat(1_000_000)}"`, `"${'x'.repeat(1_000_000)}"`])
      for (const text of [
        TRADE.replace('"95000.10"', value),
        value,
        `{"stream":"a","data":${value}}`,
        `{"b":${value}}`,
      ]) {
        const decoder = new FrameDecoder();
        assert.equal(decoder.decode(bytes(text)), 0);
        assert.ok(decoder.faults.length === 1 && decoder.faults[0]!.detail.length < 200, decoder.faults[0]?.detail);
      }
    const ignored = TRADE.replace('"M":true', `"M":${deep}`);
    assert.equal(new FrameDecoder().decode(bytes(ignored)), FRAME.trade);
  });

  test('control messages -> told as such', () => {
    const decoder = new FrameDecoder();
    const controls = [
      ['{"result":null,"id":7}', { kind: 'answer', id: '7', error: null }],
      ['{"result":["a@trade"],"id":"x1"}', { kind: 'answer', id: 'x1', error: null }],
      ['{"code":2,"msg":"Invalid request","id":3}', { kind: 'answer', id: '3', error: '2 "Invalid request"' }],
      ['{"error":{"code":3,"msg":"Invalid JSON"},"id":null}', { kind: 'answer', id: '', error: '3 "Invalid JSON"' }],
      ['{"e":"serverShutdown","E":1795200000000}', { kind: 'shutdown' }],
      ['{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1795200000000}}', { kind: 'shutdown' }],
    ] as const;
    for (const [text, expected] of controls) {
      assert.equal(decoder.decode(bytes(text)), 0);
      assert.deepEqual(decoder.control, expected);
      assert.deepEqual(decoder.faults, []);
    }
    decoder.decode(bytes(TRADE));
    assert.equal(decoder.control, null);
  });

  test('a name that comes twice -> the later one counts, as in JSON.parse', () => {
    const decoder = new FrameDecoder();
    const text = TRADE.replace('"t":12', '"t":12,"t":13');
    assert.deepEqual(decode(decoder, text), parsedFrame(text));
  });

  test('a field that is absent after a frame that had it -> not the old value', () => {
    const decoder = new FrameDecoder();
    const quote = '{"u":1,"s":"A","b":"1","B":"1","a":"2","A":"1"}';
    decode(decoder, quote.replace('"u":1', '"E":5,"T":6,"u":1'));
    assert.deepEqual(decode(decoder, quote)?.numbers['eventTime'], Number.NaN);
  });

  test('10,000 known frames, several times -> nothing is put on the heap', () => {
    const random = new Random(14);
    const decoder = new FrameDecoder();
    const frames = Array.from({ length: 500 }, () => JSON.stringify(sampleFrame(random)))
      // More digits than a double holds, and an empty number, are not the hot path.
      .filter((text) => !text.includes('"r":""') && !/\d{8,}\.\d*[1-9]/.test(text))
      .map(bytes);
    const growth = (): number => {
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < 20; i++) for (const frame of frames) decoder.decode(frame);
      return process.memoryUsage().heapUsed - before;
    };
    // The first rounds compile; a single boxed number a frame would be more than 80,000 bytes.
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 100 && least > 20_000; round++) least = Math.min(least, Math.abs(growth()));
    assert.ok(least <= 20_000, `${least} bytes for ${20 * frames.length} frames`);
  });
});
