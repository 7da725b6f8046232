import { KILL } from '../core/risk/kill-ladder.ts';
import { type CommandOutcome, type SessionCommand, sessionCommandSchema } from '../core/vocabulary/commands.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { type Latch, LatchError, type LatchStore } from '../ports/latches.ts';
import type { CommandBox, CommandNews, GivenCommand } from '../ports/session-control.ts';
import { withStanding } from './order-standing.ts';
import type { Session } from './session.ts';

/** Between two looks where nothing is heard meanwhile. */
const LOOK_MS = 200;
/** So many commands are carried out between two inputs of the market. */
const AT_ONCE = 256;
/** Latches that cannot be read for so long halt a session that runs; one that starts is halted at once. */
const BLIND_AFTER_MS = 3_000;
/** Between two attempts to cancel and close what a kill has left, the first few, and later. */
const AGAIN_MS = 1_000;
const MUCH_LATER_MS = 10_000;
/** Whoever asks what a kill has done is answered after so long, whatever is left. */
const HEEDING_MS = 10_000;
/** Epoch of the halt of who cannot read latches. */
const BLIND_EPOCH = -1;

/** Where latches and commands lie. */
export interface ControlPlaces {
  readonly latches: LatchStore;
  readonly box: CommandBox;
}

export interface ControlLoopOptions {
  readonly session: Session;
  readonly name: string;
  /** What latches of the scope `account` name. */
  readonly account: string;
  /** Opens the places, or answers those that are open. Rejects with {@link LatchError}. */
  readonly places: () => Promise<ControlPlaces>;
  readonly clock: Clock;
  /** Resolves once everything that was taken is durable. */
  readonly flush: () => Promise<void>;
}

interface Heeding {
  readonly id: number;
  readonly untilMs: number;
}

/**
 * What others may do to a session that runs: latches are heeded, commands are taken, in turns of their own between the inputs of the market.
 * Both become inputs of the session and stand in its journal.
 *
 * A latch that is missing lifts nothing. Latches that cannot be read halt the session, until they can be.
 */
export class ControlLoop {
  readonly #o: ControlLoopOptions;
  #timer: Timer | null = null;
  #turn: Promise<void> = Promise.resolve();
  #isLooking = false;
  /** Whether something was heard while it looked. */
  #looksAgain = false;
  #leave: (() => void) | null = null;
  #hasEnded = false;
  /** Since when latches cannot be read; null while they can. */
  #blindSinceMs: number | null = null;
  /** Who waits to hear what a kill has left. */
  readonly #heeding: Heeding[] = [];
  readonly #stopping: number[] = [];
  #sweptAtMs = Number.NEGATIVE_INFINITY;
  #sweeps = 0;
  /** Why somebody wants the session to stop; null while nobody does. */
  stopReason: string | null = null;

  constructor(options: ControlLoopOptions) {
    this.#o = options;
  }

