import { findCandidate } from '../../core/promotion/standing.ts';
import { EVENT } from '../../core/vocabulary/events.ts';
import { hashText } from '../../core/vocabulary/hash.ts';
import type { Breach, Evidence, EvidenceKind } from '../../core/vocabulary/promotion.ts';
import { DAY_MS } from '../../core/vocabulary/time.ts';
import { type Journal, JournalError, type Journals } from '../../ports/journal.ts';
import type { Environment } from '../../ports/secret-vault.ts';
import type { StoredRow, StoredTables } from '../../ports/stored-tables.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { isDifference, type SessionDay, SessionDays, withEvents } from '../../session/session-days.ts';
import { StoredSession, type StoredSessionFacts } from '../../session/stored-session.ts';
import type { Call, World } from '../world.ts';
import {
  candidateName,
  noteBreach,
  noteEvidence,
  registration,
  type Subject,
  sourceOf,
  warnNotKept,
} from './evidence.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import type { SessionAbout } from './session-about.ts';
import { say, standing } from './strategy-history.ts';

/** Rows of one step: whoever renews a lease in the same database waits for one step at most. */
const ROWS_AT_ONCE = 500;
/** Tables need not be as fresh as a screen. */
const EVERY_MS = 2_000;
/** After a failure. */
const AGAIN_MS = 30_000;

export type SessionEnvironment = 'paper' | Environment;

const DAY_KINDS: Readonly<Record<SessionEnvironment, EvidenceKind>> = {
  paper: 'paper-day',
  testnet: 'testnet-day',
  local: 'testnet-day',
  live: 'live-day',
};

export interface FollowedSession {
  readonly name: string;
  readonly about: SessionAbout;
  readonly loaded: LoadedStrategy;
  readonly core: SessionCore;
  readonly environment: SessionEnvironment;
  readonly begunAtMs: number;
}

/** Where a session's journal ends, and how it is read. */
export interface FollowedJournal {
  readonly journal: Pick<Journal, 'head' | 'flush'>;
  readonly journals: Pick<Journals, 'read'>;
}

export function factsOf({ name, about, environment, begunAtMs }: FollowedSession): StoredSessionFacts {
  return {
    ...{ session: name, strategy: about.strategy, codeHash: about.codeHash, params: JSON.stringify(about.params) },
    ...{ venue: about.venue, environment, begunAtMs },
  };
}

