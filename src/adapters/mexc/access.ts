import { CircuitBreaker } from '../../connectivity/circuit-breaker.ts';
import type { ConnectBudget } from '../../connectivity/connect-budget.ts';
import { RateLimiter } from '../../connectivity/rate-limiter.ts';
import type { RateCosts, RateCounters, RateWindow } from '../../connectivity/rate-window.ts';
import { RestCaller, type RestRequest, windowMs } from '../../connectivity/rest-caller.ts';
import { hmacSigner, type Signer } from '../../connectivity/signing.ts';
import { VenueClock } from '../../connectivity/venue-clock.ts';
import type { Random } from '../../core/vocabulary/random.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { REQUEST_VALIDITY_MS } from '../../ports/exchange-gateway.ts';
import type { HttpClient, SocketDialer } from '../../ports/transport.ts';
import { jsonOf } from './rest-answers.ts';
import { judgeAnswer } from './venue-codes.ts';

export const VENUE = 'MEXC';

export interface MexcCredentials {
  readonly apiKey: string;
  readonly secret: string;
}

/** What every part of the adapter stands on. */
export interface MexcOptions {
  readonly http: HttpClient;
  readonly dialer: SocketDialer;
  readonly clock: Clock;
  readonly random: Random;
  /** `https://api.mexc.com` by default. */
  readonly restOrigin?: string;
  /** `wss://wbs-api.mexc.com/ws` by default. */
  readonly streamUrl?: string;
  readonly credentials?: MexcCredentials;
  /** Request weight per address in ten seconds; 300 by default: MEXC publishes 500, and users have seen 300 enforced. */
  readonly weightPerTenSeconds?: number;
  /** Orders per account and second; 5 by default, as MEXC announced for some groups of accounts. */
  readonly ordersPerSecond?: number;
  /** Shared among adapters and processes of one address; in this process by default. */
  readonly counters?: RateCounters;
  readonly budget?: ConnectBudget;
}

/** Meters of {@link RateCosts}: `ip` and `account` count weight, `orders` placements. */
function windowsOf(options: MexcOptions): readonly RateWindow[] {
  const weight = options.weightPerTenSeconds ?? 300;
  const tenSeconds = { windowMs: 10_000, kind: 'sliding' } as const;
  return [
    { meter: 'ip', scope: 'ip', limit: weight, ...tenSeconds },
    { meter: 'account', scope: 'account', limit: 500, ...tenSeconds },
    { meter: 'orders', scope: 'account', limit: options.ordersPerSecond ?? 5, windowMs: 1_000, kind: 'sliding' },
  ];
}

/** Parameters in the order in which they are sent. Values are put in as they are, percent-encoded. */
export type QueryParts = readonly (readonly [name: string, value: string | number])[];

/** Percent-encoded with upper-case hex, as the venue signs it. */
export function queryText(parts: QueryParts): string {
  return parts
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value)).replace(/[!'()*]/g, percentOf)}`)
    .join('&');
}

function percentOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Query with its signature: HMAC-SHA256 as lower-case hex over exactly the text that is sent. MEXC refuses upper-case hex. */
export function signedQuery(signer: Signer, parts: QueryParts, timeMs: number, recvWindowMs: number): string {
  const text = queryText([...parts, ['recvWindow', recvWindowMs], ['timestamp', timeMs]]);
  return `${text}&signature=${signer.sign(text)}`;
}

/** Time that a read may take to arrive before the venue refuses it; its default. What changes something has {@link REQUEST_VALIDITY_MS}. */
const READ_WINDOW_MS = 5_000;

/** MEXC's REST routes with limits, clock and signature; one for all that use one address and key. */
export class MexcAccess {
  readonly options: MexcOptions;
  readonly limiter: RateLimiter;
  readonly venueClock: VenueClock;
  readonly rest: RestCaller;
  readonly #signer: Signer | null;

  constructor(options: MexcOptions) {
    this.options = options;
    this.#signer = options.credentials ? hmacSigner(options.credentials.secret) : null;
    this.limiter = new RateLimiter({
      clock: options.clock,
      windows: windowsOf(options),
      ...(options.counters ? { counters: options.counters } : {}),
    });
    this.venueClock = new VenueClock({
      venue: VENUE,
      clock: options.clock,
      ask: () => this.rest.read(this.open('/api/v3/time', [], 1), serverTimeOf),
    });
    this.rest = new RestCaller({
      venue: VENUE,
      http: options.http,
      clock: options.clock,
      random: options.random,
      origins: [options.restOrigin ?? 'https://api.mexc.com'],
      headers: { 'content-type': 'application/json' },
      limiter: this.limiter,
      breaker: new CircuitBreaker({ clock: options.clock }),
      venueClock: this.venueClock,
      judge: judgeAnswer,
      secrets: options.credentials ? [options.credentials.apiKey, options.credentials.secret] : [],
    });
  }

  /** A public read. */
  open(path: string, parts: QueryParts, weight: number): RestRequest {
    const query = queryText(parts);
    return {
      method: 'GET',
      path,
      costs: { ip: weight },
      text: () => ({ target: query === '' ? path : `${path}?${query}` }),
    };
  }

  /** A signed request. Real clients of MEXC put every parameter into the query and leave the body empty; so do we. */
  signed(
    method: RestRequest['method'],
    path: string,
    parts: QueryParts,
    costs: RateCosts,
    validUntilMs?: TimeMs,
  ): RestRequest {
    const signer = this.#signer;
    const apiKey = this.options.credentials?.apiKey;
    if (signer === null || apiKey === undefined)
      throw new RangeError(`${method} ${path} needs credentials of MEXC; none were given`);
    const longestMs = method === 'GET' ? READ_WINDOW_MS : REQUEST_VALIDITY_MS;
    return {
      method,
      path,
      costs,
      isSigned: true,
      ...(validUntilMs === undefined ? {} : { validUntilMs }),
      text: (timeMs) => ({
        target: `${path}?${signedQuery(signer, parts, timeMs, windowMs(longestMs, timeMs, validUntilMs))}`,
        headers: { 'x-mexc-apikey': apiKey },
      }),
    };
  }

  /** The venue's time as well as it is known; ours before the first measurement. */
  nowMs(): number {
    return this.options.clock.nowMs() + (this.venueClock.skew?.skewMs ?? 0);
  }

  close(): void {
    this.venueClock.close();
    this.limiter.close();
  }
}

function serverTimeOf(answer: Parameters<typeof jsonOf>[0]): number {
  const json = jsonOf(answer);
  const time = typeof json === 'object' && json !== null && 'serverTime' in json ? json.serverTime : null;
  if (typeof time !== 'number' || !Number.isSafeInteger(time))
    throw new RangeError(`expected { "serverTime": <ms> }, found ${JSON.stringify(json).slice(0, 80)}`);
  return time;
}
