import type { ServedRow } from './product.ts';
import type { Venue } from './venue.ts';

/** Methods of a WebSocket-API connection that the server answers itself. */
const SESSION_METHODS = ['session.logon', 'session.status', 'session.logout'];
const SUBSCRIPTION_METHODS = [
  'session.subscriptions',
  'userDataStream.subscribe',
  'userDataStream.subscribe.signature',
  'userDataStream.unsubscribe',
];
const SERVER_CODES = [
  -1000, -1003, -1007, -1008, -1015, -1016, -1020, -1021, -1022, -1100, -1101, -1102, -1105, -1125, -1131, -1135, -1194,
  -2014, -2015, -2035, -2036, -2042, -4056,
];
const CONTROLS = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY'];
const SWITCHED_OFF =
  'switched off on Binance in February 2026; served to older clients with the option oldSpotListenKeys';

/** A row with the product it belongs to, or `server` for what both have. */
export type ExchangeServedRow = ServedRow & { readonly product: 'spot' | 'usdm' | 'server' };

/** What this exchange serves and what it refuses: the products' own rows, and what the server around them adds. */
export function servedRows(venues: readonly Venue[]): readonly ExchangeServedRow[] {
  const rows: ExchangeServedRow[] = [];
  for (const { product, routes, methods } of venues) {
    const { name } = product;
    const told = product.served();
    const seen = new Set(told.map((row) => `${row.kind} ${row.name}`));
    rows.push(...told.map((row) => ({ ...row, product: name })));
    const add = (kind: ServedRow['kind'], rowName: string): void => {
      if (seen.has(`${kind} ${rowName}`)) return;
      const isRefused = name === 'spot' && /userDataStream$|^userDataStream\.(start|ping|stop)$/.test(rowName);
      rows.push({
        kind,
        name: rowName,
        product: name,
        ...(isRefused ? { served: false, reason: SWITCHED_OFF } : { served: true }),
      });
    };
    for (const key of routes.keys()) add('rest', key);
    for (const key of methods.keys()) add('socket-method', key);
    for (const method of SESSION_METHODS) add('socket-method', method);
    if (name === 'spot') for (const method of SUBSCRIPTION_METHODS) add('socket-method', method);
    for (const event of name === 'spot' ? ['eventStreamTerminated'] : ['listenKeyExpired']) add('user-event', event);
  }
  for (const control of CONTROLS) rows.push({ kind: 'stream', name: control, served: true, product: 'server' });
  rows.push({ kind: 'stream', name: 'serverShutdown', served: true, product: 'server' });
  for (const code of SERVER_CODES)
    rows.push({ kind: 'error-code', name: String(code), served: true, product: 'server' });
  return rows;
}
