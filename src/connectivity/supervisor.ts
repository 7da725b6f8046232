import type { Random } from '../core/vocabulary/random.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { ConnectionHealth, FeedState } from '../ports/market-feed.ts';
import type { SocketDialer } from '../ports/transport.ts';
import { type Backoff, RECONNECT_BACKOFF } from './backoff.ts';
import { ConnectBudget } from './connect-budget.ts';
import { type LaneWorld, StreamLane } from './stream-lane.ts';
import type { StreamLink } from './stream-link.ts';
import type { Frame, StreamListener, StreamProtocol, Topic } from './stream-protocol.ts';
import { SAMPLE_MS, type TopicRecord, TopicTable } from './topic-table.ts';

export interface SupervisorOptions {
  readonly protocol: StreamProtocol;
  readonly listener: StreamListener;
  readonly dialer: SocketDialer;
  readonly clock: Clock;
  /** For the jitter of reconnects. */
  readonly random: Random;
  /** Attempts to connect that the venue allows; share one among all supervisors of a venue. four fifths of 300 in five minutes by default. */
  readonly budget?: ConnectBudget;
  /** 1 s doubling to 60 s by default. */
  readonly backoff?: Backoff;
  readonly connectTimeoutMs?: number;
  readonly largestFrameBytes?: number;
}

/** How one topic does. */
export interface TopicHealth {
  readonly topic: Topic;
  readonly state: FeedState;
  /** Since the last data; infinity before the first. */
  readonly ageMs: number;
  readonly messages: number;
  /** Messages a second over the last minute. */
  readonly rate: number;
  /** As counted by {@link ConnectionSupervisor.countGap}. */
  readonly gaps: number;
  readonly interruptions: number;
  /** Why the venue refused the topic last; null where it did not, or has taken it since. */
  readonly refusal: string | null;
}

const CHECK_MS = 250;
/** A check that comes so much too late means that nobody could listen: the time counts for no clock. */
const STALL_MS = 1_000;
/** One that comes later still, or clocks that have parted by so much, mean sleep: every connection is suspect. */
const SLEEP_MS = 15_000;
const SILENCE_LIMIT_MS = 20_000;
/** Connections in a row that a topic's silence may end before it is kept apart. */
const SILENCES = 2;
/** A topic that was heard for so many silence limits before it fell silent is not one that never speaks. */
const SPOKEN = 5;

/**
 * Keeps topics subscribed over as many connections as the venue's limits ask for, and never gives up: any connection may be killed at
 * any moment. Three clocks watch each connection (keep-alive, any frame, data per topic); reconnects wait with full jitter and within
 * a budget of attempts; planned rotation overlaps. A topic whose silence has ended two connections in a row is moved to a connection
 * for such topics, so that it does no harm to those that do well.
 */
