import { KILL_LEVELS } from '../../core/vocabulary/commands.ts';
import { formatTime, type TimeMs } from '../../core/vocabulary/time.ts';
import type { Journals } from '../../ports/journal.ts';
import type { Latch } from '../../ports/latches.ts';
import { dayStartOf } from '../../session/day-start.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { viewOf } from '../../session/session-view.ts';
import type { Warning } from '../operation.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { bookOf } from './book-of.ts';
import { failureOf } from './failure-of.ts';
import { following } from './follow.ts';
import { isRunning, type KnownSession, knownOf, sessionOf } from './known-sessions.ts';
import { concerns, heldLatches, latchLine } from './latch-scope.ts';
import { accountOf } from './session-about.ts';
import { factsOf, modeOf } from './sessions.ts';
import { type SharedSession, type TakenSession, takeSession } from './shared-sessions.ts';

/** Between two looks at which sessions there are, which of them run, and at latches. */
const SURVEY_MS = 500;
/** A session that could not be replayed is tried again after so long, if there is more of it. */
const AGAIN_MS = 10_000;
/** Ages are told anew after so long, though nothing else is new. */
const AGES_MS = 5_000;
/** Figures of whoever runs a session are believed for so long. */
const VITALS_MS = 15_000;
const SHOWN_FILLS = 8;
const MOST_REMEMBERED = 1_000;

type Line = Output<'status'>['sessions'][number];
/** What a session's core tells of it. */
type Figures = Omit<
  Line,
  | 'session'
  | 'strategy'
  | 'venue'
  | 'symbols'
  | 'timeframe'
  | 'mode'
  | 'account'
  | 'running'
  | 'latched'
  | 'ageMs'
  | 'problem'
>;

const NOTHING: Figures = {
  ...{ time: null, currency: null, equity: null, profit: null, dayStartEquity: null, dayProfit: null },
  ...{ failure: null, paused: [], tradingState: null, held: [] },
  ...{ positions: 0, openOrders: 0, fills: 0, lastFill: null, sparkline: [] },
};

export async function status(input: Input<'status'>, world: World, call: Call): Promise<Output<'status'>> {
  const survey = new Survey(input, world);
  try {
    let view = await survey.view();
    for (const warning of survey.warnings) call.warn(warning);
    const seen = async (): Promise<Output<'status'>> => {
      view = await survey.view();
      return view;
    };
    const textOf = (update: Output<'status'>): string => survey.textOf(update);
    await following(input, world, call, (mostMs) => survey.next(mostMs, call.stop), seen, undefined, textOf);
    return view;
  } finally {
    survey.end();
  }
}

/** One session of a survey. */
interface Surveyed {
  known: KnownSession;
  isRunning: boolean;
  /** Held while there may come more of it. */
  taken: TakenSession | null;
  /** Newest record of what was told. */
  seq: number;
  figures: Figures;
  problem: string | null;
  /** When a problem is looked at again. */
  againMs: number;
}

/** What is known of sessions that have ended, so that they need not be replayed for it again: by session and time asked for. */
const ended = new WeakMap<Journals, Map<string, { readonly seq: number; readonly figures: Figures }>>();

/** Sessions and how they stand, kept up to date: those that run are held, those that have ended are looked at once. */
class Survey {
  readonly #input: Input<'status'>;
  readonly #world: World;
  readonly #sessions = new Map<string, Surveyed>();
  #heardMs: ReadonlyMap<string, TimeMs> = new Map();
  #nextMs = Number.NEGATIVE_INFINITY;
  #hasEnded = false;
  /** What cannot be shown: a session whose journal cannot be read must not look as if it were not there. */
  warnings: readonly Warning[] = [];

  constructor(input: Input<'status'>, world: World) {
    this.#input = input;
    this.#world = world;
  }

