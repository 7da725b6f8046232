import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { Faults } from '../faults.ts';
import { type FloorSymbol, TradingFloor } from '../trading-floor.ts';
import { Refused, ROUTES } from './okx-routes.ts';
import { OkxStreams } from './okx-streams.ts';

/**
 * STAND-IN for OKX spot on this machine, made from its published protocol. It serves what ccxt's own `okx` class asks for.
 *
 * What it does not do: derivatives, margin, positions, algo orders, trading over WebSocket, rate limits, checksums of books, self-trade
 * prevention, transfers and the funding account. An amendment may only lower a bid, move an ask, or make an order smaller. A
 * post-only order that would take, or a fill-or-kill order that cannot fill, is taken and canceled at once, as OKX does.
 */
export interface OkxStandIn {
  readonly origin: string;
  /** ccxt appends `/public`, `/private` and `/business`. */
  readonly streamUrl: string;
  readonly floor: TradingFloor;
  readonly streams: OkxStreams;
  readonly faults: Faults;
  /** `METHOD path` of every request, and the body behind it. */
  readonly calls: string[];
  skewMs: number;
  close(): Promise<void>;
}

/** Routes that heed an `expTime`; the page does not say with which code what comes later is refused. */
const TIMED = new Set(['/api/v5/trade/order', '/api/v5/trade/batch-orders', '/api/v5/trade/amend-order']);

export const OKX_KEYS = { apiKey: '3d1a-standin', secret: '22582BD0CFF14C41EDBF1AB98506286D', password: 'pass-phrase' };
const CLIENT = 1;

const SYMBOLS: readonly FloorSymbol[] = [
  { symbol: 'BTC-USDT', base: 'BTC', quote: 'USDT', tick: '0.1', lot: '0.00000001' },
  { symbol: 'ETH-USDT', base: 'ETH', quote: 'USDT', tick: '0.01', lot: '0.000001' },
];

export async function startOkxStandIn(): Promise<OkxStandIn> {
  let skewMs = 0;
  const now = (): number => Date.now() + skewMs;
  const floor = new TradingFloor(SYMBOLS, 1, now);
  const streams = new OkxStreams(floor, OKX_KEYS, CLIENT, now);
  floor.listener = streams;
  floor.cancelsInstead = ['post-only-would-cross', 'fill-or-kill-not-fillable'];
  floor.deposit(CLIENT, 'USDT', '100000');
  floor.deposit(CLIENT, 'BTC', '10');
  const faults = new Faults('{"code":"50011","msg":"Too Many Requests"}');
  const calls: string[] = [];

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
    calls.push(`${method} ${url.pathname} ${body}`);
    const carryOut = (): { readonly status: number; readonly json: unknown } => {
      try {
        const data = handle(method, url, body, request);
        const failed = data.some((d) => typeof d === 'object' && d !== null && 'sCode' in d && d.sCode !== '0');
        const msg = failed ? 'All operations failed' : '';
        return { status: 200, json: { code: failed ? '1' : '0', msg, data } };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { status: error.status, json: { code: error.code, msg: error.message, data: [] } };
      }
    };
    if (faults.apply(faults.take(method, url.pathname), response, carryOut)) return;
    const { status, json } = carryOut();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(json));
  }

  function handle(
    method: string,
    url: URL,
    body: string,
    request: IncomingMessage,
  ): ReturnType<(typeof ROUTES)[string]['handle']> {
    const route = ROUTES[`${method} ${url.pathname}`];
    if (route === undefined) throw new Refused('50404', `not served here: ${method} ${url.pathname}`, 404);
    if (route.isSigned) checkSignature(request, body, now());
    if (TIMED.has(url.pathname) && now() > Number(request.headers['exptime'] ?? Number.POSITIVE_INFINITY))
      throw new Refused('51149', 'Order timed out.');
    const parsed: unknown = body === '' ? [] : JSON.parse(body);
    const items = (Array.isArray(parsed) ? parsed : [parsed]) as Record<string, string>[];
    return route.handle({ floor, query: url.searchParams, items, account: CLIENT, nowMs: now() });
  }

  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => streams.accept(socket, request.url ?? ''));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    streamUrl: `ws://127.0.0.1:${port}/ws/v5`,
    floor,
    streams,
    faults,
    calls,
    get skewMs() {
      return skewMs;
    },
    set skewMs(ms) {
      skewMs = ms;
    },
    close: () =>
      new Promise<void>((resolve) => {
        streams.dropAll();
        faults.close();
        sockets.close();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** base64 of HMAC-SHA256 over time stamp, method, path with query, and body; 30 seconds from the stamp. */
function checkSignature(request: IncomingMessage, body: string, nowMs: number): void {
  const header = (name: string): string => String(request.headers[`ok-access-${name}`] ?? '');
  if (header('key') !== OKX_KEYS.apiKey) throw new Refused('50111', 'Invalid OK-ACCESS-KEY', 401);
  if (header('passphrase') !== OKX_KEYS.password) throw new Refused('50105', 'Invalid OK-ACCESS-PASSPHRASE', 401);
  const text = `${header('timestamp')}${request.method}${request.url}${body}`;
  const expected = createHmac('sha256', OKX_KEYS.secret).update(text).digest('base64');
  if (header('sign') !== expected) throw new Refused('50113', 'Invalid Sign', 401);
  if (Math.abs(Date.parse(header('timestamp')) - nowMs) > 30_000)
    throw new Refused('50102', 'Timestamp request expired', 401);
}
