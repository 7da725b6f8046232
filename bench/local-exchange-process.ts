// A local exchange in a process of its own, so that its clients have another core. Prints one line of JSON when it listens; `trade N` on its
// standard input makes N trades of the outside world; it ends with its input.
import { createInterface } from 'node:readline';
import { openLocalExchange } from '../src/local-exchange/open.ts';
import { DEFAULT_SYMBOLS } from '../src/local-exchange/spot/spot-options.ts';

const PRICE = 50_000;
/** Trades in one turn of the event loop. */
const EACH_TURN = 50;

const exchange = await openLocalExchange({
  limits: 'none',
  // Binance lets 200 orders rest in a symbol; the benchmark leaves all of its own there.
  spot: { symbols: DEFAULT_SYMBOLS.map((symbol) => ({ ...symbol, maxOrders: 1_000_000 })) },
  market: { kind: 'quiet', book: { BTCUSDT: PRICE } },
  accounts: [{ name: 'trader', balances: { spot: { USDT: '10000000' } } }],
});
const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
console.log(JSON.stringify({ port: exchange.port, apiKey, secret }));

function trade(left: number): void {
  const count = Math.min(EACH_TURN, left);
  for (let k = 0; k < count; k++)
    exchange.market.trade('BTCUSDT', k % 2 === 0 ? 'buy' : 'sell', PRICE + (k % 2) / 100, 0.01, 'spot');
  if (left > count) setImmediate(trade, left - count);
}

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const [word, count] = line.split(' ');
  if (word === 'trade') trade(Number(count));
});
input.on('close', () => void exchange.close());
