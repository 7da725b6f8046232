import { escalate, take } from '../../core/alerts/desk.ts';
import type { Occurrence } from '../../core/alerts/occurrence.ts';
import { type AlertRule, dedupKeyOf, toldBy } from '../../core/alerts/rule.ts';
import type { AlertLedger, AlertStore, Followed } from '../../ports/alerts.ts';
import type { JournalList } from '../../ports/journal.ts';
import type { Log } from '../../ports/logs.ts';
import type { SessionVitals } from '../../ports/session-vitals.ts';
import type { World } from '../world.ts';
import { FollowedEvents, unreadable } from './alert-sources.ts';
import { conditionOf } from './alerts.ts';
import type { Gate } from './gate.ts';
import { isRunning, type KnownSession, knownOf } from './known-sessions.ts';

/** Between two looks for sessions that have begun or ended. */
const SESSIONS_MS = 2_000;
/** What is wrong for as long as it is, is said anew this often; rules tell it as often as they are to. */
const AGAIN_MS = 60_000;
/** Older figures say nothing of now. */
const FRESH_MS = 10_000;

/** Looks at what has happened, and decides by the rules who is told. What it decides is kept in one go with how far it has looked. */
export class Evaluator {
  readonly #world: World;
  readonly #store: AlertStore;
  readonly #log: Log;
  readonly #following = new Map<string, FollowedEvents>();
  readonly #conditions = new Map<string, Gate>();
  #followed = new Map<string, Followed>();
  #sessionsAtMs = Number.NEGATIVE_INFINITY;
  /** Sessions that cannot be read, and when that is said again. */
  readonly #unreadable = new Map<string, number>();
  #begunMs = 0;
  raised = 0;

  constructor(world: World, store: AlertStore, log: Log) {
    this.#log = log;
    this.#world = world;
    this.#store = store;
  }

  get sessions(): number {
    return this.#following.size;
  }

  async begin(): Promise<void> {
    this.#begunMs = await this.#store.begun();
    this.#followed = new Map((await this.#store.followed()).map((each) => [each.session, each]));
  }

