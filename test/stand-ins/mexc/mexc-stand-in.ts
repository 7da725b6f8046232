import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { loadPushType } from '../../../src/adapters/mexc/push-decoder.ts';
import { Faults } from '../faults.ts';
import { type FloorSymbol, TradingFloor } from '../trading-floor.ts';
import { Refused, ROUTES, type RouteCall } from './mexc-routes.ts';
import { MexcStreams } from './mexc-streams.ts';

/**
 * STAND-IN for MEXC spot on this machine, made from its published protocol. It serves what the adapter and ccxt's own `mexc` class ask for.
 *
 * What it does not do: request weights and order rates, `batchOrders`, `trades`, `aggTrades`, tickers other than `bookTicker`, transfers,
 * sub-accounts, the older JSON streams, mini tickers and limited depth; keys never expire; a push goes out for every event instead of every
 * 100 ms; a post-only order that would take is taken and canceled at once (the pages do not say what the venue does). Where the venue's pages contradict each other it takes the strict side: a market buy without `quoteOrderQty` is refused.
 */
export interface MexcStandIn {
  /** `http://127.0.0.1:…` */
  readonly origin: string;
  readonly streamUrl: string;
  readonly floor: TradingFloor;
  readonly streams: MexcStreams;
  readonly faults: Faults;
  /** `METHOD path` of every request. */
  readonly calls: string[];
  readonly listenKeys: Map<string, number>;
  /** Its clock minus ours, in ms. */
  skewMs: number;
  close(): Promise<void>;
}

export const MEXC_KEYS = { apiKey: 'mx0standin', secret: '45d0b3c26f2644f19bfb98b07741b2f5' };
const CLIENT = 1;

const SYMBOLS: readonly FloorSymbol[] = [
  { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', tick: '0.01', lot: '0.000001' },
  { symbol: 'ETHUSDT', base: 'ETH', quote: 'USDT', tick: '0.01', lot: '0.00001' },
];

export async function startMexcStandIn(options: { readonly beatMs?: number } = {}): Promise<MexcStandIn> {
  let skewMs = 0;
  const now = (): number => Date.now() + skewMs;
  const floor = new TradingFloor(SYMBOLS, 1, now);
  const streams = new MexcStreams(floor, await loadPushType(), now, options.beatMs ?? 1_000);
  floor.listener = streams;
  floor.cancelsInstead = ['post-only-would-cross'];
  floor.deposit(CLIENT, 'USDT', '100000');
  floor.deposit(CLIENT, 'BTC', '10');
  const faults = new Faults();
  const calls: string[] = [];
  const listenKeys = new Map<string, number>();

  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => answer(request, body, response));
  });

  function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = request.method ?? 'GET';
    calls.push(`${method} ${url.pathname}`);
    const carryOut = (): { readonly status: number; readonly json: unknown } => {
      try {
        return { status: 200, json: handle(method, url, body, request.headers) };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { status: error.status, json: { code: error.code, msg: error.message } };
      }
    };
    if (faults.apply(faults.take(method, url.pathname), response, carryOut)) return;
    const { status, json } = carryOut();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(json));
  }

  function handle(method: string, url: URL, body: string, headers: IncomingMessage['headers']): unknown {
    const route = ROUTES[`${method} ${url.pathname}`];
    if (route === undefined) throw new Refused(404, `not served here: ${method} ${url.pathname}`, 404);
    const params = new Map<string, string>(new URLSearchParams(body.startsWith('{') ? '' : body));
    for (const [name, value] of url.searchParams) params.set(name, value);
    const call: RouteCall = { floor, params, account: CLIENT, nowMs: now(), listenKeys };
    if (route.isSigned) checkSignature(url.search.slice(1), body, headers['x-mexc-apikey'], params, now());
    return route.handle(call);
  }

  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const key = url.searchParams.get('listenKey');
    const account = key === null ? null : listenKeys.get(key);
    if (account === undefined) {
      socket.send('Invalid listen key');
      socket.close();
      return;
    }
    streams.accept(socket, account);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    streamUrl: `ws://127.0.0.1:${port}/ws`,
    floor,
    streams,
    faults,
    calls,
    listenKeys,
    get skewMs() {
      return skewMs;
    },
    set skewMs(ms) {
      skewMs = ms;
    },
    close: () =>
      new Promise<void>((resolve) => {
        streams.close();
        faults.close();
        sockets.close();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** HMAC-SHA256 over query and body as they came, without the signature; hex in lower case only. */
function checkSignature(
  query: string,
  body: string,
  apiKey: string | string[] | undefined,
  params: ReadonlyMap<string, string>,
  nowMs: number,
): void {
  if (apiKey === undefined) throw new Refused(400, 'api key required');
  if (apiKey !== MEXC_KEYS.apiKey) throw new Refused(10072, 'Api key info invalid', 401);
  const given = params.get('signature') ?? '';
  const text = [query, body].map((part) => part.replace(/(^|&)signature=[^&]*/, '')).join('');
  if (given !== createHmac('sha256', MEXC_KEYS.secret).update(text).digest('hex'))
    throw new Refused(700002, 'Signature for this request is not valid.');
  const timestamp = Number(params.get('timestamp'));
  const recvWindow = Number(params.get('recvWindow') ?? 5_000);
  if (recvWindow > 60_000) throw new Refused(700005, 'recvWindow must less than 60000');
  if (!(timestamp < nowMs + 1_000 && nowMs - timestamp <= recvWindow))
    throw new Refused(700003, 'Timestamp for this request is outside of the recvWindow.');
}
