import { MexcAccess } from '../../../src/adapters/mexc/access.ts';
import { MEXC_CAPABILITIES, MexcGateway } from '../../../src/adapters/mexc/gateway.ts';
import { loadPushType } from '../../../src/adapters/mexc/push-decoder.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { Random } from '../../../src/core/vocabulary/random.ts';
import { exchangeGatewayContract, type GatewaySubject } from '../../contracts/exchange-gateway.ts';
import { exchangeGatewayFaultContract } from '../../contracts/exchange-gateway-faults.ts';
import { FaultyDialer, FaultyHttp } from '../../contracts/faulty-transport.ts';
import { loopbackDialer, loopbackHttp, pause, until } from '../loopback.ts';
import { MEXC_KEYS, startMexcStandIn } from './mexc-stand-in.ts';

const MARKET = 50_000;

async function subject(): Promise<GatewaySubject> {
  const type = await loadPushType();
  const venue = await startMexcStandIn();
  const quote = (at: number): void =>
    venue.floor.quote(
      'BTCUSDT',
      [1, 2, 3].map((k) => ({ price: (at - k).toFixed(2), quantity: '5' })),
      [1, 2, 3].map((k) => ({ price: (at + k).toFixed(2), quantity: '5' })),
    );
  quote(MARKET);
  const http = new FaultyHttp(loopbackHttp());
  const dialer = new FaultyDialer(loopbackDialer);
  const access = new MexcAccess({
    http,
    dialer,
    clock: systemClock(),
    random: new Random(1),
    restOrigin: venue.origin,
    streamUrl: venue.streamUrl,
    credentials: MEXC_KEYS,
    ordersPerSecond: 1_000,
    weightPerTenSeconds: 100_000,
  });
  const gateway = new MexcGateway(access, { longestUntoldMs: 300 });
  return {
    gateway,
    symbol: 'BTCUSDT',
    quantity: '0.01',
    hugeQuantity: '500',
    price: (percent) => (MARKET * (1 + percent / 100)).toFixed(2).replace(/\.?0+$/, ''),
    moveTo: (price) => {
      const falls = Number(price) < MARKET;
      venue.floor.quote('BTCUSDT', [], []);
      venue.floor.trade('BTCUSDT', falls ? -1 : 1, price, '10');
      quote(Number(price));
    },
    http,
    dialer,
    secrets: Object.values(MEXC_KEYS),
    streamEnded: 'Invalid listen key',
    drifted: (text) => drifted(type, text),
    skewVenue: (ms) => {
      venue.skewMs = ms;
    },
    run: (promise) => promise,
    until,
    pass: (ms) => pause(ms / 10),
    dispose: async () => {
      await gateway.close();
      access.close();
      await http.close();
      await venue.close();
    },
  };
}

/** An order push with a status that MEXC does not have; bytes as text of one character each. */
function drifted(type: Awaited<ReturnType<typeof loadPushType>>, text: string): string {
  if (!text.includes('private.orders') || text.startsWith('{')) return text;
  const push = type.toObject(type.decode(Buffer.from(text, 'latin1'))) as { privateOrders?: { status: number } };
  if (push.privateOrders === undefined) return text;
  push.privateOrders.status = 77;
  return Buffer.from(type.encode(type.fromObject(push)).finish()).toString('latin1');
}

exchangeGatewayContract('MEXC', MEXC_CAPABILITIES, subject);
exchangeGatewayFaultContract('MEXC', MEXC_CAPABILITIES, subject);
