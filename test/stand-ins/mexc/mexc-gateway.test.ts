import { MexcAccess } from '../../../src/adapters/mexc/access.ts';
import { MEXC_CAPABILITIES, MexcGateway } from '../../../src/adapters/mexc/gateway.ts';
import { loadPushType } from '../../../src/adapters/mexc/push-decoder.ts';
import { Random } from '../../../src/core/vocabulary/random.ts';
import { exchangeGatewayContract, type GatewaySubject } from '../../contracts/exchange-gateway.ts';
import { exchangeGatewayFaultContract } from '../../contracts/exchange-gateway-faults.ts';
import { exchangeGatewayPairContract } from '../../contracts/exchange-gateway-pairs.ts';
import { FaultyDialer, FaultyHttp } from '../../contracts/faulty-transport.ts';
import { SimulatedClock } from '../../simulated-world/clock.ts';
import { SimulatedDialer } from '../../simulated-world/dialer.ts';
import { SimulatedHttp } from '../../simulated-world/http.ts';
import { MEXC_KEYS } from './mexc-venue.ts';
import { loadSimulatedMexc } from './simulated-mexc.ts';

const MARKET = 50_000;

async function subject(): Promise<GatewaySubject> {
  const clock = new SimulatedClock();
  const type = await loadPushType();
  const simulated = (await loadSimulatedMexc())(clock);
  const { venue } = simulated;
  const quote = (at: number): void =>
    venue.floor.quote(
      'BTCUSDT',
      [1, 2, 3].map((k) => ({ price: (at - k).toFixed(2), quantity: '5' })),
      [1, 2, 3].map((k) => ({ price: (at + k).toFixed(2), quantity: '5' })),
    );
  quote(MARKET);
  const network = { clock, seed: 3 };
  const http = new FaultyHttp(new SimulatedHttp((request) => simulated.reply(request), network));
  const dialer = new FaultyDialer(new SimulatedDialer(simulated, network));
  const options = { http, dialer, clock, random: new Random(1), credentials: MEXC_KEYS, weightPerTenSeconds: 100_000 };
  const access = new MexcAccess({ ...options, ordersPerSecond: 1_000 });
  const gateway = new MexcGateway(access);
  const run = async <T>(promise: Promise<T>): Promise<T> => {
    let isDone = false;
    const done = promise.finally(() => {
      isDone = true;
    });
    done.catch(() => undefined);
    await clock.advanceUntil(() => isDone, 120_000, 5);
    return await done;
  };
  return {
    gateway,
    symbol: 'BTCUSDT',
    quantity: '0.01',
    hugeQuantity: '500',
    price: (percent) => (MARKET * (1 + percent / 100)).toFixed(2).replace(/\.?0+$/, ''),
    moveTo: (price) => {
      venue.floor.quote('BTCUSDT', [], []);
      venue.floor.trade('BTCUSDT', Number(price) < MARKET ? -1 : 1, price, '10');
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
    run,
    until: async (isTrue, what) => {
      if (!(await clock.advanceUntil(isTrue, 120_000, 5))) throw new Error(`waited two minutes for ${what}`);
    },
    pass: (ms) => clock.advance(ms),
    dispose: async () => {
      await run(gateway.close());
      access.close();
      venue.streams.close();
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
exchangeGatewayPairContract('MEXC', MEXC_CAPABILITIES, subject);
exchangeGatewayFaultContract('MEXC', MEXC_CAPABILITIES, subject);
