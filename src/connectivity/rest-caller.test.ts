import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimulatedClock } from '../../test/simulated-world/clock.ts';
import { SimulatedHttp, type SimulatedHttpServer } from '../../test/simulated-world/http.ts';
import { InvariantError } from '../core/vocabulary/assert.ts';
import { Random } from '../core/vocabulary/random.ts';
import type { HttpAnswer } from '../ports/transport.ts';
import { VenueError, type VenueErrorCode } from '../ports/venue-error.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { RateLimiter } from './rate-limiter.ts';
import { RestCaller, type RestCallerOptions, type RestRequest } from './rest-caller.ts';
import { hmacSigner } from './signing.ts';
import { VenueClock } from './venue-clock.ts';

const START_MS = 1_795_200_000_000;
const SECRET = 'a-secret-that-nobody-may-see';
const API_KEY = 'an-api-key-that-nobody-may-see';

function jsonOf(answer: HttpAnswer): Record<string, unknown> {
  return JSON.parse(Buffer.from(answer.body).toString()) as Record<string, unknown>;
}

/** As Binance answers: `{"code":-1121,"msg":"…"}` with a status of 400. */
function judge(answer: HttpAnswer) {
  if (answer.status < 400 || answer.status >= 500) return null;
  const codes: Readonly<Record<string, VenueErrorCode>> = {
    '-1003': 'rate-limited',
    '-1021': 'clock-skewed',
    '-1121': 'symbol-unknown',
    '-2010': 'insufficient-balance',
  };
  const { code, msg } = jsonOf(answer);
  return { code: codes[String(code)] ?? 'answer-unreadable', venueCode: String(code), message: String(msg) };
}

function world(server: SimulatedHttpServer, options: Partial<RestCallerOptions> = {}) {
  const clock = new SimulatedClock(START_MS);
  const http = new SimulatedHttp(server, { clock });
  const limiter = new RateLimiter({
    clock,
    windows: [
      { meter: 'weight', scope: 'ip', limit: 100, windowMs: 60_000, kind: 'aligned' },
      { meter: 'orders', scope: 'account', limit: 20, windowMs: 10_000, kind: 'aligned' },
    ],
  });
  const caller = new RestCaller({
    venue: 'plain',
    http,
    clock,
    random: new Random(1),
    origins: ['https://one.example', 'https://two.example'],
    headers: { 'x-key': API_KEY },
    limiter,
    judge,
    secrets: [SECRET, API_KEY],
    ...options,
  });
  /** Lets time pass until it is settled. */
  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    let isSettled = false;
    const watched = promise.finally(() => {
      isSettled = true;
    });
    watched.catch(() => undefined);
    assert.ok(await clock.advanceUntil(() => isSettled, 600_000, 10));
    return watched;
  };
  return { clock, http, limiter, caller, settle };
}

const READ: RestRequest = {
  method: 'GET',
  path: '/ticker',
  costs: { weight: 1 },
  text: () => ({ target: '/ticker?symbol=A' }),
};
const ORDER: RestRequest = {
  method: 'POST',
  path: '/order',
  costs: { weight: 1, orders: 1 },
  text: (timeMs) => {
    const query = `symbol=A&quantity=1&timestamp=${timeMs}`;
    return { target: `/order?${query}&signature=${hmacSigner(SECRET).sign(query)}` };
  },
};

async function errorOf(promise: Promise<unknown>): Promise<VenueError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof VenueError, String(error));
    return error;
  }
  assert.fail('expected a VenueError, found none');
}

