import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openCcxtGateway } from '../../../src/adapters/ccxt/gateway.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { Random } from '../../../src/core/vocabulary/random.ts';
import type { ExchangeGateway, OrderPlacement } from '../../../src/ports/exchange-gateway.ts';
import { VenueError } from '../../../src/ports/venue-error.ts';
import { exchangeGatewayContract, type GatewaySubject } from '../../contracts/exchange-gateway.ts';
import { FaultyDialer, FaultyHttp } from '../../contracts/faulty-transport.ts';
import { SimulatedDialer } from '../../simulated-world/dialer.ts';
import { SimulatedHttp } from '../../simulated-world/http.ts';
import { RecordingSink } from '../../recording-sink.ts';
import type { RequestFault } from '../faults.ts';
import { pause, until } from '../loopback.ts';
import { OKX_KEYS, type OkxStandIn, startOkxStandIn } from './okx-stand-in.ts';

const MARKET = 50_000;
const SYMBOL = 'BTC-USDT';

function quote(venue: OkxStandIn, at: number): void {
  venue.floor.quote(
    SYMBOL,
    [1, 2, 3].map((k) => ({ price: (at - k).toFixed(1), quantity: '5' })),
    [1, 2, 3].map((k) => ({ price: (at + k).toFixed(1), quantity: '5' })),
  );
}

function gatewayTo(venue: OkxStandIn, credentials = OKX_KEYS): Promise<ExchangeGateway> {
  return openCcxtGateway({
    exchange: 'okx',
    clock: systemClock(),
    random: new Random(3),
    credentials,
    urls: { rest: venue.origin, ws: venue.streamUrl },
    exchangeOptions: { fetchMarkets: { types: ['spot'] } },
    settleMs: 60,
    longestUntoldMs: 400,
    timeoutMs: 400,
    requestIntervalMs: 1,
  });
}

async function subject(): Promise<GatewaySubject> {
  const clock = systemClock();
  const venue = await startOkxStandIn();
  quote(venue, MARKET);
  const gateway = await gatewayTo(venue);
  // ccxt has a transport of its own; what it sent is what the venue saw.
  const http = new FaultyHttp(new SimulatedHttp(() => ({ lost: true }), { clock }));
  Object.defineProperty(http, 'requests', { get: () => venue.calls });
  return {
    gateway,
    symbol: SYMBOL,
    quantity: '0.01',
    hugeQuantity: '500',
    price: (percent) => (MARKET * (1 + percent / 100)).toFixed(1).replace(/\.0$/, ''),
    moveTo: (price) => {
      venue.floor.quote(SYMBOL, [], []);
      venue.floor.trade(SYMBOL, Number(price) < MARKET ? -1 : 1, price, '10');
      quote(venue, Number(price));
    },
    http,
    dialer: new FaultyDialer(new SimulatedDialer({}, { clock })),
    secrets: Object.values(OKX_KEYS),
    streamEnded: null,
    drifted: (text) => text,
    skewVenue: (ms) => {
      venue.skewMs = ms;
    },
    run: (promise) => promise,
    until,
    pass: (ms) => pause(ms / 10),
    dispose: async () => {
      await gateway.close();
      await venue.close();
    },
  };
}

/** Known before anything is opened: what the contract skips by. */
const CAPABILITIES = {
  orderTypes: ['market', 'limit'],
  timesInForce: ['gtc', 'ioc', 'fok'],
  postOnly: true,
  reduceOnly: false,
  amend: true,
  hedge: false,
  positions: false,
  findEndedForMs: 7_200_000,
} as const;

exchangeGatewayContract('OKX through ccxt', CAPABILITIES, subject);
