import type { Json } from '../core/vocabulary/json.ts';
import { Random } from '../core/vocabulary/random.ts';
import type { Accounts } from './accounts.ts';
import type { ExchangeClock } from './clock.ts';
import { DIALECTS, type Dialect, type ProductName } from './dialects.ts';
import { type Endpoint, methodEndpoints, routeEndpoints } from './endpoints.ts';
import type { FaultDesk } from './faults/fault-desk.ts';
import { type LimitChoice, Limits } from './limits.ts';
import { ListenKeys } from './listen-keys.ts';
import type { Account, Product, Surroundings } from './product.ts';
import { coinMarginedEndpoints, listenKeyEndpoints, rateLimitEndpoints } from './server-endpoints.ts';
import { StreamHub } from './stream-hub.ts';
import { UserDataHub } from './user-data.ts';

/** Makes a product, given what is around it. */
export type ProductFactory = (around: Surroundings) => Product;

export interface VenueOptions {
  readonly name: ProductName;
  readonly make: ProductFactory;
  readonly clock: ExchangeClock;
  readonly accounts: Accounts;
  readonly faults: FaultDesk;
  readonly limits: LimitChoice;
  readonly seed: number;
  readonly coalesceMs: number;
  readonly oldSpotListenKeys: boolean;
}

/** A product with what the server keeps for it. */
export interface Venue {
  readonly product: Product;
  readonly dialect: Dialect;
  readonly limits: Limits;
  readonly hub: StreamHub;
  readonly userData: UserDataHub;
  readonly listenKeys: ListenKeys;
  /** By `GET /path`. */
  readonly routes: ReadonlyMap<string, Endpoint>;
  /** By name. */
  readonly methods: ReadonlyMap<string, Endpoint>;
}

/** First fill as taker gives one unfilled order back, first fill as maker five (Binance's own example of "more"). */
const FILLED_AS_TAKER = -1;
const FILLED_AS_MAKER = -5;

export function openVenue(options: VenueOptions): Venue {
  const { name, make, clock, accounts, faults, seed } = options;
  const dialect = DIALECTS[name];
  const { limits: choice } = options;
  const rules = typeof choice === 'string' ? dialect.limits : choice;
  const limits = new Limits(rules, choice !== 'none', () => clock.nowMs());
  const listenKeys = new ListenKeys(clock, dialect.listenKey.lifeMs);
  const userData = new UserDataHub(name, clock, faults);
  const random = new Random(seed ^ (name === 'spot' ? 0x5370_6f74 : 0x5553_444d));
  // The product is made last and told of by the hub; until then it has no streams and nobody is connected.
  let product: Product | null = null;
  const hub = new StreamHub(
    {
      hasStream: (stream) => product?.hasStream(stream) ?? false,
      streamOpened: (stream) => product?.streamOpened(stream),
      streamClosed: (stream) => product?.streamClosed(stream),
    },
    options.coalesceMs,
  );
  product = make({
    nowMs: () => clock.nowMs(),
    at: (timeMs, run) => clock.at(timeMs, run),
    random: () => random.uniform(),
    hasListeners: (stream) => hub.hasListeners(stream),
    publish: (stream, data) => {
      if (!hub.hasListeners(stream) || (!faults.isIdle && isKeptBack(faults, name, data))) return;
      hub.publish(stream, data);
    },
    notify: (account, event) => {
      if (dialect.countsUnfilledOrders) giveBack(limits, account, event);
      userData.notify(account, event);
    },
    accounts: accounts.all,
  });
  if (product.name !== name) throw new RangeError(`expected a ${name} product, found ${product.name}`);
  faults.onBegin('listen-key-expired', (setting) => {
    if (setting.only?.product === undefined || setting.only.product === name) listenKeys.expireAll();
  });
  const routes = routeEndpoints(product, dialect);
  const methods = methodEndpoints(product, dialect);
  const own = [
    ...rateLimitEndpoints(dialect, limits),
    ...coinMarginedEndpoints(dialect, () => options.clock.nowMs()),
    ...listenKeyEndpoints(dialect, listenKeys, name === 'usdm' || options.oldSpotListenKeys),
  ];
  // What the server knows better than the product takes the product's place.
  for (const endpoint of own) {
    if (endpoint.method === null) methods.set(endpoint.name, endpoint);
    else routes.set(`${endpoint.method} ${endpoint.name}`, endpoint);
  }
  return { product, dialect, limits, hub, userData, listenKeys, routes, methods };
}

function field(data: Json, name: string): Json | undefined {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
    ? (data as { readonly [key: string]: Json })[name]
    : undefined;
}

/** Whether a fault keeps a market event from everybody. */
function isKeptBack(faults: FaultDesk, product: ProductName, data: Json): boolean {
  const symbol = field(data, 's');
  const subject = { product, ...(typeof symbol === 'string' ? { symbol } : {}) };
  if (faults.lasting('streams-stalled', subject)) return true;
  return field(data, 'e') === 'depthUpdate' && faults.decide('depth-gap', subject) !== null;
}

/** The first fill of an order lowers the count of unfilled orders. */
function giveBack(limits: Limits, account: Account, event: Json): void {
  if (field(event, 'e') !== 'executionReport' || field(event, 'x') !== 'TRADE') return;
  if (field(event, 'l') !== field(event, 'z')) return;
  limits.countOrders(account.index, field(event, 'm') === true ? FILLED_AS_MAKER : FILLED_AS_TAKER);
}
