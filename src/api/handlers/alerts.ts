import { take } from '../../core/alerts/desk.ts';
import type { Occurrence } from '../../core/alerts/occurrence.ts';
import { parseQuietHours } from '../../core/alerts/quiet-hours.ts';
import { type AlertRule, dedupKeyOf } from '../../core/alerts/rule.ts';
import { formatTime, MINUTE_MS } from '../../core/vocabulary/time.ts';
import type { Delivery, KeptAlert } from '../../ports/alerts.ts';
import { VITALS } from '../../ports/session-vitals.ts';
import { Failure } from '../failures.ts';
import type { AlertLine, DeliveryLine, RuleLine } from '../operations/alerts.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { ALERTS_TASK } from './alerts-task.ts';
import { type Gate, parseGate } from './gate.ts';
import { lookedAt } from './looked-at.ts';

const LOOK_MS = 1_000;

/** What has no value now is no reason to wake anybody. */
const WHEN = { field: 'when', flag: 'when', withoutValue: false } as const;

/** The condition of a rule. Throws {@link Failure} `expression-invalid`. */
export function conditionOf(expression: string): Gate {
  const gate = parseGate(expression, WHEN);
  gate.refuseUnknown(Object.keys(VITALS));
  return gate;
}

export async function alertAdd(input: Input<'alert-add'>, world: World): Promise<Output<'alert-add'>> {
  const { name, on, severity, when = null, quietHours: quiet = null, escalateAfter, escalateTo } = input;
  if (when !== null) conditionOf(when);
  if (when !== null && on.length > 0) throw wrong('on', 'none beside --when: a condition is about figures alone');
  if (quiet !== null && parseQuietHours(quiet) === null) throw wrong('quietHours', '22:00-07:00 or 22:00-07:00+02:00');
  if ((escalateAfter === undefined) !== (escalateTo.length === 0))
    throw wrong('escalateTo', '--escalate-after and --escalate-to together');
  const store = await world.alerts();
  const known = (await store.channels()).map((channel) => channel.name);
  const unknown = [...input.channel, ...escalateTo].find((each) => !known.includes(each));
  if (unknown !== undefined)
    throw new Failure('channel-unknown', `there is no channel ${unknown}`, {
      details: { found: unknown, expected: known },
    });
  const rule: AlertRule = {
    ...{ name, on: [...new Set(on)], severity, sessions: input.session, strategies: input.strategyId, when },
    ...{ channels: [...new Set(input.channel)], dedupeMs: input.dedupe * MINUTE_MS, quiet, escalateTo },
    escalateAfterMs: escalateAfter === undefined ? null : escalateAfter * MINUTE_MS,
  };
  if (!(await store.addRule(rule))) throw new Failure('alert-rule-exists', `there is a rule ${name} already`);
  return { rule: ruleLine(rule) };
}

export function alertLs(input: Input<'alert-ls'>, world: World, call: Call): Promise<Output<'alert-ls'>> {
  return lookedAt(input, world, call, LOOK_MS, async () => {
    const store = await world.alerts();
    const found = await store.alerts({ onlyOpen: !input.all, most: input.limit });
    const rules = await store.rules();
    return { rules: rules.map(ruleLine), alerts: found.map(alertLine), evaluated: await isEvaluated(world) };
  });
}

export async function alertRm(input: Input<'alert-rm'>, world: World): Promise<Output<'alert-rm'>> {
  if (!(await (await world.alerts()).removeRule(input.name))) throw await ruleUnknown(input.name, world);
  return { removed: input.name };
}

