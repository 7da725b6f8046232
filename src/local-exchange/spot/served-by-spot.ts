import type { Route, ServedRow, SocketMethod } from '../product.ts';

const STREAMS = [
  '<symbol>@trade',
  '<symbol>@aggTrade',
  '<symbol>@kline_<interval>',
  '<symbol>@kline_<interval>@<zone>',
  '<symbol>@miniTicker',
  '!miniTicker@arr',
  '<symbol>@ticker',
  '<symbol>@ticker_<window>',
  '!ticker_<window>@arr',
  '<symbol>@bookTicker',
  '<symbol>@avgPrice',
  '<symbol>@depth<levels>',
  '<symbol>@depth<levels>@100ms',
  '<symbol>@depth',
  '<symbol>@depth@100ms',
  '<symbol>@referencePrice',
];

/** Codes that this product answers with. Those of the way to it (keys, signatures, limits, JSON) are the server's. */
const CODES = [
  -1013, -1014, -1100, -1101, -1102, -1106, -1108, -1111, -1115, -1116, -1117, -1118, -1119, -1120, -1121, -1122, -1127,
  -1128, -1130, -1134, -1139, -1145, -1151, -1158, -1160, -1165, -1166, -1168, -1196, -1197, -1198, -1199, -1210, -1211,
  -1220, -1222, -1223, -1225, -2010, -2011, -2013, -2021, -2022, -2038, -2039, -2043,
];

const REFUSED_CODES: readonly (readonly [code: string, reason: string])[] = [
  ['-1001', 'no message bus inside that could be cut off'],
  ['-1002', 'every account of this exchange may do what its key may'],
  ['-1006', 'no message bus inside that could answer strangely'],
  ['-1010', 'every refusal of the matching engine has a code of its own here'],
  ['-1033', 'FIX is not served'],
  ['-1034', 'FIX is not served'],
  ['-1035', 'FIX is not served'],
  ['-1103', 'parameters that are not known are passed over, as the live REST interface mostly does'],
  ['-1104', 'parameters that are not known are passed over, as the live REST interface mostly does'],
  ['-1112', 'no endpoint of section 8 or 9 answers with it'],
  ['-1114', 'a time in force that does not belong is answered with -1106'],
  ['-1152', 'SBE is not served'],
  ['-1153', 'SBE is not served'],
  ['-1155', 'SBE is not served'],
  ['-1161', 'SBE is not served'],
  ['-1169 … -1191', 'FIX is not served'],
  ['-1221', 'SBE is not served'],
  ['-1224', 'its meaning is not published'],
  ['-2016', 'a symbol always has a trading window here'],
  ['-2026', 'orders are never archived'],
];

/** What this product serves, and what it refuses and why. */
export function servedBySpot(routes: readonly Route[], methods: readonly SocketMethod[]): ServedRow[] {
  const rows: ServedRow[] = [];
  const noRouting =
    'no symbol here shares its base asset with another quote in a pool: there is nothing to route between';
  for (const { method, path } of routes) {
    const name = `${method} ${path}`;
    rows.push(
      path.startsWith('/api/v3/sor/')
        ? { kind: 'rest', name, served: false, reason: noRouting }
        : { kind: 'rest', name, served: true },
    );
  }
  for (const { name } of methods) {
    rows.push(
      name.startsWith('sor.')
        ? { kind: 'socket-method', name, served: false, reason: noRouting }
        : { kind: 'socket-method', name, served: true },
    );
  }
  for (const name of STREAMS) rows.push({ kind: 'stream', name, served: true });
  rows.push({
    kind: 'stream',
    name: '<symbol>@blockTrade',
    served: true,
    reason: 'may be subscribed and stays silent: there are no block trades',
  });
  rows.push({ kind: 'stream', name: '!ticker@arr', served: false, reason: 'switched off on Binance in March 2026' });
  rows.push({ kind: 'stream', name: '!bookTicker', served: false, reason: 'switched off on Binance' });
  for (const name of ['executionReport', 'outboundAccountPosition', 'balanceUpdate', 'listStatus']) {
    rows.push({ kind: 'user-event', name, served: true });
  }
  rows.push({
    kind: 'user-event',
    name: 'externalLockUpdate',
    served: false,
    reason: 'no other system locks balances of this exchange',
  });
  for (const code of CODES) rows.push({ kind: 'error-code', name: String(code), served: true });
  for (const [name, reason] of REFUSED_CODES) rows.push({ kind: 'error-code', name, served: false, reason });
  return rows;
}
