import type { Dialect } from './dialects.ts';
import type { Endpoint } from './endpoints.ts';
import type { Limits } from './limits.ts';
import type { ListenKeys } from './listen-keys.ts';
import type { Answer, Caller, Params } from './product.ts';
import { REFUSALS } from './refusals.ts';

const ok = (body: Answer['body']): Answer => ({ status: 200, body });

/** Order counts of the caller: what only the server around a product knows. */
export function rateLimitEndpoints(dialect: Dialect, limits: Limits): readonly Endpoint[] {
  const isSpot = dialect.name === 'spot';
  const row = {
    dialect,
    security: 'user-data',
    weight: () => (isSpot ? 40 : 1),
    handle: (_params: Params, caller: Caller | null) => ok(limits.counts(null, caller!.account.index)),
  } as const;
  return [
    { ...row, method: 'GET', name: isSpot ? '/api/v3/rateLimit/order' : '/fapi/v1/rateLimit/order' },
    ...(isSpot ? [{ ...row, method: null, name: 'account.rateLimits.orders' }] : []),
  ];
}

/**
 * COIN-M futures, of which this exchange has none: an empty listing, because clients that load the markets of all products at once, as ccxt
 * does unless told otherwise, would stop at an unknown path.
 */
export function coinMarginedEndpoints(dialect: Dialect, nowMs: () => number): readonly Endpoint[] {
  if (dialect.name !== 'usdm') return [];
  const handle = (): Answer =>
    ok({ timezone: 'UTC', serverTime: nowMs(), rateLimits: [], exchangeFilters: [], assets: [], symbols: [] });
  return [{ dialect, method: 'GET', name: '/dapi/v1/exchangeInfo', security: 'none', weight: () => 1, handle }];
}

/**
 * Listen keys over REST, and on futures over the WebSocket API. Spot's were switched off on Binance in February 2026; they are served
 * only where older clients are to be let in, and refused with -1020 otherwise.
 */
export function listenKeyEndpoints(dialect: Dialect, keys: ListenKeys, isServed: boolean): readonly Endpoint[] {
  const isSpot = dialect.name === 'spot';
  const start = (_params: Params, caller: Caller | null): Answer => ok({ listenKey: keys.start(caller!.account) });
  const renew = (params: Params, caller: Caller | null): Answer => {
    const key = keys.renew(caller!.account, params.get('listenKey'));
    return key === null ? REFUSALS.listenKey : ok(isSpot ? {} : { listenKey: key });
  };
  const stop = (params: Params, caller: Caller | null): Answer =>
    keys.stop(caller!.account, params.get('listenKey')) ? ok({}) : REFUSALS.listenKey;
  const refuse = (): Answer => REFUSALS.unsupported;
  const row = (method: string | null, name: string, handle: Endpoint['handle']): Endpoint => ({
    dialect,
    method,
    name,
    security: isServed ? 'key' : 'none',
    weight: () => (isSpot ? 2 : method === null ? 5 : 1),
    handle: isServed ? handle : refuse,
  });
  const { path } = dialect.listenKey;
  return [
    row('POST', path, start),
    row('PUT', path, renew),
    row('DELETE', path, stop),
    row(null, 'userDataStream.start', start),
    row(null, 'userDataStream.ping', renew),
    row(null, 'userDataStream.stop', stop),
  ];
}
