import { InvariantError } from '../core/vocabulary/assert.ts';
import type { Clock } from '../ports/clock.ts';
import type { Socket, SocketDialer, TransportError } from '../ports/transport.ts';
import { LinkOutbox, type OutboxLink } from './link-outbox.ts';
import { redactor } from './redact.ts';
import type { Frame, StreamProtocol } from './stream-protocol.ts';
import { grown, type TopicRecord, type TopicTable } from './topic-table.ts';

/** How far a topic has come on one connection. From `confirmed` on it counts as carried. */
const NONE = 0;
const WANTED = 1;
const ASKED = 2;
const REFUSED = 3;
const CONFIRMED = 4;
const LIVE = 5;

/** Longest wait for {@link StreamProtocol.url}, which may have to ask the venue first. */
const ADDRESS_LIMIT_MS = 60_000;
/** Longest wait for a log-in. */
const READY_LIMIT_MS = 20_000;
/** Addresses and answers may hold listen keys. */
const redact = redactor();

export interface LinkWorld {
  readonly protocol: StreamProtocol;
  readonly dialer: SocketDialer;
  readonly clock: Clock;
  readonly table: TopicTable;
  readonly connectTimeoutMs: number;
  readonly largestFrameBytes: number;
}

/** What a link tells whoever made it. After `ended` it tells nothing more. */
export interface LinkOwner {
  ended(link: StreamLink, reason: string): void;
  /** A topic that the link had not carried is carried now. */
  carried(link: StreamLink, record: TopicRecord): void;
  refused(link: StreamLink, record: TopicRecord, detail: string): void;
  retiring(link: StreamLink, reason: string): void;
}

/** One connection from its dialing to its end, with what is subscribed on it. It watches itself when told the time by {@link check}. */
export class StreamLink implements OutboxLink {
  readonly id: number;
  readonly startedMs: number;
  url = '';
  openedMs = Number.NaN;
  openedTimeMs = Number.NaN;
  lastFrameMs: number;
  /** True from the moment on from which topics can be subscribed. */
  isReady = false;
  isEnded = false;
  /** The venue said that it will go away. */
  isRetiring = false;
  readonly #world: LinkWorld;
  readonly #owner: LinkOwner;
  readonly #outbox: LinkOutbox;
  #socket: Socket | null = null;
  /** By topic index: one of the constants above, and the time of the last data (of being asked for before). */
  #stage = new Float64Array(16);
  #heardMs = new Float64Array(16);
  readonly #topics = new Map<number, TopicRecord>();
  /** When the keep-alive that has not been answered left; NaN where none is out. */
  #pingMs = Number.NaN;
  #nextPingMs = Number.POSITIVE_INFINITY;
  #frameTimeMs = 0;
  #frameMs = 0;
  #closed: () => void = () => {};
  /** Fulfilled when the socket has gone, too. */
  readonly gone: Promise<void>;

  constructor(id: number, world: LinkWorld, owner: LinkOwner, topics: Iterable<TopicRecord>) {
    this.id = id;
    this.#world = world;
    this.#owner = owner;
    this.#outbox = new LinkOutbox(this, world.protocol, world.clock);
    this.startedMs = world.clock.elapsedMs();
    this.lastFrameMs = this.startedMs;
    this.gone = new Promise((resolve) => {
      this.#closed = resolve;
    });
    for (const record of topics) this.add(record);
  }

  start(): void {
    // Errors of `url` end the link inside; anything else is a defect that must come to light.
    void this.#dial();
  }

  get isOpen(): boolean {
    return !this.isEnded && !Number.isNaN(this.openedMs);
  }

