import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';

/** What each client must have seen; `absent` names a package that an installation may lack. */
const EXPECTED: readonly { readonly client: string; readonly package: string; readonly found: object }[] = [
  {
    client: 'ccxt-spot',
    package: 'ccxt',
    found: { markets: true, order: 'open', trade: true, book: true, socketOrder: 'open', event: 'open', open: 2 },
  },
  {
    client: 'ccxt-usdm',
    package: 'ccxt',
    found: {
      markets: true,
      order: 'closed',
      trade: true,
      book: true,
      mark: true,
      event: true,
      stop: true,
      position: 0.01,
    },
  },
  { client: 'binance', package: 'binance', found: { order: 'NEW', socketOrder: 'NEW', kinds: true } },
  { client: 'binance-spot', package: '@binance/spot', found: { order: 'NEW', trade: 'trade', socketOrder: 'NEW' } },
  {
    client: 'binance-usdm',
    package: '@binance/derivatives-trading-usds-futures',
    found: { order: 'NEW', trade: 'aggTrade', socketOrder: 'NEW' },
  },
  {
    client: 'node-binance-api',
    package: 'node-binance-api',
    found: { order: 'NEW', futures: 'NEW', trade: 'trade', aggregate: 'aggTrade' },
  },
];
const LONGEST_MS = 30_000;

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

describe('local exchange: clients of npm', () => {
  let exchange: LocalExchange;
  let market: NodeJS.Timeout;
  before(async () => {
    exchange = await openLocalExchange({ market: { kind: 'quiet', book: { BTCUSDT: 50_000, ETHUSDT: 2_000 } } });
    let k = 0;
    market = setInterval(() => exchange.market.trade('BTCUSDT', ++k % 2 ? 'buy' : 'sell', 50_000 + (k % 7), 0.01), 20);
  });
  after(async () => {
    clearInterval(market);
    await exchange.close();
  });

  for (const { client, package: name, found } of EXPECTED)
    test(`${client}: orders, streams and account events -> taken, and understood`, {
      skip: isInstalled(name) ? false : `client absent: ${name}`,
    }, async () => {
      const account = exchange.openAccount({
        name: client,
        balances: { spot: { USDT: '100000' }, usdm: { USDT: '100000' } },
      });
      const { apiKey, secret } = account.keys[0]!;
      const script = join(import.meta.dirname, '../fixtures/exchange-clients.ts');
      const child = spawn(process.execPath, [script, client, String(exchange.port), apiKey, secret!], {
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: LONGEST_MS,
        env: Object.fromEntries(Object.entries(process.env).filter(([variable]) => !/_proxy$/i.test(variable))),
      });
      let [out, errors] = ['', ''];
      child.stdout.on('data', (bytes: Buffer) => {
        out += bytes.toString();
      });
      child.stderr.on('data', (bytes: Buffer) => {
        errors += bytes.toString();
      });
      const code = await new Promise((resolve) => child.once('close', resolve));
      assert.equal(code, 0, errors);
      assert.deepEqual(JSON.parse(out), found);
    });
});
