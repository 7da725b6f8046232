import { EVENT } from '../../core/vocabulary/events.ts';
import { hashText } from '../../core/vocabulary/hash.ts';
import type { Breach, Evidence, EvidenceKind } from '../../core/vocabulary/promotion.ts';
import { DAY_MS } from '../../core/vocabulary/time.ts';
import type { Journal, Journals } from '../../ports/journal.ts';
import type { Environment } from '../../ports/secret-vault.ts';
import type { StoredRow, StoredTables } from '../../ports/stored-tables.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { isDifference, type SessionDay, SessionDays, withEvents } from '../../session/session-days.ts';
import { StoredSession, type StoredSessionFacts } from '../../session/stored-session.ts';
import type { Call, World } from '../world.ts';
import { noteBreach, noteEvidence, registration, type Subject, sourceOf, warnNotKept } from './evidence.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import type { SessionAbout } from './session-about.ts';
import { say } from './strategy-history.ts';

/** Rows of one step: whoever renews a lease in the same database waits for one step at most. */
const ROWS_AT_ONCE = 500;
/** Tables need not be as fresh as a screen. */
const EVERY_MS = 2_000;

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
  #stored: StoredSession;
  #isRegistered = false;
  #isWritten = false;
  /** Rows of the past are missing that this process does not know: whoever asks for them later is to make them from the journal. */
  #hasHole = false;
  #days: SessionDays | null = null;
  #events = 0;
  #day = Number.NaN;
  #nextMs = Number.NEGATIVE_INFINITY;
  #hasWarned = false;

  constructor(of: FollowedSession, journal: FollowedJournal, world: World, call: Call) {
    this.#of = of;
    this.#journal = journal;
    this.#world = world;
    this.#call = call;
    this.#subject = { strategy: of.about.strategy, codeHash: of.about.codeHash, params: of.about.params };
    this.#stored = new StoredSession(of.core, factsOf(of));
  }

  /** Called again and again while the session runs, from its loop. */
  async follow(): Promise<void> {
    const nowMs = this.#world.clock.elapsedMs();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + EVERY_MS;
    await this.#kept(() => this.#step());
  }

  /** Once the session has ended. */
  async end(): Promise<void> {
    await this.#kept(() => this.#step());
    await this.#kept(() => this.#keepDays());
  }

  async #kept(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // Rows that were taken may not have been written: all of them are, the next time.
      this.#isWritten = false;
      if (!this.#hasWarned) warnNotKept(this.#call, `session ${this.#of.name}`, error);
      this.#hasWarned = true;
    }
  }

  async #step(): Promise<void> {
    const { name, about, loaded, core } = this.#of;
    const { journal } = this.#journal;
    if (!this.#isRegistered)
      await say(this.#world, about.strategy, `session ${name}`, (now) => registration(now, loaded, about.params));
    this.#isRegistered = true;
    const tables = await this.#world.storedTables();
    if (!this.#isWritten) {
      await this.#forgetOthers(tables);
      this.#hasHole = await this.#lacksEquity(tables);
      this.#stored = new StoredSession(core, factsOf(this.#of));
    }
    // In one turn: nothing comes between what the core has taken and the end of the journal.
    const rows = this.#stored.take(this.#hasHole ? 0 : journal.head);
    const breaches = this.#newBreaches();
    const day = Math.floor(core.lastMs / DAY_MS);
    await journal.flush();
    await writeRows(tables, rows);
    this.#isWritten = true;
    for (const breach of breaches.found)
      await noteBreach(this.#world, this.#subject, breach, `session ${name}`, breach.detail);
    this.#events = breaches.next;
    if (!Number.isNaN(this.#day) && day > this.#day) await this.#keepDays();
    this.#day = day;
  }

  /** Rows of another session that had this name: its journal is gone. */
  async #forgetOthers(tables: StoredTables): Promise<void> {
    const [line] = await tables.select('sessions', [{ column: 'session', is: '=', value: this.#of.name }], 1);
    if (line !== undefined && line['begun_at_ms'] !== this.#of.begunAtMs) await tables.forget(this.#of.name);
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
    return { found, next: log.count };
  }

  /** Keeps days that are over as evidence. */
  async #keepDays(): Promise<void> {
    const { name, core } = this.#of;
    this.#days ??= new SessionDays(core.engine.feeds.map((feed) => feed.timeframe));
    const over: SessionDay[] = [];
    for await (const record of this.#journal.journals.read(name, this.#days.next))
      over.push(...this.#days.take(record));
    if (over.length === 0) return;
    const evidence = withEvents(over, core).flatMap((day) => this.#evidenceOf(day));
    const reason = `${over.length} ${over.length === 1 ? 'day' : 'days'} of session ${name}`;
    await noteEvidence(this.#world, this.#subject, evidence, `session ${name}`, reason);
  }

  #evidenceOf({ day, hash, sinceMs, ...counts }: SessionDay): Evidence[] {
    const { name, about, environment, begunAtMs } = this.#of;
    const kind = DAY_KINDS[environment];
    const of = {
      source: sourceOf(environment === 'local' ? 'local' : about.venue),
      of: name,
      about: day,
      sinceMs,
    } as const;
    const key = hashText(`${name} ${begunAtMs} ${day} ${hash}`);
    const { reads, differences, ...numbers } = counts;
    const days: Evidence[] = [{ kind, key, passed: differences === 0, numbers: { ...numbers, differences }, ...of }];
    if (reads > 0)
      days.push({
        ...{ kind: 'reconciliation', key: `${key}-reads`, passed: differences === 0, ...of },
        numbers: { reads, differences },
      });
    return days;
  }
}
