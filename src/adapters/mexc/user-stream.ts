import { redactedSink, redactor } from '../../connectivity/redact.ts';
import type { StreamConnection, StreamListener, StreamProtocol, Topic } from '../../connectivity/stream-protocol.ts';
import { ConnectionSupervisor } from '../../connectivity/supervisor.ts';
import { ToldOrders } from '../../connectivity/told-orders.ts';
import type { Timer } from '../../ports/clock.ts';
import type { AccountSink } from '../../ports/exchange-gateway.ts';
import type { ConnectionHealth } from '../../ports/market-feed.ts';
import { VENUE_ERRORS, VenueError } from '../../ports/venue-error.ts';
import { type MexcAccess, VENUE } from './access.ts';
import { ACCOUNT_CHANNELS, tellAccountPush } from './account-pushes.ts';
import { loadPushDecoder, type PushDecoder } from './push-decoder.ts';
import { readListenKey } from './rest-answers.ts';
import {
  applyStreamAnswer,
  readStreamAnswer,
  STREAM_LIMITS,
  subscribeFrame,
  unsubscribeFrame,
} from './stream-dialect.ts';

const PATH = '/api/v3/userDataStream';
/** A key lives so long from its last extension. */
const KEY_LIFE_MS = 60 * 60_000;
const EXTEND_EVERY_MS = 20 * 60_000;
const EXTEND_AGAIN_MS = 60_000;
const WEIGHT = { ip: 1, account: 1 };

/** The account's events: a listen key, a supervised connection under it, and its pushes told to the sink. */
export class MexcUserStream {
  readonly #access: MexcAccess;
  readonly #sink: AccountSink;
  readonly #supervisor: ConnectionSupervisor;
  readonly #topics = new Map<string, Topic>();
  readonly #live = new Set<string>();
  #decode: PushDecoder | null = null;
  #key: string | null = null;
  /** When it was made or extended last, by the wall clock: a machine that sleeps does not keep a key alive. */
  #keyTimeMs = 0;
  /** Every listen key there was: what comes late may quote one of them. */
  readonly #keys = new Set<string>();
  #extension: Timer | null = null;
  #connection: StreamConnection | null = null;
  #isClosed = false;
  readonly #orders: ToldOrders;
  /** Since when nothing is known to be missing; null until all channels were carried once. */
  #completeSinceMs: number | null = null;
  #waiting: (() => void) | null = null;

