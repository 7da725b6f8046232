import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Answer } from './product.ts';
import { refusal } from './refusals.ts';

const INTERVAL_MS = { SECOND: 1_000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 } as const;

/** One limiter as exchangeInfo lists it. */
export interface LimitRule {
  readonly type: 'REQUEST_WEIGHT' | 'RAW_REQUESTS' | 'ORDERS';
  readonly interval: keyof typeof INTERVAL_MS;
  readonly intervalNum: number;
  readonly limit: number;
}

/** `published`: Binance's own; `none`: counted and told, never refused; or other rules. */
export type LimitChoice = 'published' | 'none' | readonly LimitRule[];

/** Requests answered 429 in a row before an address is banned; Binance does not publish how many. */
const REFUSALS_BEFORE_BAN = 20;
/** New WebSockets of an address in five minutes of the clock, as Binance publishes it; exchangeInfo does not list it. */
const CONNECTIONS: LimitRule = { type: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300 };
const FIRST_BAN_MS = 120_000;
const LONGEST_BAN_MS = 3 * 86_400_000;

const TOO_MANY_CONNECTIONS = refusal(429, -1034, 'Too many concurrent connections.');

/** A refusal with the seconds of its `Retry-After` header. */
export interface Limited {
  readonly answer: Answer;
  readonly retryAfterSeconds: number;
}

interface Usage {
  /** Per rule: number of the window, and what was used in it. */
  readonly window: number[];
  readonly used: number[];
}

interface Visitor {
  readonly usage: Usage;
  refused: number;
  bans: number;
  bannedUntilMs: TimeMs;
  connectionWindow: number;
  connections: number;
}

/**
 * Request weight by address, order counts by account, in windows aligned to the clock: a minute begins at :00. Whoever keeps on
 * asking while refused is banned, for two minutes at first and twice as long each time, up to three days.
 */
export class Limits {
  readonly rules: readonly LimitRule[];
  readonly #enforced: boolean;
  readonly #nowMs: () => TimeMs;
  readonly #visitors = new Map<string, Visitor>();
  readonly #orders = new Map<number, Usage>();

  constructor(rules: readonly LimitRule[], enforced: boolean, nowMs: () => TimeMs) {
    for (const rule of rules)
      if (
        !(Number.isInteger(rule.limit) && rule.limit > 0 && Number.isInteger(rule.intervalNum) && rule.intervalNum > 0)
      )
        throw new RangeError(`expected positive whole numbers in a limit, found ${JSON.stringify(rule)}`);
    this.rules = rules;
    this.#enforced = enforced;
    this.#nowMs = nowMs;
  }

  /** Whether an address may spend `weight` now. Counts the request, not the weight: that is {@link charge}d when its outcome is known. */
  admit(address: string, weight: number): Limited | null {
    const now = this.#nowMs();
    const visitor = this.#visitor(address);
    if (!this.#enforced) {
      this.#add(visitor.usage, 'RAW_REQUESTS', 1, now);
      return null;
    }
    if (visitor.bannedUntilMs > now) return banned(visitor.bannedUntilMs, now);
    const rule =
      this.#exceeded(visitor.usage, 'REQUEST_WEIGHT', weight, now) ??
      this.#exceeded(visitor.usage, 'RAW_REQUESTS', 1, now);
    if (rule === null) {
      visitor.refused = 0;
      this.#add(visitor.usage, 'RAW_REQUESTS', 1, now);
      return null;
    }
    visitor.refused++;
    if (visitor.refused > REFUSALS_BEFORE_BAN) return this.ban(address);
    return { answer: tooMuchWeight(rule), retryAfterSeconds: secondsLeft(rule, now) };
  }

