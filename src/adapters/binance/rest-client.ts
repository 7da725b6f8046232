import { z } from 'zod';
import { CircuitBreaker } from '../../connectivity/circuit-breaker.ts';
import { type RateLane, RateLimiter } from '../../connectivity/rate-limiter.ts';
import type { RateCosts } from '../../connectivity/rate-window.ts';
import { RestCaller, type RestRequest, windowMs } from '../../connectivity/rest-caller.ts';
import type { Signer } from '../../connectivity/signing.ts';
import { VenueClock } from '../../connectivity/venue-clock.ts';
import type { Random } from '../../core/vocabulary/random.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Outcome, REQUEST_VALIDITY_MS } from '../../ports/exchange-gateway.ts';
import type { HttpAnswer, HttpClient } from '../../ports/transport.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { type BinanceProduct, bannedForMs, countedOutForMs, judgeRefusal } from './errors.ts';
import { parseExactJson } from './exact-json.ts';
import { rateWindows, UNIT_MS } from './rate-limits.ts';
import { readAs, timeMs } from './wire-values.ts';

/** An API key. The secret is inside the signer and cannot be read. */
export interface BinanceCredentials {
  readonly apiKey: string;
  readonly signer: Signer;
}

export interface BinanceRestOptions {
  readonly product: BinanceProduct;
  readonly venue: string;
  /** `https://api.binance.com`; see {@link RestCaller} for more than one. */
  readonly origins: readonly string[];
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials: BinanceCredentials;
  /** Share one among all that use the same address and account; of its own by default. */
  readonly limiter?: RateLimiter;
  /** Shared where two clients speak to the same clock; measured by this one by default. */
  readonly venueClock?: VenueClock;
  /** How long after its time stamp a request that changes something is still accepted; 2 s by default, 60 s at most. */
  readonly recvWindowMs?: number;
}

/** What a request needs. `weight` is Binance's; parameters are percent-encoded text, `symbol=BTCUSDT&limit=5`. */
export interface Call {
  readonly method?: RestRequest['method'];
  readonly path: string;
  readonly weight: number;
  readonly parameters?: string;
  readonly security?: 'none' | 'key' | 'signed';
  readonly lane?: RateLane;
  /** What it adds to the order count. */
  readonly orders?: number;
  readonly validUntilMs?: TimeMs | undefined;
}

/** Reads may wait; a window that is wide for them does no harm. */
const READ_WINDOW_MS = 5000;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const COUNTER = /^x-mbx-(used-weight|order-count)-(\d+)([smhd])$/;

const refusalBody = z.object({ code: z.int(), msg: z.string() });

function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

