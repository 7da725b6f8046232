import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { Json } from '../../core/vocabulary/json.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { Failure } from '../failures.ts';
import type { Client, Gate } from '../http/access.ts';
import { jsonObject } from '../http/body.ts';
import { answerDeed } from '../http/deed.ts';
import type { Limit } from '../http/limit.ts';
import type { Desk } from '../http/operation-answer.ts';
import { problemOf } from '../http/problem.ts';
import { authorize, endsByItself, followed, OPERATION_ROUTES, type Route, requireScope } from '../http/routes.ts';
import type { Hub } from '../topics/hub.ts';
import { CLOSED, type ClientFrame, clientFrame, HEARTBEAT_MS } from './frames.ts';
import { Outbox } from './outbox.ts';
import { Subscription } from './subscription.ts';

/** What all sockets of a server share. */
export interface Exchange {
  readonly desk: Desk;
  readonly hub: Hub;
  readonly gate: Gate;
  readonly quotas: Limit;
  readonly clock: Clock;
  readonly version: string;
}

/** A client without a key has so long to show one. */
const LONGEST_AUTH_MS = 10_000;
/** Three heartbeats, and then some. */
const DEAD_MS = 30_000;
const MOST_CALLS = 16;
const MOST_SUBSCRIPTIONS = 100;
/** Who goes on after so many refusals in a row is closed. */
const MOST_REFUSED = 100;
const MOST_HZ = 10;
/** Frames of one socket that wait for those before them. */
const MOST_UNREAD = 1_000;

type Frame<K extends ClientFrame['k']> = Extract<ClientFrame, { k: K }>;
type Given = Readonly<Record<string, Json>>;

const routes = new Map(OPERATION_ROUTES.map((route) => [route.operation.name, route]));

/** One client on a socket. */
export class ClientSocket {
  readonly #socket: WebSocket;
  readonly #exchange: Exchange;
  readonly #address: string;
  readonly #outbox: Outbox;
  /** Null before it has said who it is. */
  #client: Client | null;
  #isFirst = true;
  #authTimer: Timer | null = null;
  readonly #calls = new Map<string, AbortController | null>();
  readonly #subscriptions = new Map<string, { readonly subscription: Subscription; readonly isShared: boolean }>();
  #heardMs: number;
  #refused = 0;
  /** Since it was last looked at. */
  #hasAsked = false;
  #inbox: Promise<unknown> = Promise.resolve();
  #unread = 0;

