import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LIVE_HOSTS, TESTNET_HOSTS } from '../../src/adapters/binance/hosts.ts';
import { openExchange } from '../../src/adapters/ccxt/open-exchange.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import { venueKey } from '../../src/ports/account.ts';
import type { ExchangeGateway, OrderPlacement } from '../../src/ports/exchange-gateway.ts';
import { binance, ccxt, environmentsOf, mexc, type Outside } from '../../src/venue-rows.ts';
import { RecordingSink } from '../recording-sink.ts';
import { API_KEY, ScriptedBinance, SECRET } from '../scripted-binance.ts';
import { SimulatedClock } from '../simulated-world/clock.ts';
import { CCXT_ABSENT } from '../stand-ins/ccxt-present.ts';

const KEYS = { apiKey: new Secret(API_KEY), apiSecret: new Secret(SECRET) };
const ORDER: OrderPlacement = {
  ...{ clientOrderId: 'a1', symbol: 'BTCUSDT', side: 'buy' },
  ...{ type: 'limit', tif: 'gtc', quantity: '0.01', limit: '95000' },
};

function outsideOf({ http, dialer, clock, random }: ScriptedBinance): Outside {
  return { http, dialer, clock, random, sharedCounters: async () => null, onLimiter() {}, onClose() {} };
}

const factsOf = (name: string) => ({
  ...{ name, id: name.toUpperCase(), title: name, history: [], feed: true, hasPassphrase: false, note: null },
});

/** Every host that a gateway speaks to while it connects, asks for everything and orders. */
async function hostsSpokenTo(venue: ScriptedBinance, gateway: ExchangeGateway): Promise<readonly string[]> {
  await venue.run(gateway.connect(new RecordingSink()));
  const links = venue.dialer.openLinks.map(({ url }) => url);
  const calls = [
    () => gateway.instruments(),
    () => gateway.balances(),
    () => gateway.positions(),
    () => gateway.openOrders('BTCUSDT'),
    () => gateway.findOrder('BTCUSDT', 'a1'),
    () => gateway.fills('BTCUSDT', { timeMs: 0 }),
    () => gateway.place(ORDER),
    () => gateway.cancel('BTCUSDT', 'a1'),
    () => gateway.cancelAll('BTCUSDT'),
  ];
  // What they answer is of no interest here; most are refused by the script.
  for (const call of calls) await venue.run(call().catch(() => null) as Promise<unknown>);
  await venue.run(gateway.close());
  const urls = [...links, ...venue.http.requests.map(({ url }) => url)];
  return [...new Set(urls.map((url) => new URL(url).hostname))].sort();
}

describe('environments: where requests go', () => {
  for (const product of ['spot', 'usdm'] as const) {
    const { gateways } = binance(product, factsOf(`binance-${product}`), null);
    const hosts = { live: LIVE_HOSTS[product], testnet: TESTNET_HOSTS[product] };
    for (const environment of ['live', 'testnet'] as const)
      test(`Binance ${product}, a ${environment} key -> hosts of that environment and no others`, async () => {
        const venue = new ScriptedBinance();
        const outside = outsideOf(venue);
        const opening =
          environment === 'live'
            ? gateways.live!(outside, venueKey('live', KEYS))
            : gateways.testnet!(outside, venueKey('testnet', KEYS));
        const { restOrigins, streamOrigin, spotOrigin } = hosts[environment];
        const expected = [...restOrigins, streamOrigin, ...(spotOrigin === null ? [] : [spotOrigin])];
        assert.deepEqual(
          await hostsSpokenTo(venue, await opening),
          [...new Set(expected.map((url) => new URL(url).hostname))].sort(),
        );
        assert.ok(venue.http.requests.length > 8, `${venue.http.requests.length} requests`);
      });
  }

  test('a local exchange -> its address and nothing else, also for the facts of the key', async () => {
    const venue = new ScriptedBinance();
    const { gateways } = binance('usdm', factsOf('local-usdm'), 'http://127.0.0.1:7331');
    assert.deepEqual(environmentsOf(gateways), ['local']);
    const gateway = await gateways.local!(outsideOf(venue), venueKey('local', KEYS));
    assert.deepEqual(await hostsSpokenTo(venue, gateway), ['127.0.0.1']);
  });

  test('a local exchange that is to be Binance itself -> no gateway', async () => {
    const { gateways } = binance('spot', factsOf('local'), 'https://api.binance.com');
    await assert.rejects(gateways.local!(outsideOf(new ScriptedBinance()), venueKey('local', KEYS)), /Binance's own/);
  });

  test('MEXC has no test network, ccxt may have one -> the rows say so', () => {
    assert.deepEqual(environmentsOf(mexc().gateways), ['live']);
    assert.deepEqual(environmentsOf(ccxt('okx', null).gateways), ['testnet', 'live']);
  });

  test('ccxt: OKX in its sandbox -> each request is marked as simulated; a venue without one is refused', {
    skip: CCXT_ABSENT,
  }, async () => {
    const options = { clock: new SimulatedClock(), random: new Random(1), sandbox: true };
    const okx = (await openExchange({ ...options, exchange: 'okx' }, 'text')) as unknown as {
      readonly headers: Readonly<Record<string, string>>;
    };
    assert.equal(okx.headers['x-simulated-trading'], '1');
    const live = (await openExchange({ ...options, exchange: 'okx', sandbox: false }, 'text')) as unknown as typeof okx;
    assert.equal(live.headers?.['x-simulated-trading'], undefined);
    const refused = { name: 'VenueError', code: 'unsupported' };
    for (const exchange of ['mexc', 'kraken', 'coinbase'])
      await assert.rejects(openExchange({ ...options, exchange }, 'text'), {
        ...refused,
        message: /has no test network/,
      });
    for (const exchange of ['weex', 'bitget'])
      await assert.rejects(openExchange({ ...options, exchange }, 'text'), {
        ...refused,
        message: /shares .* with the live/,
      });
    await openExchange({ ...options, exchange: 'bybit' }, 'text');
  });
});