export class ConnectionSupervisor {
  readonly #world: LaneWorld;
  readonly #table = new TopicTable();
  readonly #lanes: StreamLane[] = [];
  readonly #laneOf = new Map<TopicRecord, StreamLane>();
  #linkIds = 0;
  #timer: Timer | null = null;
  #checkedMs = 0;
  #checkedTimeMs = 0;
  #sampledMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: SupervisorOptions) {
    this.#world = {
      protocol: options.protocol,
      listener: options.listener,
      dialer: options.dialer,
      clock: options.clock,
      random: options.random,
      budget: options.budget ?? new ConnectBudget(options.clock),
      backoff: options.backoff ?? RECONNECT_BACKOFF,
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      largestFrameBytes: options.largestFrameBytes ?? 16_777_216,
      table: this.#table,
      nextLinkId: () => ++this.#linkIds,
    };
  }

  /**
   * Begins at once; connecting happens after the caller's turn, so that topics of one turn share connections. `silenceLimitMs` is the
   * longest time without data (20 s by default, infinity for topics that may be silent). A name that is subscribed throws RangeError.
   */
  subscribe(name: string, options: { readonly silenceLimitMs?: number } = {}): Topic {
    if (this.#isClosed) throw new RangeError(`expected an open supervisor to subscribe ${name}, found a closed one`);
    const record = this.#table.add(name, options.silenceLimitMs ?? SILENCE_LIMIT_MS, this.#world.clock.elapsedMs());
    this.#place(record, false);
    if (this.#timer === null) this.#watch();
    return record.topic;
  }

  /** False where it was not subscribed. */
  unsubscribe(topicIndex: number): boolean {
    const record = this.#table.remove(topicIndex);
    if (record === null) return false;
    this.#takeOut(record, null);
    return true;
  }

  /** Sends over the connection that carries a topic; false where there is none. For venues that take requests over WebSocket. */
  send(topicIndex: number, frame: Frame): boolean {
    const record = this.#table.get(topicIndex);
    const lane = this.#laneOf.get(record);
    const link = lane?.current?.carries(topicIndex) === true ? lane.current : lane?.successor;
    return link?.carries(topicIndex) === true && link.send(frame);
  }

  /** A gap in a topic's data that the adapter found. */
  countGap(topicIndex: number): void {
    this.#table.get(topicIndex).gaps++;
  }

  topicHealth(topicIndex: number): TopicHealth {
    const record = this.#table.get(topicIndex);
    const nowMs = this.#world.clock.elapsedMs();
    const ageMs = nowMs - this.#table.lastMs[topicIndex]!;
    return {
      topic: record.topic,
      state: this.#state(record, ageMs),
      ageMs,
      messages: this.#table.messages[topicIndex]!,
      rate: this.#table.rate(record, nowMs),
      gaps: record.gaps,
      interruptions: record.interruptions,
      refusal: record.refusal,
    };
  }

  topics(): readonly Topic[] {
    return this.#table.all().map((each) => each.topic);
  }

  connections(): readonly ConnectionHealth[] {
    const nowMs = this.#world.clock.elapsedMs();
    return this.#lanes.flatMap((each) => each.health(nowMs));
  }

  /** Closes every connection in good order. Nothing is told to the listener from here on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await Promise.all(this.#lanes.splice(0).map((each) => each.close()));
  }

  #state(record: TopicRecord, ageMs: number): FeedState {
    const lane = this.#laneOf.get(record)!;
    const { index } = record.topic;
    const links = [lane.current, lane.successor].filter((each) => each?.isOpen === true);
    if (links.length === 0) return record.silences > 0 ? 'stale' : 'down';
    if (links.some((each) => each?.isLive(index) === true)) return ageMs > record.silenceLimitMs ? 'stale' : 'live';
    if (lane.carries(record) && record.silenceLimitMs === Number.POSITIVE_INFINITY) return 'live';
    return record.refusal === null ? 'syncing' : 'down';
  }

  /** Onto the first lane of its kind that has room. */
  #place(record: TopicRecord, inQuarantine: boolean): void {
    const most = this.#world.protocol.largestTopicsPerConnection;
    let lane = this.#lanes.find((each) => each.isQuarantine === inQuarantine && each.topics.size < most);
    if (lane === undefined) {
      lane = new StreamLane(this.#world, inQuarantine);
      this.#lanes.push(lane);
    }
    this.#laneOf.set(record, lane);
    lane.add(record);
  }

  #takeOut(record: TopicRecord, reason: string | null): void {
    const lane = this.#laneOf.get(record);
    if (lane === undefined) return;
    this.#laneOf.delete(record);
    lane.remove(record, reason);
    if (lane.topics.size > 0) return;
    this.#lanes.splice(this.#lanes.indexOf(lane), 1);
    // Its sockets end by themselves; nobody waits for them.
    void lane.close();
  }

  #watch(): void {
    const { clock } = this.#world;
    this.#checkedMs = clock.elapsedMs();
    this.#checkedTimeMs = clock.nowMs();
    this.#timer = clock.after(CHECK_MS, () => {
      this.#check();
      if (!this.#isClosed) this.#watch();
    });
  }

  #check(): void {
    const { clock } = this.#world;
    const nowMs = clock.elapsedMs();
    const lateMs = nowMs - this.#checkedMs - CHECK_MS;
    const partedMs = clock.nowMs() - this.#checkedTimeMs - (nowMs - this.#checkedMs);
    if (nowMs - this.#sampledMs >= SAMPLE_MS) {
      this.#table.sample();
      this.#sampledMs = nowMs;
    }
    if (lateMs > SLEEP_MS || Math.abs(partedMs) > SLEEP_MS) {
      for (const lane of this.#lanes) lane.wake();
      return;
    }
    for (const lane of [...this.#lanes]) {
      if (lateMs > STALL_MS) lane.forgive(lateMs);
      else {
        this.#listen(lane, lane.successor, nowMs);
        this.#listen(lane, lane.current, nowMs);
      }
      lane.check(nowMs);
    }
  }

  /** Ends a link on which a topic is silent, and finds a better place for topics that do harm, or do no harm any more. */
  #listen(lane: StreamLane, link: StreamLink | null, nowMs: number): void {
    if (link === null) return;
    const silent = link.check(nowMs);
    if (silent.length === 0) return;
    const first = silent[0]!;
    const others = silent.length === 1 ? '' : ` and ${silent.length - 1} other topics`;
    const reason = `no data of ${first.topic.name}${others} within ${first.silenceLimitMs} ms`;
    // A successor that is silent does no harm: what carries the topics until now goes on.
    if (link !== lane.current) {
      link.fail(reason);
      return;
    }
    const recovered = lane.isQuarantine ? [...lane.topics].filter((each) => isWell(each, link, nowMs)) : [];
    for (const record of silent) record.silences = this.#hasSpoken(record, link) ? 1 : record.silences + 1;
    link.fail(reason);
    if (lane.isQuarantine) for (const record of recovered) this.#move(record, false);
    else if (silent.length < lane.topics.size) {
      for (const record of silent) if (record.silences >= SILENCES) this.#move(record, true);
    }
  }

  #hasSpoken(record: TopicRecord, link: StreamLink): boolean {
    const { index } = record.topic;
    return link.isLive(index) && link.heardMs(index) - link.openedMs > SPOKEN * record.silenceLimitMs;
  }

  #move(record: TopicRecord, inQuarantine: boolean): void {
    if (!inQuarantine) record.silences = 0;
    this.#takeOut(record, 'moved to another connection');
    this.#place(record, inQuarantine);
  }
}

/** Still speaking, and not merely once after it was asked for. */
function isWell(record: TopicRecord, link: StreamLink, nowMs: number): boolean {
  const { index } = record.topic;
  return link.isLive(index) && nowMs - link.heardMs(index) < record.silenceLimitMs / 2;
}