  /** Whether an address may open another WebSocket now; counts it. */
  admitConnection(address: string): Limited | null {
    const now = this.#nowMs();
    const visitor = this.#visitor(address);
    if (this.#enforced && visitor.bannedUntilMs > now) return banned(visitor.bannedUntilMs, now);
    const window = windowOf(CONNECTIONS, now);
    if (visitor.connectionWindow !== window) {
      visitor.connectionWindow = window;
      visitor.connections = 0;
    }
    visitor.connections++;
    if (!this.#enforced || visitor.connections <= CONNECTIONS.limit) return null;
    return { answer: TOO_MANY_CONNECTIONS, retryAfterSeconds: secondsLeft(CONNECTIONS, now) };
  }

  /** Bans an address, as if it had gone on asking. */
  ban(address: string): Limited {
    const now = this.#nowMs();
    const visitor = this.#visitor(address);
    visitor.refused = 0;
    visitor.bannedUntilMs = now + Math.min(LONGEST_BAN_MS, FIRST_BAN_MS * 2 ** visitor.bans);
    visitor.bans++;
    return banned(visitor.bannedUntilMs, now);
  }

  /** Whether an account may add `orders` now. Counts nothing. */
  admitOrders(account: number, orders: number): Limited | null {
    if (!this.#enforced || orders === 0) return null;
    const now = this.#nowMs();
    const rule = this.#exceeded(this.#account(account), 'ORDERS', orders, now);
    if (rule === null) return null;
    const text = `Too many new orders; current limit is ${rule.limit} orders per ${rule.intervalNum} ${rule.interval}.`;
    return { answer: refusal(429, -1015, text), retryAfterSeconds: secondsLeft(rule, now) };
  }

  charge(address: string, weight: number): void {
    this.#add(this.#visitor(address).usage, 'REQUEST_WEIGHT', weight, this.#nowMs());
  }

  /** Adds to (or, negative, takes off) an account's order counts, which never fall below zero. */
  countOrders(account: number, orders: number): void {
    this.#add(this.#account(account), 'ORDERS', orders, this.#nowMs());
  }

  /** `X-MBX-USED-WEIGHT-1M` and its like, with values. */
  weightHeaders(address: string): Record<string, string> {
    return this.#headers(this.#visitor(address).usage, 'REQUEST_WEIGHT', 'x-mbx-used-weight');
  }

  orderHeaders(account: number): Record<string, string> {
    return this.#headers(this.#account(account), 'ORDERS', 'x-mbx-order-count');
  }

  /** The lines `rateLimits` of a WebSocket-API answer: weight, and order counts where an account is given. */
  counts(address: string | null, account: number | null): Json[] {
    const now = this.#nowMs();
    return this.rules.flatMap((rule, i) => {
      const usage =
        rule.type === 'REQUEST_WEIGHT' && address !== null
          ? this.#visitor(address).usage
          : rule.type === 'ORDERS' && account !== null
            ? this.#account(account)
            : null;
      return usage === null ? [] : [{ ...described(rule), count: this.#used(usage, i, now) }];
    });
  }

  /** The lines `rateLimits` of exchangeInfo. */
  described(): Json[] {
    return this.rules.map(described);
  }

  #visitor(address: string): Visitor {
    let visitor = this.#visitors.get(address);
    if (visitor === undefined) {
      visitor = { usage: this.#unused(), refused: 0, bans: 0, bannedUntilMs: 0, connectionWindow: 0, connections: 0 };
      this.#visitors.set(address, visitor);
    }
    return visitor;
  }

  #account(account: number): Usage {
    let usage = this.#orders.get(account);
    if (usage === undefined) {
      usage = this.#unused();
      this.#orders.set(account, usage);
    }
    return usage;
  }

  #unused(): Usage {
    return { window: this.rules.map(() => 0), used: this.rules.map(() => 0) };
  }

  #used(usage: Usage, i: number, now: TimeMs): number {
    return usage.window[i] === windowOf(this.rules[i]!, now) ? usage.used[i]! : 0;
  }

  #exceeded(usage: Usage, type: LimitRule['type'], by: number, now: TimeMs): LimitRule | null {
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rules[i]!;
      if (rule.type === type && this.#used(usage, i, now) + by > rule.limit) return rule;
    }
    return null;
  }

  #add(usage: Usage, type: LimitRule['type'], amount: number, now: TimeMs): void {
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rules[i]!;
      if (rule.type !== type) continue;
      usage.used[i] = Math.max(0, this.#used(usage, i, now) + amount);
      usage.window[i] = windowOf(rule, now);
    }
  }

  #headers(usage: Usage, type: LimitRule['type'], name: string): Record<string, string> {
    const now = this.#nowMs();
    const headers: Record<string, string> = {};
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rules[i]!;
      if (rule.type === type)
        headers[`${name}-${rule.intervalNum}${rule.interval[0]!.toLowerCase()}`] = String(this.#used(usage, i, now));
    }
    return headers;
  }
}

function lengthMs(rule: LimitRule): number {
  return INTERVAL_MS[rule.interval] * rule.intervalNum;
}

function windowOf(rule: LimitRule, now: TimeMs): number {
  return Math.floor(now / lengthMs(rule));
}

function secondsLeft(rule: LimitRule, now: TimeMs): number {
  const length = lengthMs(rule);
  return Math.max(1, Math.ceil((length - (now % length)) / 1000));
}

function described(rule: LimitRule): { rateLimitType: string; interval: string; intervalNum: number; limit: number } {
  const { type, interval, intervalNum, limit } = rule;
  return { rateLimitType: type, interval, intervalNum, limit };
}

function tooMuchWeight(rule: LimitRule): Answer {
  const what = rule.type === 'RAW_REQUESTS' ? 'requests' : 'request weight';
  return refusal(
    429,
    -1003,
    `Too much request weight used; current limit is ${rule.limit} ${what} per ${rule.intervalNum} ${rule.interval}. Please use WebSocket Streams for live updates to avoid polling the API.`,
  );
}

function banned(untilMs: TimeMs, now: TimeMs): Limited {
  const text = `Way too much request weight used; IP banned until ${untilMs}. Please use WebSocket Streams for live updates to avoid bans.`;
  return { answer: refusal(418, -1003, text), retryAfterSeconds: Math.max(1, Math.ceil((untilMs - now) / 1000)) };
}
