/**
 * Binance USD-M perpetuals as clients see them, around the exchange of the core: REST routes, WS-API methods, market streams and user events.
 *
 * ASSUMPTIONS (beyond those of the core's matching and margin files, `mark-price.ts`, `liquidation-engine.ts`, `reduce-only.ts`)
 * 1. USDT is the only margin asset, counted in 1e-8; fees are taken in it whether or not `feeBurn` is on. One account may have up to
 *    about 22 million USDT at stake in a symbol ({@link MAX_NOTIONAL_QUANTA}); beyond that orders are refused with -2027.
 * 2. Only perpetuals are listed; a pair has one contract. Retail price improvement is not simulated.
 * 3. Everything that follows from a request has happened before it is answered.
 * 4. An ACK shows an order before it has traded, a RESULT as it is when it has.
 * 5. Orders that ended unfilled can be asked for during 3 days, others during 90; older rows are dropped at funding times.
 */
import type { Product, Surroundings } from '../product.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { ALGO_ROUTES } from './algo-routes.ts';
import { BATCH_ROUTES } from './batch-routes.ts';
import { CONFIGURATION_ROUTES } from './configuration-routes.ts';
import { DERIVED_DATA } from './derived-data.ts';
import { type BoundEndpoint, methodOf, routeOf } from './endpoint.ts';
import { ExchangeState, MARGIN_ASSET, type UsdmOptions } from './exchange-state.ts';
import { watchFills } from './fills.ts';
import { forgetOldRows } from './forgetting.ts';
import { scheduleFunding } from './funding-payments.ts';
import { houseOf } from './house.ts';
import { DEFAULT_LISTING } from './listing.ts';
import { MARKET_DATA } from './market-data.ts';
import { MarketStreams } from './market-streams.ts';
import { ORDER_ROUTES } from './order-routes.ts';
import { servedRows } from './served.ts';
import { settleWith } from './settlement.ts';
import { Statistics, statisticsRoutes } from './statistics-routes.ts';
import { payInOrOut } from './transfers.ts';

export type { UsdmOptions } from './exchange-state.ts';

/** Makes the product. Deterministic: the same surroundings and calls give the same answers and events. */
export function createUsdmProduct(options: UsdmOptions, around: Surroundings): Product {
  const state = new ExchangeState(options, DEFAULT_LISTING, around);
  state.open((market) => watchFills(state, market));
  const streams = new MarketStreams(state);
  state.settle = settleWith(state, (market, changes) => streams.settled(market, changes));
  state.forced = ({ market, order }) => streams.forced(market, order);
  for (const market of state.markets.values()) scheduleFunding(state, market, () => forgetOldRows(state));
  const statistics = new Statistics();
  statistics.start(state);

  const endpoints: readonly BoundEndpoint[] = [
    ...MARKET_DATA,
    ...DERIVED_DATA,
    ...statisticsRoutes(statistics),
    ...ORDER_ROUTES,
    ...BATCH_ROUTES,
    ...ALGO_ROUTES,
    ...ACCOUNT_ROUTES,
    ...CONFIGURATION_ROUTES,
  ];
  const routes = endpoints.map((endpoint) => routeOf(state, endpoint));
  const methods = endpoints.map((endpoint) => methodOf(state, endpoint)).filter((method) => method !== null);
  return {
    name: 'usdm',
    routes,
    methods,
    house: houseOf(state),
    symbols: state.contracts.map((contract) => contract.symbol),
    hasStream: (name) => streams.has(name),
    streamOpened: (name) => streams.opened(name),
    streamClosed: (name) => streams.closed(name),
    deposit: (account, asset, amount) => asset === MARGIN_ASSET && payInOrOut(state, account, amount),
    served: () => servedRows(routes, methods),
  };
}
