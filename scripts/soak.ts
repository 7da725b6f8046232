import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BinanceFeed } from '../src/adapters/binance/feed/binance-feed.ts';
import { BinanceSpotGateway } from '../src/adapters/binance/spot-gateway.ts';
import { BinanceUsdmGateway } from '../src/adapters/binance/usdm-gateway.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { openHttpClient } from '../src/adapters/system/http-client.ts';
import { openSocketDialer } from '../src/adapters/system/socket-dialer.ts';
import { signerOf } from '../src/connectivity/signing.ts';
import { Random } from '../src/core/vocabulary/random.ts';
import type { AccountSink, ExchangeGateway } from '../src/ports/exchange-gateway.ts';
import { FEED_CHANNELS, type FeedSink } from '../src/ports/market-feed.ts';
import type { SoakedExchange } from './soak-exchange.ts';

/**
 * An hour of a local exchange with a fast market, live feeds of both products and orders on both, all connections cut every few minutes. The
 * exchange has a process of its own. Memory after collection is read as it goes; the soak fails where the last third uses more than the middle
 * third did, or where data stood still. An exchange must remember the orders of months, so its own growth is judged by the order.
 *
 *     npm run soak -- --minutes 60 --speed 100
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    speed: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
});
const minutes = Number(values.minutes);
const SAMPLES = 60;
const ORDERS_EACH_SECOND = 4;
/** Growth from the middle third to the last one that is no mere delay: the JIT and pools settle within the first third. */
const MOST_GROWTH = 0.05;
const LEAST_BYTES = 4 * 2 ** 20;
/** What the exchange may remember of an order: the order, its events, its trades and the ways to find them. */
const BYTES_AN_ORDER = 4096;
/** Marks come every three seconds. */
const SHORTEST_SAMPLE_MS = 10_000;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const child = fork(join(import.meta.dirname, 'soak-exchange.ts'), [values.speed, values.seed]);
const [exchange] = (await once(child, 'message')) as [SoakedExchange];

const outside = {
  http: await openHttpClient(),
  dialer: await openSocketDialer(),
  clock: systemClock(),
  random: new Random(Number(values.seed)),
};

const seen = { trade: 0, quote: 0, bar: 0, depth: 0, mark: 0, gap: 0, anomaly: 0 };
const sink: FeedSink = {
  trade: () => void seen.trade++,
  quote: () => void seen.quote++,
  bar: () => void seen.bar++,
  depth: () => void seen.depth++,
  mark: () => void seen.mark++,
  gap: () => void seen.gap++,
  anomaly: (_id, code, detail) => {
    if (seen.anomaly++ < 10) console.log(`anomaly: ${code} ${detail}`);
  },
};
const told = { order: 0, fill: 0, resumed: 0, anomaly: 0 };
const account: AccountSink = {
  order: () => void told.order++,
  fill: () => void told.fill++,
  balance() {},
  position() {},
  funding() {},
  liquidation() {},
  resumed: () => void told.resumed++,
  anomaly: (code, detail) => {
    if (told.anomaly++ < 10) console.log(`account anomaly: ${code} ${detail}`);
  },
};
const placed = { accepted: 0, rejected: 0, unknown: 0 };

const feeds: BinanceFeed[] = [];
const gateways: ExchangeGateway[] = [];
for (const product of ['spot', 'usdm'] as const) {
  const { rest, streams } = exchange.urls[product];
  const there = { restOrigins: [rest], streamOrigin: streams };
  const feed = new BinanceFeed({ ...outside, ...there, product });
  for (const symbol of SYMBOLS) {
    for (const channel of FEED_CHANNELS) {
      if (!feed.channels.includes(channel) || !exchange.symbols[product].includes(symbol)) continue;
      feed.subscribe({ channel, symbol, ...(channel === 'bars' ? { timeframe: '1m' } : {}) }, sink);
    }
  }
  feeds.push(feed);
  const credentials = { apiKey: exchange.apiKey, signer: signerOf(exchange.secret) };
  const Gateway = product === 'spot' ? BinanceSpotGateway : BinanceUsdmGateway;
  const gateway = new Gateway({ ...outside, ...there, credentials });
  await gateway.connect(account);
  gateways.push(gateway);
}

