import { createHmac } from 'node:crypto';
import type { Type } from 'protobufjs/light.js';
import { loadPushType } from '../../../src/adapters/mexc/push-decoder.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { type FloorSymbol, TradingFloor } from '../trading-floor.ts';
import { Refused } from './mexc-refusal.ts';
import { ROUTES, type RouteCall } from './mexc-routes.ts';
import { MexcStreams } from './mexc-streams.ts';

/**
 * STAND-IN for MEXC spot, made from its published protocol, without a wire: `mexc-stand-in.ts` puts it on a port of this machine,
 * `simulated-mexc.ts` into simulated time. It serves what the adapter and ccxt's own `mexc` class ask for.
 *
 * What it does not do: request weights and order rates, `batchOrders`, `trades`, `aggTrades`, tickers other than `bookTicker`, transfers,
 * sub-accounts, the older JSON streams, mini tickers and limited depth; keys never expire; a push goes out for every event instead of every
 * 100 ms; a post-only order that would take is taken and canceled at once (the pages do not say what the venue does). Where the venue's
 * pages contradict each other it takes the strict side: a market buy without `quoteOrderQty` is refused.
 */
export class MexcVenue {
  readonly floor: TradingFloor;
  readonly streams: MexcStreams;
  /** Listen keys that live, with their account. */
  readonly listenKeys = new Map<string, number>();
  /** `METHOD path` of every request. */
  readonly calls: string[] = [];
  /** Its clock minus ours, in ms. */
  skewMs = 0;
  readonly #clock: Clock;

  /** `type`: of a push, to encode with. */
  constructor(clock: Clock, type: Type, beatMs = 1_000) {
    this.#clock = clock;
    const now = (): number => this.nowMs();
    this.floor = new TradingFloor(SYMBOLS, 1, now);
    this.streams = new MexcStreams(this.floor, type, now, clock, beatMs);
    this.floor.listener = this.streams;
    this.floor.cancelsInstead = ['post-only-would-cross'];
    this.floor.deposit(CLIENT, 'USDT', '100000');
    this.floor.deposit(CLIENT, 'BTC', '10');
  }

  static async open(clock: Clock, beatMs = 1_000): Promise<MexcVenue> {
    return new MexcVenue(clock, await loadPushType(), beatMs);
  }

  nowMs(): number {
    return Math.floor(this.#clock.nowMs()) + this.skewMs;
  }

  /** A request as it came; `target` is path and query. */
  answer(
    method: string,
    target: string,
    body: string,
    apiKey: string | undefined,
  ): { readonly status: number; readonly json: unknown } {
    const url = new URL(target, 'http://localhost');
    this.calls.push(`${method} ${url.pathname}`);
    try {
      return { status: 200, json: this.#handle(method, url, body, apiKey) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { status: error.status, json: { code: error.code, msg: error.message } };
    }
  }

  /** The account that a stream under this URL belongs to; null for a public one, undefined for a key that is not known. */
  accountOf(target: string): number | null | undefined {
    const key = new URL(target, 'http://localhost').searchParams.get('listenKey');
    return key === null ? null : this.listenKeys.get(key);
  }

  #handle(method: string, url: URL, body: string, apiKey: string | undefined): unknown {
    const route = ROUTES[`${method} ${url.pathname}`];
    if (route === undefined) throw new Refused(404, `not served here: ${method} ${url.pathname}`, 404);
    const params = new Map<string, string>(new URLSearchParams(body.startsWith('{') ? '' : body));
    for (const [name, value] of url.searchParams) params.set(name, value);
    const nowMs = this.nowMs();
    const call: RouteCall = { floor: this.floor, params, account: CLIENT, nowMs, listenKeys: this.listenKeys };
    if (route.isSigned) checkSignature(url.search.slice(1), body, apiKey, params, nowMs);
    return route.handle(call);
  }
}

export const MEXC_KEYS = { apiKey: 'mx0standin', secret: '45d0b3c26f2644f19bfb98b07741b2f5' };
const CLIENT = 1;

const SYMBOLS: readonly FloorSymbol[] = [
  { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', tick: '0.01', lot: '0.000001' },
  { symbol: 'ETHUSDT', base: 'ETH', quote: 'USDT', tick: '0.01', lot: '0.00001' },
];

/** HMAC-SHA256 over query and body as they came, without the signature; hex in lower case only. */
function checkSignature(
  query: string,
  body: string,
  apiKey: string | undefined,
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
