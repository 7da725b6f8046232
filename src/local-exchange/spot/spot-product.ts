import type { Account, House, Product, Route, ServedRow, SocketMethod, Surroundings } from '../product.ts';
import { accountEndpoints } from './account-endpoints.ts';
import { wired } from './endpoint.ts';
import { ListDesk } from './list-desk.ts';
import { listEndpoints } from './list-endpoints.ts';
import { marketEndpoints } from './market-endpoints.ts';
import { MarketStreams } from './market-streams.ts';
import { OrderDesk } from './order-desk.ts';
import { orderEndpoints } from './order-endpoints.ts';
import { servedBySpot } from './served-by-spot.ts';
import { SpotExchange, signedQuanta } from './spot-exchange.ts';
import { SpotHouse } from './spot-house.ts';
import type { SpotOptions } from './spot-options.ts';
import { tickerEndpoints } from './ticker-endpoints.ts';
import { walletEndpoints } from './wallet-endpoints.ts';

/**
 * ASSUMPTIONS, where Binance's documents leave a choice
 * 1. The house (account 0) is a market maker without limits and without fees that never trades with itself. A trade of the outside world
 *    fills clients at its price or better first; what is left is printed and leaves the house's quotes as they are.
 * 2. A market buy by quantity locks what the book would cost it now, one by value its value. A stop that will buy at market locks stop
 *    price × quantity (trailing without a stop: last price × quantity); when it fires it spends what it has locked and what else is free,
 *    and what it cannot pay for expires.
 * 3. The legs of an OCO share one lock, the dearer leg's. The list is done as soon as a leg trades or fires; what is left of that leg stays.
 * 4. Fees are rounded down to the last digit of their asset. A fee in the discount asset is converted at the last price of its pair with
 *    the quote, or by way of one other asset.
 * 5. A fired stop is reported by a second NEW with `w` true; so is the pending order of a list when it is placed.
 * 6. An amendment to what has executed, or less, ends the order as EXPIRED. A symbol has no price range rule; there is no smart order
 *    routing and no trade group (TRANSFER acts as DECREMENT); nothing is archived, the oldest is forgotten.
 * 7. A bar in which nothing traded repeats the last price without volume; tickers measure from a whole minute on.
 *
 * Binance Spot as clients see it, without sockets: orders and order lists on books of its own, balances to the last digit, market data made
 * of its own trades. Nothing is kept beyond the process; the same commands, clock and chance give the same answers.
 */
class SpotProduct implements Product {
  readonly name = 'spot' as const;
  readonly routes: readonly Route[];
  readonly methods: readonly SocketMethod[];
  readonly house: House;
  readonly symbols: readonly string[];
  readonly #exchange: SpotExchange;
  readonly #streams: MarketStreams;

  constructor(options: SpotOptions, surroundings: Surroundings) {
    const exchange = new SpotExchange(options, surroundings);
    const streams = new MarketStreams(exchange, surroundings);
    const desk = new OrderDesk(exchange, streams);
    const lists = new ListDesk(exchange, desk);
    this.#exchange = exchange;
    this.#streams = streams;
    this.house = new SpotHouse(exchange, desk);
    this.symbols = exchange.symbols.map((s) => s.name);
    const endpoints = [
      ...marketEndpoints(exchange),
      ...tickerEndpoints(exchange),
      ...orderEndpoints(exchange, desk, lists),
      ...listEndpoints(exchange, desk, lists),
      ...accountEndpoints(exchange),
      ...walletEndpoints(exchange),
    ];
    const { routes, methods } = wired(endpoints, (caller) => exchange.account(caller.account.index));
    this.routes = routes;
    this.methods = methods;
  }

  hasStream(name: string): boolean {
    return this.#streams.has(name);
  }

  streamOpened(name: string): void {
    this.#streams.opened(name);
  }

  streamClosed(name: string): void {
    this.#streams.closed(name);
  }

  /** Throws RangeError on an asset that no symbol has, and on text that is no amount of it. */
  deposit(account: Account, asset: string, amount: string): boolean {
    const index = this.#exchange.assetIndex(asset);
    if (index < 0) {
      throw new RangeError(`expected one of ${this.#exchange.names.join(', ')}, found ${JSON.stringify(asset)}`);
    }
    const quanta = signedQuanta(amount, this.#exchange.scales[index]!);
    if (quanta === null) {
      throw new RangeError(
        `expected decimal text of at most ${this.#exchange.scales[index]} places such as "100.5", found ${JSON.stringify(amount)}`,
      );
    }
    return this.#exchange.deposit(account, index, quanta);
  }

  served(): readonly ServedRow[] {
    return servedBySpot(this.routes, this.methods);
  }

  /** Exchange state for tests of the whole: balances, fees and books. */
  get exchange(): SpotExchange {
    return this.#exchange;
  }
}

export type { SpotProduct };

/** Makes the spot product of a local exchange. Throws RangeError where a symbol's steps or bounds make no sense. */
export function createSpotProduct(options: SpotOptions, surroundings: Surroundings): SpotProduct {
  return new SpotProduct(options, surroundings);
}
