import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { openCcxtGateway } from '../../src/adapters/ccxt/gateway.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import { venueKey } from '../../src/ports/account.ts';
import type { ExchangeGateway, OrderPlacement } from '../../src/ports/exchange-gateway.ts';
import type { HttpRequest } from '../../src/ports/transport.ts';
import { binance, mexc, type Outside } from '../../src/venue-rows.ts';
import { RecordingSink } from '../recording-sink.ts';
import { ScriptedBinance } from '../scripted-binance.ts';
import { SimulatedClock } from '../simulated-world/clock.ts';
import { SimulatedDialer } from '../simulated-world/dialer.ts';
import { SimulatedHttp, type SimulatedReply } from '../simulated-world/http.ts';
import type { SimulatedSocketServer } from '../simulated-world/socket-server.ts';
import { CCXT_ABSENT } from '../stand-ins/ccxt-present.ts';
import { Canaries, shown } from './canaries.ts';

const ORDER: OrderPlacement = {
  ...{ clientOrderId: 'a1', symbol: 'BTCUSDT', side: 'buy' },
  ...{ type: 'limit', tif: 'gtc', quantity: '0.01', limit: '95000' },
};

/** Everything that a request brought, as a proxy or an angry venue would quote it. */
const quoted = ({ method, url, headers, body }: HttpRequest): string =>
  `${method} ${url} ${JSON.stringify(headers ?? {})} ${String(body ?? '')}`;

const answer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): SimulatedReply => ({
  ...{ status, body, headers },
});

/** Every way in which a request goes wrong; where something comes back, the request is quoted in it. */
const WAYS: Readonly<Record<string, (request: HttpRequest) => SimulatedReply>> = {
  '401': (r) => answer(401, { code: -2015, msg: `Invalid API-key: ${quoted(r)}` }),
  'signature refused': (r) => answer(400, { code: -1022, msg: `Signature for ${quoted(r)} is not valid.` }),
  'unknown code': (r) => answer(400, { code: -99999, msg: quoted(r) }),
  '403 of a firewall': (r) => answer(403, `<html>blocked: ${quoted(r)}</html>`),
  '418': (r) => answer(418, { code: -1003, msg: quoted(r) }, { 'retry-after': '1' }),
  '429': (r) => answer(429, { code: -1003, msg: quoted(r) }, { 'retry-after': '1' }),
  '500': (r) => answer(500, `<html>${quoted(r)}</html>`),
  '503': (r) => answer(503, { code: -1000, msg: `Unknown error, ${quoted(r)}` }),
  malformed: (r) => answer(200, `{"echo":"${quoted(r)}`),
  'another shape': (r) => answer(200, { echo: quoted(r), list: [quoted(r)] }),
  'a list instead': (r) => answer(200, [[quoted(r)]]),
  redirect: (r) => answer(302, '', { location: `https://elsewhere.example/?${encodeURIComponent(quoted(r))}` }),
  'time-out': () => ({ lost: true }),
  // The simulated faults quote the URL, query and signature included.
  DNS: () => ({ fault: 'name-unresolved' }),
  TLS: () => ({ fault: 'certificate' }),
  'connection refused': () => ({ fault: 'refused' }),
  reset: () => ({ fault: 'reset' }),
  protocol: () => ({ fault: 'protocol' }),
};

/** A world in which the venue's clock can be asked and nothing else works. */
class BrokenWorld {
  readonly clock = new SimulatedClock();
  way: (request: HttpRequest) => SimulatedReply = WAYS['500']!;
  readonly http = new SimulatedHttp(
    (request) =>
      /\/time(\?|$)/.test(request.url)
        ? answer(200, { serverTime: Math.floor(this.clock.nowMs()) })
        : this.way(request),
    { clock: this.clock },
  );
  readonly dialer = new SimulatedDialer(
    { received: (link, data) => link.send(`{"echo": ${JSON.stringify(String(data))}}`) },
    { clock: this.clock },
  );

  get outside(): Outside {
    const { http, dialer, clock } = this;
    return {
      http,
      dialer,
      clock,
      random: new Random(1),
      sharedCounters: async () => null,
      onLimiter() {},
      onClose() {},
    };
  }

  async run(promise: Promise<unknown>): Promise<unknown> {
    let settled: unknown = null;
    const settle = (value: unknown): void => {
      settled = { value };
    };
    promise.then(settle, settle);
    await this.clock.advanceUntil(() => settled !== null, 600_000);
    return (settled as { value: unknown } | null)?.value ?? 'never settled';
  }
}

