import type { Clock } from '../ports/clock.ts';
import type { Heartbeat, Heartbeats } from '../ports/heartbeats.ts';
import { LatchError } from '../ports/latches.ts';
import type { KillReport, KillRequest } from './kill-request.ts';
import { KILL_DEFAULTS } from './kill-run.ts';
import { within } from './pass.ts';
import { Staleness } from './staleness.ts';

/** What is done about what a silent session has open. */
export const WATCHDOG_POLICIES = ['nothing', 'cancel-entries', 'flatten'] as const;
export type WatchdogPolicy = (typeof WATCHDOG_POLICIES)[number];

const READ_MS = 5_000;
/** What was not verified is tried again. */
const AGAIN_MS = 30_000;

export interface WatchdogOptions {
  readonly policy: WatchdogPolicy;
  readonly graceMs: number;
  readonly clock: Clock;
  /** Rejects with LatchError. */
  readonly open: () => Promise<Heartbeats>;
  readonly isMeant: (row: Heartbeat) => boolean;
  readonly kill: (request: KillRequest) => Promise<KillReport>;
}

/** What a person should know at once. */
export interface Alarm {
  readonly code: 'session-silent' | 'session-back' | 'acted' | 'not-verified' | 'cannot-tell' | 'can-tell';
  readonly session: string | null;
  readonly message: string;
}

/** What of a silent session was done, and when to look again; null once it is verified. */
interface Deed {
  readonly beats: number;
  againAtMs: number | null;
}

/**
 * Acts by itself when a session that trades an account has fallen silent: past the session, at the venue. It acts only on what it has seen itself;
 * where it cannot read or cannot vouch for its time it alarms, and begins to watch anew.
 */
export class Watchdog {
  readonly #o: WatchdogOptions;
  readonly #staleness: Staleness;
  readonly #deeds = new Map<string, Deed>();
  /** Kills that have not ended, by account: one at a time at each, and none waits for that of another account, whose venue may not answer. */
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #news: Alarm[] = [];
  #fault: unknown = null;
  #store: Heartbeats | null = null;
  #doubt: string | null = null;

  constructor(options: WatchdogOptions) {
    this.#o = options;
    this.#staleness = new Staleness(options.clock, options.graceMs);
  }

  /**
   * Looks once; to be called every second. Answers what is watched, and what is new to be told: what became of a kill is told by a later look. Rejects
   * with what a kill rejected with.
   */
  async look(): Promise<{
    readonly watched: readonly (Heartbeat & { readonly silentMs: number })[];
    readonly alarms: readonly Alarm[];
  }> {
    const { rows, fault } = await this.#read();
    const { watched, stale, doubt } = this.#staleness.look(rows);
    const alarms: Alarm[] = [];
    const why = fault ?? doubt;
    if (why !== null && this.#doubt === null)
      alarms.push({ code: 'cannot-tell', session: null, message: `${why}: nothing is done, the watch begins anew` });
    if (why === null && this.#doubt !== null)
      alarms.push({ code: 'can-tell', session: null, message: 'heartbeats are watched again' });
    this.#doubt = why;
    for (const row of watched) if (this.#deeds.get(row.session)?.beats !== row.beats) alarms.push(...this.#back(row));
    for (const row of stale) alarms.push(...this.#see(row));
    alarms.push(...this.#told());
    return { watched, alarms };
  }

  /** Waits for what is under way; answers what came of it. */
  async close(): Promise<readonly Alarm[]> {
    await Promise.all(this.#underWay.values());
    await this.#store?.close();
    return this.#news.splice(0);
  }

  #told(): Alarm[] {
    if (this.#fault !== null) throw this.#fault;
    return this.#news.splice(0);
  }

  async #read(): Promise<{ readonly rows: readonly Heartbeat[] | null; readonly fault: string | null }> {
    try {
      this.#store ??= await this.#o.open();
      const rows = await within(this.#o.clock, READ_MS, this.#store.all());
      return { rows: rows?.filter(this.#o.isMeant) ?? null, fault: rows === null ? 'heartbeats: no answer' : null };
    } catch (error) {
      if (!(error instanceof LatchError)) throw error;
      return { rows: null, fault: `heartbeats: ${error.message}` };
    }
  }

  #back({ session }: Heartbeat): Alarm[] {
    if (!this.#deeds.delete(session)) return [];
    return [{ code: 'session-back', session, message: 'it beats again; what was latched holds until it is re-armed' }];
  }

  #see(row: Heartbeat & { readonly silentMs: number }): Alarm[] {
    const { session, account, beats, orders, positions, silentMs } = row;
    const known = this.#deeds.get(session);
    const isDue = known === undefined || (known.againAtMs !== null && this.#o.clock.elapsedMs() >= known.againAtMs);
    if (!isDue || this.#underWay.has(account)) return [];
    const deed = known ?? { beats, againAtMs: null };
    deed.againAtMs = null;
    this.#deeds.set(session, deed);
    const acting = this.#act(session, deed)
      .catch((error: unknown) => {
        this.#fault ??= error;
      })
      .finally(() => void this.#underWay.delete(account));
    this.#underWay.set(account, acting);
    if (known !== undefined) return [];
    const told = `${orders} orders and ${positions} positions open when it was last heard`;
    const message = `no heartbeat for ${Math.round(silentMs / 1000)} s, ${told}`;
    return [{ code: 'session-silent', session, message }];
  }

  async #act(session: string, deed: Deed): Promise<void> {
    const { policy, kill, clock } = this.#o;
    const report = await kill({
      ...{ reason: `watchdog: session ${session} fell silent`, place: { kind: 'sessions', names: [session] } },
      ...KILL_DEFAULTS,
      ...(policy === 'nothing'
        ? { level: 'reduce' }
        : policy === 'flatten'
          ? { level: 'flatten' }
          : { level: 'cancel-all', sparesExits: true, latchLevel: 'reduce' }),
    });
    if (!report.verified) deed.againAtMs = clock.elapsedMs() + AGAIN_MS;
    this.#news.push(deedAlarm(session, policy, report));
    // It has been seen to: whoever watches next need not do it again. What is held still is the latch's.
    if (report.verified && policy !== 'nothing') await this.#store?.end(session, deed.beats).catch(ignoreUnreadable);
  }
}

function ignoreUnreadable(error: unknown): void {
  if (!(error instanceof LatchError)) throw error;
}

function deedAlarm(session: string, policy: WatchdogPolicy, report: KillReport): Alarm {
  const found = report.accounts.reduce((sum, { canceling }) => sum + canceling.found, 0);
  const closed = report.accounts.flatMap(({ closings }) =>
    closings.flatMap((each) => Object.entries(each.closed).map(([symbol, amount]) => `${amount} ${symbol}`)),
  );
  const latch = report.latches.some(({ written }) => written) ? 'latched' : 'THE LATCH COULD NOT BE WRITTEN';
  if (!report.verified) {
    const faults = [...report.faults, ...report.accounts.flatMap((a) => [...a.faults, ...a.canceling.faults])];
    const why = faults.slice(0, 3).join('; ');
    const message = `${policy}: not verified, ${latch}; tried again in ${AGAIN_MS / 1000} s. Look at the venue itself. ${why}`;
    return { code: 'not-verified', session, message };
  }
  const done = policy === 'nothing' ? 'only reducing' : `${found} orders canceled`;
  const text = closed.length === 0 ? done : `${done}, closed ${closed.join(', ')}`;
  return { code: 'acted', session, message: `${policy}: ${text}; ${latch}. Look at it, then tradewright rearm` };
}
