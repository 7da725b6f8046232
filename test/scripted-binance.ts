import { createHmac } from 'node:crypto';
import { LIVE_HOSTS } from '../src/adapters/binance/hosts.ts';
import { signerOf } from '../src/connectivity/signing.ts';
import { Random } from '../src/core/vocabulary/random.ts';
import type { HttpRequest } from '../src/ports/transport.ts';
import { SimulatedClock } from './simulated-world/clock.ts';
import { SimulatedDialer, type SimulatedLink } from './simulated-world/dialer.ts';
import { SimulatedHttp, type SimulatedReply } from './simulated-world/http.ts';

export const API_KEY = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A';
export const SECRET = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';

export type Answerer = (parameters: URLSearchParams) => SimulatedReply | object | readonly unknown[];

function isReply(answer: SimulatedReply | object): answer is SimulatedReply {
  return ('status' in answer && typeof answer.status === 'number') || 'fault' in answer || 'lost' in answer;
}

function refusal(code: number, msg: string, status = 400): SimulatedReply {
  return { status, body: { code, msg } };
}

/** Account endpoints that every connect asks, of a key that is well kept. */
const STANDARD: Readonly<Record<string, Answerer>> = {
  'GET /sapi/v1/account/apiRestrictions': () => ({
    ipRestrict: true,
    enableWithdrawals: false,
    enableSpotAndMarginTrading: true,
    enableFutures: true,
  }),
  'GET /api/v3/account': () => ({ canTrade: true, balances: [] }),
  'GET /fapi/v1/accountConfig': () => ({ canTrade: true, dualSidePosition: false }),
  'GET /fapi/v1/exchangeInfo': () => ({
    rateLimits: [],
    symbols: [
      {
        symbol: 'BTCUSDT',
        baseAsset: 'BTC',
        quoteAsset: 'USDT',
        marginAsset: 'USDT',
        contractType: 'PERPETUAL',
        filters: [],
      },
    ],
  }),
  'POST /fapi/v1/listenKey': () => ({ listenKey: 'key1' }),
  'PUT /fapi/v1/listenKey': () => ({}),
};

/** Binance as a test writes it, in simulated time: it checks key, signature and time stamp and answers what the script says. */
export class ScriptedBinance {
  readonly clock = new SimulatedClock();
  readonly random = new Random(7);
  readonly http: SimulatedHttp;
  readonly dialer: SimulatedDialer;
  /** `POST /api/v3/order` → its answer. A 200 with it as body, unless it is a reply. Anything else is -1121. */
  readonly answers = new Map<string, Answerer>(Object.entries(STANDARD));
  /** `POST /api/v3/order symbol=BTCUSDT&…` without time stamp, window and signature. */
  readonly log: string[] = [];
  /** Venue's clock minus ours. */
  skewMs = 0;
  /** Answers to subscriptions of the WebSocket API. */
  subscribes = true;
  /** Of every success. */
  headers: Readonly<Record<string, string>> = {};

  constructor() {
    this.http = new SimulatedHttp((request) => this.#answer(request), { clock: this.clock });
    this.dialer = new SimulatedDialer(
      { received: (link, data) => this.#received(link, String(data)) },
      { clock: this.clock },
    );
  }

  get options() {
    const credentials = { apiKey: API_KEY, signer: signerOf(SECRET) };
    const { http, dialer, clock, random } = this;
    return { http, dialer, clock, random, credentials, ...LIVE_HOSTS.spot };
  }

  on(route: string, answer: Answerer): void {
    this.answers.set(route, answer);
  }

  refuse(route: string, code: number, msg: string, status?: number): void {
    this.answers.set(route, () => refusal(code, msg, status));
  }

  /** Requests of a route, as logged. */
  asked(route: string): string[] {
    return this.log.filter((line) => line === route || line.startsWith(`${route} `));
  }

  /** An event on every open account stream. */
  tell(event: unknown): void {
    for (const link of this.dialer.openLinks)
      link.send(JSON.stringify(link.url.includes('/ws-api/') ? { subscriptionId: 0, event } : event));
  }

  /** Lets time pass until the promise has settled. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    if (!(await this.clock.advanceUntil(() => isSettled, 600_000)))
      throw new Error('nothing settled within ten minutes');
    return promise;
  }

  #answer(request: HttpRequest): SimulatedReply {
    const url = new URL(request.url);
    const query = url.search.slice(1);
    const body = String(request.body ?? '');
    const route = `${request.method} ${url.pathname}`;
    const parameters = new URLSearchParams(`${query}${query !== '' && body !== '' ? '&' : ''}${body}`);
    const fault = this.#fault(request, query + body, parameters);
    for (const name of ['signature', 'recvWindow', 'timestamp']) parameters.delete(name);
    this.log.push(parameters.size === 0 ? route : `${route} ${parameters.toString()}`);
    if (fault !== null) return fault;
    if (url.pathname.endsWith('/time'))
      return this.#success({ serverTime: Math.floor(this.clock.nowMs() + this.skewMs) });
    const answerer = this.answers.get(route);
    if (answerer === undefined) return refusal(-1121, 'Invalid symbol.');
    const answer = answerer(parameters);
    return isReply(answer) ? answer : this.#success(answer);
  }

  #success(body: unknown): SimulatedReply {
    return { status: 200, body, headers: this.headers };
  }

  /** Protocol section 3 and 4. */
  #fault(request: HttpRequest, text: string, parameters: URLSearchParams): SimulatedReply | null {
    const at = text.indexOf('&signature=');
    if (at < 0) return null;
    if (request.headers?.['x-mbx-apikey'] !== API_KEY) return refusal(-2015, 'Invalid API-key.', 401);
    const expected = createHmac('sha256', SECRET).update(text.slice(0, at)).digest('hex');
    if (parameters.get('signature') !== expected) return refusal(-1022, 'Signature for this request is not valid.');
    const ageMs = this.clock.nowMs() + this.skewMs - Number(parameters.get('timestamp'));
    if (ageMs > Number(parameters.get('recvWindow') ?? 5000) || ageMs < -1000)
      return refusal(-1021, 'Timestamp for this request is outside of the recvWindow.');
    return null;
  }

  #received(link: SimulatedLink, data: string): void {
    const { id, params } = JSON.parse(data) as { id: string; params: Record<string, string | number> };
    if (!this.subscribes) {
      link.send(JSON.stringify({ id, status: 400, error: { code: -2015, msg: 'Invalid API-key.' } }));
      return;
    }
    const { signature, ...signed } = params;
    const text = Object.keys(signed)
      .sort()
      .map((name) => `${name}=${signed[name]}`)
      .join('&');
    const isRight = createHmac('sha256', SECRET).update(text).digest('hex') === signature;
    link.send(
      JSON.stringify(
        isRight
          ? { id, status: 200, result: { subscriptionId: 0 } }
          : { id, status: 400, error: { code: -1022, msg: 'Signature for this request is not valid.' } },
      ),
    );
  }
}