describe('REST caller: reads', () => {
  test('an answer -> decoded; headers and target as told', async () => {
    const { caller, settle, http } = world(() => ({ status: 200, body: { price: '7' } }));
    assert.deepEqual(await settle(caller.read(READ, jsonOf)), { price: '7' });
    assert.equal(http.requests[0]!.url, 'https://one.example/ticker?symbol=A');
    assert.deepEqual(http.requests[0]!.headers, { 'x-key': API_KEY });
  });

  test('no answer, then one -> asked again, of the next origin', async () => {
    const { caller, settle, http } = world((_request, count) =>
      count < 3 ? { fault: 'reset' } : { status: 200, body: { price: '7' } },
    );
    assert.deepEqual(await settle(caller.read(READ, jsonOf)), { price: '7' });
    assert.deepEqual(
      http.requests.map((each) => new URL(each.url).hostname),
      ['one.example', 'two.example', 'one.example'],
    );
  });

  test('an error of the venue -> its code in our words, once where asking again is of no use', async () => {
    const { caller, settle, http } = world(() => ({ status: 400, body: { code: -1121, msg: 'Invalid symbol.' } }));
    const error = await errorOf(settle(caller.read(READ, jsonOf)));
    assert.equal(error.code, 'symbol-unknown');
    assert.equal(error.venueCode, '-1121');
    assert.equal(error.message, 'plain GET /ticker: Invalid symbol.');
    assert.equal(http.requests.length, 1);
  });

  for (const [status, code] of [
    [500, 'unavailable'],
    [503, 'unavailable'],
    [302, 'answer-unreadable'],
  ] as const) {
    test(`status ${status} with a page -> ${code}`, async () => {
      const { caller, settle } = world(() => ({ status, body: '<html>\n busy</html>' }));
      const error = await errorOf(settle(caller.read(READ, jsonOf)));
      assert.equal(error.code, code);
      assert.match(error.message, new RegExp(`status ${status}, "<html> busy</html>"`));
    });
  }

  test('an answer that cannot be decoded -> answer-unreadable with its beginning', async () => {
    const { caller, settle, http } = world(() => ({ status: 200, body: 'not JSON' }));
    const error = await errorOf(settle(caller.read(READ, jsonOf)));
    assert.equal(error.code, 'answer-unreadable');
    assert.match(error.message, /in the answer "not JSON"/);
    assert.equal(http.requests.length, 1);
  });

  test('a 4xx whose body is no JSON -> answer-unreadable, not an error of ours', async () => {
    const { caller, settle } = world(() => ({ status: 403, body: '<html>firewall</html>' }));
    assert.equal((await errorOf(settle(caller.read(READ, jsonOf)))).code, 'answer-unreadable');
  });

  for (const status of [429, 418]) {
    test(`status ${status} -> zero requests of the scope until Retry-After, the error says how long`, async () => {
      const { caller, settle, http, clock, limiter } = world((_request, count) =>
        count === 1
          ? { status, headers: { 'retry-after': '90' }, body: { code: -1003, msg: 'Too many requests' } }
          : { status: 200, body: {} },
      );
      const error = await errorOf(settle(caller.read(READ, jsonOf)));
      assert.equal(error.code, 'rate-limited');
      assert.equal(error.retryAfterMs, 90_000);
      const others = Array.from({ length: 20 }, () => caller.read({ ...READ, longestWaitMs: 120_000 }, jsonOf));
      const order = await settle(caller.send(ORDER, jsonOf));
      assert.deepEqual([order.outcome, order.outcome === 'rejected' && order.code], ['rejected', 'not-sent']);
      await clock.advance(limiter.blockedForMs('ip') - 1);
      assert.equal(http.requests.length, 1);
      await settle(Promise.all(others));
      assert.equal(http.requests.length, 21);
    });
  }

  test('a 429 without Retry-After -> a minute, or as the adapter reads it', async () => {
    for (const [blockMs, expected] of [
      [undefined, 60_000],
      [() => 5_000, 5_000],
    ] as const) {
      const { caller, settle } = world(() => ({ status: 429, body: { code: -1003, msg: 'slow down' } }), {
        ...(blockMs === undefined ? {} : { blockMs }),
        blockedScope: () => 'account',
        retry: { attempts: 1 },
      });
      assert.equal((await errorOf(settle(caller.read(READ, jsonOf)))).retryAfterMs, expected);
    }
  });

  test('used weight in the headers -> the limiter knows', async () => {
    const { caller, settle } = world(() => ({ status: 200, headers: { 'x-used': '64' }, body: {} }), {
      observe: (answer, limiter, _request, sentTimeMs) =>
        limiter.observe('weight', 60_000, Number(answer.headers['x-used']), sentTimeMs),
      retry: { attempts: 1 },
    });
    await settle(caller.read(READ, jsonOf));
    const error = await errorOf(settle(caller.read({ ...READ, longestWaitMs: 0 }, jsonOf)));
    assert.equal(error.code, 'not-sent');
  });

  test('a venue that fails again and again -> no more is sent but a probe; cancels go all the same', async () => {
    const clock = new SimulatedClock(START_MS);
    const state = { isDown: true };
    const { caller, settle, http } = world(() => (state.isDown ? { status: 502 } : { status: 200, body: {} }), {
      breaker: new CircuitBreaker({ clock, failures: 4 }),
    });
    await errorOf(settle(caller.read(READ, jsonOf)));
    assert.equal(http.requests.length, 4);
    const error = await errorOf(settle(caller.read({ ...READ }, jsonOf)));
    assert.equal(error.code, 'not-sent');
    assert.equal(http.requests.length, 4);
    await settle(caller.send({ ...ORDER, method: 'DELETE', costs: { weight: 1 }, lane: 'cancel' }, jsonOf));
    assert.equal(http.requests.length, 5);
    state.isDown = false;
    await clock.advance(60_000);
    await settle(caller.read(READ, jsonOf));
  });
});

