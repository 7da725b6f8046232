import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type GatewayHosts, LIVE_HOSTS, localHosts, TESTNET_HOSTS } from '../src/adapters/binance/hosts.ts';
import { Secret } from '../src/core/vocabulary/secret.ts';
import {
  type Account,
  type AnyAccount,
  type Destination,
  type GatewayTo,
  gatewayTo,
  type VenueKey,
  venueKey,
} from '../src/ports/account.ts';
import type { ExchangeGateway } from '../src/ports/exchange-gateway.ts';
import type { Environment } from '../src/ports/secret-vault.ts';
import type { Venues } from '../src/ports/venues.ts';
import type { GatewayOpeners } from '../src/venue-rows.ts';

const KEYS = { apiKey: new Secret('k'), apiSecret: new Secret('s') };

interface Kept {
  readonly live: Account<'live'>;
  readonly testnet: Account<'testnet'>;
  readonly local: Account<'local'>;
  readonly any: AnyAccount;
}

declare function trade(account: Account<'live'>): void;
declare function openAt<E extends Environment>(key: VenueKey<E>, hosts: GatewayHosts<NoInfer<E>>): GatewayTo<E>;

/**
 * Every `@ts-expect-error` below is a mistake that must stay a compile error; `tsc -b` fails where one no longer is. Never called: it exists
 * for the compiler.
 */
async function mistakes({ live, testnet, local, any }: Kept, venues: Venues, bare: ExchangeGateway): Promise<void> {
  trade(live);
  // @ts-expect-error a testnet account is no live one
  trade(testnet);
  // @ts-expect-error nor is one of the local exchange
  trade(local);
  // @ts-expect-error nor one of which nobody has looked where it goes
  trade(any);
  if (any.environment === 'live') trade(any);
  // @ts-expect-error a live gateway does not become one of a testnet account
  const swapped: Account<'testnet'> = { ...testnet, gateway: live.gateway };
  // @ts-expect-error nor does a gateway of which nobody has said where it goes
  const unsaid: Account<'live'> = { ...live, gateway: bare };

  const testnetKey = venueKey('testnet', KEYS);
  openAt(testnetKey, TESTNET_HOSTS.spot);
  // @ts-expect-error a testnet key does not go to live hosts
  openAt(testnetKey, LIVE_HOSTS.spot);
  // @ts-expect-error nor a live one to the test network
  openAt(venueKey('live', KEYS), TESTNET_HOSTS.usdm);
  // @ts-expect-error nor a local one to the exchange itself
  openAt(venueKey('local', KEYS), LIVE_HOSTS.usdm);
  // @ts-expect-error a key of one environment is no key of several
  const several: VenueKey<Environment> = testnetKey;
  // @ts-expect-error keys say where they belong
  await venues.gateway('binance', KEYS);
  const gateway: GatewayTo<'testnet'> = await venues.gateway('binance', testnetKey);
  // @ts-expect-error what comes of a testnet key is no live gateway
  const mistaken: GatewayTo<'live'> = await venues.gateway('binance', testnetKey);
  const openers: GatewayOpeners = {
    // @ts-expect-error an opener takes keys of its own environment
    live: async (_outside, key: VenueKey<'testnet'>) => gatewayTo('testnet', key as never),
  };

  const onPaper: Destination = { mode: 'paper' };
  const onLive: Destination = { mode: 'live', account: live };
  // @ts-expect-error a paper session has no account
  const paperWithAccount: Destination = { mode: 'paper', account: live };
  // @ts-expect-error a testnet session takes no live account
  const mixed: Destination = { mode: 'testnet', account: live };
  // @ts-expect-error a live session takes no account of the local exchange
  const mixedToo: Destination = { mode: 'live', account: local };
  // @ts-expect-error a live session is no paper session
  const isPaper: 'paper' = onLive.mode;
  void [swapped, unsaid, several, gateway, mistaken, openers, onPaper, paperWithAccount, mixed, mixedToo, isPaper];
}

describe('account types', () => {
  test('mistakes -> do not compile', () => {
    assert.equal(typeof mistakes, 'function');
  });

  test('hosts: no host of one environment -> in another', () => {
    const hostsOf = ({ restOrigins, streamOrigin, spotOrigin }: GatewayHosts<Environment>): readonly string[] =>
      [...restOrigins, streamOrigin, spotOrigin].flatMap((url) => (url === null ? [] : [new URL(url).hostname]));
    const live = new Set(Object.values(LIVE_HOSTS).flatMap(hostsOf));
    const testnet = Object.values(TESTNET_HOSTS).flatMap(hostsOf);
    assert.deepEqual(
      testnet.filter((host) => live.has(host)),
      [],
    );
  });

  test('local exchange at an address of Binance -> refused, however it is written', () => {
    for (const origin of [
      'https://api.binance.com',
      'https://API.Binance.com.',
      'https://fapi.binance.com:443',
      'https://binance.us',
      'https://testnet.binance.vision',
      'https://demo-fapi.binancefuture.com',
    ])
      assert.throws(() => localHosts(origin), /expected the address of a local exchange/, origin);
    assert.deepEqual(localHosts('http://127.0.0.1:7331').streamOrigin, 'ws://127.0.0.1:7331');
    assert.equal(localHosts('http://notbinance.com').environment, 'local');
  });
});
