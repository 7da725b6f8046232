import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { type Envelope, rewrap, seal, unseal } from './envelope.ts';

const key = createSecretKey(randomBytes(32));
const other = createSecretKey(randomBytes(32));
const binding = { id: 'c_1', venue: 'BINANCE', environment: 'live', label: 'main' };
const TEXT = '{"apiKey":"k","apiSecret":"é\u2028"}';

/** Every text that differs in one bit of one byte. */
function* flips(text: string): Generator<string> {
  const bytes = Buffer.from(text, 'base64');
  for (let at = 0; at < bytes.length; at++) {
    const bad = Buffer.from(bytes);
    bad[at]! ^= 1 << (at % 8);
    yield bad.toString('base64');
  }
}

describe('envelope', () => {
  test('sealed -> opens under the same key and binding, and is another one each time', () => {
    const envelope = seal(key, TEXT, binding);
    assert.equal(unseal(key, envelope, binding), TEXT);
    const again = seal(key, TEXT, binding);
    assert.notEqual(again.body, envelope.body);
    assert.notEqual(again.wrappedKey, envelope.wrappedKey);
    assert.equal(unseal(key, { ...envelope, wrappedKey: again.wrappedKey }, binding), null, 'a key for each');
  });

  test('any byte flipped, another key, any part of the binding changed -> does not open', () => {
    const envelope = seal(key, TEXT, binding);
    let tried = 0;
    for (const part of ['wrappedKey', 'body'] as const)
      for (const text of flips(envelope[part])) {
        assert.equal(unseal(key, { ...envelope, [part]: text }, binding), null);
        tried++;
      }
    assert.equal(tried, 12 + 32 + 16 + 12 + Buffer.byteLength(TEXT) + 16);
    assert.equal(unseal(other, envelope, binding), null);
    for (const change of [{ id: 'c_2' }, { venue: 'MEXC' }, { environment: 'testnet' }, { label: 'other' }])
      assert.equal(unseal(key, envelope, { ...binding, ...change }), null);
    const swapped: Envelope = { v: 1, wrappedKey: envelope.body, body: envelope.wrappedKey };
    assert.equal(unseal(key, swapped, binding), null);
  });

  test('wrapped under another key -> only that one opens it, and the body is the same', () => {
    const envelope = seal(key, TEXT, binding);
    const wrapped = rewrap(key, other, envelope, binding)!;
    assert.equal(wrapped.body, envelope.body);
    assert.equal(unseal(other, wrapped, binding), TEXT);
    assert.equal(unseal(key, wrapped, binding), null);
    assert.equal(rewrap(other, key, envelope, binding), null);
    assert.equal(rewrap(key, other, envelope, { ...binding, id: 'c_2' }), null);
  });
});