const endMs = performance.now() + minutes * 60_000;
let isOver = false;

/** Market orders to and fro, and orders that rest for a moment and are canceled: every path an order ends by. */
async function trade(gateway: ExchangeGateway, name: string): Promise<void> {
  for (let k = 0; !isOver; k++) {
    await sleep(1000 / ORDERS_EACH_SECOND);
    const clientOrderId = `soak${name}${k.toString(36)}`;
    const side = k % 2 === 0 ? 'buy' : 'sell';
    // What is sold is less than what was bought, as commission may be taken out of it.
    const order = { clientOrderId, symbol: 'ETHUSDT', side, quantity: side === 'buy' ? '0.051' : '0.05' } as const;
    const rests = k % 4 > 1;
    const outcome = await gateway.place(
      rests
        ? { ...order, side: 'buy', type: 'limit', tif: 'gtc', limit: '1000' }
        : { ...order, type: 'market', tif: 'gtc' },
    );
    placed[outcome.outcome]++;
    if (outcome.outcome === 'rejected' && placed.rejected <= 10)
      console.log(`rejected: ${outcome.code} ${outcome.message}`);
    if (rests && outcome.outcome === 'accepted') await gateway.cancel(order.symbol, clientOrderId);
  }
}
const trading = gateways.map((gateway, k) => trade(gateway, k === 0 ? 's' : 'u'));

const samples = { clients: [] as number[], exchange: [] as number[], orders: [] as number[] };
const failures: string[] = [];
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
for (let k = 1; k <= SAMPLES; k++) {
  const before = { ...seen };
  const beganMs = performance.now();
  await sleep(Math.max(0, endMs - beganMs) / (SAMPLES - k + 1));
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  child.send('memory');
  const [ofExchange] = (await once(child, 'message')) as [number];
  samples.clients.push(heapUsed + external);
  samples.exchange.push(ofExchange);
  samples.orders.push(placed.accepted);
  const each = Object.entries(seen).map(([name, count]) => `${name} ${count}`);
  console.log(
    `${k}/${SAMPLES}  clients ${mebibytes(heapUsed + external)} MiB (resident ${mebibytes(rss)}), exchange ${mebibytes(ofExchange)} MiB  ${each.join(', ')}; orders ${JSON.stringify(placed)}, told ${JSON.stringify(told)}`,
  );
  if (performance.now() - beganMs < SHORTEST_SAMPLE_MS) continue;
  for (const name of ['trade', 'quote', 'bar', 'depth', 'mark'] as const)
    if (seen[name] === before[name]) failures.push(`sample ${k}: no ${name} since the one before`);
}
isOver = true;
await Promise.all(trading);
for (const gateway of gateways) await gateway.close();
for (const feed of feeds) await feed.close();
child.send('close');
await once(child, 'exit');
await outside.http.close();

const third = Math.floor(SAMPLES / 3);
const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!;
const thirds = (all: readonly number[]) => [median(all.slice(third, 2 * third)), median(all.slice(2 * third))] as const;
const [ordersThen, ordersLast] = thirds(samples.orders);
for (const whose of ['clients', 'exchange'] as const) {
  const [middle, last] = thirds(samples[whose]);
  const remembered = whose === 'exchange' ? (ordersLast - ordersThen) * BYTES_AN_ORDER : 0;
  console.log(
    `${whose}: ${mebibytes(middle)} MiB in the middle third, ${mebibytes(last)} MiB in the last (medians), of which ${mebibytes(remembered)} MiB may be orders`,
  );
  if (last - middle > remembered + Math.max(LEAST_BYTES, middle * MOST_GROWTH)) failures.push(`${whose}: memory grew`);
}
if (told.anomaly > 0) failures.push(`${told.anomaly} anomalies of the account stream`);
if (seen.anomaly > 0) failures.push(`${seen.anomaly} anomalies of the feeds`);
console.log(failures.length === 0 ? 'flat' : failures.join('\n'));
process.exitCode = failures.length === 0 ? 0 : 1;
