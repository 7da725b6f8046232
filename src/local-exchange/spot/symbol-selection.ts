import { badCombination, mandatory, Refusal } from './refusal.ts';
import type { Request } from './request.ts';
import type { SpotExchange } from './spot-exchange.ts';
import { SYMBOL_STATUSES, type SymbolStatus } from './spot-options.ts';
import type { SymbolMarket } from './symbol-market.ts';

/** Markets that a request is about; `single` where it named one by `symbol` and gets an object instead of a list. */
export type Selection = { readonly markets: readonly SymbolMarket[]; readonly single: boolean };

export function readStatus(request: Request): SymbolStatus | null {
  return request.choice('symbolStatus', SYMBOL_STATUSES, () => new Refusal(-1122, 'Invalid symbolStatus.'));
}

/** The market of `symbol`; with a `symbolStatus` that it does not have, refused. */
export function oneMarket(exchange: SpotExchange, request: Request): SymbolMarket {
  const market = exchange.market(request.symbolName());
  const status = readStatus(request);
  if (status !== null && market.symbol.status !== status) {
    throw new Refusal(-1220, "The symbol's status does not match the requested symbolStatus.");
  }
  return market;
}

/** Reads `symbol`, `symbols` and `symbolStatus`. */
export function selectMarkets(exchange: SpotExchange, request: Request, must: boolean): Selection {
  const names = request.symbolNames();
  if (request.has('symbol')) {
    if (names !== null) throw badCombination();
    return { markets: [oneMarket(exchange, request)], single: true };
  }
  const status = readStatus(request);
  if (names === null && must) throw mandatory('symbol');
  if (names !== null && must && names.length > 100)
    throw new Refusal(-1101, 'Too many parameters sent for this endpoint.');
  const markets = names === null ? exchange.markets : names.map((name) => exchange.market(name));
  return { markets: markets.filter((m) => status === null || m.symbol.status === status), single: false };
}

/** How many symbols a request is about, for its weight; 0 for all. A malformed list counts as one: it is refused when it is handled. */
export function symbolCount(request: Request): number {
  if (request.has('symbol')) return 1;
  const text = request.text('symbols');
  return text === null ? 0 : text.split(',').length;
}