  get hasCarried(): boolean {
    for (const index of this.#topics.keys()) if (this.carries(index)) return true;
    return false;
  }

  carries(index: number): boolean {
    return !this.isEnded && (this.#stage[index] ?? NONE) >= CONFIRMED;
  }

  /** Data came on this very connection. */
  isLive(index: number): boolean {
    return !this.isEnded && this.#stage[index] === LIVE;
  }

  isRefused(index: number): boolean {
    return !this.isEnded && this.#stage[index] === REFUSED;
  }

  add(record: TopicRecord): void {
    const { index } = record.topic;
    while (index >= this.#stage.length) {
      this.#stage = grown(this.#stage, 2 * this.#stage.length);
      this.#heardMs = grown(this.#heardMs, 2 * this.#heardMs.length);
    }
    this.#topics.set(index, record);
    this.#stage[index] = WANTED;
    this.#outbox.subscribe(record);
  }

  remove(record: TopicRecord): void {
    const { index } = record.topic;
    if (!this.#topics.delete(index)) return;
    const wasAsked = this.#stage[index]! >= ASKED && this.#stage[index] !== REFUSED;
    this.#stage[index] = NONE;
    this.#outbox.forget(record);
    if (wasAsked && !this.isEnded) this.#outbox.unsubscribe(record.topic);
  }

  /** Asks anew for what was refused. */
  askAgain(record: TopicRecord): void {
    if (!this.isRefused(record.topic.index)) return;
    this.#stage[record.topic.index] = WANTED;
    this.#outbox.subscribe(record);
  }

  send(frame: Frame): boolean {
    if (!this.isOpen || this.#socket === null || !this.#socket.send(frame)) return false;
    this.#outbox.count();
    return true;
  }

  progressed(index: number): void {
    if (this.#stage[index] !== LIVE && !this.#isFirst(index)) return;
    const { table } = this.#world;
    this.#heardMs[index] = this.#frameMs;
    table.lastMs[index] = this.#frameMs;
    table.lastTimeMs[index] = this.#frameTimeMs;
    table.messages[index]!++;
  }

  confirmed(index: number): void {
    const record = this.#topics.get(index);
    if (record === undefined || this.isEnded || this.#stage[index] !== ASKED) return;
    this.#stage[index] = CONFIRMED;
    this.#owner.carried(this, record);
  }

  refused(index: number, detail: string): void {
    const record = this.#topics.get(index);
    if (record === undefined || this.isEnded) return;
    this.#stage[index] = REFUSED;
    this.#owner.refused(this, record, detail);
  }

  ponged(): void {
    this.#pingMs = Number.NaN;
  }

  ready(): void {
    if (this.isReady || !this.isOpen) return;
    this.isReady = true;
    this.#outbox.pump();
  }

  retire(reason: string): void {
    if (this.isEnded) return;
    this.isRetiring = true;
    this.#owner.retiring(this, reason);
  }

  fail(reason: string): void {
    this.#end(reason, true);
  }

  /** Orderly end, of which the owner is not told. */
  close(): void {
    if (this.isEnded) return;
    this.#finish();
    this.#socket?.close(1000, '');
  }

  /** Drops the connection, of which the owner is not told. */
  kill(): void {
    if (this.isEnded) return;
    this.#finish();
    this.#socket?.kill();
  }

  /** Time that passed while nobody could listen counts for nothing. */
  forgive(ms: number): void {
    this.lastFrameMs += ms;
    this.#pingMs += ms;
    for (const index of this.#topics.keys()) this.#heardMs[index]! += ms;
  }

  /** Topics that are silent beyond their limit. Sends the keep-alive that is due; ends the link where a clock has run out. */
  check(nowMs: number): readonly TopicRecord[] {
    if (this.isEnded) return [];
    if (!this.isOpen) {
      if (nowMs - this.startedMs > ADDRESS_LIMIT_MS + this.#world.connectTimeoutMs) this.fail('no connection in time');
      return [];
    }
    const { keepAlive, frameLimitMs = 60_000, confirmLimitMs = Number.POSITIVE_INFINITY } = this.#world.protocol;
    if (keepAlive.kind !== 'none' && nowMs - this.#pingMs > keepAlive.limitMs) {
      this.fail(`no answer to a keep-alive within ${keepAlive.limitMs} ms`);
    } else if (nowMs - this.lastFrameMs > frameLimitMs) {
      this.fail(`no frame of any kind for ${frameLimitMs} ms`);
    } else if (!this.isReady && nowMs - this.openedMs > READY_LIMIT_MS) {
      this.fail(`no word that it is ready within ${READY_LIMIT_MS} ms of opening`);
    } else {
      if (nowMs >= this.#nextPingMs) this.#keepAlive(nowMs);
      const silent: TopicRecord[] = [];
      for (const [index, record] of this.#topics) {
        const stage = this.#stage[index]!;
        if (stage === REFUSED || stage === WANTED) continue;
        const limitMs = stage === ASKED ? Math.min(confirmLimitMs, record.silenceLimitMs) : record.silenceLimitMs;
        if (nowMs - this.#heardMs[index]! > limitMs) silent.push(record);
      }
      return silent;
    }
    return [];
  }

  /** When a topic was last heard on this link, or asked for. */
  heardMs(index: number): number {
    return this.#heardMs[index]!;
  }

  async #dial(): Promise<void> {
    const { protocol, dialer, connectTimeoutMs, largestFrameBytes } = this.#world;
    let url: string;
    const begun = [...this.#topics.values()];
    try {
      const answer = protocol.url(begun.map((each) => each.topic));
      url = typeof answer === 'string' ? answer : await answer;
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      this.#end(`no address to connect to: ${error instanceof Error ? error.message : String(error)}`, false);
      return;
    }
    if (this.isEnded) return;
    this.url = protocol.shownUrl?.(url) ?? url.replace(/\?.*$/s, '');
    const { headers } = protocol;
    this.#socket = dialer.open(
      url,
      { connectTimeoutMs, largestFrameBytes, ...(headers === undefined ? {} : { headers }) },
      {
        opened: () => this.#opened(protocol.urlSubscribes === true ? begun : []),
        message: (bytes, isText) => this.#message(bytes, isText),
        pong: () => this.#pong(),
        closed: (code, reason, error) => {
          this.#end(closeReason(code, reason, error), false);
          this.#closed();
        },
      },
    );
  }

  #opened(subscribed: readonly TopicRecord[]): void {
    const { clock, protocol } = this.#world;
    if (this.isEnded) return;
    this.openedMs = clock.elapsedMs();
    this.openedTimeMs = clock.nowMs();
    this.lastFrameMs = this.openedMs;
    if (protocol.keepAlive.kind !== 'none') this.#nextPingMs = this.openedMs + protocol.keepAlive.intervalMs;
    for (const record of subscribed) {
      if (this.#topics.get(record.topic.index) !== record) this.#outbox.unsubscribe(record.topic);
      else if (this.#outbox.forget(record)) this.asked(record);
    }
    try {
      if (protocol.greet === undefined) this.isReady = true;
      else this.#outbox.frames(protocol.greet(this));
    } catch (error) {
      this.failed('no greeting could be made', error);
    }
    this.#outbox.pump();
  }

  #message(bytes: Uint8Array, isText: boolean): void {
    if (this.isEnded) return;
    const { clock, protocol } = this.#world;
    const receivedTimeMs = clock.nowMs();
    this.#frameMs = clock.elapsedMs();
    this.#frameTimeMs = receivedTimeMs;
    this.lastFrameMs = this.#frameMs;
    try {
      protocol.message(bytes, isText, receivedTimeMs, this);
    } catch (error) {
      this.failed('a message could not be taken', error);
    }
  }

  #pong(): void {
    this.lastFrameMs = this.#world.clock.elapsedMs();
    if (this.#world.protocol.keepAlive.kind === 'ping') this.#pingMs = Number.NaN;
  }

  #keepAlive(nowMs: number): void {
    const { keepAlive } = this.#world.protocol;
    if (keepAlive.kind === 'none') return;
    if (keepAlive.kind === 'message') this.send(keepAlive.message());
    else {
      this.#socket?.ping();
      this.#outbox.count();
    }
    if (Number.isNaN(this.#pingMs)) this.#pingMs = nowMs;
    this.#nextPingMs = nowMs + keepAlive.intervalMs;
  }

  /** The first data of a topic on this link; false where it does not carry the topic. */
  #isFirst(index: number): boolean {
    const record = this.#topics.get(index);
    if (record === undefined || this.isEnded) return false;
    const wasCarried = this.#stage[index]! >= CONFIRMED;
    // Data without an answer to our asking proves as much.
    this.#outbox.forget(record);
    this.#stage[index] = LIVE;
    record.refusal = null;
    record.refusals = 0;
    if (!wasCarried) this.#owner.carried(this, record);
    return true;
  }

  asked(record: TopicRecord): void {
    const { index } = record.topic;
    this.#stage[index] = ASKED;
    this.#heardMs[index] = this.#world.clock.elapsedMs();
    // Where nothing is confirmed and silence is no sign, there will never be a better proof.
    if (this.#world.protocol.confirmLimitMs === undefined && record.silenceLimitMs === Number.POSITIVE_INFINITY) {
      this.confirmed(index);
    }
  }

  failed(what: string, error: unknown): void {
    if (error instanceof InvariantError) throw error;
    this.fail(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }

  #end(reason: string, kill: boolean): void {
    if (this.isEnded) return;
    this.#finish();
    if (kill) this.#socket?.kill();
    this.#owner.ended(this, redact(this.#world.protocol.redact?.(reason) ?? reason));
  }

  #finish(): void {
    this.isEnded = true;
    if (this.#socket === null) this.#closed();
    this.#stage.fill(NONE);
    this.#outbox.stop();
    this.#world.protocol.closed?.(this);
  }
}

function closeReason(code: number, reason: string, error: TransportError | null): string {
  if (error !== null) return `${error.fault}: ${error.message}`;
  return `closed by the venue with ${code}${reason === '' ? '' : ` ${reason}`}`;
}
