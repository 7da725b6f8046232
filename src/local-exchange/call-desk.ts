import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Accounts, ApiKey } from './accounts.ts';
import { changedRulesOffence, changeExchangeInfo, crossSnapshot, skewServerTime } from './answer-changes.ts';
import { authenticate, type Credentials } from './authentication.ts';
import { cancelOnly, wantsCancelOnly } from './cancel-only.ts';
import type { ExchangeClock } from './clock.ts';
import type { ProductName } from './dialects.ts';
import type { Endpoint } from './endpoints.ts';
import type { FaultDesk } from './faults/fault-desk.ts';
import type { FaultSubject } from './faults/table.ts';
import type { Limits } from './limits.ts';
import type { Answer, Params } from './product.ts';
import { refusal } from './refusals.ts';

/** What the wire does with an answer. */
export type Fate =
  | { readonly kind: 'sent' }
  | { readonly kind: 'late'; readonly delayMs: number }
  | { readonly kind: 'lost' };

export interface Outcome {
  readonly answer: Answer;
  readonly key: ApiKey | null;
  /** What the call added to the order count; 0 where it was refused before. */
  readonly orders: number;
  readonly retryAfterSeconds: number | null;
  readonly fate: Fate;
}

export interface CallDeskOptions {
  readonly clock: ExchangeClock;
  readonly accounts: Accounts;
  readonly faults: FaultDesk;
  readonly limits: Readonly<Record<ProductName, Limits>>;
  readonly checkTimes: boolean;
  /** The endpoint that cancels one order, of the same kind as another of its product. */
  readonly cancelOf: (endpoint: Endpoint) => Endpoint | null;
  /** exchangeInfo of a product, as the product tells it. */
  readonly exchangeInfo: (product: ProductName) => Json;
}

const SENT: Fate = { kind: 'sent' };
const DEFAULT_LATE_MS = 3_000;
const DEFAULT_SKEW_MS = 5_000;
const OVERLOADED = refusal(
  503,
  -1008,
  'Server is currently overloaded with other requests. Please try again in a few minutes.',
);
const UNKNOWN_STATUS = {
  spot: refusal(
    503,
    -1007,
    'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
  ),
  usdm: refusal(503, -1000, 'Unknown error, please check your request or try again later.'),
} as const;
const MAINTENANCE = refusal(503, -1016, 'This service is no longer available.');
const TOO_MANY = refusal(
  429,
  -1003,
  'Too many requests; current limit is exceeded. Please use WebSocket Streams for live updates to avoid polling the API.',
);

/** The way of every call, REST or WebSocket API: limits, identity, time, then the product, with faults before and after it. */
export class CallDesk {
  readonly #o: CallDeskOptions;

  constructor(options: CallDeskOptions) {
    this.#o = options;
  }

  /** The exchange's time as clients see it: off by what a fault says. */
  toldTimeMs(product: ProductName): TimeMs {
    return this.#o.clock.nowMs() + this.#skewMs(product);
  }

