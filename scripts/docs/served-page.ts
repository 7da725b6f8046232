import { openLocalExchange } from '../../src/local-exchange/open.ts';
import type { ExchangeServedRow } from '../../src/local-exchange/served.ts';
import { SPOT_CLIENT_CALLS } from '../../test/clients/spot-calls.ts';
import { USDM_CLIENT_CALLS } from '../../test/clients/usdm-calls.ts';
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
  for (const [product, list] of [
    ['spot', SPOT_CLIENT_CALLS],
    ['usdm', USDM_CLIENT_CALLS],
  ] as const)
    for (const [name, call] of list)
      for (const key of [`${product} ${name}`, `server ${name}`])
        calls.set(key, (calls.get(key) ?? new Set()).add(call));
  const reached = rows.filter((row) => row.served && calls.has(`${row.product} ${row.name}`)).length;
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
      `${rows.filter((row) => row.served).length} of ${rows.length} are served; ${reached} of them are reached by calls of third-party clients in this project's tests, which are named beside them. The others are reached by its own tests alone.`,
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
      return [
        code(row.name),
        row.served ? 'served' : 'refused',
        row.served ? `${known.slice(0, SHOWN).map(code).join(', ')}${more}` : (row.reason ?? ''),
      ];
    }),
  );
}
