import { z } from 'zod';
import { ALERT_KINDS, ALERT_SEVERITIES, type AlertSeverity } from '../vocabulary/alert.ts';
import { hashText } from '../vocabulary/hash.ts';
import type { Occurrence } from './occurrence.ts';

/** Who is told of what, and how often. Durations in milliseconds. */
export const alertRuleSchema = z.strictObject({
  name: z.string(),
  /** Kinds that it is about; none: all. */
  on: z.array(z.enum(ALERT_KINDS)),
  /** The least severity; of a rule with a condition, the severity itself. */
  severity: z.enum(ALERT_SEVERITIES),
  /** None: any. */
  sessions: z.array(z.string()),
  strategies: z.array(z.string()),
  /** A condition on the figures of a session that runs; such a rule is about nothing else. */
  when: z.string().nullable(),
  channels: z.array(z.string()).min(1),
  /** The same again within so long is counted, not told. */
  dedupeMs: z.number().nonnegative(),
  /** `22:00-07:00+02:00`: what is no page waits until its end. */
  quiet: z.string().nullable(),
  /** Told to the next of these each time that nobody has acknowledged for so long. */
  escalateAfterMs: z.number().positive().nullable(),
  escalateTo: z.array(z.string()),
});
export type AlertRule = z.output<typeof alertRuleSchema>;

export const rank = (severity: AlertSeverity): number => ALERT_SEVERITIES.indexOf(severity);

/** Whether a rule is about what happened. Rules with a condition are about what {@link AlertRule.when} finds alone. */
export function concerns(rule: AlertRule, { kinds, severity, session, strategy }: Occurrence): boolean {
  if (rule.when !== null || rank(severity) < rank(rule.severity)) return false;
  const isOf = (list: readonly string[], name: string | null): boolean =>
    list.length === 0 || (name !== null && list.includes(name));
  return (
    (rule.on.length === 0 || kinds.some((kind) => rule.on.includes(kind))) &&
    isOf(rule.sessions, session) &&
    isOf(rule.strategies, strategy)
  );
}

/**
 * What a rule tells of what happened together. A kill that stops strategies and changes what may be traded is one thing to people: it is told
 * once, with its reason, which only the stop of a strategy has.
 */
export function toldBy(rule: AlertRule, occurrences: readonly Occurrence[]): readonly Occurrence[] {
  const mine = occurrences.filter((occurrence) => concerns(rule, occurrence));
  const others = (one: Occurrence, kill: Occurrence['kill']): readonly Occurrence[] =>
    occurrences.filter((other) => other.kill === kill && other.session === one.session && other.atMs === one.atMs);
  return mine.flatMap((one) => {
    if (one.kill === 'strategy' && others(one, 'trading').some((other) => mine.includes(other))) return [];
    const reason = one.kill === 'trading' ? others(one, 'strategy')[0]?.text.replace(/^kill: /, '') : undefined;
    return [reason === undefined ? one : { ...one, text: `${one.text}: ${reason}` }];
  });
}

/**
 * The same for what is the same to people: of one rule, session, subject and severity, in the same words. Numbers and ids in the words do not
 * count, as every message has others.
 */
export function dedupKeyOf(rule: string, { kinds, severity, what, session, strategy, instrument }: Occurrence): string {
  const words = what.replace(/[A-Za-z0-9_-]*\d[A-Za-z0-9_.-]*/g, '#');
  return hashText(JSON.stringify([rule, kinds[0], severity, session, strategy, instrument, words]));
}
