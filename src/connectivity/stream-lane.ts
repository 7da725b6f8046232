import type { Random } from '../core/vocabulary/random.ts';
import type { Timer } from '../ports/clock.ts';
import type { ConnectionHealth } from '../ports/market-feed.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { ConnectBudget } from './connect-budget.ts';
import { type LinkOwner, type LinkWorld, StreamLink } from './stream-link.ts';
import type { StreamListener } from './stream-protocol.ts';
import type { TopicRecord } from './topic-table.ts';

export interface LaneWorld extends LinkWorld {
  readonly listener: StreamListener;
  readonly random: Random;
  readonly budget: ConnectBudget;
  readonly backoff: Backoff;
  nextLinkId(): number;
}

/** Age at which a connection that carries something is taken for a good one: failures before it count no more. */
const SETTLED_MS = 10_000;
/** How long a connection goes on beside its successor, so that what the slower one still brings is not lost. */
const OVERLAP_MS = 5_000;
/** Reconnects after sleep are spread over so much. */
const WAKE_SPREAD_MS = 200;

/** One place for a connection: its topics stay while links come and go. */
export class StreamLane implements LinkOwner {
  readonly topics = new Set<TopicRecord>();
  /** Of topics whose silence has ended several connections, so that they do no harm to others. */
  readonly isQuarantine: boolean;
  current: StreamLink | null = null;
  /** Being made ready to take over from a link that has grown old. */
  successor: StreamLink | null = null;
  readonly #world: LaneWorld;
  #failures = 0;
  #links = 0;
  #timer: Timer | null = null;
  #retryAtMs = 0;
  #lastFault: string | null = null;
  #rotateAfterMs = Number.POSITIVE_INFINITY;
  #successorAtMs = 0;
  #successorFailures = 0;
  #handOverMs = Number.NaN;
  readonly #going = new Set<StreamLink>();
  #isClosed = false;

  constructor(world: LaneWorld, isQuarantine: boolean) {
    this.#world = world;
    this.isQuarantine = isQuarantine;
  }

