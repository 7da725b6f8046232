import { type LocalExchange, type LocalExchangeOptions, openLocalExchange } from '../../src/local-exchange/open.ts';
import type { Product, Route, Surroundings } from '../../src/local-exchange/product.ts';
import { DEFAULT_SYMBOLS, type SpotSymbolOptions } from '../../src/local-exchange/spot/spot-options.ts';
import { createSpotProduct } from '../../src/local-exchange/spot/spot-product.ts';
import { createUsdmProduct } from '../../src/local-exchange/usdm/product.ts';
import { type ProductName, servedStream } from './served-stream.ts';

/** What of one product has been used. Names as in the table of what is served. */
export interface Reached {
  readonly product: Product;
  /** Endpoints and methods that answered 200 since the last look. */
  take(): Map<string, number>;
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
}

/** A product with everything that reaches it written down. */
function watched(
  name: ProductName,
  make: (around: Surroundings) => Product,
): [(around: Surroundings) => Product, Reached] {
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

/** Both products as {@link LocalExchangeOptions} want them made, with everything that reaches them written down. */
export async function openWatched(
  options: Omit<LocalExchangeOptions, 'products'>,
  symbols: readonly SpotSymbolOptions[] = DEFAULT_SYMBOLS,
): Promise<ReachExchange> {
  const [makeSpot, spot] = watched('spot', (around) => createSpotProduct({ symbols }, around));
  const [makeUsdm, usdm] = watched('usdm', (around) => createUsdmProduct({}, around));
  const exchange = await openLocalExchange({ ...options, products: { spot: makeSpot, usdm: makeUsdm } });
  return { exchange, spot, usdm };
}

const BALANCES = { spot: { USDT: '1000000', BTC: '10', BNB: '5' }, usdm: { USDT: '1000000' } };

/**
 * Both products on a free port with a stepped clock, and three accounts: `ann` with an HMAC key, `ed` with an Ed25519 key, `cal` with little
 * money for liquidations. Bitcoin stands at 95,000.
 */
export function openReachExchange(): Promise<ReachExchange> {
  return openWatched(
    {
      clock: { speed: 0 },
      checkTimestamps: false,
      limits: 'none',
      market: { kind: 'quiet', book: { BTCUSDT: 95_000, ETHUSDT: 3_000 } },
      accounts: [
        { name: 'ann', balances: BALANCES },
        { name: 'ed', keys: [{ kind: 'ed25519' }], balances: BALANCES },
        { name: 'cal', balances: { usdm: { USDT: '1000' } } },
      ],
    },
    DEFAULT_SYMBOLS.map((s) => (s.symbol === 'BTCUSDT' ? { ...s, referencePrice: '95000' } : s)),
  );
}