export async function alertTest(input: Input<'alert-test'>, world: World): Promise<Output<'alert-test'>> {
  const store = await world.alerts();
  const rule = (await store.rules()).find((each) => each.name === input.name);
  if (rule === undefined) throw await ruleUnknown(input.name, world);
  const nowMs = world.clock.nowMs();
  const occurrence: Occurrence = {
    ...{ kinds: [rule.on[0] ?? 'metric'], severity: rule.severity, what: 'this is a test of the rule' },
    ...{ text: `asked for by ${world.actor}`, session: null, strategy: null, instrument: null, atMs: nowMs },
  };
  let id = 0;
  let outcome: Output<'alert-test'>['outcome'] = 'raised';
  await store.decide(async (ledger) => {
    const newest = await ledger.newest(dedupKeyOf(rule.name, occurrence));
    const { kind, alert, due } = take(rule, occurrence, newest, nowMs);
    outcome = kind;
    if (kind === 'raised') id = await ledger.raise(alert, due);
    else {
      id = newest!.id;
      await ledger.change(id, alert, due);
    }
  });
  return { alert: alertLine((await store.alert(id))!), outcome, evaluated: await isEvaluated(world) };
}

export async function alertAck(input: Input<'alert-ack'>, world: World): Promise<Output<'alert-ack'>> {
  const acknowledged = await (await world.alerts()).acknowledge(input.id, world.actor);
  if (acknowledged === null)
    throw new Failure('alert-unknown', `there is no alert ${input.id}`, { details: { found: input.id } });
  return { alert: alertLine(acknowledged) };
}

export function deliveries(input: Input<'deliveries'>, world: World, call: Call): Promise<Output<'deliveries'>> {
  return lookedAt(input, world, call, LOOK_MS, async () => {
    const store = await world.alerts();
    const { state, alert, channel, limit: most } = input;
    const found = await store.deliveries({ state, alert, channel, most });
    return { deliveries: found.map(deliveryLine), ...(await store.counts()) };
  });
}

export async function deliveryRetry(input: Input<'delivery-retry'>, world: World): Promise<Output<'delivery-retry'>> {
  const store = await world.alerts();
  const [newest] = input.id === 'last' ? await store.deliveries({ state: 'dead', most: 1 }) : [];
  const id = newest?.id ?? input.id;
  if (await store.revive(id)) return { id };
  throw new Failure('delivery-unknown', `no delivery ${input.id} was given up`, { details: { found: input.id } });
}

/** Whether a program evaluates rules now. */
async function isEvaluated(world: World): Promise<boolean> {
  return (await world.taskLocks()).isHeld(ALERTS_TASK);
}

async function ruleUnknown(name: string, world: World): Promise<Failure> {
  const rules = (await (await world.alerts()).rules()).map((each) => each.name);
  return new Failure('alert-rule-unknown', `there is no rule ${name}`, { details: { found: name, expected: rules } });
}

function wrong(field: string, expected: string): Failure {
  return new Failure('input-invalid', `${field}: expected ${expected}`, {
    hint: 'tradewright help alert add shows what each flag takes.',
    details: { field },
  });
}

function ruleLine({ dedupeMs, escalateAfterMs, ...rule }: AlertRule): RuleLine {
  return {
    ...rule,
    dedupeMinutes: dedupeMs / MINUTE_MS,
    escalateAfterMinutes: escalateAfterMs === null ? null : escalateAfterMs / MINUTE_MS,
  };
}

export function alertLine(alert: KeptAlert): AlertLine {
  const { id, rule, kind, severity, title, text, session, strategy, instrument, count, step } = alert;
  return {
    ...{ id, rule, kind, severity, title, text, session, strategy, instrument, count, step },
    ...{ first: formatTime(alert.firstAtMs), last: formatTime(alert.lastAtMs) },
    state: alert.acknowledgedAtMs !== null ? 'acknowledged' : alert.resolvedAtMs !== null ? 'resolved' : 'open',
    acknowledgedBy: alert.acknowledgedBy,
  };
}

function deliveryLine({ id, alert, channel, step, state, createdAtMs, dueMs, attempts }: Delivery): DeliveryLine {
  return {
    ...{ id, alert, channel, step, state, created: formatTime(createdAtMs), due: formatTime(dueMs) },
    attempts: attempts.map(({ atMs, ...attempt }) => ({ time: formatTime(atMs), ...attempt })),
  };
}
