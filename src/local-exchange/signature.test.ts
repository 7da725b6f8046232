import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAnswer, readParameters } from './parameters.ts';
import { isSignedBy, publicKeyProof } from './signature.ts';

const SECRET = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';
const PAYLOAD =
  'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559';
const HEX = 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71';
const hmac = { kind: 'hmac', secret: SECRET } as const;

function read(query: string, body = ''): Exclude<ReturnType<typeof readParameters>, { status: number }> {
  const sent = readParameters(query, body);
  assert.ok(!isAnswer(sent), JSON.stringify(sent));
  return sent;
}

function codeOf(query: string, body = ''): unknown {
  const sent = readParameters(query, body);
  assert.ok(isAnswer(sent));
  return (sent.body as { code: number }).code;
}

describe('signature', () => {
  test("Binance's published HMAC vectors -> accepted, in either case", () => {
    assert.equal(isSignedBy(hmac, PAYLOAD, HEX), true);
    assert.equal(isSignedBy(hmac, PAYLOAD, HEX.toUpperCase()), true);
    const wide = PAYLOAD.replace('LTCBTC', '%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96');
    assert.equal(isSignedBy(hmac, wide, 'e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3'), true);
    const usdm = { kind: 'hmac', secret: '2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9' } as const;
    const mixed = read(
      'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC',
      'quantity=1&price=9000&recvWindow=5000&timestamp=1591702613943&signature=30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4',
    );
    assert.equal(isSignedBy(usdm, mixed.signedText, mixed.signature!), true);
  });

  test('one bit off, cut short, not hexadecimal -> refused', () => {
    assert.equal(isSignedBy(hmac, PAYLOAD, HEX.replace(/1$/, '0')), false);
    assert.equal(isSignedBy(hmac, PAYLOAD, HEX.slice(2)), false);
    assert.equal(isSignedBy(hmac, PAYLOAD, 'x'.repeat(64)), false);
    assert.equal(isSignedBy(hmac, `${PAYLOAD}0`, HEX), false);
  });

  test('Ed25519 of RFC 8032 key 1 and a fresh RSA pair -> accepted, other texts refused', () => {
    const ed = publicKeyProof(
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----',
    );
    const text =
      'symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2&timestamp=1668481559918&recvWindow=5000';
    const signature = 'XtZirsmmi0noRzUfkqktvkVfxpkq/WtbLg2UOL3QGYdUBZVlqOBEMuEVw8zioY93N54NcKj9UuAXQEa9zgTDBg==';
    assert.equal(isSignedBy(ed, text, signature), true);
    assert.equal(isSignedBy(ed, `${text} `, signature), false);
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsa = publicKeyProof(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString());
    const made = sign('sha256', Buffer.from(PAYLOAD), pair.privateKey).toString('base64');
    assert.equal(isSignedBy(rsa, PAYLOAD, made), true);
    assert.equal(isSignedBy(rsa, PAYLOAD, signature), false);
  });
});

describe('parameters', () => {
  test('signature first, in the middle, last, in the body -> taken out with one ampersand', () => {
    for (const [query, body] of [
      [`signature=${HEX}&${PAYLOAD}`, ''],
      [`${PAYLOAD}&signature=${HEX}`, ''],
      [PAYLOAD.replace('&side', `&signature=${HEX}&side`), ''],
      ['', `${PAYLOAD}&signature=${HEX}`],
      [PAYLOAD, `signature=${HEX}`],
    ] as const) {
      const sent = read(query, body);
      assert.equal(sent.signedText, PAYLOAD);
      assert.equal(sent.signature, HEX);
      assert.equal(sent.values.has('signature'), false);
    }
  });

  test('a parameter whose name ends in signature -> is left alone', () => {
    const sent = read('mysignature=1&a=2');
    assert.equal(sent.signature, null);
    assert.equal(sent.signedText, 'mysignature=1&a=2');
  });

  test('Base64 signature, encoded or with a bare plus -> read the same', () => {
    assert.equal(read('a=1&signature=ab%2Bc%2F%3D').signature, 'ab+c/=');
    assert.equal(read('a=1&signature=ab+c/=').signature, 'ab+c/=');
  });

  test('a name in query and body -> the query wins; both are signed', () => {
    const sent = read('price=1', 'price=2&quantity=3');
    assert.deepEqual(
      [...sent.values],
      [
        ['price', '1'],
        ['quantity', '3'],
      ],
    );
    assert.equal(sent.signedText, 'price=1price=2&quantity=3');
  });

  test('twice in one place, empty, broken encoding -> -1101, -1105, -1100', () => {
    assert.equal(codeOf('a=1&a=2'), -1101);
    assert.equal(codeOf('b=1', 'a=1&a=2'), -1101);
    assert.equal(codeOf('a=1', 'a=2&a=3'), -1101);
    assert.equal(codeOf('a='), -1105);
    assert.equal(codeOf('a=%E0%A4%A'), -1100);
  });

  test('any names and values, split anywhere between query and body -> come back as sent', () => {
    const name = fc.string({ minLength: 1, maxLength: 8, unit: 'binary' }).filter((s) => s !== 'signature');
    const pairs = fc.uniqueArray(fc.tuple(name, fc.string({ minLength: 1, unit: 'binary' })), { selector: ([n]) => n });
    fc.assert(
      fc.property(pairs, fc.nat(), (list, cut) => {
        const texts = list.map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`);
        const at = list.length === 0 ? 0 : cut % (list.length + 1);
        const [query, body] = [texts.slice(0, at).join('&'), texts.slice(at).join('&')];
        const sent = read(query, body);
        assert.deepEqual([...sent.values], list);
        assert.equal(sent.signedText, query + body);
      }),
      { numRuns: 200 },
    );
  });
});
