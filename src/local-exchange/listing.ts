import { decimal, decimalPlaces, toUnits, unitsToText } from '../core/vocabulary/decimal.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { Product } from './product.ts';

/** A grid of prices or sizes: whole numbers of steps to text and back. */
export interface Grid {
  /** Size of a step. */
  readonly step: number;
  /** Nearest whole number of steps; at least 0. */
  steps(value: number): number;
  /** Decimal text of a whole number of steps. */
  text(steps: number): string;
}

export interface Listing {
  readonly symbol: string;
  readonly price: Grid;
  readonly quantity: Grid;
}

export function gridOf(step: string): Grid {
  const exact = decimal(step);
  const places = decimalPlaces(exact);
  const units = Number(toUnits(exact, places, 'trunc'));
  const size = Number(step);
  if (!(units > 0 && Number.isSafeInteger(units))) throw new RangeError(`expected a positive step, found "${step}"`);
  return {
    step: size,
    steps: (value) => Math.max(0, Math.round(value / size)),
    text: (steps) => unitsToText(steps * units, places),
  };
}

type Row = { readonly [key: string]: Json };

/** exchangeInfo as the product tells it, without any parameter. */
export function exchangeInfoOf(product: Product): Json {
  const route = product.routes.find((r) => r.method === 'GET' && r.path.endsWith('/exchangeInfo'));
  if (route === undefined) throw new Error(`${product.name} serves no exchangeInfo`);
  const { status, body } = route.handle(new Map(), null);
  if (status !== 200) throw new Error(`${product.name} answers exchangeInfo with ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** What a product lists, from its own exchangeInfo: the market moves on the grid that clients are told. */
export function listingsOf(product: Product): ReadonlyMap<string, Listing> {
  const { symbols } = exchangeInfoOf(product) as { readonly symbols: readonly Row[] };
  const listings = new Map<string, Listing>();
  for (const row of symbols) {
    const symbol = row['symbol'];
    if (typeof symbol !== 'string') throw new Error(`${product.name} lists something without a symbol`);
    const filter = (type: string, field: string): string => {
      const found = (row['filters'] as readonly Row[]).find((f) => f['filterType'] === type);
      if (found === undefined) throw new Error(`${product.name} lists ${symbol} without ${type}`);
      const value = found[field];
      if (typeof value !== 'string') throw new Error(`${product.name} lists ${symbol} with no text for ${field}`);
      return value;
    };
    listings.set(symbol, {
      symbol,
      price: gridOf(filter('PRICE_FILTER', 'tickSize')),
      quantity: gridOf(filter('LOT_SIZE', 'stepSize')),
    });
  }
  return listings;
}