/** Writes rows a few at a time, the session's own line, which says how far they follow, last. */
export async function writeRows(tables: StoredTables, rows: readonly StoredRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await tables.write(rows.slice(from, from + ROWS_AT_ONCE));
    // What the session is told goes first.
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

/** A follower of a session whose journal is open. */
export async function followerOf(
  of: Omit<FollowedSession, 'begunAtMs'>,
  journal: Pick<Journal, 'head' | 'flush'>,
  world: World,
  call: Call,
): Promise<SessionFollower> {
  const journals = await world.journals();
  const info = (await journals.list()).journals.find(({ session }) => session === of.name);
  const begunAtMs = info?.createdAtMs ?? world.clock.nowMs();
  return new SessionFollower({ ...of, begunAtMs }, { journal, journals }, world, call);
}

/**
 * Keeps tables and registry beside a session that runs: its books as rows, its days as evidence, its breaches. All of it after what it tells
 * of is durable, and outside the session's own turn. Whatever fails here is told once and tried again; the session goes on, and its journal
 * has everything.
 */
export class SessionFollower {
  readonly #of: FollowedSession;
  readonly #journal: FollowedJournal;
  readonly #world: World;
  readonly #call: Call;
  readonly #subject: Subject;
  readonly #stored: StoredSession;
  /** Rows that are not known to be written, the session's own line last. */
  #unwritten: StoredRow[] = [];
  #isBroken = false;
  /** Tables were looked at, and the strategy is registered. */
  #isBegun = false;
  /** Rows of the past are missing that this process does not know: whoever asks for them later is to make them from the journal. */
  #hasHole = false;
  #days: SessionDays | null = null;
  /** Days that are over and not known to be kept. */
  #over: SessionDay[] = [];
  #events = 0;
  readonly #noted = new Set<string>();
  #day = Number.NaN;
  #nextMs = Number.NEGATIVE_INFINITY;
  #running: Promise<boolean> | null = null;
  #hasWarned = false;

  /** Before the session listens: whatever its core knows by then is taken here, so that it need not be while it trades. */
  constructor(of: FollowedSession, journal: FollowedJournal, world: World, call: Call) {
    this.#of = of;
    this.#journal = journal;
    this.#world = world;
    this.#call = call;
    this.#subject = { strategy: of.about.strategy, codeHash: of.about.codeHash, params: of.about.params };
    this.#stored = new StoredSession(of.core, factsOf(of));
    try {
      this.#unwritten = this.#stored.take(journal.journal.head);
    } catch (error) {
      // A fault of tables must not keep a session from starting: its positions may need it.
      this.#isBroken = true;
      warnNotKept(call, `session ${of.name}`, error);
    }
  }

  /** Called again and again while the session runs, from its loop, which does not wait for it. */
  follow(): void {
    const nowMs = this.#world.clock.elapsedMs();
    if (this.#isBroken || this.#running !== null || nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + EVERY_MS;
    this.#running = this.#kept(() => this.#step()).finally(() => {
      this.#running = null;
    });
  }

  /** Once the session has ended. */
  async end(): Promise<void> {
    if (this.#isBroken) return;
    await this.#running;
    if (await this.#kept(() => this.#step())) await this.#kept(() => this.#keepDays());
  }

  async #kept(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#nextMs = this.#world.clock.elapsedMs() + AGAIN_MS;
      // What a journal says against it ends the session, which tells it.
      if (!this.#hasWarned && !(error instanceof JournalError))
        warnNotKept(this.#call, `session ${this.#of.name}`, error);
      this.#hasWarned = true;
      return false;
    }
  }

  async #step(): Promise<void> {
    const { name, core } = this.#of;
    const { journal } = this.#journal;
    const tables = await this.#world.storedTables();
    if (!this.#isBegun) await this.#begin(tables);
    // In one turn: nothing comes between what the core has taken and the end of the journal.
    this.#take();
    const breaches = this.#newBreaches();
    const day = Math.floor(core.lastMs / DAY_MS);
    await journal.flush();
    for (const breach of breaches.found) {
      await noteBreach(this.#world, this.#subject, breach, `session ${name}`, breach.detail);
      this.#noted.add(breach.key);
    }
    this.#events = breaches.next;
    await writeRows(tables, this.#unwritten);
    this.#unwritten = [];
    if (!Number.isNaN(this.#day) && day > this.#day) await this.#keepDays();
    this.#day = day;
  }

  async #begin(tables: StoredTables): Promise<void> {
    const { name, about, loaded, begunAtMs } = this.#of;
    await say(this.#world, about.strategy, `session ${name}`, (now) => registration(now, loaded, about.params));
    const [line] = await tables.select('sessions', [{ column: 'session', is: '=', value: name }], 1);
    // Rows of another session that had this name: its journal is gone.
    if (line !== undefined && line['begun_at_ms'] !== begunAtMs) await tables.forget(name);
    else if (line !== undefined && line['follows'] === this.#unwritten.at(-1)!.row['follows']) this.#unwritten = [];
    this.#hasHole = await this.#lacksEquity(tables);
    this.#isBegun = true;
  }

  #take(): void {
    const rows = this.#stored.take(this.#hasHole ? 0 : this.#journal.journal.head);
    if (this.#unwritten.length === 0) this.#unwritten = rows;
    else {
      // The newer line of the session takes the place of the older one.
      this.#unwritten.pop();
      this.#unwritten = this.#unwritten.concat(rows);
    }
  }

  /** A core that began with a snapshot knows its equity from there on. What was before stands in the tables, unless they were behind. */
  async #lacksEquity(tables: StoredTables): Promise<boolean> {
    const { track } = this.#of.core.engine.state;
    if (track.count >= this.#of.core.instants) return false;
    const [newest] = await tables.select('equity', [{ column: 'session', is: '=', value: this.#of.name }], 1);
    const fromMs = track.count > 0 ? track.timeMs[0]! : this.#of.core.lastMs;
    return newest === undefined || Number(newest['time_ms']) < fromMs;
  }

  /**
   * What takes trust away: of the events since the last time, and of kills that hold. The same event is the same breach, however often it is
   * replayed; the same kill is the same breach until it was re-armed.
   */
  #newBreaches(): { readonly found: readonly Breach[]; readonly next: number } {
    const { name, core, begunAtMs } = this.#of;
    const { log, texts } = core.engine.state;
    const c = log.column;
    const found: Breach[] = [];
    for (let seq = this.#events; seq < log.count; seq++) {
      const isFailure = c.type[seq] === EVENT['strategy-failed'];
      if (!isFailure && !isDifference(c.type[seq]!, c.strategy[seq]!, c.a[seq]!)) continue;
      const key = hashText(`${name} ${begunAtMs} ${seq}`);
      const detail = texts[c.ref[seq]!] ?? '';
      found.push({ kind: isFailure ? 'invariant-broken' : 'reconciliation-difference', key, of: name, detail });
    }
    for (const { scope, index, level, epoch, reason } of core.engine.risk.state.ladder.held())
      if (level === 'cancel-all' || level === 'flatten') {
        const key = hashText(`${name} ${begunAtMs} ${scope} ${index} ${level} ${epoch}`);
        found.push({ kind: 'kill-switch', key, of: name, detail: `${level}: ${reason}` });
      }
    return { found: found.filter(({ key }) => !this.#noted.has(key)), next: log.count };
  }

  /** Keeps days that are over as evidence. */
  async #keepDays(): Promise<void> {
    const { name, core } = this.#of;
    const { journals } = this.#journal;
    this.#days ??= new SessionDays(
      core.engine.feeds.map((feed) => feed.timeframe),
      await this.#nextRecord(),
    );
    for await (const record of journals.read(name, this.#days.next)) this.#over.push(...this.#days.take(record));
    if (this.#over.length === 0) return;
    const evidence = withEvents(this.#over, core).flatMap((day) => this.#evidenceOf(day));
    const reason = `${this.#over.length} ${this.#over.length === 1 ? 'day' : 'days'} of session ${name}`;
    await noteEvidence(this.#world, this.#subject, evidence, `session ${name}`, reason);
    this.#over = [];
  }

  /** Where the journal goes on after the days that are kept: it is not read from its beginning each time. */
  async #nextRecord(): Promise<number> {
    const now = await standing(this.#subject.strategy, await this.#world.strategyRegistry());
    const known = findCandidate(now, candidateName(this.#subject))?.evidence ?? [];
    const last = known.findLast(({ key, about }) => key === this.#dayKey(about));
    return last?.numbers['nextRecord'] ?? 1;
  }

  /** A day of a session is kept once, however often it is folded. */
  #dayKey(day: string): string {
    return hashText(`${this.#of.name} ${this.#of.begunAtMs} ${day}`);
  }

  #evidenceOf({ day, hash, sinceMs, ...counts }: SessionDay): Evidence[] {
    const { name, about, environment } = this.#of;
    const of = {
      source: sourceOf(environment === 'local' ? 'local' : about.venue),
      ...{ of: name, about: day, sinceMs, hash },
    } as const;
    const key = this.#dayKey(day);
    const { reads, differences, ...numbers } = counts;
    const passed = differences === 0;
    const days: Evidence[] = [
      { kind: DAY_KINDS[environment], key, passed, numbers: { ...numbers, differences }, ...of },
    ];
    if (reads > 0)
      days.push({ kind: 'reconciliation', key: `${key}-reads`, passed, numbers: { reads, differences }, ...of });
    return days;
  }
}
