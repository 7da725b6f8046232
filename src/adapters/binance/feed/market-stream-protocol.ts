import type { Frame, StreamConnection, StreamProtocol, Topic } from '../../../connectivity/stream-protocol.ts';
import { HOUR_MS, type TimeMs } from '../../../core/vocabulary/time.ts';
import type { FrameDecoder } from '../frames/frame-decoder.ts';
import { FRAME_KINDS, TEXT } from '../frames/tables.ts';
import type { MarketProduct } from '../market-product.ts';
import type { Audience } from './audience.ts';
import { StreamNames } from './stream-names.ts';
import type { StreamTaker } from './stream-taker.ts';

/** A stream that is subscribed to. */
export interface MarketStream {
  readonly name: string;
  /** Code of the event that it carries. */
  readonly kind: number;
  readonly topic: Topic;
  readonly audience: Audience;
  readonly taker: StreamTaker;
}

/** The venue ends a connection after 24 hours. */
const ROTATE_AFTER_MS = 23 * HOUR_MS;
const STREAMS_PER_MESSAGE = 100;

/**
 * Combined streams of Binance (spot protocol section 13, USD-M section 9): subscriptions by message, answers by id, and frames handed to
 * the stream that they name. A raw frame, which names none, goes to the stream that its symbol and event make.
 */
export class MarketStreamProtocol implements StreamProtocol {
  readonly venue: string;
  readonly largestTopicsPerConnection: number;
  readonly largestTopicsPerMessage = STREAMS_PER_MESSAGE;
  readonly messagesPerSecond: number;
  // The server's own pings come too rarely to notice a death by: every 20 s on spot, every 3 min on USD-M.
  readonly keepAlive = { kind: 'ping', intervalMs: 15_000, limitMs: 10_000 } as const;
  readonly rotateAfterMs = ROTATE_AFTER_MS;
  readonly #url: string;
  readonly #decoder: FrameDecoder;
  readonly #names = new StreamNames();
  readonly #streams = new Map<number, MarketStream>();
  readonly #asked = new Map<string, { readonly topics: readonly Topic[]; readonly connection: number }>();
  #requests = 0;

  constructor(market: MarketProduct, url: string, decoder: FrameDecoder) {
    this.venue = market.venue;
    this.largestTopicsPerConnection = market.streamsPerConnection;
    this.messagesPerSecond = market.controlMessagesPerSecond;
    this.#url = url;
    this.#decoder = decoder;
  }

  add(stream: MarketStream): void {
    this.#streams.set(stream.topic.index, stream);
    this.#names.set(stream.name, stream.topic.index);
  }

  remove(stream: MarketStream): void {
    this.#streams.delete(stream.topic.index);
    this.#names.delete(stream.topic.index);
  }

  streamOf(topic: Topic): MarketStream | undefined {
    return this.#streams.get(topic.index);
  }

  url(): string {
    return this.#url;
  }

  subscribe(topics: readonly Topic[], connection: StreamConnection): readonly Frame[] {
    const id = ++this.#requests;
    this.#asked.set(String(id), { topics, connection: connection.id });
    return [request('SUBSCRIBE', topics, id)];
  }

  unsubscribe(topics: readonly Topic[]): readonly Frame[] {
    return [request('UNSUBSCRIBE', topics, ++this.#requests)];
  }

  message(bytes: Uint8Array, _isText: boolean, receivedTimeMs: TimeMs, connection: StreamConnection): void {
    const decoder = this.#decoder;
    const code = decoder.decode(bytes);
    const stream = code === 0 && decoder.faults.length === 0 ? undefined : this.#streamOfFrame(code);
    if (decoder.faults.length > 0) this.#complain(stream);
    if (code === 0) {
      this.#control(connection);
      return;
    }
    if (!stream) return;
    if (stream.kind !== code) {
      stream.audience.anomaly('malformed', `${stream.name} carries ${FRAME_KINDS[code]}`);
      return;
    }
    connection.progressed(stream.topic.index);
    stream.taker.frame(decoder, receivedTimeMs);
  }

  closed(connection: StreamConnection): void {
    for (const [id, { connection: asked }] of this.#asked) if (asked === connection.id) this.#asked.delete(id);
  }

  #streamOfFrame(code: number): MarketStream | undefined {
    const { textBytes, textFrom, textTo } = this.#decoder.scanner;
    const to = textTo[TEXT.stream]!;
    const index = to > 0 ? this.#names.find(textBytes, textFrom[TEXT.stream]!, to) : -1;
    if (index >= 0) return this.#streams.get(index);
    return to > 0 || code === 0 ? undefined : this.#streamOfRaw(code);
  }

  /** Rare: the socket was told to leave the names out. */
  #streamOfRaw(code: number): MarketStream | undefined {
    const { textBytes, textFrom, textTo } = this.#decoder.scanner;
    const text = (slot: number): string => new TextDecoder().decode(textBytes.subarray(textFrom[slot], textTo[slot]));
    const symbol = `${text(TEXT.symbol).toLowerCase()}@`;
    const matching = [...this.#streams.values()].filter(
      (stream) =>
        stream.kind === code &&
        stream.name.startsWith(symbol) &&
        (FRAME_KINDS[code] !== 'kline' || stream.name.endsWith(`_${text(TEXT.interval)}`)),
    );
    return matching.length === 1 ? matching[0] : undefined;
  }

  /** To the listeners of the stream, or to all where the frame does not say whose it is. */
  #complain(stream: MarketStream | undefined): void {
    for (const { code, detail } of this.#decoder.faults)
      for (const each of stream ? [stream] : this.#streams.values()) each.audience.anomaly(code, detail);
  }

  #control(connection: StreamConnection): void {
    const { control } = this.#decoder;
    if (control === null) return;
    if (control.kind === 'shutdown') {
      connection.retire('the venue said that it shuts down');
      return;
    }
    const asked = this.#asked.get(control.id);
    if (!asked) return;
    this.#asked.delete(control.id);
    for (const { index } of asked.topics)
      if (control.error === null) connection.confirmed(index);
      else connection.refused(index, control.error);
  }
}

function request(method: 'SUBSCRIBE' | 'UNSUBSCRIBE', topics: readonly Topic[], id: number): string {
  return JSON.stringify({ method, params: topics.map((topic) => topic.name), id });
}
