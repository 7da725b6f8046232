import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { dataMissing, readSharedJson } from '../../test/shared-data.ts';
import { hmacSigner, privateKeySigner, signerOf } from './signing.ts';

const SECRET = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';
const KEY = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A';
const FUTURES = '2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9';
const MEXC = '45d0b3c26f2644f19bfb98b07741b2f5';
const OKX = '22582BD0CFF14C41EDBF1AB98506286D';

/** Example keys of the venues' documentation, none of them live. Source: Binance spot and USD-M, MEXC and OKX API documents. */
const HMAC: readonly [secret: string, encoding: 'hex' | 'base64', text: string, signature: string][] = [
  [
    SECRET,
    'hex',
    'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559',
    'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71',
  ],
  [
    SECRET,
    'hex',
    'symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559',
    'e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3',
  ],
  [
    SECRET,
    'hex',
    `apiKey=${KEY}&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT&timeInForce=GTC&timestamp=1645423376532&type=LIMIT`,
    'aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24',
  ],
  [
    SECRET,
    'hex',
    `apiKey=${KEY}&price=0.10000000&quantity=1.00000000&recvWindow=5000&side=BUY&symbol=１２３４５６&timeInForce=GTC&timestamp=1645423376532&type=LIMIT`,
    'b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd',
  ],
  [
    FUTURES,
    'hex',
    'symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943',
    '3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9',
  ],
  [
    FUTURES,
    'hex',
    'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=9000&recvWindow=5000&timestamp=1591702613943',
    '30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4',
  ],
  [
    MEXC,
    'hex',
    'symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000&timestamp=1644489390087',
    'fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a',
  ],
  [
    MEXC,
    'hex',
    'symbol=BTCUSDT&side=BUY&type=LIMITquantity=1&price=11&recvWindow=5000&timestamp=1644489390087',
    'd1a676610ceb39174c8039b3f548357994b2a34139a8addd33baadba65684592',
  ],
  [
    OKX,
    'base64',
    '2020-12-08T09:08:57.715ZGET/api/v5/account/balance?ccy=BTC',
    'HiZhvSfMtWJA3uUIVXV3a/bSXNPCWvYFXoGCVS8V4zY=',
  ],
  [OKX, 'base64', '1704876947GET/users/self/verify', '5/36BgGV6m/6pmdc20zdqk0mzF5ZalmzzPD2fo3wavU='],
];

/** RFC 8032 test 1's seed as PKCS#8. */
const ED25519 = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----`;

interface Vector {
  readonly id: string;
  readonly algorithm: string;
  readonly secret: string;
  readonly payload: string;
  readonly signature: string;
}

describe('signing', () => {
  for (const [secret, encoding, text, signature] of HMAC) {
    test(`HMAC ${encoding}: ${text.slice(0, 60)} -> the published signature`, () => {
      assert.equal(hmacSigner(secret, encoding).sign(text), signature);
    });
  }

  test('Ed25519: deterministic vectors -> the same base64', () => {
    const signer = privateKeySigner(ED25519);
    assert.equal(signer.algorithm, 'ed25519');
    assert.equal(
      signer.sign(
        'symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2&timestamp=1668481559918&recvWindow=5000',
      ),
      'XtZirsmmi0noRzUfkqktvkVfxpkq/WtbLg2UOL3QGYdUBZVlqOBEMuEVw8zioY93N54NcKj9UuAXQEa9zgTDBg==',
    );
    assert.equal(
      signer.sign('apiKey=4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO&timestamp=1747385641636'),
      'pJBg0B+FverOfqH6iQP4ZqVsmwmEs0iET0zc6TrrELGicygzqHHGrNXZYyYzXp1p1HrI8muZ8tHKeqZ2OVkPCA==',
    );
    assert.equal(
      Buffer.from(signer.sign(''), 'base64').toString('hex'),
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      'RFC 8032 section 7.1, test 1',
    );
  });

  test('RSA: PKCS#1 v1.5 with SHA-256 -> verified by the public key; also behind a passphrase', () => {
    const pair = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const signer = privateKeySigner(pair.privateKey, 'open');
    assert.equal(signer.algorithm, 'rsa-sha256');
    const signature = Buffer.from(signer.sign('a=１'), 'base64');
    assert.ok(verify('sha256', Buffer.from('a=１'), createPublicKey(pair.publicKey), signature));
    assert.throws(() => privateKeySigner(pair.privateKey, 'shut'), RangeError);
  });

  test('a secret as pasted -> told by its form, blanks around it left out', () => {
    assert.equal(signerOf(`\n${ED25519}\n`).algorithm, 'ed25519');
    assert.equal(signerOf(` ${SECRET}\n`).sign('a=1'), hmacSigner(SECRET).sign('a=1'));
  });

  test('what is no key -> RangeError that does not repeat it', () => {
    const broken = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwTOPSECRET\n-----END PRIVATE KEY-----';
    assert.throws(
      () => signerOf(broken),
      (error) => error instanceof RangeError && !inspect(error, { depth: 9 }).includes('TOPSECRET'),
    );
    const { privateKey } = generateKeyPairSync('x25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    assert.throws(() => signerOf(privateKey), /expected an Ed25519 or RSA private key, found x25519/);
    assert.throws(() => hmacSigner(''), RangeError);
  });

  test('printed or turned to JSON -> no part of the key', () => {
    for (const signer of [hmacSigner(SECRET), privateKeySigner(ED25519)]) {
      const shown = inspect(signer, { depth: 9, showHidden: true }) + JSON.stringify(signer) + String(signer.sign);
      assert.ok(!shown.includes(SECRET) && !shown.includes('MC4CAQAw'), shown);
    }
  });

  test('vectors of the reference data -> all match', { skip: dataMissing('signing/vectors.json') }, () => {
    for (const { id, algorithm, secret, payload, signature } of readSharedJson<Vector[]>('signing/vectors.json')) {
      if (algorithm.startsWith('HMAC-SHA256 (hex key')) {
        // The RFC's key is bytes that are ASCII control characters: the same text in UTF-8.
        const text = Buffer.from(payload, 'hex').toString('latin1');
        assert.equal(hmacSigner(Buffer.from(secret, 'hex').toString('latin1')).sign(text), signature, id);
      } else if (algorithm.startsWith('Ed25519')) {
        const der = Buffer.from(`302e020100300506032b657004220420${secret}`, 'hex').toString('base64');
        const pem = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----`;
        assert.equal(Buffer.from(privateKeySigner(pem).sign(payload), 'base64').toString('hex'), signature, id);
      } else {
        const encoding = algorithm.endsWith('base64') ? 'base64' : 'hex';
        assert.equal(hmacSigner(secret, encoding).sign(payload), signature, id);
      }
    }
  });
});