  add(record: TopicRecord): void {
    this.topics.add(record);
    this.current?.add(record);
    this.successor?.add(record);
    if (this.current === null && this.#timer === null) this.#connectIn(0);
  }

  /** With a reason the topic is told as interrupted: it goes on elsewhere. */
  remove(record: TopicRecord, reason: string | null): void {
    this.topics.delete(record);
    this.current?.remove(record);
    this.successor?.remove(record);
    if (reason !== null && record.isCarried) this.#interruptOne(record, reason);
  }

  carries(record: TopicRecord): boolean {
    const { index } = record.topic;
    return this.current?.carries(index) === true || this.successor?.carries(index) === true;
  }

  /** Replaces what may have died while nobody was listening. */
  wake(): void {
    this.#failures = 0;
    const reason = 'the machine slept, or its clock jumped';
    for (const link of [this.successor, this.current]) {
      if (link === null) continue;
      link.kill();
      this.#leave(link, reason);
    }
    this.current = null;
    this.#forgetSuccessor();
    this.#interrupt(reason);
    this.#connectIn(this.#world.random.uniform() * WAKE_SPREAD_MS);
  }

  forgive(ms: number): void {
    this.current?.forgive(ms);
    this.successor?.forgive(ms);
  }

  /** Does what is due. */
  check(nowMs: number): void {
    const { current } = this;
    if (current === null) return;
    if (this.#failures > 0 && current.isOpen && nowMs - current.openedMs >= SETTLED_MS && current.hasCarried) {
      this.#failures = 0;
    }
    this.#askAgain(nowMs);
    if (this.successor !== null) this.#handOver(current, this.successor, nowMs);
    else if (current.isOpen && (current.isRetiring || nowMs - current.openedMs >= this.#rotateAfterMs)) {
      this.#rotate(nowMs);
    }
  }

  ended(link: StreamLink, reason: string): void {
    this.#leave(link, reason);
    if (link === this.successor) {
      this.#forgetSuccessor();
      const { clock, backoff, random } = this.#world;
      this.#successorAtMs = clock.elapsedMs() + backoffMs(++this.#successorFailures, backoff, random);
      return;
    }
    if (link !== this.current) return;
    const { successor } = this;
    this.#forgetSuccessor();
    this.current = successor;
    this.#interrupt(reason);
    if (successor === null) {
      this.#connectIn(backoffMs(++this.#failures, this.#world.backoff, this.#world.random));
    }
  }

  carried(_link: StreamLink, record: TopicRecord): void {
    record.refusal = null;
    record.refusals = 0;
    if (record.isCarried) return;
    const { table, clock, listener } = this.#world;
    const sinceMs = table.sinceTimeMs(record);
    if (sinceMs === null) table.lastTimeMs[record.topic.index] = clock.nowMs();
    record.isCarried = true;
    record.wasCarried = true;
    listener.resumed(record.topic, sinceMs);
  }

  refused(_link: StreamLink, record: TopicRecord, detail: string): void {
    const { clock, backoff, random } = this.#world;
    record.refusal = detail;
    record.refusals++;
    record.askAgainMs = clock.elapsedMs() + backoffMs(record.refusals, backoff, random);
    this.#interrupt(`refused: ${detail}`);
  }

  retiring(link: StreamLink, reason: string): void {
    if (link === this.current) this.#lastFault = reason;
  }

  health(nowMs: number): ConnectionHealth[] {
    const links = [this.current, this.successor].filter((each) => each !== null);
    const lane = { reconnects: Math.max(0, this.#links - 1), lastFault: this.#lastFault };
    if (links.length === 0) {
      const retryInMs = Math.max(0, this.#retryAtMs - nowMs);
      return [
        { ...lane, url: '', state: 'waiting', openSinceMs: null, lastFrameAgeMs: Number.POSITIVE_INFINITY, retryInMs },
      ];
    }
    return links.map((link) => ({
      ...lane,
      url: link.url,
      state: link.isOpen ? 'open' : 'connecting',
      openSinceMs: link.isOpen ? link.openedTimeMs : null,
      lastFrameAgeMs: link.isOpen ? nowMs - link.lastFrameMs : Number.POSITIVE_INFINITY,
      retryInMs: 0,
    }));
  }

  /** Fulfilled when every socket that it ever had has gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    for (const link of [this.current, this.successor]) {
      if (link === null) continue;
      link.close();
      this.#going.add(link);
    }
    this.current = null;
    this.#forgetSuccessor();
    await Promise.all([...this.#going].map((each) => each.gone));
  }

  #connectIn(ms: number): void {
    if (this.#isClosed) return;
    this.#timer?.cancel();
    const { clock } = this.#world;
    this.#retryAtMs = clock.elapsedMs() + ms;
    this.#timer = clock.after(ms, () => {
      this.#timer = null;
      const waitMs = this.#world.budget.take();
      if (waitMs > 0) {
        this.#connectIn(waitMs);
        return;
      }
      this.current = this.#link();
      this.current.start();
    });
  }

  #link(): StreamLink {
    const { protocol, random } = this.#world;
    this.#links++;
    // Connections that began together must not be replaced together.
    this.#rotateAfterMs = (protocol.rotateAfterMs ?? Number.POSITIVE_INFINITY) * (0.9 + 0.1 * random.uniform());
    return new StreamLink(this.#world.nextLinkId(), this.#world, this, this.topics);
  }

  #rotate(nowMs: number): void {
    if (nowMs < this.#successorAtMs || this.#world.budget.take() > 0) return;
    this.successor = this.#link();
    this.successor.start();
  }

  /** Closes the old link some time after the new one carries all that the old one does. */
  #handOver(current: StreamLink, successor: StreamLink, nowMs: number): void {
    for (const { topic } of this.topics) {
      const { index } = topic;
      if (current.carries(index) && !successor.carries(index) && !successor.isRefused(index)) {
        this.#handOverMs = Number.NaN;
        return;
      }
    }
    if (!successor.isReady) return;
    if (Number.isNaN(this.#handOverMs)) this.#handOverMs = nowMs + OVERLAP_MS;
    if (nowMs < this.#handOverMs) return;
    current.close();
    this.#leave(current, this.#lastFault);
    this.#forgetSuccessor();
    this.current = successor;
    this.#successorFailures = 0;
    this.#interrupt('not subscribed on the connection that took over');
  }

  #forgetSuccessor(): void {
    this.successor = null;
    this.#handOverMs = Number.NaN;
  }

  #leave(link: StreamLink, reason: string | null): void {
    this.#lastFault = reason;
    this.#going.add(link);
    void link.gone.then(() => this.#going.delete(link));
  }

  #interrupt(reason: string): void {
    if (this.#isClosed) return;
    for (const record of [...this.topics]) {
      if (record.isCarried && !this.carries(record)) this.#interruptOne(record, reason);
    }
  }

  #interruptOne(record: TopicRecord, reason: string): void {
    record.isCarried = false;
    record.interruptions++;
    this.#world.listener.interrupted(record.topic, reason);
  }

  #askAgain(nowMs: number): void {
    for (const record of this.topics) {
      // Whether it stands refused is each link's own matter: data on the one ends no refusal on the other.
      if (nowMs < record.askAgainMs) continue;
      this.current?.askAgain(record);
      this.successor?.askAgain(record);
    }
  }
}