  call(endpoint: Endpoint, params: Params, credentials: Credentials, address: string): Outcome {
    const { clock, accounts, faults, checkTimes } = this.#o;
    const { dialect } = endpoint;
    clock.catchUp();
    const limits = this.#o.limits[dialect.name];
    const isIdle = faults.isIdle;
    const subject = isIdle ? null : subjectOf(endpoint, params, accounts, credentials);
    const refused = (answer: Answer, retryAfterSeconds: number | null = null): Outcome => ({
      answer,
      key: null,
      orders: 0,
      retryAfterSeconds,
      fate: SENT,
    });
    if (subject) {
      if (faults.lasting('maintenance', subject)) return refused(MAINTENANCE, 60);
      if (faults.decide('too-many-requests', subject)) return refused(TOO_MANY, 1);
      if (faults.decide('address-banned', subject)) {
        const ban = limits.ban(address);
        return refused(ban.answer, ban.retryAfterSeconds);
      }
    }
    const limited = limits.admit(address, endpoint.weight(params, null));
    if (limited) return refused(limited.answer, limited.retryAfterSeconds);
    const charged = (answer: Answer): Outcome => {
      limits.charge(address, endpoint.weight(params, false));
      return refused(answer);
    };
    const identity = authenticate(
      accounts,
      dialect,
      endpoint.security,
      credentials,
      params,
      this.toldTimeMs(dialect.name),
      checkTimes,
    );
    if ('refused' in identity) return charged(identity.refused);
    const { key } = identity;
    const orders = endpoint.orders?.(params) ?? 0;
    if (key !== null && orders > 0) {
      const tooMany = limits.admitOrders(key.account.index, orders);
      if (tooMany) {
        const cancel = wantsCancelOnly(endpoint.name, params) ? this.#o.cancelOf(endpoint) : null;
        if (cancel === null) limits.charge(address, endpoint.weight(params, false));
        const answer =
          cancel === null
            ? tooMany.answer
            : cancelOnly(params, { account: key.account, apiKey: key.apiKey }, tooMany.answer, (p, c) =>
                cancel.handle(p, c),
              );
        return refused(answer, answer.status === 429 ? tooMany.retryAfterSeconds : null);
      }
    }
    if (subject) {
      if (faults.decide('error-before-acceptance', subject)) return refused(OVERLOADED);
      const offence =
        orders > 0 || endpoint.method === 'PUT'
          ? changedRulesOffence(params, faults, dialect.name, () => this.exchangeInfo(dialect.name))
          : null;
      if (offence) return charged(offence);
    }
    const answer = endpoint.handle(params, key === null ? null : { account: key.account, apiKey: key.apiKey });
    const succeeded = answer.status === 200;
    limits.charge(address, endpoint.weight(params, succeeded));
    const counted =
      orders > 0 && key !== null && (succeeded || !dialect.countsUnfilledOrders || isReplacement(endpoint, answer));
    if (counted) limits.countOrders(key.account.index, orders);
    const told = succeeded ? this.#change(endpoint, answer, subject) : answer;
    const outcome = { answer: told, key, orders: counted ? orders : 0, retryAfterSeconds: null };
    if (!subject) return { ...outcome, fate: SENT };
    if (faults.decide('error-after-acceptance', subject))
      return { ...outcome, answer: UNKNOWN_STATUS[dialect.name], fate: SENT };
    if (faults.decide('acknowledgement-lost', subject)) return { ...outcome, fate: { kind: 'lost' } };
    const late = faults.decide('reply-late', subject);
    return { ...outcome, fate: late ? { kind: 'late', delayMs: late.delayMs ?? DEFAULT_LATE_MS } : SENT };
  }

  /** exchangeInfo as clients are told it. */
  exchangeInfo(product: ProductName): Json {
    const { limits, faults, exchangeInfo } = this.#o;
    return changeExchangeInfo(exchangeInfo(product), limits[product], faults, product);
  }

  #change(endpoint: Endpoint, answer: Answer, subject: FaultSubject | null): Answer {
    const { faults, limits } = this.#o;
    const { name: product } = endpoint.dialect;
    let body = answer.body;
    if (endpoint.name.endsWith('exchangeInfo')) body = changeExchangeInfo(body, limits[product], faults, product);
    if (subject) {
      if (endpoint.name.endsWith('depth') && faults.decide('snapshot-crossed', subject)) body = crossSnapshot(body);
      const skew = this.#skewMs(product);
      if (skew !== 0) body = skewServerTime(body, skew);
    }
    return body === answer.body ? answer : { status: answer.status, body };
  }

  #skewMs(product: ProductName): number {
    const { faults } = this.#o;
    if (faults.isIdle) return 0;
    const setting = faults.lasting('clock-skewed', { product });
    return setting === null ? 0 : (setting.byMs ?? DEFAULT_SKEW_MS);
  }
}

/** A cancelReplace counts as an order even where only half of it, or nothing, came about. */
function isReplacement(endpoint: Endpoint, answer: Answer): boolean {
  if (!endpoint.name.endsWith('cancelReplace')) return false;
  const body = answer.body as { readonly code?: unknown };
  return body.code === -2021 || body.code === -2022;
}

function subjectOf(endpoint: Endpoint, params: Params, accounts: Accounts, credentials: Credentials): FaultSubject {
  const key = credentials.apiKey === null ? credentials.session : accounts.byKey(credentials.apiKey);
  const symbol = params.get('symbol');
  return {
    product: endpoint.dialect.name,
    path: endpoint.name,
    ...(endpoint.method === null ? {} : { method: endpoint.method }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(key ? { account: key.account.name } : {}),
  };
}
