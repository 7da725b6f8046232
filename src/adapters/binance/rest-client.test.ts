import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { dataMissing, readSharedJson } from '../../../test/shared-data.ts';
import { SimulatedClock } from '../../../test/simulated-world/clock.ts';
import { SimulatedHttp } from '../../../test/simulated-world/http.ts';
import { signerOf } from '../../connectivity/signing.ts';
import { Random } from '../../core/vocabulary/random.ts';
import { windowsOf } from './rate-limits.ts';
import { BinanceRest } from './rest-client.ts';

const VECTORS = 'signing/vectors.json';
interface Vector {
  readonly id: string;
  readonly secret: string;
  readonly payload: string;
  readonly signature: string;
}

/** A client in a world without any delay, whose venue shows the same time; `sent` is the last signed request. */
function clientAt(timeMs: number, secret: string) {
  const clock = new SimulatedClock(timeMs);
  const world = { clock, latencyMs: [0, 0] } as const;
  const http = new SimulatedHttp(
    ({ url }) => ({ status: 200, body: url.endsWith('/time') ? { serverTime: clock.nowMs() } : {} }),
    world,
  );
  const rest = new BinanceRest({
    product: 'spot',
    venue: 'BINANCE',
    origins: ['https://h'],
    http,
    clock,
    random: new Random(1),
    credentials: { apiKey: 'k', signer: signerOf(secret) },
    recvWindowMs: 5000,
  });
  const run = async <T>(promise: Promise<T>): Promise<T> => {
    await clock.advance(0);
    return promise;
  };
  return { rest, http, clock, run };
}

describe('Binance REST client', () => {
  test('published HMAC vector, end to end -> the very bytes', { skip: dataMissing(VECTORS) }, async () => {
    const vector = readSharedJson<readonly Vector[]>(VECTORS).find((each) => each.id === 'binance-hmac-1')!;
    const { rest, http, run } = clientAt(1_499_827_319_559, vector.secret);
    await run(rest.venueClock.start());
    const parameters = vector.payload.slice(0, vector.payload.indexOf('&recvWindow='));
    const call = { method: 'POST', path: '/api/v3/order', weight: 1, orders: 1, parameters } as const;
    assert.equal((await run(rest.send(call, z.object({}), () => 1))).outcome, 'accepted');
    const { url, body, headers } = http.requests.at(-1)!;
    assert.equal(body, `${vector.payload}&signature=${vector.signature}`);
    assert.deepEqual([url, headers?.['x-mbx-apikey']], ['https://h/api/v3/order', 'k']);
    rest.close();
  });

  test('Ed25519, RFC 8032 key -> base64, percent-encoded, behind all parameters', async () => {
    // Protocol section 3.3: made from the seed of RFC 8032 test 1.
    const pem = `-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----`;
    const signature = 'XtZirsmmi0noRzUfkqktvkVfxpkq/WtbLg2UOL3QGYdUBZVlqOBEMuEVw8zioY93N54NcKj9UuAXQEa9zgTDBg==';
    assert.equal(
      signerOf(pem).sign(
        'symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2&timestamp=1668481559918&recvWindow=5000',
      ),
      signature,
    );
    const { rest, http, run } = clientAt(1_668_481_559_918, pem);
    await run(rest.venueClock.start());
    await run(rest.read({ path: '/api/v3/account', weight: 20 }, z.object({})));
    const query = http.requests.at(-1)!.url.split('?')[1]!;
    assert.match(query, /^recvWindow=5000&timestamp=1668481559918&signature=[A-Za-z0-9%]+%3D%3D$/);
    const text = 'recvWindow=5000&timestamp=1668481559918';
    assert.equal(decodeURIComponent(query.split('&signature=')[1]!), signerOf(pem).sign(text));
    rest.close();
  });

  test('WebSocket API -> parameters sorted and signed as they print', { skip: dataMissing(VECTORS) }, async () => {
    const vector = readSharedJson<readonly Vector[]>(VECTORS).find((each) => each.id === 'binance-hmac-1')!;
    const { rest, run } = clientAt(1_747_385_641_636, vector.secret);
    await run(rest.venueClock.start());
    const { signature, ...signed } = rest.signedParameters();
    assert.deepEqual(signed, { apiKey: 'k', recvWindow: 5000, timestamp: 1_747_385_641_636 });
    assert.equal(signature, signerOf(vector.secret).sign('apiKey=k&recvWindow=5000&timestamp=1747385641636'));
    rest.close();
  });

  test('a clock that was never measured -> nothing is signed, refused with proof', async () => {
    const { rest, http, run } = clientAt(1_747_385_641_636, 'secret');
    const call = { method: 'POST', path: '/api/v3/order', weight: 1, orders: 1, parameters: 'symbol=X' } as const;
    const outcome = await run(rest.send(call, z.object({}), () => 1));
    assert.equal(outcome.outcome === 'rejected' && outcome.code, 'clock-skewed');
    assert.ok(http.requests.every(({ url }) => url.endsWith('/time')));
    rest.close();
  });

  test('limits as the venue lists them -> windows; other kinds left out', () => {
    const each = { intervalNum: 1, limit: 10 };
    const windows = windowsOf([
      { ...each, rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE' },
      { ...each, rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10 },
      { ...each, rateLimitType: 'ORDERS', interval: 'DAY' },
      { ...each, rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE' },
      { ...each, rateLimitType: 'ORDERS', interval: 'FORTNIGHT' },
    ]);
    assert.deepEqual(
      windows.map(({ meter, scope, windowMs }) => [meter, scope, windowMs]),
      [
        ['weight', 'ip', 60_000],
        ['orders', 'account', 10_000],
        ['orders', 'account', 86_400_000],
      ],
    );
  });

  test('a window that Binance does not allow -> refused at once', () => {
    assert.throws(() => {
      const { clock, http } = clientAt(0, 's');
      const credentials = { apiKey: 'k', signer: signerOf('s') };
      new BinanceRest({
        product: 'spot',
        venue: 'X',
        origins: ['https://h'],
        http,
        clock,
        random: new Random(1),
        credentials,
        recvWindowMs: 60_001,
      });
    }, /recvWindowMs/);
  });
});
