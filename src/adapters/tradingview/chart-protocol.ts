import type { Frame, KeepAlive, StreamConnection, StreamProtocol, Topic } from '../../connectivity/stream-protocol.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { Call, Conversation } from './conversation.ts';
import { type Auth, type TradingViewOptions, VENUE } from './options.ts';
import { decodePackets, encodeCall, encodePacket, isHeartbeat } from './packets.ts';
import { type ServerMessage, serverMessage, sessionInfo, textAt } from './server-message.ts';
import { ServerTime } from './server-time.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const decoder = new TextDecoder();

/**
 * TradingView's socket: packets in text frames, heartbeats that are echoed, and a session for every topic, by whose name messages find
 * back. There is no official description; limits are those that other clients keep.
 */
export class ChartProtocol implements StreamProtocol {
  readonly venue = VENUE;
  readonly headers = {
    Origin: 'https://www.tradingview.com',
    'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Tradewright',
  };
  readonly largestTopicsPerConnection = 50;
  readonly largestTopicsPerMessage = 1;
  readonly messagesPerSecond = 25;
  /** The server speaks first, every 5 to 10 s. */
  readonly keepAlive: KeepAlive = { kind: 'none' };
  readonly frameLimitMs = 30_000;
  /** As the server says it on all connections. */
  readonly time: ServerTime;
  readonly #origin: string;
  readonly #auth: Auth;
  readonly #random: TradingViewOptions['random'];
  /** By name of the topic, so that they are known before it is subscribed. */
  readonly #conversations = new Map<string, Conversation>();
  /** Topic by session, of each connection. */
  readonly #sessions = new Map<number, Map<string, Topic>>();
  readonly #malformed: (detail: string) => void;
  #token = '';

  constructor(
    origin: string,
    auth: Auth,
    world: Pick<TradingViewOptions, 'clock' | 'random'>,
    malformed: (detail: string) => void,
  ) {
    this.#origin = origin;
    this.#auth = auth;
    this.#random = world.random;
    this.time = new ServerTime(world.clock);
    this.#malformed = malformed;
  }

  redact(text: string): string {
    return this.#auth.redact(text);
  }

  /** Before the topic of this name is subscribed. */
  add(name: string, conversation: Conversation): void {
    this.#conversations.set(name, conversation);
  }

  remove(name: string): void {
    this.#conversations.delete(name);
  }

  async url(): Promise<string> {
    this.#token = await this.#auth.token();
    return `${this.#origin}/socket.io/websocket?type=chart`;
  }

  greet(): readonly Frame[] {
    return [encodeCall('set_auth_token', [this.#token]), encodeCall('set_locale', ['en', 'US'])];
  }

  subscribe(topics: readonly Topic[], connection: StreamConnection): readonly Frame[] {
    return topics.flatMap((topic) => {
      const conversation = this.#conversations.get(topic.name);
      if (conversation === undefined) return [];
      const session = `${conversation.kind}_${this.#letters()}`;
      const sessions = this.#sessions.get(connection.id) ?? new Map<string, Topic>();
      this.#sessions.set(connection.id, sessions.set(session, topic));
      return conversation.begin(session).map(frameOf);
    });
  }

  unsubscribe(topics: readonly Topic[], connection: StreamConnection): readonly Frame[] {
    const sessions = this.#sessions.get(connection.id) ?? new Map<string, Topic>();
    const ending = [...sessions].filter(([, topic]) => topics.some((each) => each.name === topic.name));
    return ending.map(([session]) => {
      sessions.delete(session);
      return encodeCall(session.startsWith('qs') ? 'quote_delete_session' : 'chart_delete_session', [session]);
    });
  }

  message(bytes: Uint8Array, _isText: boolean, receivedMs: TimeMs, connection: StreamConnection): void {
    const frame = decoder.decode(bytes);
    const { packets, fault } = decodePackets(frame);
    for (const payload of packets) this.#packet(payload, receivedMs, connection);
    // Its excerpt may begin or end within a secret.
    const isSecret = fault !== null && this.redact(frame) !== frame;
    if (fault !== null) this.#malformed(isSecret ? 'a frame with a secret in it that is no list of packets' : fault);
  }

  closed(connection: StreamConnection): void {
    this.#sessions.delete(connection.id);
  }

  #packet(payload: string, receivedMs: TimeMs, connection: StreamConnection): void {
    if (isHeartbeat(payload)) {
      connection.send(encodePacket(payload));
      return;
    }
    let packet: unknown;
    try {
      packet = JSON.parse(payload);
    } catch {
      this.#malformed(`expected JSON, found ${JSON.stringify(this.redact(payload).slice(0, 60))}`);
      return;
    }
    const message = serverMessage(packet, (text) => this.redact(text));
    const session = sessionInfo(packet);
    if (message !== null) {
      if (message.sentMs !== null) this.time.told(message.sentMs);
      this.#take(message, receivedMs, connection);
    } else if (session !== null) {
      if (session.timeMs !== null) this.time.begin(session.timeMs);
      connection.ready();
    } else this.#malformed(`expected a message, found ${this.redact(payload).slice(0, 60)}`);
  }

  #take(message: ServerMessage, receivedMs: TimeMs, connection: StreamConnection): void {
    if (message.method === 'protocol_error') {
      connection.fail(`TradingView says protocol_error: ${textAt(message, 0)}`);
      return;
    }
    const topic = this.#sessions.get(connection.id)?.get(message.session);
    const conversation = topic && this.#conversations.get(topic.name);
    if (topic === undefined || conversation === undefined) return;
    let verdict: ReturnType<Conversation['take']>;
    try {
      verdict = conversation.take(message, receivedMs, (call) => connection.send(frameOf(call)));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#malformed(`${message.method} of ${topic.name}: ${error.message}`);
      return;
    }
    if (verdict === 'data') connection.progressed(topic.index);
    else if (verdict !== 'none') {
      // The next try is another session.
      this.#sessions.get(connection.id)?.delete(message.session);
      connection.refused(topic.index, verdict.refused);
    }
  }

  #letters(): string {
    return Array.from({ length: 12 }, () => LETTERS[this.#random.bits() % LETTERS.length]).join('');
  }
}

function frameOf([method, ...parameters]: Call): string {
  return encodeCall(method, parameters);
}