/** Everything that a gateway can be asked, whether it is connected or not; what comes back, in every way it can be shown. */
async function everythingShown(
  gateway: ExchangeGateway,
  sink: RecordingSink,
  run: (promise: Promise<unknown>) => Promise<unknown>,
  symbol = 'BTCUSDT',
): Promise<string> {
  const calls = [
    () => gateway.connect(sink),
    () => gateway.instruments(),
    () => gateway.balances(),
    () => gateway.positions(),
    () => gateway.openOrders(symbol),
    () => gateway.findOrder(symbol, 'a1'),
    () => gateway.fills(symbol, { timeMs: 0 }),
    () => gateway.place({ ...ORDER, symbol }),
    () => gateway.cancel(symbol, 'a1'),
    () => gateway.amend(symbol, 'a1', { quantity: '0.005' }),
    () => gateway.cancelAll(symbol),
  ];
  const texts: string[] = [];
  for (const call of calls) texts.push(shown(await run((async () => call())())));
  texts.push(shown(gateway), shown(sink), shown(gateway.clockSkew));
  await run(gateway.close());
  return texts.join('\n');
}

const facts = (name: string) => ({
  ...{ name, id: name.toUpperCase(), title: name, history: [], feed: true, hasPassphrase: false, note: null },
});

interface Hmac {
  readonly apiKey: Secret;
  readonly apiSecret: Secret;
}

const hmac = (canaries: Canaries, name: string): Hmac => ({
  apiKey: new Secret(canaries.plant(`${name}Key`)),
  apiSecret: new Secret(canaries.plant(`${name}Secret`)),
});

function pem(canaries: Canaries, name: string, type: 'ed25519' | 'rsa'): Hmac {
  const { privateKey } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  const text = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const lines = text.split('\n');
  // The beginning of an Ed25519 key is the same in every one.
  canaries.plant(`${name}Pem`, type === 'rsa' ? lines[5]! : lines[1]!.slice(-44));
  return { apiKey: new Secret(canaries.plant(`${name}Key`)), apiSecret: new Secret(text) };
}

/** Rows are made anew each time: a ban in one world must not keep the next from asking. */
function openers(canaries: Canaries): Readonly<Record<string, (outside: Outside) => Promise<ExchangeGateway>>> {
  const spot = () => binance('spot', facts('binance'), null).gateways;
  const usdm = () => binance('usdm', facts('binance-usdm'), null).gateways;
  const [spotLive, spotTest, usdmLive, usdmTest] = [
    venueKey('live', hmac(canaries, 'spotLive')),
    venueKey('testnet', pem(canaries, 'spotTest', 'ed25519')),
    venueKey('live', pem(canaries, 'usdmLive', 'rsa')),
    venueKey('testnet', hmac(canaries, 'usdmTest')),
  ];
  const mexcLive = venueKey('live', hmac(canaries, 'mexc'));
  return {
    'Binance spot': (outside) => spot().live!(outside, spotLive),
    'Binance spot testnet, Ed25519': (outside) => spot().testnet!(outside, spotTest),
    'Binance USD-M, RSA': (outside) => usdm().live!(outside, usdmLive),
    'Binance USD-M testnet': (outside) => usdm().testnet!(outside, usdmTest),
    MEXC: (outside) => mexc().gateways.live!(outside, mexcLive),
  };
}

/** Every way in which an account stream goes wrong, what was sent quoted in it. */
const STREAMS: Readonly<Record<string, SimulatedSocketServer>> = {
  refused: { dialed: () => 'refused' },
  DNS: { dialed: () => 'name-unresolved' },
  TLS: { dialed: () => 'certificate' },
  'no answer': { dialed: () => 'no-answer' },
  'log-in refused': {
    received(link, data) {
      const { id } = JSON.parse(String(data)) as { id?: string };
      link.send(
        JSON.stringify({ id, status: 400, error: { code: -2015, msg: `Invalid: ${String(data)} ${link.url}` } }),
      );
    },
    accepted: (link) => link.send(JSON.stringify({ error: { code: 1, msg: link.url } })),
  },
  malformed: {
    received: (link, data) => link.send(`{"echo":"${String(data)}`),
    accepted: (link) => link.send(`{"echo":"${link.url}`),
  },
  'unknown events': {
    received: (link, data) => link.send(JSON.stringify({ e: 'somethingNew', echo: String(data) })),
    accepted(link) {
      for (const e of ['ORDER_TRADE_UPDATE', 'executionReport', 'ACCOUNT_UPDATE', link.url])
        link.send(JSON.stringify({ e, o: { X: link.url }, x: link.url, X: link.url, i: link.url }));
    },
  },
  'closed with a reason': {
    received: (link, data) => link.close(4001, String(data).slice(0, 400)),
    accepted: (link) => link.close(4002, link.url),
  },
  reset: { received: (link) => link.reset() },
};