  /** Answers when there may be something new, after `mostMs`, or when the call is to end. */
  async next(mostMs: number, stop: AbortSignal): Promise<void> {
    const { clock } = this.#world;
    const waitMs = Math.max(0, Math.min(mostMs, this.#nextMs - clock.elapsedMs()));
    const over = new AbortController();
    const signal = AbortSignal.any([stop, over.signal]);
    const held = [...this.#sessions.values()].filter(({ taken }) => taken !== null);
    const timer = Promise.withResolvers<void>();
    const timed = clock.after(waitMs, timer.resolve);
    stop.addEventListener('abort', () => timer.resolve(), { once: true, signal: over.signal });
    await Promise.race([
      timer.promise,
      // What breaks meanwhile is found by the survey.
      ...held.map(({ taken, seq }) => taken!.shared.more(seq, waitMs, signal).catch(() => {})),
    ]);
    timed.cancel();
    over.abort();
  }

  async view(): Promise<Output<'status'>> {
    if (this.#world.clock.elapsedMs() >= this.#nextMs) await this.#survey();
    const latches = await heldLatches(this.#world);
    const told = typeof latches === 'string' ? [] : latches.map(latchLine);
    // From here on at one stretch: all lines are of one moment.
    for (const each of this.#sessions.values()) if (each.taken !== null) look(each, each.taken.shared);
    const one = this.#input.session === undefined ? null : ([...this.#sessions.values()][0]?.taken ?? null);
    const core = one?.shared.read.core ?? null;
    return {
      sessions: [...this.#sessions.values()].map((each) => this.#line(each, latches)),
      latches: told,
      book: core === null ? null : bookOf(viewOf(core, [], SHOWN_FILLS)),
    };
  }

  /** What makes an update worth telling: ages grow by themselves, and are told now and then. */
  textOf({ sessions, latches, book }: Output<'status'>): string {
    const turn = sessions.some(({ running }) => running) ? Math.floor(this.#world.clock.elapsedMs() / AGES_MS) : 0;
    return JSON.stringify([turn, sessions.map((line) => ({ ...line, ageMs: null })), latches, book]);
  }

  end(): void {
    this.#hasEnded = true;
    for (const each of this.#sessions.values()) release(each);
  }

  async #survey(): Promise<void> {
    const { session } = this.#input;
    const all = session === undefined ? await this.#all() : [await sessionOf(session, this.#world)];
    const before = new Map(this.#sessions);
    this.#sessions.clear();
    for (const known of all) {
      const each = before.get(known.name);
      const isSame = each !== undefined && each.known.info.createdAtMs === known.info.createdAtMs;
      const surveyed: Surveyed = isSame
        ? each
        : { known, isRunning: false, taken: null, seq: 0, figures: NOTHING, problem: null, againMs: 0 };
      if (isSame) before.delete(known.name);
      surveyed.known = known;
      surveyed.isRunning = await isRunning(known.name, this.#world);
      this.#sessions.set(known.name, surveyed);
      await this.#read(surveyed);
    }
    for (const gone of before.values()) release(gone);
    this.#heardMs = await this.#heard();
    this.#nextMs = this.#world.clock.elapsedMs() + SURVEY_MS;
    if (this.#hasEnded) this.end();
  }

  async #all(): Promise<readonly KnownSession[]> {
    const { journals, unreadable } = await (await this.#world.journals()).list();
    this.warnings = unreadable.map(({ session, error }) => ({
      code: 'session-unreadable',
      message: `session ${session} is not shown: ${error.message}`,
      hint: 'What it has at a venue is to be looked at there.',
    }));
    const all = knownOf(journals);
    const latches = all.length === 0 ? await heldLatches(this.#world) : [];
    if (typeof latches === 'string')
      this.warnings = [
        ...this.warnings,
        {
          code: 'latches-unreadable',
          message: `latches cannot be read: ${latches}`,
          hint: 'A session that begins is halted until they can be.',
        },
      ];
    return all;
  }

  /** Reads on in a session. One that cannot be replayed must not hide the others. */
  async #read(each: Surveyed): Promise<void> {
    const { known } = each;
    const { session, at, follow } = this.#input;
    const { clock } = this.#world;
    const journals = await this.#world.journals();
    const memory = ended.get(journals) ?? new Map();
    ended.set(journals, memory);
    const key = `${known.name} ${known.info.createdAtMs} ${at ?? 'now'}`;
    const isHeld = session !== undefined || (each.isRunning && follow);
    try {
      if (each.taken !== null) await each.taken.shared.readOn();
      else {
        const remembered = memory.get(key);
        if (!isHeld && !each.isRunning && remembered?.seq === known.info.head.seq) {
          each.figures = remembered.figures;
          return;
        }
        if (each.problem !== null && clock.elapsedMs() < each.againMs) return;
        each.taken = await takeSession(known, at, this.#world);
      }
      each.problem = null;
      look(each, each.taken.shared);
      if (isHeld) return;
      if (memory.size >= MOST_REMEMBERED) memory.delete(memory.keys().next().value!);
      // With a time in the past the replay ends before its journal does.
      memory.set(key, { seq: known.info.head.seq, figures: each.figures });
      release(each);
    } catch (error) {
      release(each);
      if (session !== undefined) throw error;
      each.figures = NOTHING;
      each.problem = failureOf(error).message;
      each.againMs = clock.elapsedMs() + AGAIN_MS;
    }
  }

  /** When the market was last heard, of sessions whose process tells it. */
  async #heard(): Promise<ReadonlyMap<string, TimeMs>> {
    try {
      const told = await (await this.#world.vitals()).since(this.#world.clock.nowMs() - VITALS_MS);
      return new Map(
        told.flatMap(({ session, atMs, figures }) => {
          const ageS = figures['feed_age_seconds'] ?? null;
          return ageS === null ? [] : [[session, atMs - ageS * 1000] as const];
        }),
      );
    } catch {
      // Figures of the process are an extra; books are told without them.
      return new Map();
    }
  }

  #line({ known, isRunning: running, figures, problem, taken }: Surveyed, latches: readonly Latch[] | string): Line {
    const held = typeof latches === 'string' ? [] : latches.filter((latch) => concerns(latch, known));
    const strictest = Math.max(-1, ...held.map(({ level }) => KILL_LEVELS.indexOf(level!)));
    const lastMs = taken?.shared.read.core.lastMs ?? Number.NEGATIVE_INFINITY;
    const heardMs = Math.max(lastMs, this.#heardMs.get(known.name) ?? Number.NEGATIVE_INFINITY);
    return {
      session: known.name,
      ...factsOf(known.about),
      ...modeOf(known.about),
      running,
      latched: typeof latches === 'string' ? 'halt' : (KILL_LEVELS[strictest] ?? null),
      ...figures,
      held: figures.held.map((each) =>
        each.scope === 'account' ? { ...each, target: accountOf(known.name, known.about) } : each,
      ),
      sparkline: [...figures.sparkline],
      ageMs: running && Number.isFinite(heardMs) ? Math.max(0, Math.round(this.#world.clock.nowMs() - heardMs)) : null,
      problem: typeof latches === 'string' ? `latches cannot be read: ${latches}` : problem,
    };
  }
}

function release(each: Surveyed): void {
  each.taken?.release();
  each.taken = null;
}

function look(each: Surveyed, { read }: SharedSession): void {
  if (each.seq === read.replay.seq && each.figures !== NOTHING) return;
  each.seq = read.replay.seq;
  each.figures = figuresOf(read.core);
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function figuresOf(core: SessionCore): Figures {
  const view = viewOf(core, [], 0);
  const { timeMs, currency, equity, profit, positions, openOrders, fills } = view;
  const { account, track } = core.engine.state;
  const dayStart = dayStartOf(track, account.cash);
  const filledMs = fills === 0 ? null : core.engine.state.fills.column.timeMs[fills - 1]!;
  return {
    time: timeMs === null ? null : formatTime(timeMs),
    ...{ currency, equity, profit, dayStartEquity: dayStart, dayProfit: finite(equity - dayStart) },
    ...{ failure: view.failure, paused: [...view.paused], tradingState: view.tradingState },
    held: view.held.map((each) => ({ ...each, causes: [...each.causes] })),
    ...{ positions: positions.length, openOrders: openOrders.length, fills },
    lastFill: filledMs === null ? null : formatTime(filledMs),
    sparkline: sparklineOf(core),
  };
}

const SPARKS = 60;

/** At most so many points of the equity, evenly apart; the same ones from one moment to the next, until there are too many and half of them go. */
function sparklineOf({ engine: { state } }: SessionCore): number[] {
  const { count, equity } = state.track;
  let step = 1;
  while (count / step > SPARKS - 1) step *= 2;
  const points: number[] = [];
  for (let k = 0; k < count; k += step) points.push(equity[k]!);
  if (count > 0 && (count - 1) % step !== 0) points.push(equity[count - 1]!);
  return points;
}
