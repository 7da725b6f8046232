import { openLocalExchange } from '../../src/local-exchange/open.ts';
import type { ExchangeServedRow } from '../../src/local-exchange/served.ts';
import { CLIENT_CALLS } from '../../test/clients/all-client-calls.ts';
import { code, page, table } from './markdown.ts';

const KINDS: Readonly<Record<ExchangeServedRow['kind'], string>> = {
  rest: 'REST endpoints',
  'socket-method': 'Methods of the WebSocket API',
  stream: 'Streams',
  'user-event': 'Events of an account',
  'error-code': 'Error codes',
};
const PRODUCTS: Readonly<Record<ExchangeServedRow['product'], string>> = {
  spot: 'Spot',
  usdm: 'USD-M perpetuals',
  server: 'Both',
};
/** Calls that are named for one row; the tests make more. */
const SHOWN = 3;

/** What of Binance's protocol the local exchange serves, and which third-party client's call reaches it in the tests. */
export async function servedPage(): Promise<string> {
  const exchange = await openLocalExchange();
  const rows = exchange.served();
  await exchange.close();
  const calls = new Map<string, Set<string>>();
  for (const [product, name, call] of CLIENT_CALLS) {
    const key = `${product} ${name}`;
    calls.set(key, (calls.get(key) ?? new Set()).add(call));
  }
  const served = rows.filter((row) => row.served);
  const isReached = (row: ExchangeServedRow): boolean => calls.has(`${row.product} ${row.name}`);
  const reachedOf = (some: readonly ExchangeServedRow[]): string =>
    `${some.filter(isReached).length} of ${some.length}`;
  const codes = served.filter((row) => row.kind === 'error-code');
  const others = served.filter((row) => row.kind !== 'error-code');
  const sections = (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) =>
    (Object.keys(PRODUCTS) as (keyof typeof PRODUCTS)[]).flatMap((product) => {
      const own = rows.filter((row) => row.kind === kind && row.product === product);
      return own.length === 0 ? [] : [`## ${KINDS[kind]}: ${PRODUCTS[product]}`, sectionOf(own, calls)];
    }),
  );
  return page(
    'What the local exchange serves',
    'Every endpoint, method, stream, event and error code of Binance spot and USD-M, served or refused with the reason. To look things up.',
    [
      `${served.length} of ${rows.length} are served. Calls of third-party clients in this project's tests, which are named beside them, reach ${reachedOf(others)} endpoints, methods, streams and events, and provoke ${reachedOf(codes)} error codes.`,
      ...sections,
    ],
  );
}

function sectionOf(rows: readonly ExchangeServedRow[], calls: ReadonlyMap<string, ReadonlySet<string>>): string {
  return table(
    ['name', '', 'third-party calls, or why not'],
    rows.map((row) => {
      const known = [...(calls.get(`${row.product} ${row.name}`) ?? [])];
      const more = known.length > SHOWN ? ` and ${known.length - SHOWN} more` : '';
      const named = row.served ? `${known.slice(0, SHOWN).map(code).join(', ')}${more}` : '';
      return [
        code(row.name),
        row.served ? 'served' : 'refused',
        [named, row.reason ?? ''].filter((text) => text !== '').join('; '),
      ];
    }),
  );
}
