import type { CallDesk, Fate } from './call-desk.ts';
import type { ProductName } from './dialects.ts';
import type { Endpoint } from './endpoints.ts';
import type { Limits } from './limits.ts';
import { isAnswer, readParameters } from './parameters.ts';
import type { Answer } from './product.ts';
import { REFUSALS } from './refusals.ts';
import { readTimeUnit, type TimeUnit, toJson } from './time-unit.ts';

/** A request as it came off the wire. */
export interface RestRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** As sent; empty where there is none. */
  readonly body: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly address: string;
}

export interface RestReply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly fate: Fate;
}

const JSON_TYPE = 'application/json;charset=UTF-8';
const NOT_FOUND = '<html><body><h2>404 Not found</h2></body></html>';
/** Every path is also served below the product's name, for clients that must tell the two apart by base URL. */
const PREFIX = /^\/(spot|usdm)(?=\/)/;

/** REST: finds the endpoint, reads what was sent, words the answer. Knows nothing of sockets. */
export class RestDesk {
  readonly #calls: CallDesk;
  readonly #limits: Readonly<Record<ProductName, Limits>>;
  readonly #endpoints: ReadonlyMap<string, Endpoint>;
  readonly #paths: ReadonlySet<string>;

  constructor(
    calls: CallDesk,
    limits: Readonly<Record<ProductName, Limits>>,
    endpoints: ReadonlyMap<string, Endpoint>,
  ) {
    this.#calls = calls;
    this.#limits = limits;
    this.#endpoints = endpoints;
    this.#paths = new Set([...endpoints.values()].map((e) => e.name));
  }

  handle(request: RestRequest): RestReply {
    const { url, headers, address } = request;
    const mark = url.indexOf('?');
    const fullPath = mark < 0 ? url : url.slice(0, mark);
    const prefix = PREFIX.exec(fullPath);
    const path = prefix ? fullPath.slice(prefix[0].length) : fullPath;
    const endpoint = this.#endpoints.get(`${request.method} ${path}`);
    if (endpoint === undefined) return unknown(this.#paths.has(path) ? 405 : 404);
    if (prefix && prefix[1] !== endpoint.dialect.name) return unknown(404);
    const { dialect } = endpoint;
    const limits = this.#limits[dialect.name];
    const unit = dialect.microseconds ? readTimeUnit(textOf(headers['x-mbx-time-unit'])) : 'ms';
    if (unit === null) return reply(REFUSALS.timeUnit, 'ms', limits.weightHeaders(address));
    const sent = readParameters(mark < 0 ? '' : url.slice(mark + 1), request.body);
    if (isAnswer(sent)) {
      limits.charge(address, 1);
      return reply(sent, unit, limits.weightHeaders(address));
    }
    const credentials = {
      apiKey: textOf(headers['x-mbx-apikey']) ?? null,
      signedText: sent.signedText,
      signature: sent.signature,
      session: null,
    };
    const outcome = this.#calls.call(endpoint, sent.values, credentials, address);
    const told = limits.weightHeaders(address);
    if (outcome.retryAfterSeconds !== null) told['retry-after'] = String(outcome.retryAfterSeconds);
    if (outcome.orders > 0 && outcome.key) Object.assign(told, limits.orderHeaders(outcome.key.account.index));
    return reply(outcome.answer, unit, told, outcome.fate);
  }
}

function unknown(status: 404 | 405): RestReply {
  const body = status === 404 ? NOT_FOUND : '';
  return { status, headers: { 'content-type': 'text/html' }, body, fate: { kind: 'sent' } };
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function reply(
  answer: Answer,
  unit: TimeUnit,
  headers: Record<string, string>,
  fate: Fate = { kind: 'sent' },
): RestReply {
  headers['content-type'] = JSON_TYPE;
  return { status: answer.status, headers, body: toJson(answer.body, unit), fate };
}
