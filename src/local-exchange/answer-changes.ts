import { parseDecimal } from '../core/vocabulary/decimal.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { FaultDesk } from './faults/fault-desk.ts';
import type { FilterChange } from './faults/table.ts';
import type { Limits } from './limits.ts';
import type { Answer, Params } from './product.ts';
import { refusal } from './refusals.ts';

type Row = { readonly [key: string]: Json };
const GRID = { PRICE_FILTER: 'tickSize', LOT_SIZE: 'stepSize' } as const;
/** Parameters that a filter looks at, with the prefixes of order lists (`aboveStopPrice`). */
const FILTERED = { PRICE_FILTER: /(price)$/i, LOT_SIZE: /^quantity$|Quantity$|^newQty$/ } as const;

function isRow(value: Json | undefined): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Where the decimal's point moves one to the right: `0.01` → `0.1`. */
function tenTimes(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  const moved = `${whole}${fraction.slice(0, 1) || '0'}`.replace(/^0+(?=\d)/, '');
  const rest = fraction.slice(1);
  return rest === '' ? moved : `${moved}.${rest}`;
}

/** exchangeInfo as clients are told it: with the limits that really hold, and with what faults have changed. */
export function changeExchangeInfo(body: Json, limits: Limits, faults: FaultDesk, product: 'spot' | 'usdm'): Json {
  if (!isRow(body) || !Array.isArray(body['symbols'])) return body;
  const symbols = (body['symbols'] as readonly Json[]).map((row) => {
    if (!isRow(row) || faults.isIdle) return row;
    const subject = { product, symbol: textOf(row['symbol']) };
    let changed: Row = row;
    if (faults.lasting('market-closed', subject)) {
      changed = { ...changed, status: product === 'spot' ? 'BREAK' : 'SETTLING' };
    }
    const setting = faults.lasting('filters-changed', subject);
    if (setting && Array.isArray(row['filters'])) {
      const filters = (row['filters'] as readonly Json[]).map((f) => (isRow(f) ? changeFilter(f, setting.filter) : f));
      changed = { ...changed, filters };
    }
    return changed;
  });
  return { ...body, ...('rateLimits' in body ? { rateLimits: limits.described() } : {}), symbols };
}

function changeFilter(filter: Row, change: FilterChange | undefined): Row {
  const type = filter['filterType'];
  if (type !== 'PRICE_FILTER' && type !== 'LOT_SIZE') return filter;
  const field = GRID[type];
  if (change === undefined) return { ...filter, [field]: tenTimes(textOf(filter[field])) };
  return change.type === type ? { ...filter, [field]: change.gridSize } : filter;
}

/** The grid of a symbol's filter as exchangeInfo tells it now; null where there is none. */
function gridOf(info: Json, symbol: string, type: FilterChange['type']): string | null {
  if (!isRow(info) || !Array.isArray(info['symbols'])) return null;
  const row = (info['symbols'] as readonly Json[]).find((s) => isRow(s) && s['symbol'] === symbol);
  if (!isRow(row) || !Array.isArray(row['filters'])) return null;
  const filter = (row['filters'] as readonly Json[]).find((f) => isRow(f) && f['filterType'] === type);
  return isRow(filter) ? textOf(filter[GRID[type]]) : null;
}

/**
 * Holds a placement to what faults have changed: a market that is closed, a filter whose grid is coarser than the product's own.
 * Null where it passes. `info` answers exchangeInfo, changed.
 */
export function changedRulesOffence(
  params: Params,
  faults: FaultDesk,
  product: 'spot' | 'usdm',
  info: () => Json,
): Answer | null {
  const symbol = params.get('symbol');
  if (symbol === undefined) return null;
  const subject = { product, symbol };
  if (faults.lasting('market-closed', subject))
    return product === 'spot' ? refusal(400, -2010, 'Market is closed.') : refusal(400, -4141, 'Symbol is closed.');
  const setting = faults.lasting('filters-changed', subject);
  if (!setting) return null;
  for (const type of ['PRICE_FILTER', 'LOT_SIZE'] as const) {
    if (setting.filter !== undefined && setting.filter.type !== type) continue;
    const grid = parseDecimal(gridOf(info(), symbol, type) ?? '0');
    if (grid === null || grid <= 0n) continue;
    for (const [name, text] of params) {
      const value = FILTERED[type].test(name) ? parseDecimal(text) : null;
      if (value === null || value % grid === 0n) continue;
      return product === 'spot'
        ? refusal(400, -1013, `Filter failure: ${type}`)
        : type === 'PRICE_FILTER'
          ? refusal(400, -4014, 'Price not increased by tick size.')
          : refusal(400, -4023, 'Qty not increased by step size.');
    }
  }
  return null;
}

/** A snapshot with its best bid and best ask changed over, so that they cross; unchanged where a side is empty. */
export function crossSnapshot(body: Json): Json {
  if (!isRow(body)) return body;
  const [bids, asks] = [body['bids'], body['asks']];
  if (!Array.isArray(bids) || !Array.isArray(asks) || bids.length === 0 || asks.length === 0) return body;
  return {
    ...body,
    bids: [asks[0] as Json, ...(bids.slice(1) as Json[])],
    asks: [bids[0] as Json, ...(asks.slice(1) as Json[])],
  };
}

/** An answer whose `serverTime` is off by `byMs`. */
export function skewServerTime(body: Json, byMs: number): Json {
  if (!isRow(body) || typeof body['serverTime'] !== 'number') return body;
  return { ...body, serverTime: body['serverTime'] + byMs };
}
