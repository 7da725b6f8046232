import type { Json } from '../core/vocabulary/json.ts';
import type { Accounts, ApiKey } from './accounts.ts';
import type { CallDesk, Outcome } from './call-desk.ts';
import type { Dialect } from './dialects.ts';
import type { Endpoint } from './endpoints.ts';
import type { Limits } from './limits.ts';
import type { Answer, Caller } from './product.ts';
import { REFUSALS, refusal } from './refusals.ts';
import { readSocketRequest, type SocketRequest } from './socket-request.ts';
import { type TimeUnit, toJson } from './time-unit.ts';
import { type UserDataHub, UserEvent, type UserSink } from './user-data.ts';
import type { WireSocket } from './wire-socket.ts';

export interface ApiConnectionOptions {
  readonly dialect: Dialect;
  readonly calls: CallDesk;
  readonly limits: Limits;
  readonly accounts: Accounts;
  readonly userData: UserDataHub;
  readonly methods: ReadonlyMap<string, Endpoint>;
  readonly address: string;
  readonly unit: TimeUnit;
  /** Whether answers list rate limits where the request does not say. */
  readonly returnRateLimits: boolean;
  readonly nowMs: () => number;
}

interface Subscription {
  readonly sink: UserSink;
  readonly key: ApiKey;
  /** Ends with the session. */
  readonly isOfSession: boolean;
}

/** Subscription ids that one connection may ever use up. */
const MOST_SUBSCRIPTIONS = 65_535;
const ok = (body: Answer['body']): Answer => ({ status: 200, body });

/** One connection to the WebSocket API: requests in, answers and account events out, with the session that was logged on. */
export class ApiConnection {
  readonly #wire: WireSocket;
  readonly #o: ApiConnectionOptions;
  readonly #own: ReadonlyMap<string, Endpoint>;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #connectedMs: number;
  #nextSubscription = 0;
  #session: ApiKey | null = null;
  #authorizedMs: number | null = null;

