import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import type { Account, Product, Route, Surroundings } from '../../src/local-exchange/product.ts';
import { DEFAULT_SYMBOLS } from '../../src/local-exchange/spot/spot-options.ts';
import { createSpotProduct } from '../../src/local-exchange/spot/spot-product.ts';
import { createUsdmProduct } from '../../src/local-exchange/usdm/product.ts';

export type ProductName = Product['name'];

/** What of one product has been used. Names as in the table of what is served. */
export interface Reached {
  readonly product: Product;
  /** Endpoints and methods that answered 200 since the last look. */
  take(): Map<string, number>;
  /** Error codes that were answered. */
  readonly refused: Set<string>;
  /** Streams that somebody has opened, that sent something while somebody listened, and that everybody has left. */
  readonly opened: Set<string>;
  readonly spoke: Set<string>;
  readonly closed: Set<string>;
  /** Kinds of events that accounts were sent. */
  readonly told: Set<string>;
}

export interface ReachExchange {
  readonly exchange: LocalExchange;
  readonly spot: Reached;
  readonly usdm: Reached;
  /** Pays in (negative: takes out) on spot, as no client of the trading interface can. */
  deposit(account: Account, asset: string, amount: string): void;
}

const OF_A_STREAM: readonly (readonly [RegExp, string])[] = [
  [/^btcusdt_perpetual@/, '<pair>_perpetual@'],
  [/^btcusdt@/, '<symbol>@'],
  [/([kK]line)_1m/, '$1_<interval>'],
  [/@\+08:00$/, '@<zone>'],
  [/ticker_1h/, 'ticker_<window>'],
];

/** A stream's name as the table of what is served has it. */
export function servedStream(product: ProductName, name: string): string {
  const levels = product === 'spot' ? 'depth<levels>' : 'depth<5|10|20>';
  return OF_A_STREAM.reduce((text, [from, to]) => text.replace(from, to), name.replace('depth5', levels));
}

/** A product with everything that reaches it written down. */
function watched(name: ProductName, make: (around: Surroundings) => Product): [(around: Surroundings) => Product, Reached] {
  let answered = new Map<string, number>();
  let made: Product | null = null;
  const streamed = (stream: string): string => servedStream(name, stream);
  const reached: Reached = {
    get product(): Product {
      return made!;
    },
    take() {
      const taken = answered;
      answered = new Map();
      return taken;
    },
    refused: new Set(),
    opened: new Set(),
    spoke: new Set(),
    closed: new Set(),
    told: new Set(),
  };
  const noted = <T extends Pick<Route, 'handle'>>(endpoint: T, as: string): T => ({
    ...endpoint,
    handle: (...call: Parameters<Route['handle']>) => {
      const answer = endpoint.handle(...call);
      answered.set(as, answer.status);
      for (const part of Array.isArray(answer.body) ? answer.body : [answer.body]) {
        const { code } = (part ?? {}) as { readonly code?: unknown };
        if (typeof code === 'number' && code < 0) reached.refused.add(String(code));
      }
      return answer;
    },
  });
  const factory = (around: Surroundings): Product => {
    const product = make({
      nowMs: () => around.nowMs(),
      at: (timeMs, run) => around.at(timeMs, run),
      random: () => around.random(),
      hasListeners: (stream) => around.hasListeners(stream),
      accounts: around.accounts,
      publish(stream, data) {
        if (around.hasListeners(stream)) reached.spoke.add(streamed(stream));
        around.publish(stream, data);
      },
      notify(account, event) {
        reached.told.add(String((event as { readonly e?: string }).e));
        around.notify(account, event);
      },
    });
    made = product;
    return {
      name,
      house: product.house,
      symbols: product.symbols,
      routes: product.routes.map((r) => noted(r, `${r.method} ${r.path}`)),
      methods: product.methods.map((m) => noted(m, m.name)),
      hasStream: (stream) => product.hasStream(stream),
      streamOpened(stream) {
        reached.opened.add(streamed(stream));
        product.streamOpened(stream);
      },
      streamClosed(stream) {
        reached.closed.add(streamed(stream));
        product.streamClosed(stream);
      },
      deposit: (...given) => product.deposit(...given),
      served: () => product.served(),
    };
  };
  return [factory, reached];
}

const BALANCES = { spot: { USDT: '1000000', BTC: '10', BNB: '5' }, usdm: { USDT: '1000000' } };

/**
 * Both products on a free port with a stepped clock, and four accounts: `ann` with an HMAC key, `ed` with an Ed25519 key, `cal` with little money
 * for liquidations, `eve` whose key may only read. Bitcoin stands at 95,000.
 */
export async function openReachExchange(): Promise<ReachExchange> {
  const symbols = DEFAULT_SYMBOLS.map((s) => (s.symbol === 'BTCUSDT' ? { ...s, referencePrice: '95000' } : s));
  const [makeSpot, spot] = watched('spot', (around) => createSpotProduct({ symbols }, around));
  const [makeUsdm, usdm] = watched('usdm', (around) => createUsdmProduct({}, around));
  const exchange = await openLocalExchange({
    products: { spot: makeSpot, usdm: makeUsdm },
    clock: { speed: 0 },
    checkTimestamps: false,
    limits: 'none',
    market: { kind: 'quiet', book: { BTCUSDT: 95_000, ETHUSDT: 3_000 } },
    accounts: [
      { name: 'ann', balances: BALANCES },
      { name: 'ed', keys: [{ kind: 'ed25519' }], balances: BALANCES },
      { name: 'cal', balances: { usdm: { USDT: '1000' } } },
      { name: 'eve', keys: [{ permissions: { spot: false, usdm: false } }] },
    ],
  });
  return {
    exchange,
    spot,
    usdm,
    deposit(account, asset, amount) {
      if (!spot.product.deposit(account, asset, amount)) throw new RangeError(`spot does not take ${amount} ${asset}`);
    },
  };
}
