import { barsFromRows } from '../../src/core/vocabulary/market-data.ts';
import { formatTime, HOUR_MS, MINUTE_MS } from '../../src/core/vocabulary/time.ts';
import { openLocalExchange } from '../../src/local-exchange/open.ts';

/** A local exchange that has been trading BTCUSDT for two hours and goes on, by a clock that this process steps. */
export interface PastExchange {
  /** For the program, so that its venue `local` is this one. */
  readonly env: Readonly<Record<string, string>>;
  /** The minute with which trading began. */
  readonly firstMs: number;
  readonly firstDay: string;
  close(): Promise<void>;
}

const HOURS = 2;

export async function openPastExchange(): Promise<PastExchange> {
  const firstMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 24 * HOUR_MS;
  const rows = Array.from({ length: 600 }, (_, i) => {
    const open = 95_000 + 100 * Math.sin(i / 10);
    const close = 95_000 + 100 * Math.sin((i + 1) / 10);
    return [firstMs + i * MINUTE_MS, open, Math.max(open, close) + 20, Math.min(open, close) - 20, close, 12];
  });
  const exchange = await openLocalExchange({
    clock: { speed: 0, startMs: firstMs },
    // It runs twenty times as fast as those who sign requests to it.
    checkTimestamps: false,
    market: { kind: 'bars', bars: { BTCUSDT: { columns: barsFromRows(rows), barMs: MINUTE_MS } }, speed: 1 },
  });
  exchange.clock.step(HOURS * HOUR_MS);
  const timer = setInterval(() => exchange.clock.step(500), 25);
  timer.unref();
  const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
  return {
    env: {
      TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest,
      TRADEWRIGHT_API_KEY: apiKey,
      TRADEWRIGHT_API_SECRET: secret!,
    },
    firstMs,
    firstDay: formatTime(firstMs),
    close: async () => {
      clearInterval(timer);
      await exchange.close();
    },
  };
}