  constructor(wire: WireSocket, options: ApiConnectionOptions) {
    this.#wire = wire;
    this.#o = options;
    this.#connectedMs = options.nowMs();
    this.#own = this.#endpoints();
    options.limits.charge(options.address, options.dialect.connectWeight);
    wire.onText((text) => this.#take(text));
    wire.onClose(() => this.#endSubscriptions(() => true));
  }

  /** A key was revoked: what rests on it is over. */
  keyRevoked(key: ApiKey): void {
    this.#endSubscriptions((s) => s.key === key);
    if (this.#session !== key) return;
    this.#logOut();
    this.#wire.sendText(`{"id":null,"status":401,"error":${JSON.stringify(REFUSALS.keyRejected.body)}}`);
  }

  #take(text: string): void {
    const request = readSocketRequest(text);
    if ('code' in request) {
      const { id, code, msg } = request;
      this.#wire.sendText(`{"id":${id},"status":400,"error":${JSON.stringify({ code, msg })}}`);
      return;
    }
    const { dialect, calls, limits, address, methods } = this.#o;
    const method = dialect.name === 'spot' ? request.method.replace(/^v3\//, '') : request.method.replace(/^v1\//, '');
    const endpoint = this.#own.get(method) ?? methods.get(method);
    if (endpoint === undefined) {
      limits.charge(address, 1);
      const unknown = refusal(
        400,
        -1020,
        `This operation is not supported: method '${method.slice(0, 60)}' is unknown.`,
      );
      this.#reply(request, { answer: unknown, key: null, orders: 0, retryAfterSeconds: null, fate: { kind: 'sent' } });
      return;
    }
    const { apiKey, signature, signedText } = request;
    const outcome = calls.call(
      endpoint,
      request.params,
      { apiKey, signature, signedText, session: this.#session },
      address,
    );
    const isOrder = endpoint.orders !== undefined && endpoint.orders(request.params) > 0;
    const { fate } = outcome;
    if (fate.kind === 'lost') return;
    if (fate.kind === 'sent') this.#reply(request, outcome, isOrder);
    else setTimeout(() => this.#reply(request, outcome, isOrder), fate.delayMs).unref();
  }

  #reply(request: SocketRequest, outcome: Outcome, isOrder = false): void {
    const { unit, limits, address } = this.#o;
    const { status, body } = outcome.answer;
    const listed = request.returnRateLimits ?? this.#o.returnRateLimits;
    const counts = listed ? limits.counts(address, isOrder && outcome.key ? outcome.key.account.index : null) : null;
    let detail = body;
    if (outcome.retryAfterSeconds !== null && isObject(body)) {
      const serverTime = this.#o.nowMs();
      detail = { ...body, data: { serverTime, retryAfter: serverTime + outcome.retryAfterSeconds * 1000 } };
    }
    const said = `"${status === 200 ? 'result' : 'error'}":${toJson(detail, unit)}`;
    const rates = counts === null ? '' : `,"rateLimits":${JSON.stringify(counts)}`;
    this.#wire.sendText(`{"id":${request.id},"status":${status},${said}${rates}}`);
  }

  /** Methods that concern this very connection. */
  #endpoints(): ReadonlyMap<string, Endpoint> {
    const { dialect } = this.#o;
    const endpoints = new Map<string, Endpoint>();
    const add = (name: string, security: Endpoint['security'], handle: Endpoint['handle']): void => {
      endpoints.set(name, { dialect, method: null, name, security, weight: () => 2, handle });
    };
    add('session.logon', 'user-data', (_params, caller) => this.#logOn(caller!));
    add('session.status', 'none', () => ok(this.#status()));
    add('session.logout', 'none', () => {
      this.#logOut();
      return ok(this.#status());
    });
    if (dialect.name !== 'spot') return endpoints;
    add('session.subscriptions', 'none', () =>
      ok([...this.#subscriptions.keys()].map((subscriptionId) => ({ subscriptionId }))),
    );
    add('userDataStream.subscribe', 'none', () =>
      this.#session === null ? REFUSALS.keyRejected : this.#subscribe(this.#session, true),
    );
    add('userDataStream.subscribe.signature', 'user-data', (_params, caller) =>
      this.#subscribe(this.#o.accounts.byKey(caller!.apiKey)!, false),
    );
    add('userDataStream.unsubscribe', 'none', (params) => this.#unsubscribe(params.get('subscriptionId')));
    return endpoints;
  }

  #logOn(caller: Caller): Answer {
    const key = this.#o.accounts.byKey(caller.apiKey)!;
    if (key.proof.kind !== 'ed25519')
      return refusal(400, -4056, `${key.proof.kind.toUpperCase()} API key is not supported.`);
    this.#session = key;
    this.#authorizedMs = this.#o.nowMs();
    return ok(this.#status());
  }

  #logOut(): void {
    this.#session = null;
    this.#authorizedMs = null;
    this.#endSubscriptions((s) => s.isOfSession);
  }

  #status(): Answer['body'] {
    return {
      apiKey: this.#session?.apiKey ?? null,
      authorizedSince: this.#authorizedMs,
      connectedSince: this.#connectedMs,
      returnRateLimits: this.#o.returnRateLimits,
      serverTime: this.#o.nowMs(),
      ...(this.#o.dialect.name === 'spot'
        ? { userDataStream: [...this.#subscriptions.values()].some((s) => s.isOfSession) }
        : {}),
    };
  }

  #subscribe(key: ApiKey, isOfSession: boolean): Answer {
    for (const { sink } of this.#subscriptions.values())
      if (sink.account.index === key.account.index)
        return refusal(400, -2035, 'User Data Stream subscription already active.');
    if (this.#nextSubscription >= MOST_SUBSCRIPTIONS)
      return refusal(400, -2042, 'Subscription limit of this connection reached; open a new one.');
    const id = this.#nextSubscription++;
    const sink: UserSink = { account: key.account, deliver: (event) => this.#deliver(id, event) };
    this.#subscriptions.set(id, { sink, key, isOfSession });
    this.#o.userData.add(sink);
    return ok({ subscriptionId: id });
  }

  #unsubscribe(id: string | undefined): Answer {
    if (id !== undefined && !this.#subscriptions.has(Number(id)))
      return refusal(400, -2036, 'User Data Stream subscription not active.');
    this.#endSubscriptions((_subscription, i) => id === undefined || i === Number(id));
    return ok({});
  }

  #endSubscriptions(isMeant: (subscription: Subscription, id: number) => boolean): void {
    for (const [id, subscription] of [...this.#subscriptions]) {
      if (!isMeant(subscription, id)) continue;
      this.#subscriptions.delete(id);
      this.#o.userData.remove(subscription.sink);
      this.#deliver(id, new UserEvent({ e: 'eventStreamTerminated', E: this.#o.nowMs() }));
    }
  }

  #deliver(subscriptionId: number, event: UserEvent): void {
    this.#wire.sendText(`{"subscriptionId":${subscriptionId},"event":${event.json(this.#o.unit)}}`);
  }
}

function isObject(body: Json): body is { readonly [key: string]: Json } {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