  /** One look at everything. Answers how many rules there are. */
  async look(): Promise<number> {
    const rules = await this.#store.rules();
    const nowMs = this.#world.clock.elapsedMs();
    if (nowMs >= this.#sessionsAtMs) {
      this.#sessionsAtMs = nowMs + SESSIONS_MS;
      const { journals, unreadable } = await (await this.#world.journals()).list();
      await this.#findSessions(
        knownOf(journals),
        rules.some(({ when }) => when === null),
      );
      await this.#tellUnreadable(unreadable, rules);
      await this.#judgeFigures(rules.filter(({ when }) => when !== null));
    }
    for (const [name, events] of this.#following) {
      const looked = await events.look();
      if (looked === null) continue;
      await this.#decide(async (ledger) => {
        await this.#tell(ledger, rules, looked.occurrences);
        await ledger.follow(looked.followed);
      });
      this.#followed.set(name, looked.followed);
      if (looked.isOver) this.#following.delete(name);
    }
    await this.#escalate(rules);
    return rules.length;
  }

  /** Sessions that run, or ran on while nobody looked, are followed; where no rule asks for events, only how far they are is noted. */
  async #findSessions(all: readonly KnownSession[], isAsked: boolean): Promise<void> {
    if (!isAsked) this.#following.clear();
    for (const known of all) {
      const { name, info } = known;
      if (this.#following.has(name)) continue;
      const seen = this.#followed.get(name);
      const before = seen?.begunAtMs === info.createdAtMs ? seen : this.#beginning(known);
      const isNew = info.head.seq > before.record;
      // Who begins to run it writes that down first: of the many that have ended nobody is asked.
      if (before === seen && !isNew && !before.isRunning) continue;
      const runs = await isRunning(name, this.#world);
      if (isAsked && (runs || isNew || before.isRunning)) {
        this.#following.set(name, new FollowedEvents(known, before, this.#world));
        continue;
      }
      if (before === seen && !isNew && runs) continue;
      const followed = { ...before, record: info.head.seq, isRunning: runs };
      await this.#decide((ledger) => ledger.follow(followed));
      this.#followed.set(name, followed);
    }
  }

  /** A session whose journal cannot even be listed is followed by nobody: what became of it has to be looked at. */
  async #tellUnreadable(all: JournalList['unreadable'], rules: readonly AlertRule[]): Promise<void> {
    const { clock } = this.#world;
    for (const { session, error } of all) {
      // One that was broken off before its beginning was written has done nothing.
      const isDue = error.code !== 'absent' && clock.elapsedMs() >= (this.#unreadable.get(session) ?? 0);
      if (!isDue || this.#following.has(session)) continue;
      this.#unreadable.set(session, clock.elapsedMs() + AGAIN_MS);
      const wasRunning = this.#followed.get(session)?.isRunning ?? false;
      const occurrence = unreadable(session, wasRunning && !(await isRunning(session, this.#world)), error.message);
      await this.#decide((ledger) => this.#tell(ledger, rules, [{ ...occurrence, atMs: clock.nowMs() }]));
    }
  }

  async #tell(ledger: AlertLedger, rules: readonly AlertRule[], occurrences: readonly Occurrence[]): Promise<void> {
    for (const rule of rules)
      for (const occurrence of toldBy(rule, occurrences)) await this.#take(ledger, rule, occurrence);
  }

  /** Nobody is told of what was before alerts were first evaluated here. */
  #beginning({ name, info }: KnownSession): Followed {
    const isOld = info.createdAtMs < this.#begunMs;
    return { session: name, begunAtMs: info.createdAtMs, record: isOld ? info.head.seq : 0, isRunning: false };
  }

  async #judgeFigures(rules: readonly AlertRule[]): Promise<void> {
    if (rules.length === 0) return;
    const all = await (await this.#world.vitals()).since(this.#world.clock.nowMs() - FRESH_MS);
    for (const rule of rules)
      for (const vitals of all) {
        const isOf = (list: readonly string[], name: string): boolean => list.length === 0 || list.includes(name);
        if (isOf(rule.sessions, vitals.session) && isOf(rule.strategies, vitals.strategy))
          await this.#judge(rule, vitals);
      }
  }

  async #judge(rule: AlertRule, { session, strategy, figures, atMs }: SessionVitals): Promise<void> {
    const { holds, because } = this.#conditionOf(rule).holds(new Map(Object.entries(figures)));
    const occurrence: Occurrence = {
      ...{ kinds: ['metric'], severity: rule.severity, what: rule.when!, text: because.join('; ') },
      ...{ session, strategy, instrument: null, atMs },
    };
    await this.#decide(async (ledger) => {
      const newest = await ledger.newest(dedupKeyOf(rule.name, occurrence));
      const nowMs = this.#world.clock.nowMs();
      const isOpen = newest !== null && newest.resolvedAtMs === null;
      if (!holds) {
        if (isOpen) await ledger.change(newest.id, { ...newest, resolvedAtMs: nowMs }, []);
        return;
      }
      // It goes on, and is told again when the window is over; or somebody knows.
      const isKnown = isOpen && (newest.acknowledgedAtMs !== null || nowMs - newest.notifiedAtMs < rule.dedupeMs);
      if (!isKnown) await this.#take(ledger, rule, occurrence);
    });
  }

  #conditionOf({ when }: AlertRule): Gate {
    let condition = this.#conditions.get(when!);
    if (condition === undefined) {
      condition = conditionOf(when!);
      this.#conditions.set(when!, condition);
    }
    return condition;
  }

  async #take(ledger: AlertLedger, rule: AlertRule, occurrence: Occurrence): Promise<void> {
    const newest = await ledger.newest(dedupKeyOf(rule.name, occurrence));
    const { kind, alert, due } = take(rule, occurrence, newest, this.#world.clock.nowMs());
    if (kind === 'raised') {
      const id = await ledger.raise(alert, due);
      this.#log.write('info', 'alert-raised', {
        alert: id,
        rule: rule.name,
        session: alert.session,
        text: alert.title,
      });
      this.raised++;
    } else await ledger.change(newest!.id, alert, due);
  }

  async #escalate(rules: readonly AlertRule[]): Promise<void> {
    const nowMs = this.#world.clock.nowMs();
    for (const open of await this.#store.escalating(nowMs)) {
      const rule = rules.find(({ name }) => name === open.rule);
      const next = rule === undefined ? null : escalate(rule, open, nowMs);
      await this.#decide(async (ledger) => {
        // Of a rule that is gone nobody is told any more.
        if (next === null) await ledger.change(open.id, { ...open, escalateAtMs: null }, []);
        else await ledger.change(open.id, next.alert, [next.due]);
      });
    }
  }

  #decide(work: (ledger: AlertLedger) => Promise<void>): Promise<void> {
    return this.#store.decide(work);
  }
}