describe('canary secrets in gateways', () => {
  test('the search itself -> finds what is quoted, in every form', () => {
    const canaries = new Canaries();
    const text = canaries.plant('one');
    for (const form of [
      text,
      `a${Buffer.from(`12${text}`).toString('base64')}`,
      Buffer.from(text).toString('hex'),
      shown(new Error('outer', { cause: new Error(`with ${text}`) })),
      shown(Object.assign(new Error('x'), { config: { headers: { key: text } } })),
      shown({ deep: [new Map([['k', text]])] }),
    ])
      assert.notDeepEqual(canaries.hits(form), []);
    assert.deepEqual(canaries.hits(shown(new Secret(text))), []);
  });

  const canaries = new Canaries();
  for (const [name, open] of Object.entries(openers(canaries)))
    test(`${name}: every call in every way that a request fails -> in no error, answer, event or object`, async () => {
      for (const [way, reply] of Object.entries(WAYS)) {
        const world = new BrokenWorld();
        world.way = reply;
        const gateway = await open(world.outside);
        const text = await everythingShown(gateway, new RecordingSink(), (promise) => world.run(promise));
        assert.deepEqual(canaries.hits(text), [], way);
        const quotes = world.http.requests.map(quoted).join('\n');
        assert.notDeepEqual(canaries.hits(quotes), [], `${way}: the key was sent, so that there was something to find`);
      }
    });

  for (const product of ['spot', 'usdm', 'mexc'] as const)
    test(`${product}: an account stream that goes wrong -> no key, secret or listen key in error, event or object`, async () => {
      const streaming = new Canaries();
      const key = venueKey('live', hmac(streaming, product));
      const listenKey = streaming.plant('listenKey');
      for (const [way, server] of Object.entries(STREAMS)) {
        const world = new BrokenWorld();
        const scripted = new ScriptedBinance();
        world.way = ({ method, url }) => {
          const route = `${method} ${new URL(url).pathname}`;
          if (/listenKey|userDataStream/.test(route)) return answer(200, { listenKey });
          if (product === 'mexc' && route.endsWith('exchangeInfo')) return answer(200, { symbols: [] });
          return answer(200, scripted.answers.get(route)?.(new URLSearchParams()) ?? {});
        };
        world.dialer.server = server;
        const row = product === 'mexc' ? mexc() : binance(product, facts('binance'), null);
        const gateway = await row.gateways.live!(world.outside, key);
        const sink = new RecordingSink();
        const outcome = await world.run(gateway.connect(sink));
        await world.clock.advance(120_000);
        const dialed = world.dialer.attemptsMs.length;
        assert.ok(dialed > 0, `${way}: ${dialed} attempts`);
        const text = [outcome, sink, gateway].map(shown).join('\n');
        assert.deepEqual(streaming.hits(text), [], way);
        await world.run(gateway.close());
      }
    });

  test('a private key that is damaged -> refused without quoting it', async () => {
    const body = canaries.plant('brokenPem');
    for (const text of [
      `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`,
      `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${body}\n-----END ENCRYPTED PRIVATE KEY-----\n`,
    ]) {
      const key = venueKey('live', { apiKey: new Secret('k'), apiSecret: new Secret(text) });
      const error = await binance('spot', facts('binance'), null).gateways.live!(new BrokenWorld().outside, key).then(
        () => null,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof Error);
      assert.equal((error as { code?: string }).code, 'key-invalid');
      assert.deepEqual(canaries.hits(shown(error)), []);
    }
  });

  test('OKX through ccxt, over real connections: every call -> the same', { skip: CCXT_ABSENT }, async () => {
    const okx = new Canaries();
    const credentials = { apiKey: okx.plant('key'), secret: okx.plant('secret'), password: okx.plant('passphrase') };
    let way: (request: HttpRequest) => SimulatedReply = WAYS['500']!;
    let sent = '';
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (text) => {
        body += String(text);
      });
      request.on('end', () => {
        const url = `http://127.0.0.1${request.url}`;
        const method = request.method as 'GET';
        const headers = request.headers as Record<string, string>;
        sent += quoted({ method, url, headers, body, timeoutMs: 0 });
        const reply = /public\/time/.test(url)
          ? answer(200, { code: '0', msg: '', data: [{ ts: String(Date.now()) }] })
          : way({ method, url, headers, body, timeoutMs: 0 });
        if (!('status' in reply)) return void response.destroy();
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      for (const name of ['401', '403 of a firewall', '429', '500', 'malformed', 'another shape', 'reset']) {
        way = WAYS[name]!;
        const gateway = await openCcxtGateway({
          ...{ exchange: 'okx', clock: systemClock(), random: new Random(1), credentials },
          ...{ urls: { rest: `http://127.0.0.1:${port}`, ws: `ws://127.0.0.1:${port}` } },
          ...{ timeoutMs: 300, requestIntervalMs: 1, settleMs: 20 },
        });
        const text = await everythingShown(gateway, new RecordingSink(), (p) => p.catch((e: unknown) => e), 'BTC/USDT');
        assert.deepEqual(okx.hits(text), [], name);
      }
      assert.ok(sent.length > 0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
