import type { AlertKind, AlertSeverity } from '../vocabulary/alert.ts';
import type { TimeMs } from '../vocabulary/time.ts';
import type { Occurrence } from './occurrence.ts';
import { endOfQuiet, parseQuietHours } from './quiet-hours.ts';
import { type AlertRule, dedupKeyOf } from './rule.ts';

/** What people are, or were, told of: one cause, as often as it came until somebody acknowledged it. */
export interface Alert {
  readonly rule: string;
  readonly key: string;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly text: string;
  readonly session: string | null;
  readonly strategy: string | null;
  readonly instrument: string | null;
  /** When it happened first and last. */
  readonly firstAtMs: TimeMs;
  readonly lastAtMs: TimeMs;
  readonly count: number;
  /** When it was last put out to the rule's channels; the end of quiet hours that it waits for. */
  readonly notifiedAtMs: TimeMs;
  readonly acknowledgedAtMs: TimeMs | null;
  /** When its condition ceased; null while it holds, and for what has none. */
  readonly resolvedAtMs: TimeMs | null;
  /** How far it was escalated. */
  readonly step: number;
  readonly escalateAtMs: TimeMs | null;
}

/** A message that is due. */
export interface Due {
  readonly channel: string;
  readonly dueMs: TimeMs;
  readonly step: number;
}

/** `raised`: a new alert; `repeated`: an open one, told again; `counted`: one that was told a moment ago. */
export interface Decision {
  readonly kind: 'raised' | 'repeated' | 'counted';
  readonly alert: Alert;
  readonly due: readonly Due[];
}

/** What follows from something that a rule is about. `newest`: the newest alert of the same key; null where there is none. */
export function take(rule: AlertRule, occurrence: Occurrence, newest: Alert | null, nowMs: TimeMs): Decision {
  const { kinds, severity, what, text, session, strategy, instrument, atMs } = occurrence;
  // A clock that went back must not make anybody deaf.
  const isRecent = newest !== null && Math.abs(nowMs - newest.notifiedAtMs) < rule.dedupeMs;
  const dueMs = dueAt(rule, severity, nowMs);
  // What waits for the end of quiet hours tells this, too: a message says what its alert is when it is sent.
  const isHeld = newest !== null && dueMs > nowMs && newest.notifiedAtMs === dueMs;
  if (newest !== null && (isRecent || isHeld))
    return {
      kind: 'counted',
      alert: {
        ...newest,
        ...(isHeld ? { text } : {}),
        ...{ count: newest.count + 1, lastAtMs: atMs, resolvedAtMs: null },
      },
      due: [],
    };
  const due = rule.channels.map((channel) => ({ channel, dueMs, step: 0 }));
  if (newest !== null && newest.acknowledgedAtMs === null && newest.resolvedAtMs === null) {
    const again = { text, count: newest.count + 1, lastAtMs: atMs, notifiedAtMs: dueMs };
    return { kind: 'repeated', alert: { ...newest, ...again }, due };
  }
  const alert: Alert = {
    ...{ rule: rule.name, key: dedupKeyOf(rule.name, occurrence), kind: kinds[0], severity },
    title: session === null ? what : `${session}: ${what}`,
    ...{ text, session, strategy, instrument, firstAtMs: atMs, lastAtMs: atMs, count: 1, notifiedAtMs: dueMs },
    ...{ acknowledgedAtMs: null, resolvedAtMs: null, step: 0 },
    escalateAtMs: rule.escalateTo.length > 0 ? nextStep(rule, dueMs) : null,
  };
  return { kind: 'raised', alert, due };
}

/** The next step of an alert that nobody has acknowledged in time; null where none is due. */
export function escalate(
  rule: AlertRule,
  alert: Alert,
  nowMs: TimeMs,
): { readonly alert: Alert; readonly due: Due } | null {
  const { acknowledgedAtMs, resolvedAtMs, escalateAtMs, severity } = alert;
  if (acknowledgedAtMs !== null || resolvedAtMs !== null || escalateAtMs === null || nowMs < escalateAtMs) return null;
  const channel = rule.escalateTo[alert.step];
  if (channel === undefined) return null;
  const step = alert.step + 1;
  const dueMs = dueAt(rule, severity, nowMs);
  return {
    alert: { ...alert, step, escalateAtMs: step < rule.escalateTo.length ? nextStep(rule, dueMs) : null },
    due: { channel, dueMs, step },
  };
}

/** Pages go out at once; the rest waits for the end of quiet hours. */
function dueAt({ quiet }: AlertRule, severity: AlertSeverity, nowMs: TimeMs): TimeMs {
  return severity === 'page' || quiet === null ? nowMs : endOfQuiet(parseQuietHours(quiet), nowMs);
}

function nextStep({ escalateAfterMs }: AlertRule, fromMs: TimeMs): TimeMs | null {
  return escalateAfterMs === null ? null : fromMs + escalateAfterMs;
}
