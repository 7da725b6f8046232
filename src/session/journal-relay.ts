import { narrate } from '../core/engine/narrate.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { type BusEvent, type EventBus, sessionTopic } from '../ports/event-bus.ts';
import { type Journal, JournalError } from '../ports/journal.ts';
import type { RelayPositions } from '../ports/relay-positions.ts';
import { timeOfEvent } from './event-time.ts';
import type { SessionCore } from './session-core.ts';

/** Between two looks: what happens is to be seen while it is new. */
const LOOK_MS = 50;
/** Events of one step, so that the session is never kept from its market. */
const AT_ONCE = 200;
/** The position is written this often at most: what came after it may be given twice after a crash. */
const KEEP_MS = 2_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
/** What is left at the session's end has so long. */
const FAREWELL_MS = 3_000;

export interface JournalRelayOptions {
  readonly session: string;
  readonly begunAtMs: number;
  readonly core: SessionCore;
  readonly journal: Pick<Journal, 'flush'>;
  readonly bus: EventBus;
  readonly positions: () => Promise<RelayPositions>;
  readonly clock: Clock;
  /** Told once when the bus has stopped taking events, and once when it has all of them again. */
  readonly tell: (said: { readonly isBehind: boolean; readonly events: number; readonly reason: string }) => void;
}

/** Event `seq` of a session as a bus tells it. */
function busEvent(core: SessionCore, topic: string, seq: number, begunAtMs: number): BusEvent {
  const { state, seats } = core.engine;
  const names = seats.map((seat) => seat.strategy.def.id);
  const event = narrate(state, names, seq);
  return { topic, seq, atMs: timeOfEvent(event.at, begunAtMs), type: event.type, data: event as unknown as Json };
}

/**
 * Gives a session's events to a bus once the inputs that they follow from are durable, so that nothing is told which a crash takes back. Each of
 * them at least once and in order, from where the relay of before was. The session waits for none of it: while the bus takes nothing, the journal
 * has everything, and the relay goes on there later.
 */
export class JournalRelay {
  readonly #o: JournalRelayOptions;
  readonly #topic: string;
  readonly #countAtStart: number;
  #positions: RelayPositions | null = null;
  #next = -1;
  #kept = -1;
  #keptAtMs = Number.NEGATIVE_INFINITY;
  #retryMs = FIRST_RETRY_MS;
  #timer: Timer | null = null;
  #turn: Promise<void> = Promise.resolve();
  /** The last write of the position that was asked for. */
  #keeping: Promise<void> = Promise.resolve();
  /** One that has not begun; null where none waits. */
  #nextKeeping: Promise<void> | null = null;
  #hasEnded = false;
  /** What is still under way is nobody’s concern any more. */
  #isGone = false;
  #isBehind = false;
  /** Why it stopped for good; null while it goes on. */
  fault: unknown = null;

  constructor(options: JournalRelayOptions) {
    this.#o = options;
    this.#topic = sessionTopic(options.session, options.begunAtMs);
    this.#countAtStart = options.core.engine.state.log.count;
  }

  /** Events that have happened and that the bus is not known to have. */
  get behind(): number {
    return this.#o.core.engine.state.log.count - Math.max(0, this.#next);
  }

  /** Looks again and again from now on. */
  start(): void {
    this.#look(0);
  }

  /** Gives what is left, as far as the bus takes it soon. Never rejects. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#timer?.cancel();
    const late = Promise.withResolvers<void>();
    const timer = this.#o.clock.after(FAREWELL_MS, () => late.resolve());
    const left = this.#turn
      .then(() => this.#step())
      .then(
        () => undefined,
        (error: unknown) => void this.#failed(error),
      );
    await Promise.race([left, late.promise]);
    timer.cancel();
    this.#isGone = true;
    await this.#keep();
  }

  #look(inMs: number): void {
    if (this.#hasEnded || this.fault !== null) return;
    this.#timer = this.#o.clock.after(inMs, () => {
      this.#turn = this.#step().then(
        (isDone) => this.#look(isDone ? LOOK_MS : 0),
        (error: unknown) => this.#look(this.#failed(error)),
      );
    });
  }

  /** Whether everything that has happened was given, or false where the next step is due at once. */
  async #step(): Promise<boolean> {
    await this.#begin();
    const { log } = this.#o.core.engine.state;
    while (this.#next < log.count) {
      const to = Math.min(log.count, this.#next + AT_ONCE);
      await this.#o.journal.flush();
      const events = Array.from({ length: to - this.#next }, (_, k) =>
        busEvent(this.#o.core, this.#topic, this.#next + k, this.#o.begunAtMs),
      );
      await this.#o.bus.publish(events);
      this.#next = to;
      this.#retryMs = FIRST_RETRY_MS;
      if (!this.#hasEnded && this.#next < log.count) {
        await this.#keepSometimes();
        return false;
      }
    }
    if (this.#isGone) return true;
    if (this.#isBehind) {
      this.#isBehind = false;
      this.#o.tell({ isBehind: false, events: 0, reason: '' });
      await this.#keep();
    }
    await this.#keepSometimes();
    return true;
  }

  async #begin(): Promise<void> {
    if (this.#next >= 0) return;
    const { bus, core } = this.#o;
    // Nobody in this process has heard what happened before it began.
    let next = this.#countAtStart;
    if (bus.isShared) {
      this.#positions = await this.#o.positions();
      // A log that does not know its past cannot tell it.
      if (core.engine.state.log.isWhole)
        next = Math.min(await this.#positions.next(bus.place, this.#topic), core.engine.state.log.count);
    }
    this.#next = next;
    this.#kept = next;
  }

  async #keepSometimes(): Promise<void> {
    if (this.#next !== this.#kept && this.#o.clock.elapsedMs() - this.#keptAtMs >= KEEP_MS) await this.#keep();
  }

  /** Writes the position once those before it are written: a slow one must not put it back. Never rejects. */
  #keep(): Promise<void> {
    this.#keptAtMs = this.#o.clock.elapsedMs();
    // Of those that wait one is enough: it writes what is so then.
    this.#nextKeeping ??= this.#keeping.then(() => {
      this.#nextKeeping = null;
      return this.#write();
    });
    this.#keeping = this.#nextKeeping;
    return this.#keeping;
  }

  async #write(): Promise<void> {
    if (this.#positions === null || this.#next < 0) return;
    const next = this.#next;
    try {
      await this.#positions.keep(this.#o.bus.place, this.#topic, next, this.behind);
      this.#kept = next;
    } catch {
      // Tried again. A relay that begins meanwhile gives some events twice.
    }
  }

  /** When to try again. */
  #failed(error: unknown): number {
    // What a journal says against it ends the session, which tells it.
    if (error instanceof JournalError) {
      this.fault = error;
      return 0;
    }
    if (this.#isGone) return 0;
    const reason = error instanceof Error ? error.message : String(error);
    if (!this.#isBehind) this.#o.tell({ isBehind: true, events: this.behind, reason });
    this.#isBehind = true;
    if (this.#o.clock.elapsedMs() - this.#keptAtMs >= KEEP_MS) void this.#keep();
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
    return waitMs;
  }
}