/** Code and text of a refusal; neither where the body is no JSON of that shape, as pages of firewalls and proxies are not. */
function refusalIn(bytes: Uint8Array): { readonly code: number | null; readonly text: string } {
  let body: unknown;
  try {
    body = JSON.parse(textOf(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return { code: null, text: '' };
    throw error;
  }
  const parsed = refusalBody.safeParse(body);
  return parsed.success ? { code: parsed.data.code, text: parsed.data.msg } : { code: null, text: '' };
}

function decoderOf<S extends z.ZodType>(schema: S): (answer: HttpAnswer) => z.output<S> {
  return (answer) => readAs(schema, parseExactJson(textOf(answer.body)));
}

/** Binance's REST interface of one product for one key: signing, weights, order counts, server time and the meaning of refusals. */
export class BinanceRest {
  readonly limiter: RateLimiter;
  readonly venueClock: VenueClock;
  readonly venue: string;
  readonly #caller: RestCaller;
  readonly #options: BinanceRestOptions;
  readonly #ownsClock: boolean;
  #isClosed = false;
  readonly #keyHeader: Readonly<Record<string, string>>;
  readonly #formHeader: Readonly<Record<string, string>>;
  readonly #sendWindowMs: number;

  constructor(options: BinanceRestOptions) {
    const { product, venue, clock } = options;
    const recvWindowMs = options.recvWindowMs ?? REQUEST_VALIDITY_MS;
    if (!(recvWindowMs > 0 && recvWindowMs <= 60_000))
      throw new RangeError(`expected recvWindowMs between 1 and 60000, found ${recvWindowMs}`);
    this.#options = options;
    this.venue = venue;
    this.#keyHeader = { 'x-mbx-apikey': options.credentials.apiKey };
    this.#formHeader = { ...this.#keyHeader, ...FORM };
    this.#sendWindowMs = recvWindowMs;
    this.limiter = options.limiter ?? new RateLimiter({ clock, windows: rateWindows(product) });
    this.#ownsClock = options.venueClock === undefined;
    const timePath = product === 'spot' ? '/api/v3/time' : '/fapi/v1/time';
    const timeAnswer = z.object({ serverTime: timeMs });
    this.venueClock =
      options.venueClock ??
      new VenueClock({
        venue,
        clock,
        ask: async () => (await this.read({ path: timePath, weight: 1, security: 'none' }, timeAnswer)).serverTime,
      });
    this.#caller = new RestCaller({
      venue,
      http: options.http,
      clock,
      random: options.random,
      origins: options.origins,
      limiter: this.limiter,
      breaker: new CircuitBreaker({ clock }),
      venueClock: this.venueClock,
      judge: ({ status, body }) =>
        status >= 200 && status < 300 ? null : judgeRefusal(product, { status, ...refusalIn(body) }),
      observe: observeUse,
      blockMs: ({ body }) => {
        const { text } = refusalIn(body);
        const venueNowMs = clock.nowMs() + (this.venueClock.skew?.skewMs ?? 0);
        return bannedForMs(text, venueNowMs) ?? countedOutForMs(text, venueNowMs);
      },
      blockedScope: (answer) => (refusalIn(answer.body).code === -1015 ? 'account' : 'ip'),
      secrets: [options.credentials.apiKey],
    });
  }

  /** Rejects with {@link VenueError}; repeated where that can help. Parameters are signed unless said otherwise. */
  read<S extends z.ZodType>(call: Call, schema: S): Promise<z.output<S>> {
    return this.#caller.read(this.#request(call, READ_WINDOW_MS), decoderOf(schema));
  }

  /** Sent at most once; never rejects. `decode` makes the outcome's value; where it throws the outcome is unknown. */
  send<S extends z.ZodType, T>(call: Call, schema: S, decode: (body: z.output<S>) => T): Promise<Outcome<T>> {
    const read = decoderOf(schema);
    return this.#caller.send(this.#request(call, this.#sendWindowMs), (answer) => decode(read(answer)));
  }

  /** For the WebSocket API: parameters sorted by name and not percent-encoded, with key, time stamp and signature (protocol 3.2). */
  signedParameters(): Readonly<Record<string, string | number>> {
    const { apiKey, signer } = this.#options.credentials;
    const timestamp = this.venueClock.stampMs();
    const text = `apiKey=${apiKey}&recvWindow=${READ_WINDOW_MS}&timestamp=${timestamp}`;
    return { apiKey, recvWindow: READ_WINDOW_MS, timestamp, signature: signer.sign(text) };
  }

  /** Later requests are refused as not sent. */
  close(): void {
    this.#isClosed = true;
    if (this.#ownsClock) this.venueClock.close();
    if (this.#options.limiter === undefined) this.limiter.close();
  }

  #request(call: Call, longestWindowMs: number): RestRequest {
    const { method = 'GET', path, weight, parameters = '', security = 'signed', orders, validUntilMs } = call;
    const costs: RateCosts = orders === undefined ? { weight } : { weight, orders };
    const isBody = method === 'POST' || method === 'PUT';
    return {
      method,
      path,
      costs,
      ...(call.lane === undefined ? {} : { lane: call.lane }),
      isSigned: security === 'signed',
      ...(validUntilMs === undefined ? {} : { validUntilMs }),
      text: (stampMs) => {
        if (this.#isClosed) throw this.#closed(`${method} ${path}`);
        const text =
          security === 'signed'
            ? this.#signed(parameters, windowMs(longestWindowMs, stampMs, validUntilMs), stampMs)
            : parameters;
        if (security === 'none') return { target: text === '' ? path : `${path}?${text}` };
        if (isBody) return { target: path, headers: this.#formHeader, body: text };
        return { target: text === '' ? path : `${path}?${text}`, headers: this.#keyHeader };
      },
    };
  }

  /** Never allowed again, so that nobody waits to ask again. */
  #closed(what: string): VenueError {
    const never = { retryAfterMs: Number.POSITIVE_INFINITY };
    return new VenueError('not-sent', this.venue, `${this.venue} ${what}: the gateway is closed`, never);
  }

  #signed(parameters: string, recvWindowMs: number, stampMs: number): string {
    const { signer } = this.#options.credentials;
    const text = `${parameters}${parameters === '' ? '' : '&'}recvWindow=${recvWindowMs}&timestamp=${stampMs}`;
    const signature = signer.sign(text);
    // Hex needs no encoding; base64 of Ed25519 and RSA does.
    return `${text}&signature=${signer.algorithm === 'hmac-sha256' ? signature : encodeURIComponent(signature)}`;
  }
}

/** Tells the limiter what the venue has counted: `X-MBX-USED-WEIGHT-1M`, `X-MBX-ORDER-COUNT-10S`. */
function observeUse(answer: HttpAnswer, limiter: RateLimiter, _request: RestRequest, sentTimeMs: TimeMs): void {
  for (const name in answer.headers) {
    if (!name.startsWith('x-mbx-')) continue;
    const match = COUNTER.exec(name);
    const used = Number(answer.headers[name]);
    if (!match || !Number.isFinite(used)) continue;
    limiter.observe(
      match[1] === 'used-weight' ? 'weight' : 'orders',
      Number(match[2]) * UNIT_MS[match[3]!]!,
      used,
      sentTimeMs,
    );
  }
}
