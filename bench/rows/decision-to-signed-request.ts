import diagnostics from 'node:diagnostics_channel';
import { BinanceSpotGateway } from '../../src/adapters/binance/spot-gateway.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { openHttpClient } from '../../src/adapters/system/http-client.ts';
import { RateLimiter } from '../../src/connectivity/rate-limiter.ts';
import { signerOf } from '../../src/connectivity/signing.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { openLoopbackVenue, SILENT_DIALER } from '../loopback-venue.ts';
import { quantile } from '../measure.ts';
import type { BenchRow } from '../row.ts';

const ORDERS = 20_000;
const WARM_UP = 5_000;
const TARGET_US = 20;

/**
 * From `place(order)` to the return of the socket's `write()` with all of the signed request, on one kept-alive loopback connection. The end
 * is undici's `undici:request:bodySent`, published after head and body were written to the socket and uncorked.
 */
async function measureOrders(): Promise<{ readonly p50: number; readonly p99: number; readonly signing: number }> {
  const venue = await openLoopbackVenue();
  const clock = systemClock();
  const http = await openHttpClient({ connections: 1 });
  const windows = (['weight', 'orders'] as const).map(
    (meter) => ({ meter, scope: meter, limit: 1e9, windowMs: 60_000, kind: 'aligned' }) as const,
  );
  const signer = signerOf('NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j');
  const gateway = new BinanceSpotGateway({
    http,
    dialer: SILENT_DIALER,
    clock,
    random: new Random(1),
    credentials: { apiKey: 'k'.repeat(64), signer },
    restOrigins: [venue.origin],
    streamOrigin: venue.origin.replace(/^http/, 'ws'),
    limiter: new RateLimiter({ clock, windows }),
  });
  let writtenAt = 0;
  const written = (): void => {
    writtenAt = performance.now();
  };
  const sink = {
    order() {},
    fill() {},
    balance() {},
    position() {},
    funding() {},
    liquidation() {},
    resumed() {},
    anomaly() {},
  };
  try {
    await gateway.connect(sink);
    diagnostics.subscribe('undici:request:bodySent', written);
    const microseconds = new Float64Array(ORDERS);
    const signingUs = new Float64Array(ORDERS);
    for (let k = -WARM_UP; k < ORDERS; k++) {
      const order = {
        clientOrderId: `bench0o${(k + WARM_UP).toString(36)}a0`,
        symbol: 'BTCUSDT',
        side: 'buy',
        type: 'limit',
        tif: 'gtc',
        quantity: '0.5',
        limit: '95000.01',
      } as const;
      writtenAt = 0;
      const decidedAt = performance.now();
      const outcome = await gateway.place(order);
      if (outcome.outcome !== 'accepted' || writtenAt === 0) throw new Error(`order ${k}: ${JSON.stringify(outcome)}`);
      const signedFrom = performance.now();
      signer.sign(
        'symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.5&price=95000.01&timeInForce=GTC&newClientOrderId=bench0o1a0&newOrderRespType=RESULT&recvWindow=2000&timestamp=1795200000000',
      );
      const signedAt = performance.now();
      if (k >= 0) {
        microseconds[k] = (writtenAt - decidedAt) * 1000;
        signingUs[k] = (signedAt - signedFrom) * 1000;
      }
    }
    microseconds.sort();
    signingUs.sort();
    return { p50: quantile(microseconds, 0.5), p99: quantile(microseconds, 0.99), signing: quantile(signingUs, 0.5) };
  } finally {
    diagnostics.unsubscribe('undici:request:bodySent', written);
    await gateway.close();
    await http.close();
    await venue.close();
  }
}

export const row: BenchRow = {
  name: 'decision-to-signed-request',
  unit: 'us p50',
  target: TARGET_US,
  measure: async () => {
    const { p50, p99, signing } = await measureOrders();
    return {
      value: p50,
      note: `${ORDERS} spot limit orders, HMAC, place() until write() returns (undici:request:bodySent), loopback, no journal`,
      beside: [
        { name: '  p99 of the same', value: p99, unit: 'us' },
        { name: '  signature alone', value: signing, unit: 'us p50' },
      ],
    };
  },
};