describe('REST caller: what may change something', () => {
  const outcomes: readonly [name: string, server: SimulatedHttpServer, outcome: string, code: string | null][] = [
    ['accepted', () => ({ status: 200, body: { orderId: 1 } }), 'accepted', null],
    [
      'refused by name',
      () => ({ status: 400, body: { code: -2010, msg: 'no money' } }),
      'rejected',
      'insufficient-balance',
    ],
    ['no connection', () => ({ fault: 'refused' }), 'rejected', 'not-sent'],
    ['no name', () => ({ fault: 'name-unresolved' }), 'rejected', 'not-sent'],
    ['a certificate of somebody else', () => ({ fault: 'certificate' }), 'rejected', 'not-sent'],
    ['too many requests', () => ({ status: 429, body: { code: -1003, msg: 'slow' } }), 'rejected', 'rate-limited'],
    ['connection broken', () => ({ fault: 'reset' }), 'unknown', 'unavailable'],
    ['request lost', () => ({ lost: true }), 'unknown', 'timeout'],
    ['500', () => ({ status: 500, body: {} }), 'unknown', 'unavailable'],
    ['503', () => ({ status: 503, body: 'busy' }), 'unknown', 'unavailable'],
    [
      'a code that is not known',
      () => ({ status: 400, body: { code: -9, msg: 'new' } }),
      'unknown',
      'answer-unreadable',
    ],
    ['firewall page', () => ({ status: 403, body: '<html>' }), 'unknown', 'answer-unreadable'],
    ['redirected', () => ({ status: 307 }), 'unknown', 'answer-unreadable'],
    ['yes, and then garbage', () => ({ status: 200, body: '{"orderId":' }), 'unknown', 'answer-unreadable'],
  ];
  for (const [name, server, outcome, code] of outcomes) {
    test(`${name} -> ${outcome}${code === null ? '' : ` (${code})`}, sent at most once, no secret in the message`, async () => {
      const { caller, settle, http } = world(server);
      const found = await settle(caller.send(ORDER, jsonOf));
      assert.equal(found.outcome, outcome);
      assert.equal('code' in found ? found.code : null, code);
      assert.equal(http.requests.length, 1);
      assert.equal(new URL(http.requests[0]!.url).hostname, 'one.example');
      const shown = JSON.stringify(found);
      const signature = new URL(http.requests[0]!.url).searchParams.get('signature')!;
      for (const hidden of [SECRET, API_KEY, signature]) assert.ok(!shown.includes(hidden), shown);
    });
  }

  test('no room in the limits -> certainly not sent', async () => {
    const { caller, settle, http } = world(() => ({ status: 200, body: {} }));
    for (let k = 0; k < 14; k++) await settle(caller.send(ORDER, jsonOf));
    const found = await settle(caller.send(ORDER, jsonOf));
    assert.deepEqual([found.outcome, 'code' in found && found.code], ['rejected', 'not-sent']);
    assert.equal(http.requests.length, 14);
  });

  test('its time runs out while it waits for room in the limits -> certainly not sent', async () => {
    const { caller, settle, http, clock } = world(() => ({ status: 200, body: {} }));
    for (let k = 0; k < 14; k++) await settle(caller.send(ORDER, jsonOf));
    const waits = { ...ORDER, longestWaitMs: 60_000 };
    const late = await settle(caller.send({ ...waits, validUntilMs: clock.nowMs() + 1_000 }, jsonOf));
    assert.deepEqual([late.outcome, 'code' in late && late.code], ['rejected', 'not-sent']);
    assert.equal(http.requests.length, 14);
    const inTime = await settle(caller.send({ ...waits, validUntilMs: clock.nowMs() + 60_000 }, jsonOf));
    assert.equal(inTime.outcome, 'accepted');
  });

  test('reads fail over to another origin -> orders still go to the first', async () => {
    const { caller, settle, http } = world(
      (request) => (request.method === 'GET' ? { fault: 'reset' } : { status: 200, body: {} }),
      { retry: { attempts: 1 } },
    );
    await errorOf(settle(caller.read(READ, jsonOf)));
    await settle(caller.send(ORDER, jsonOf));
    assert.equal(new URL(http.requests.at(-1)!.url).hostname, 'one.example');
  });

  test('signed -> with the time of the venue at the moment of leaving; without a clock, or a bad one -> not sent', async () => {
    const signed: RestRequest = { ...ORDER, isSigned: true };
    const none = world(() => ({ status: 200, body: {} }));
    const refused = await none.settle(none.caller.send(signed, jsonOf));
    assert.equal(refused.outcome, 'rejected');
    assert.equal(none.http.requests.length, 0);

    const clock = new SimulatedClock(START_MS);
    const http = new SimulatedHttp(() => ({ status: 200, body: {} }), { clock });
    const limiter = new RateLimiter({
      clock,
      windows: [{ meter: 'orders', scope: 'account', limit: 10, windowMs: 10_000, kind: 'aligned' }],
    });
    const venueClock = new VenueClock({ venue: 'plain', clock, ask: () => Promise.resolve(clock.nowMs() + 3_000) });
    const caller = new RestCaller({
      venue: 'plain',
      http,
      clock,
      random: new Random(1),
      origins: ['https://one.example'],
      limiter,
      judge,
      venueClock,
    });
    const early = await caller.send({ ...signed, costs: { orders: 1 } }, jsonOf);
    assert.deepEqual([early.outcome, 'code' in early && early.code], ['rejected', 'clock-skewed']);
    await clock.advance(100);
    await venueClock.measure();
    const sent = Array.from({ length: 8 }, () =>
      caller.send({ ...signed, costs: { orders: 1 }, lane: 'cancel', longestWaitMs: 20_000 }, jsonOf),
    );
    await clock.advance(15_000);
    assert.ok((await Promise.all(sent)).every((each) => each.outcome === 'accepted'));
    const stamps = http.requests.map(
      (each) => Number(new URL(each.url).searchParams.get('timestamp')) - 3_000 - START_MS,
    );
    assert.equal(stamps.length, 8);
    stamps.forEach((each, k) => {
      assert.ok(Math.abs(each - http.sentMs[k]!) <= 1, `stamped ${each}, sent ${http.sentMs[k]}`);
    });
    assert.ok(http.sentMs.at(-1)! >= 10_000, 'the last one waited for its window');
  });

  test('the text cannot be made -> certainly not sent; a broken invariant -> not caught', async () => {
    const { caller, settle, http } = world(() => ({ status: 200, body: {} }));
    const text = (): never => {
      throw new RangeError('no such symbol');
    };
    const found = await settle(caller.send({ ...ORDER, text }, jsonOf));
    assert.deepEqual([found.outcome, 'code' in found && found.code], ['rejected', 'request-invalid']);
    const broken = (): never => {
      throw new InvariantError('books do not balance');
    };
    await assert.rejects(settle(caller.send({ ...ORDER, text: broken }, jsonOf)), InvariantError);
    assert.equal(http.requests.length, 0);
    await assert.rejects(settle(caller.send(ORDER, broken)), InvariantError);
  });

  test('the venue complains of the time stamp -> the clock is measured anew', async () => {
    const clock = new SimulatedClock(START_MS);
    let measured = 0;
    const venueClock = new VenueClock({
      venue: 'plain',
      clock,
      ask: () => {
        measured++;
        return Promise.resolve(clock.nowMs());
      },
      samples: 1,
    });
    await venueClock.measure();
    const { caller, settle } = world(() => ({ status: 400, body: { code: -1021, msg: 'ahead' } }), { venueClock });
    const found = await settle(caller.send(ORDER, jsonOf));
    assert.deepEqual([found.outcome, 'code' in found && found.code], ['rejected', 'clock-skewed']);
    assert.equal(measured, 2);
  });
});
