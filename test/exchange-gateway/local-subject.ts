import { setTimeout as sleep } from 'node:timers/promises';
import type { BinanceGatewayOptions } from '../../src/adapters/binance/gateway-options.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { openHttpClient } from '../../src/adapters/system/http-client.ts';
import { openSocketDialer } from '../../src/adapters/system/socket-dialer.ts';
import { signerOf } from '../../src/connectivity/signing.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { type LocalExchange, type LocalExchangeOptions, openLocalExchange } from '../../src/local-exchange/open.ts';
import type { ExchangeGateway } from '../../src/ports/exchange-gateway.ts';
import type { GatewaySubject } from '../contracts/exchange-gateway.ts';
import { FaultyDialer, FaultyHttp } from '../contracts/faulty-transport.ts';

const SYMBOL = 'BTCUSDT';
const START_PRICE = 95_000;
const LONGEST_WAIT_MS = 10_000;

export interface LocalVenue {
  readonly product: 'spot' | 'usdm';
  readonly products: NonNullable<LocalExchangeOptions['products']>;
  readonly balances: Readonly<Record<string, string>>;
  readonly hugeQuantity: string;
  readonly open: (options: BinanceGatewayOptions) => ExchangeGateway;
  readonly streamEnded: unknown;
  readonly kind?: 'hmac' | 'ed25519';
}

/** A gateway over real loopback sockets at a local exchange of its own, with faults in between. */
export async function localSubject(venue: LocalVenue): Promise<GatewaySubject & { readonly exchange: LocalExchange }> {
  const { product } = venue;
  const exchange = await openLocalExchange({
    products: venue.products,
    accounts: [
      {
        name: 'trader',
        keys: [{ kind: venue.kind ?? 'hmac' }],
        balances: { [product]: venue.balances },
      },
    ],
  });
  exchange.market.moveTo(SYMBOL, START_PRICE);
  const http = new FaultyHttp(await openHttpClient());
  const dialer = new FaultyDialer(await openSocketDialer());
  const key = exchange.accounts[0]!.keys[0]!;
  const secret = key.secret ?? key.privateKey!;
  const urls = exchange.urls[product]!;
  const gateway = venue.open({
    http,
    dialer,
    clock: systemClock(),
    random: new Random(1),
    credentials: { apiKey: key.apiKey, signer: signerOf(secret) },
    restOrigins: [urls.rest],
    streamOrigin: urls.streams,
    eventLimitMs: 300,
    backoff: { firstMs: 100, longestMs: 1000 },
  });
  const price = (percent: number): string => String(Math.round(START_PRICE * (1 + percent / 100)));
  return {
    exchange,
    gateway,
    symbol: SYMBOL,
    quantity: '0.02',
    hugeQuantity: venue.hugeQuantity,
    price,
    moveTo: (text) => {
      exchange.market.moveTo(SYMBOL, Number(text));
      exchange.market.trade(SYMBOL, 'sell', Number(text), 0.001);
    },
    http,
    dialer,
    secrets: [key.apiKey, secret],
    streamEnded: venue.streamEnded,
    drifted: (text) => text.replace(/"X":"NEW"/, '"X":"FROZEN"'),
    skewVenue: (ms) => exchange.faults.inject({ fault: 'clock-skewed', byMs: ms }),
    run: (promise) => promise,
    until: async (isTrue, what) => {
      for (const endMs = performance.now() + LONGEST_WAIT_MS; !isTrue(); await sleep(5))
        if (performance.now() > endMs) throw new Error(`not within ${LONGEST_WAIT_MS} ms: ${what}`);
    },
    pass: (ms) => sleep(ms),
    dispose: async () => {
      await gateway.close();
      await http.close();
      await exchange.close();
    },
  };
}
