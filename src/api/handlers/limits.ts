import { narrate } from '../../core/engine/narrate.ts';
import { limitsSchema } from '../../core/risk/limits.ts';
import { type DomainEvent, EVENT } from '../../core/vocabulary/events.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { isAbove, type LimitLine, limitLines } from '../../session/limit-lines.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { carriedOut, giveCommand } from './give-command.ts';
import { limitsPlan, type PlannedLimits, refusalOf, trialOf } from './planned-limits.ts';
import { readSession } from './session-reader.ts';
import { followingSession, withSession } from './shared-sessions.ts';

type Shown = Output<'limits-show'>;
type Changed = Extract<DomainEvent, { readonly type: 'limits-changed' }>;

/** The limits that a session's orders are judged by, how far they are used, and how they came to be. */
export function limitsShow(input: Input<'limits-show'>, world: World, call: Call): Promise<Shown> {
  return withSession({ session: input.session }, world, async (shared) => {
    const view = (): Shown => shownOf(shared.read);
    await followingSession(shared, input, world, call, view);
    return view();
  });
}

function shownOf({ name, core }: { readonly name: string; readonly core: SessionCore }): Shown {
  const events = changesOf(core);
  const ofEvent = ({ strategy, instrument }: Changed): string => strategy ?? instrument ?? 'account';
  const setBy = (of: string, limit: string): string | null => {
    const event = events.findLast((each) => ofEvent(each) === of && each.changes.some((one) => one.limit === limit));
    return event === undefined ? null : `set by ${event.actor || 'nobody known'}`;
  };
  const defaults: Readonly<Record<string, Json>> = limitsSchema.parse({});
  const { inForce } = core.engine.risk;
  const limits = Object.entries(inForce.account.definition as Readonly<Record<string, Json>>).map(([limit, value]) => {
    const isDefault = JSON.stringify(value) === JSON.stringify(defaults[limit]);
    const source = setBy('account', limit) ?? (isDefault ? 'default' : 'began');
    return { ...{ limit, value: value as Shown['limits'][number]['value'] }, isDefault, source };
  });
  const { seats, state } = core.engine;
  const own = [
    ...seats.map((seat, k) => [seat.strategy.def.id, inForce.own('strategy', k)] as const),
    ...state.instruments.map(({ id }, k) => [id, inForce.own('instrument', k)] as const),
  ].flatMap(([of, values]) =>
    Object.entries(values).map(([limit, value]) => ({
      ...{ of, limit, value: value as Json },
      source: setBy(of, limit) ?? '',
    })),
  );
  return {
    ...{ session: name, time: Number.isFinite(core.lastMs) ? formatTime(core.lastMs) : null },
    ...{ currency: state.account.currency, limits, own: own as Shown['own'] },
    usage: limitLines(core).map(withHeadroom),
    changes: events.map((event) => ({
      ...{ time: formatTime(event.at), event: event.seq, of: ofEvent(event) },
      ...{ actor: event.actor, reason: event.reason, changes: event.changes as Shown['changes'][number]['changes'] },
    })),
  };
}

/** Changes of limits that a session has seen, the oldest first. */
export function changesOf({ engine: { state, seats } }: SessionCore): readonly Changed[] {
  const names = seats.map((seat) => seat.strategy.def.id);
  return Array.from(state.log.seqsOf(EVENT['limits-changed']), (seq) => narrate(state, names, seq) as Changed);
}

const withHeadroom = (line: LimitLine): Shown['usage'][number] => ({
  ...line,
  headroom: line.used === null || line.allowed === null ? null : line.allowed - line.used,
});

/**
 * Gives new limits to every session that runs and is meant. Of several, all are tried on copies before the first is given anything: what one of
 * them refuses happens to none.
 */
export async function limitsSet(input: Input<'limits-set'>, world: World): Promise<Output<'limits-set'>> {
  const plan = await limitsPlan(input, world);
  const changing: PlannedLimits[] = [];
  for (const planned of plan.sessions) {
    const { outcome } = await trialOf(planned, world);
    const refused = refusalOf(plan, planned, outcome);
    if (refused !== null) throw refused;
    if (outcome.done) changing.push(planned);
  }
  const isOnly = plan.sessions.length === 1;
  const sessions: LimitsGiven[] = [];
  for (const planned of plan.sessions)
    sessions.push(
      changing.includes(planned)
        ? await limitsGiven(planned, isOnly, world)
        : asBefore(planned.session.name, 'unchanged'),
    );
  return { place: plan.place, sessions: [...sessions, ...plan.absent.map((name) => asBefore(name, 'not-running'))] };
}

type LimitsGiven = Output<'limits-set'>['sessions'][number];

const asBefore = (session: string, outcome: LimitsGiven['outcome'], refusal: LimitsGiven['refusal'] = null) => ({
  ...{ session, outcome, refusal, changes: [], above: [] },
});

/** Gives it to one session, and reads from its journal what came of it. Throws {@link Failure} where it is the only one and does not take it. */
export async function limitsGiven(
  { session, command }: PlannedLimits,
  isOnly: boolean,
  world: World,
): Promise<LimitsGiven> {
  const { name } = session;
  if (isOnly) await carriedOut(name, command, world);
  else
    try {
      const outcome = await giveCommand(name, command, world);
      if (!outcome.done) return notTaken(name, outcome.code, outcome.message);
    } catch (error) {
      // The others have theirs already: what became of each is told.
      if (!(error instanceof Failure)) throw error;
      return asBefore(name, error.code === 'session-not-running' ? 'not-running' : 'silent');
    }
  const { core } = await readSession(session, world);
  return {
    ...{ session: name, outcome: 'changed', refusal: null },
    changes: (changesOf(core).at(-1)?.changes ?? []) as LimitsGiven['changes'],
    above: limitLines(core).filter(isAbove).map(withHeadroom),
  };
}

/** What a session did not take, although a copy of it did. */
function notTaken(session: string, code: string, message: string): LimitsGiven {
  if (code === 'nothing-to-do') return asBefore(session, 'unchanged');
  if (code === 'session-ended' || code === 'late') return asBefore(session, 'not-running');
  return asBefore(session, 'refused', { code, message });
}