  constructor(socket: WebSocket, exchange: Exchange, address: string, client: Client | null) {
    this.#socket = socket;
    this.#exchange = exchange;
    this.#address = address;
    this.#client = client;
    this.#outbox = new Outbox(socket);
    this.#heardMs = exchange.clock.elapsedMs();
    socket.on('message', (message, isBinary) => this.#heard(message, isBinary));
    socket.on('pong', () => {
      this.#heardMs = exchange.clock.elapsedMs();
    });
    // What is wrong with a frame closes the socket by itself.
    socket.on('error', () => {});
    socket.on('close', () => this.#gone());
    if (client !== null) this.#hello(client);
    else {
      this.#outbox.send({ k: 'key-needed' });
      const tooLate = (): void => this.close(CLOSED.unauthenticated, 'no key came');
      this.#authTimer = exchange.clock.after(LONGEST_AUTH_MS, tooLate);
    }
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  get name(): string | null {
    return this.#client?.name ?? null;
  }

  /** Ends it where its key opens nothing any more, or nobody is there. Keys that cannot be read now are read at the next look. */
  async check(): Promise<void> {
    const { gate, clock } = this.#exchange;
    if (clock.elapsedMs() - this.#heardMs > DEAD_MS) return this.#socket.terminate();
    const client = this.#client;
    if (client === null) return;
    const hasAsked = this.#hasAsked;
    this.#hasAsked = false;
    const stays = await gate.staysOpen(client, this.#address, hasAsked).catch(() => true);
    // Who has shown a key meanwhile is another one.
    if (stays || this.#client !== client) return;
    this.close(
      CLOSED.unauthenticated,
      client.browser === undefined ? 'the key is not valid any more' : 'the sign-in has ended',
    );
  }

  beat(heartbeat: Buffer): void {
    if (this.#client === null) return;
    if (this.#outbox.hasRoom) this.#outbox.pass(heartbeat);
    this.#socket.ping();
  }

  goAway(): void {
    this.#outbox.send({ k: 'going-away' });
    this.close(CLOSED.goingAway, 'the server ends');
  }

  close(code: number, reason: string): void {
    this.#gone();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #gone(): void {
    this.#authTimer?.cancel();
    for (const call of this.#calls.values()) call?.abort();
    for (const { subscription } of this.#subscriptions.values()) this.#leave(subscription);
    this.#subscriptions.clear();
  }

  #leave(subscription: Subscription): void {
    subscription.close();
    this.#exchange.hub.left(subscription.topic);
  }

  #hello({ name, scopes }: Client): void {
    const { version } = this.#exchange;
    this.#outbox.send({ k: 'hello', version, client: name, scopes: [...scopes], heartbeatMs: HEARTBEAT_MS });
  }

  /** One frame after the other, as they came. */
  #heard(message: RawData, isBinary: boolean): void {
    this.#heardMs = this.#exchange.clock.elapsedMs();
    this.#hasAsked = true;
    if (++this.#unread > MOST_UNREAD) {
      this.close(CLOSED.tooOften, 'it asks faster than it is answered');
      return;
    }
    this.#inbox = this.#inbox.then(() => this.#read(message, isBinary)).finally(() => this.#unread--);
  }

  /** Never rejects. */
  async #read(message: RawData, isBinary: boolean): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    let id: string | null = null;
    try {
      await this.#mayAsk();
      // It may have gone meanwhile: what began now would never be ended.
      if (this.#socket.readyState !== this.#socket.OPEN) return;
      if (isBinary) throw new Failure('frame-invalid', 'expected a text frame, found a binary one');
      const told = jsonObject((message as Buffer).toString());
      const { id: named } = told;
      if (typeof named === 'string' && named !== '' && named.length <= 64) id = named;
      await this.#take(frameOf(told));
    } catch (error) {
      this.#refuse(id, error);
      if (this.#client === null) {
        const wasRefused = error instanceof Failure && error.code === 'unauthenticated';
        this.close(CLOSED.unauthenticated, wasRefused ? error.message : 'no key came');
      }
    }
    this.#isFirst = false;
  }

  /** Rejects with {@link Failure} `rate-limited`. */
  async #mayAsk(): Promise<void> {
    if (this.#client === null) return;
    const { isAllowed, retryAfterMs } = await this.#exchange.quotas.take(this.#client.name);
    if (isAllowed) {
      this.#refused = 0;
      return;
    }
    if (++this.#refused > MOST_REFUSED) this.close(CLOSED.tooOften, 'it asks more often than it may');
    throw new Failure('rate-limited', 'the client asks more often than it may', {
      hint: 'Wait for as long as the details say.',
      details: { retryAfterMs: Math.ceil(retryAfterMs) },
    });
  }

  async #take(frame: ClientFrame): Promise<void> {
    if (frame.k === 'auth') await this.#authenticate(frame);
    else if (this.#client === null) throw new Failure('unauthenticated', 'expected a frame auth first, found another');
    else if (frame.k === 'call') void this.#call(frame, this.#client);
    else if (frame.k === 'subscribe') await this.#subscribe(frame, this.#client);
    else this.#unsubscribe(frame);
  }

  async #authenticate({ key }: Frame<'auth'>): Promise<void> {
    if (!this.#isFirst) throw new Failure('frame-invalid', 'expected a frame auth as the first one, found it later');
    // Who shows a key is nobody until it is known to be good, a program of this machine too.
    this.#client = null;
    const shown = { authorization: `Bearer ${key}`, cookie: undefined };
    this.#client = await this.#exchange.gate.clientOf(shown, this.#address);
    this.#authTimer?.cancel();
    this.#hello(this.#client);
  }

  async #call(frame: Frame<'call'>, client: Client): Promise<void> {
    const { id } = frame;
    try {
      if (this.#calls.has(id)) throw new Failure('frame-invalid', `a call ${id} is under way`);
      const route = routeOf(frame.operation);
      requireScope(route.operation, client);
      if (this.#calls.size >= MOST_CALLS)
        throw new Failure('server-busy', `${MOST_CALLS} calls of this socket are under way`);
      if (route.operation.asksSecrets === true)
        throw new Failure(
          'not-acceptable',
          `${route.operation.name} asks for secrets: it is not called over a socket`,
          {
            hint: 'Send a request over HTTP.',
          },
        );
      if (route.method === 'POST') await this.#answerDeed(frame, route, client);
      else await this.#answerQuery(frame, route, client);
    } catch (error) {
      this.#refuse(id, error);
    }
  }

  async #answerDeed({ id, input, key }: Frame<'call'>, route: Route, client: Client): Promise<void> {
    this.#calls.set(id, null);
    try {
      const answer = await answerDeed(this.#exchange.desk, route, client, {
        ...{ text: JSON.stringify(input), key, correlation: randomUUID(), places: {} },
        progress: (phase, done, total) => this.#progress(id, phase, done, total),
      });
      const name = JSON.stringify(id);
      const repeated = answer.isRepeated ? ',"repeated":true' : '';
      if (answer.status >= 400) this.#outbox.pass(`{"k":"problem","id":${name},"problem":${answer.body}}`);
      else this.#outbox.pass(`{"k":"result","id":${name},"result":${answer.body}${repeated}}`);
    } finally {
      this.#calls.delete(id);
    }
  }

  async #answerQuery({ id, input }: Frame<'call'>, route: Route, client: Client): Promise<void> {
    const { serving, streams } = this.#exchange.desk;
    const given = input as Given;
    if (route.operation.kind === 'stream' && !endsByItself(route.operation, given))
      throw new Failure('not-acceptable', `${route.operation.name} goes on: it is subscribed to, not called`, {
        hint: 'Send a frame subscribe.',
      });
    const stop = new AbortController();
    this.#calls.set(id, stop);
    streams.add(stop);
    try {
      await authorize(route.operation, given, client);
      serving.validate(route, given);
      const result = await serving.run(route, given, client, {
        ...{ update() {}, stop: stop.signal },
        progress: (phase, done, total) => this.#progress(id, phase, done, total),
      });
      this.#outbox.send({ k: 'result', id, result });
    } finally {
      this.#calls.delete(id);
      streams.delete(stop);
    }
  }

  #progress(id: string, phase: string, done: number, total: number): void {
    if (this.#outbox.hasRoom) this.#outbox.send({ k: 'progress', id, phase, done, total });
  }

  async #subscribe(frame: Frame<'subscribe'>, client: Client): Promise<void> {
    const { id, from, shared: isShared } = frame;
    const { hub, clock, desk } = this.#exchange;
    const route = routeOf(frame.operation);
    const { operation } = route;
    requireScope(operation, client);
    if (operation.kind !== 'stream')
      throw new Failure('not-acceptable', `${operation.name} answers once: it is called, not subscribed to`, {
        hint: 'Send a frame call.',
      });
    const given = followed(operation, frame.input as Given);
    await authorize(operation, given, client);
    // It was closed meanwhile: nobody would end what began now.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    desk.serving.validate(route, given);
    if (this.#subscriptions.has(id)) throw new Failure('subscriptions-exceeded', `${id} is subscribed already`);
    if (this.#subscriptions.size >= MOST_SUBSCRIPTIONS)
      throw new Failure('subscriptions-exceeded', `expected at most ${MOST_SUBSCRIPTIONS} subscriptions of a socket`);
    const topic = hub.join(route, given, isShared);
    if ([...this.#subscriptions.values()].some(({ subscription }) => subscription.topic === topic))
      throw new Failure('subscriptions-exceeded', `${operation.name} with this input is subscribed already`);
    const isResumed = from !== undefined && from.topic === topic.name && topic.reaches(from.seq);
    const subscription = new Subscription({
      ...{ topic, outbox: this.#outbox, clock, seq: isResumed ? from.seq : null },
      isGap: from !== undefined && !isResumed,
      hz: topic.appends ? (frame.hz ?? Number.POSITIVE_INFINITY) : Math.min(MOST_HZ, frame.hz ?? MOST_HZ),
      onLost: () => this.close(CLOSED.tooSlow, `too slow for ${operation.name}`),
      onEnded: () => {
        this.#subscriptions.delete(id);
        hub.left(topic);
      },
    });
    this.#subscriptions.set(id, { subscription, isShared });
    this.#outbox.send({ k: 'subscribed', id, topic: topic.name, resumed: isResumed, appends: topic.appends });
    subscription.begin();
  }

  #unsubscribe({ id }: Frame<'unsubscribe'>): void {
    const found = this.#subscriptions.get(id);
    if (found === undefined) throw new Failure('subscription-unknown', `${id} is not subscribed`);
    // A stream of its own is told to its end.
    if (found.isShared) {
      this.#subscriptions.delete(id);
      this.#leave(found.subscription);
      this.#outbox.send({ k: 'unsubscribed', id });
    } else this.#exchange.hub.stop(found.subscription.topic);
  }

  #refuse(id: string | null, error: unknown): void {
    const correlation = randomUUID();
    const failure = this.#exchange.desk.failureOf(error);
    if (failure.code === 'unexpected') this.#exchange.desk.onDefect(error, correlation);
    this.#outbox.send({ k: 'problem', id, problem: problemOf(failure, correlation) });
  }
}

/** Throws {@link Failure} `route-unknown`. */
function routeOf(name: string): Route {
  const route = routes.get(name);
  if (route === undefined) throw new Failure('route-unknown', 'there is no such operation, or no server offers it');
  return route;
}

/** Throws {@link Failure} `frame-invalid`. Nothing of what was found is repeated: it may be a key. */
function frameOf(told: object): ClientFrame {
  const parsed = clientFrame.safeParse(told);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure('frame-invalid', `${issue!.path.join('.') || 'frame'}: ${issue!.message}`);
}
