import type { StreamConnection, StreamProtocol, Topic } from '../../src/connectivity/stream-protocol.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { SimulatedLink } from './dialer.ts';
import type { DialOutcome, SimulatedSocketServer } from './socket-server.ts';

const decoder = new TextDecoder();

/**
 * A venue with the plainest of protocols: `+a,b` subscribes, `-a` ends, `!a` confirms, `?a why` refuses, `=a 7` is message 7 of topic a.
 * Every topic speaks once in `everyMs`, on whatever connections it is subscribed.
 */
export class PlainVenue implements SimulatedSocketServer {
  readonly links = new Map<SimulatedLink, Map<string, number>>();
  /** What becomes of the next attempts. */
  outcome: DialOutcome = 'accept';
  /** Close every new connection as soon as it is open. */
  closesAtOnce = false;
  /** Pings are answered and nothing else is said. */
  isMute = false;
  confirms = true;
  /** Says something on this connection only. */
  onlyOn: SimulatedLink | null = null;
  readonly mutedTopics = new Set<string>();
  readonly refusedTopics = new Set<string>();
  /** Greatest number of times a topic was subscribed at once on one connection. */
  mostAtOnce = 0;
  /** Every message of a client, with when it came. */
  readonly heard: { readonly atMs: number; readonly link: SimulatedLink; readonly text: string }[] = [];
  readonly #clock: Clock;
  readonly #everyMs: number;
  #count = 0;

  constructor(clock: Clock, everyMs = 1_000) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#speak();
  }

  dialed(): DialOutcome {
    return this.outcome;
  }

  accepted(link: SimulatedLink): void {
    this.links.set(link, new Map());
    if (this.closesAtOnce) link.close(1013, 'try again later');
    const named = /\?topics=(.+)$/.exec(link.url)?.[1];
    if (named !== undefined) this.#subscribe(link, named);
  }

  received(link: SimulatedLink, data: string | Uint8Array): void {
    const text = String(data);
    this.heard.push({ atMs: this.#clock.elapsedMs(), link, text });
    if (this.isMute) return;
    if (text === 'login') link.send('welcome');
    else if (text === 'tick') link.send('tock');
    else if (text.startsWith('+')) this.#subscribe(link, text.slice(1));
    else for (const name of text.slice(1).split(',')) this.links.get(link)?.delete(name);
  }

  left(link: SimulatedLink): void {
    this.links.delete(link);
  }

  subscribedOn(name: string): SimulatedLink[] {
    return [...this.links].filter(([, topics]) => (topics.get(name) ?? 0) > 0).map(([link]) => link);
  }

  #subscribe(link: SimulatedLink, names: string): void {
    for (const name of names.split(',')) {
      if (this.refusedTopics.has(name)) {
        link.send(`?${name} no such topic`);
        continue;
      }
      const topics = this.links.get(link);
      const times = (topics?.get(name) ?? 0) + 1;
      topics?.set(name, times);
      this.mostAtOnce = Math.max(this.mostAtOnce, times);
      if (this.confirms) link.send(`!${name}`);
    }
  }

  #speak(): void {
    this.#clock.after(this.#everyMs, () => {
      this.#count++;
      if (!this.isMute) {
        for (const [link, topics] of this.links) {
          if (this.onlyOn !== null && link !== this.onlyOn) continue;
          for (const name of topics.keys()) if (!this.mutedTopics.has(name)) link.send(`=${name} ${this.#count}`);
        }
      }
      this.#speak();
    });
  }
}

/** Speaks to a {@link PlainVenue}. What it hears of a topic is kept in `numbers`, as it came. */
export class PlainProtocol implements StreamProtocol {
  readonly venue = 'plain';
  readonly largestTopicsPerConnection: number;
  readonly largestTopicsPerMessage: number = 10;
  readonly messagesPerSecond: number = 5;
  readonly keepAlive: StreamProtocol['keepAlive'] = { kind: 'ping', intervalMs: 15_000, limitMs: 10_000 };
  readonly confirmLimitMs: number = 10_000;
  /** Message numbers heard, by topic name. */
  readonly numbers = new Map<string, number[]>();
  readonly #byName = new Map<string, number>();

  constructor(largestTopicsPerConnection = 100) {
    this.largestTopicsPerConnection = largestTopicsPerConnection;
  }

  know(topic: Topic): Topic {
    this.#byName.set(topic.name, topic.index);
    if (!this.numbers.has(topic.name)) this.numbers.set(topic.name, []);
    return topic;
  }

  url(_topics: readonly Topic[]): string | Promise<string> {
    return 'wss://plain.example/stream';
  }

  subscribe(topics: readonly Topic[], _connection: StreamConnection): readonly string[] {
    return [`+${topics.map((each) => each.name).join(',')}`];
  }

  unsubscribe(topics: readonly Topic[], _connection: StreamConnection): readonly string[] {
    return [`-${topics.map((each) => each.name).join(',')}`];
  }

  message(bytes: Uint8Array, _isText: boolean, _receivedTimeMs: number, connection: StreamConnection): void {
    const text = decoder.decode(bytes);
    if (text === 'welcome') connection.ready();
    else if (text === 'tock') connection.ponged();
    else if (text === 'goodbye') connection.retire('the venue said goodbye');
    else this.#topic(text, connection);
  }

  #topic(text: string, connection: StreamConnection): void {
    const [name, detail = ''] = text.slice(1).split(' ');
    const index = this.#byName.get(name!);
    if (index === undefined) throw new Error(`unknown topic in ${text}`);
    if (text.startsWith('!')) connection.confirmed(index);
    else if (text.startsWith('?')) connection.refused(index, detail);
    else {
      connection.progressed(index);
      this.numbers.get(name!)!.push(Number(detail));
    }
  }
}