  /** Before the session does anything: takes the latches as its first inputs, and refuses commands that it was not there for. */
  async begin(): Promise<void> {
    const { name, places } = this.#o;
    const read = await this.#reading(async () => {
      const { latches, box } = await places();
      for (const { id, takenAtMs } of await box.unanswered(name))
        if (takenAtMs === null) await box.withdraw(id, refusal('late', 'it was given while the session did not run'));
        else
          await box.answer(
            id,
            refusal('session-ended', 'the session ended before it could answer; look at its events'),
          );
      return latches.all();
    });
    if (read === null) this.#halt();
    else this.#heed(read);
  }

  /** Looks again and again from now on, and at once where a command is put for the session. */
  start(): void {
    if (this.#hasEnded) return;
    this.#timer = this.#o.clock.after(LOOK_MS, () => this.#lookNow());
  }

  #lookNow(): void {
    this.#isLooking = true;
    this.#looksAgain = false;
    this.#turn = this.#look().then(
      () => {
        this.#isLooking = false;
        if (this.#looksAgain && !this.#hasEnded) this.#lookNow();
        else this.start();
      },
      (error: unknown) => {
        this.#o.session.fault ??= error;
      },
    );
  }

  #hear(news: CommandNews): void {
    if (!('put' in news) || news.put !== this.#o.name || this.#hasEnded) return;
    this.#looksAgain = true;
    // Before it was started, and after a fault, nothing waits.
    if (this.#isLooking || this.#timer === null) return;
    this.#timer.cancel();
    this.#lookNow();
  }

  /** The session has ended: whoever waits is told so. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#leave?.();
    this.#timer?.cancel();
    await this.#turn;
    const { name, places, session } = this.#o;
    await this.#reading(async () => {
      const { box } = await places();
      const stopped: CommandOutcome =
        session.fault === null
          ? { done: true }
          : refusal('session-ended', `it ended by a fault: ${messageOf(session.fault)}`);
      for (const id of this.#stopping) await box.answer(id, stopped);
      for (const { id } of this.#heeding) await box.answer(id, { done: true, left: session.core.engine.sweep.left() });
      for (const { id } of await box.unanswered(name))
        await box.withdraw(id, refusal('session-ended', 'the session has ended'));
    });
  }

  async #look(): Promise<void> {
    const { places, name, session } = this.#o;
    const read = await this.#reading(async () => {
      const { latches, box } = await places();
      this.#leave ??= box.watch((news) => this.#hear(news));
      // In this order: a kill of before a command is heeded before it.
      const waiting = await box.unanswered(name);
      return { latches: await latches.all(), waiting, box };
    });
    if (this.#hasEnded || session.fault !== null) return;
    if (read === null) {
      if (this.#o.clock.elapsedMs() - this.#blindSinceMs! >= BLIND_AFTER_MS) this.#halt();
      return;
    }
    this.#heed(read.latches);
    await this.#reading(() => this.#carryOut(read.waiting, read.box));
    this.#sweep();
    await this.#reading(() => this.#tellHeeding(read.box));
  }

  /** What `work` answers; null where the place failed. */
  async #reading<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const value = await work();
      this.#blindSinceMs = null;
      return value;
    } catch (error) {
      if (!(error instanceof LatchError)) throw error;
      this.#blindSinceMs ??= this.#o.clock.elapsedMs();
      return null;
    }
  }

  /** Takes what waits, carries it out in the order of asking, and answers once all of it is durable. */
  async #carryOut(waiting: readonly GivenCommand[], box: CommandBox): Promise<void> {
    const { session } = this.#o;
    const due = waiting
      .filter(({ takenAtMs }) => takenAtMs === null)
      .map((given) => ({ ...given, command: commandOf(given.command), json: given.command }))
      // Ordered now, it would meet prices of before.
      .filter(({ command }) => isOwn(command) || !session.isCatchingUp);
    if (due.length === 0) return;
    const next = due.slice(0, AT_ONCE);
    if (next.length < due.length) this.#looksAgain = true;
    // Taken before anything follows from it: after a crash it must not be taken again.
    const isTaken = await Promise.all(next.map(({ id }) => box.take(id)));
    const answers: (readonly [id: number, outcome: CommandOutcome, command: SessionCommand | null])[] = [];
    for (const [k, { id, actor, command, json }] of next.entries()) {
      if (!isTaken[k]) continue;
      const outcome = this.#outcomeOf(id, actor, command, json);
      if (outcome !== null) answers.push([id, outcome, command]);
    }
    if (answers.length === 0) return;
    // Nothing is told that a crash could still take back.
    await this.#o.flush();
    const told = ([id, outcome, command]: (typeof answers)[number]): Promise<boolean> =>
      box.answer(id, command === null ? outcome : withStanding(outcome, command, session.core));
    await Promise.all(answers.map(told));
  }

  /** What became of a command; null where that will be told later. */
  #outcomeOf(id: number, actor: string, command: SessionCommand | null, json: Json): CommandOutcome | null {
    const { session, clock } = this.#o;
    if (command === null)
      return refusal('invalid', `this version of the program does not understand ${JSON.stringify(json)}`);
    if (command.type === 'kill' || command.type === 'rearm')
      return refusal('invalid', 'kills are latches, not commands: raise or re-arm the latch');
    if (command.type === 'heed-latches') {
      this.#heeding.push({ id, untilMs: clock.elapsedMs() + HEEDING_MS });
      return null;
    }
    if (command.type === 'stop-session') {
      this.#stopping.push(id);
      this.stopReason ??= `${command.reason} (${actor})`;
      return null;
    }
    return session.command(command, { actor, id }) ?? refusal('session-ended', 'the session has ended');
  }

  async #tellHeeding(box: CommandBox): Promise<void> {
    const left = this.#o.session.core.engine.sweep.left();
    const isDone = left.orders === 0 && left.positions === 0;
    const nowMs = this.#o.clock.elapsedMs();
    const due = this.#heeding.filter(({ untilMs }) => isDone || nowMs >= untilMs);
    if (due.length === 0) return;
    await this.#o.flush();
    for (const each of due) {
      this.#heeding.splice(this.#heeding.indexOf(each), 1);
      await box.answer(each.id, { done: true, left });
    }
  }

  /** Takes over what latches say, where the session does not know it yet. */
  #heed(all: readonly Latch[]): void {
    const { session } = this.#o;
    const { ladder } = session.core.engine.risk.state;
    // A missing latch lifts nothing but the halt of who could not read.
    const isBlind = ladder.epoch('system') === BLIND_EPOCH && all.every(({ scope }) => scope !== 'system');
    for (const latch of strictestOf(isBlind ? [...all, SYSTEM_AT_REST] : all)) {
      const index = this.#indexOf(latch);
      if (index < 0) continue;
      const { scope, epoch, into, reason, actor } = latch;
      const level = scope === 'instrument' && latch.level === 'pause' ? 'reduce' : latch.level;
      const rank = level === null ? 0 : KILL[level];
      const place = {
        scope,
        epoch,
        ...(scope === 'strategy' || scope === 'instrument' ? { target: latch.target } : {}),
      };
      if (epoch !== ladder.epoch(scope, index) || rank < ladder.level(scope, index))
        session.command({ type: 'rearm', reason, into, ...place }, { actor });
      if (level !== null && rank > ladder.level(scope, index)) {
        const isDeferred = session.isCatchingUp;
        session.command(
          { type: 'kill', reason, level, ...place, ...(isDeferred ? { deferred: true } : {}) },
          { actor },
        );
        this.#sweptAtMs = isDeferred ? Number.NEGATIVE_INFINITY : this.#o.clock.elapsedMs();
        this.#sweeps = 0;
      }
    }
  }

  /** Number of what a latch holds in this session; −1 where it is nothing of it. */
  #indexOf({ scope, target }: Latch): number {
    const { seats, state } = this.#o.session.core.engine;
    if (scope === 'system') return 0;
    if (scope === 'account') return target === this.#o.account ? 0 : -1;
    if (scope === 'strategy') return seats.findIndex((seat) => seat.strategy.def.id === target);
    return state.instruments.findIndex(({ id }) => id === target);
  }

  #halt(): void {
    const { session } = this.#o;
    if (session.core.engine.risk.state.ladder.level('system') >= KILL.halt) return;
    const reason = 'latches cannot be read';
    session.command({ type: 'kill', reason, level: 'halt', scope: 'system', epoch: BLIND_EPOCH });
  }

  /** Cancels and closes again what a kill has left. */
  #sweep(): void {
    const { session, clock } = this.#o;
    const { engine } = session.core;
    if (!engine.risk.state.ladder.isSweeping || session.isCatchingUp) return;
    const { orders, positions } = engine.sweep.left();
    const waitMs = this.#sweeps < HEEDING_MS / AGAIN_MS ? AGAIN_MS : MUCH_LATER_MS;
    if (orders + positions === 0 || clock.elapsedMs() - this.#sweptAtMs < waitMs) return;
    this.#sweptAtMs = clock.elapsedMs();
    this.#sweeps++;
    const strictest = [...engine.risk.state.ladder.held()].sort((a, b) => KILL[b.level] - KILL[a.level])[0]!;
    const { scope, index, level, epoch, reason } = strictest;
    const name = scope === 'strategy' ? engine.seats[index]!.strategy.def.id : engine.state.instruments[index]?.id;
    const target = scope === 'strategy' || scope === 'instrument' ? { target: name! } : {};
    session.command({ type: 'kill', reason, level, scope, epoch, ...target });
  }
}

/** Null where this version of the program does not know it. */
function commandOf(json: Json): SessionCommand | null {
  const parsed = sessionCommandSchema.safeParse(json);
  return parsed.success ? parsed.data : null;
}

/** Whether it is the loop's own to do: the market of now has no part in it. */
const isOwn = (command: SessionCommand | null): boolean =>
  command === null || command.type === 'stop-session' || command.type === 'heed-latches';

const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));

/** What is true of the system where no latch of it was ever written. */
const SYSTEM_AT_REST: Latch = {
  ...{ scope: 'system', target: '', level: null, epoch: 0, into: 'active', atMs: 0 },
  ...{ actor: 'the session', reason: 'latches can be read again' },
};

/** One latch for each scope and target: several can only be where some of them could not be understood. */
function strictestOf(all: readonly Latch[]): Iterable<Latch> {
  const rank = ({ level }: Latch): number => (level === null ? 0 : KILL[level]);
  const found = new Map<string, Latch>();
  for (const latch of all) {
    const key = `${latch.scope} ${latch.target}`;
    const known = found.get(key);
    if (known === undefined || rank(latch) > rank(known)) found.set(key, latch);
  }
  return found.values();
}

function refusal(code: string, message: string): CommandOutcome {
  return { done: false, code, message };
}