  /** `longestUntoldMs`: from the answer to a placement to the push that tells of it. */
  constructor(access: MexcAccess, sink: AccountSink, longestUntoldMs: number) {
    this.#access = access;
    this.#orders = new ToldOrders(access.options.clock, longestUntoldMs, (reason) => this.#connection?.fail(reason));
    this.#sink = redactedSink(sink, this.#redact);
    const { dialer, clock, random, budget } = access.options;
    this.#supervisor = new ConnectionSupervisor({
      protocol: this.#protocol(),
      listener: this.#listener(),
      dialer,
      clock,
      random,
      ...(budget ? { budget } : {}),
    });
  }

  readonly #redact = (text: string): string =>
    redactor([...this.#keys, this.#access.options.credentials?.apiKey ?? ''])(text);

  /** Resolves when every channel of the account is carried. Rejects with {@link VenueError} where that takes too long. */
  async start(longestMs: number): Promise<void> {
    this.#decode = await loadPushDecoder();
    // The first key is asked for here, so that a refused key ends the start at once instead of being tried for ever.
    this.#key = await this.#newKey();
    const carried = new Promise<boolean>((resolve) => {
      const timer = this.#access.options.clock.after(longestMs, () => resolve(false));
      this.#waiting = () => {
        timer.cancel();
        resolve(true);
      };
    });
    for (const channel of ACCOUNT_CHANNELS)
      this.#topics.set(channel, this.#supervisor.subscribe(channel, { silenceLimitMs: Number.POSITIVE_INFINITY }));
    this.#extendLater(EXTEND_EVERY_MS);
    if (await carried) return;
    const refusal = ACCOUNT_CHANNELS.map((c) => this.#supervisor.topicHealth(this.#topics.get(c)!.index).refusal).find(
      (r) => r !== null,
    );
    await this.close();
    throw new VenueError(
      'unavailable',
      VENUE,
      `the account stream was not carried within ${longestMs} ms${refusal ? `: ${this.#redact(refusal)}` : ''}`,
    );
  }

  /**
   * The venue took an order, so the stream must tell of it soon. Where it does not, it is dead although its pings are answered, and a new
   * connection is made.
   */
  expectOrder(clientOrderId: string): void {
    if (!this.#isClosed) this.#orders.expect(clientOrderId);
  }

  connections(): readonly ConnectionHealth[] {
    return this.#supervisor.connections();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#extension?.cancel();
    this.#orders.end();
    await this.#supervisor.close();
    const key = this.#key;
    if (key === null) return;
    // An answer that never comes costs nothing: a key that is not extended ends by itself.
    await this.#access.rest.send(this.#access.signed('DELETE', PATH, [['listenKey', key]], WEIGHT), () => null);
  }

  #protocol(): StreamProtocol {
    return {
      venue: VENUE,
      ...STREAM_LIMITS,
      redact: this.#redact,
      url: async () => {
        if (this.#access.options.clock.nowMs() - this.#keyTimeMs >= KEY_LIFE_MS) this.#key = null;
        this.#key ??= await this.#newKey();
        return `${this.#access.options.streamUrl ?? 'wss://wbs-api.mexc.com/ws'}?listenKey=${encodeURIComponent(this.#key)}`;
      },
      subscribe: (topics, connection) => {
        this.#connection = connection;
        return [subscribeFrame(topics)];
      },
      unsubscribe: (topics) => [unsubscribeFrame(topics)],
      message: (bytes, isText, _receivedTimeMs, connection) => this.#message(bytes, isText, connection),
    };
  }

  #message(bytes: Uint8Array, isText: boolean, connection: StreamConnection): void {
    if (isText) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
      const answer = readStreamAnswer(text);
      if (applyStreamAnswer(answer, (channel) => this.#topics.get(channel), connection)) return;
      if (/listen\s*key/i.test(text)) {
        this.#key = null;
        connection.fail('the venue does not know the listen key any more');
        return;
      }
      // An answer that is new to us; events come as binary frames.
      const isAnswer = answer.kind === 'other' && answer.isJson;
      this.#sink.anomaly(isAnswer ? 'schema-drift' : 'malformed', `text frame: ${text.slice(0, 200)}`);
      if (!isAnswer) this.#missed();
      return;
    }
    const push = this.#decode!(bytes);
    if ('fault' in push) {
      this.#sink.anomaly(push.fault, push.detail);
      this.#missed();
      return;
    }
    const topic = this.#topics.get(push.channel);
    if (topic) connection.progressed(topic.index);
    if (push.kind === 'privateOrders') this.#orders.told(push.body.text('clientId'));
    if (!tellAccountPush(push, this.#sink)) this.#missed();
  }

  /** Whatever a frame said is lost: the account is to be asked. */
  #missed(): void {
    this.#sink.resumed(this.#access.nowMs() - LONGEST_UNNOTICED_MS);
  }

  #listener(): StreamListener {
    return {
      resumed: (topic) => {
        this.#live.add(topic.name);
        if (this.#live.size < ACCOUNT_CHANNELS.length) return;
        const sinceMs = this.#completeSinceMs;
        this.#completeSinceMs = null;
        this.#waiting?.();
        if (sinceMs !== null) this.#sink.resumed(sinceMs);
      },
      interrupted: (topic) => {
        // Events may be missing since the last moment at which the connection was known to live, not since its death was noticed.
        this.#completeSinceMs ??= this.#access.nowMs() - LONGEST_UNNOTICED_MS;
        this.#live.delete(topic.name);
      },
    };
  }

  async #newKey(): Promise<string> {
    const atMs = this.#access.options.clock.nowMs();
    const key = await this.#access.rest.read(this.#access.signed('POST', PATH, [], WEIGHT), readListenKey);
    this.#keyTimeMs = atMs;
    this.#keys.add(key);
    return key;
  }

  #extendLater(delayMs: number): void {
    this.#extension?.cancel();
    if (this.#isClosed) return;
    this.#extension = this.#access.options.clock.after(delayMs, () => {
      void this.#extend().then((nextMs) => this.#extendLater(nextMs));
    });
  }

  /** How long until the next extension. Never rejects. */
  async #extend(): Promise<number> {
    const key = this.#key;
    if (key === null) return EXTEND_EVERY_MS;
    const atMs = this.#access.options.clock.nowMs();
    const answer = await this.#access.rest.send(
      this.#access.signed('PUT', PATH, [['listenKey', key]], WEIGHT),
      () => null,
    );
    if (answer.outcome === 'accepted') {
      this.#keyTimeMs = atMs;
      return EXTEND_EVERY_MS;
    }
    // A ban, a limit, a clock say nothing of the key.
    if (answer.outcome === 'rejected' && !VENUE_ERRORS[answer.code].retryable) {
      this.#key = null;
      this.#connection?.retire(`the listen key could not be extended: ${answer.message}`);
      return EXTEND_EVERY_MS;
    }
    return EXTEND_AGAIN_MS;
  }
}

/** A dead connection is noticed after a ping and its limit at the latest. */
const LONGEST_UNNOTICED_MS = STREAM_LIMITS.keepAlive.intervalMs + STREAM_LIMITS.keepAlive.limitMs;
