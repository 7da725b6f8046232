import type { AlertKind, AlertSeverity } from '../vocabulary/alert.ts';
import type { DomainEvent } from '../vocabulary/events.ts';
import type { TimeMs } from '../vocabulary/time.ts';

/** Something that people may want to be told of. */
export interface Occurrence {
  /** The one that names it, first; others that it is, too. */
  readonly kinds: readonly [AlertKind, ...AlertKind[]];
  readonly severity: AlertSeverity;
  /** One line, without the session. */
  readonly what: string;
  readonly text: string;
  readonly session: string | null;
  readonly strategy: string | null;
  readonly instrument: string | null;
  readonly atMs: TimeMs;
  /** Which part of a kill it is: a strategy that it stopped, or what may be traded from then on. */
  readonly kill?: 'strategy' | 'trading';
}

type Told = Pick<Occurrence, 'kinds' | 'severity' | 'what' | 'kill'> & { readonly text?: string };

/** An event of a session as something to tell; null for the many that are everyday business. */
export function occurrenceOf(session: string, event: DomainEvent): Occurrence | null {
  const told = toldOf(event);
  if (told === null) return null;
  const { strategy = null, instrument = null, at } = event;
  return { text: told.what, ...told, session, strategy, instrument, atMs: at };
}

function toldOf(event: DomainEvent): Told | null {
  switch (event.type) {
    case 'drawdown-threshold-reached':
      return {
        ...{ kinds: ['drawdown', 'risk'], severity: 'page', what: 'drawdown limit reached' },
        text: `the account fell ${percent(event.drawdown)} from its peak; allowed are ${percent(event.limit)}`,
      };
    case 'risk-limit-exceeded':
      return { kinds: ['risk'], severity: 'page', what: `limit ${event.limit} exceeded` };
    case 'order-refused':
      return { kinds: ['risk'], severity: 'info', what: `order refused: ${event.code}` };
    case 'trading-state-changed':
      return stateTold(event.scope, event.from, event.to, event.reason);
    case 'limits-changed':
      return {
        ...{ kinds: ['risk'], severity: event.changes.some(({ isLooser }) => isLooser) ? 'warn' : 'info' },
        what: `limits of ${event.strategy ?? event.instrument ?? 'the account'} changed by ${event.actor || 'nobody known'}`,
        text: `${event.changes.map(({ limit, before, after }) => `${limit} from ${shown(before)} to ${shown(after)}`).join(', ')}: ${event.reason}`,
      };
    case 'data-anomaly-detected':
      return { kinds: ['reconcile'], severity: 'page', what: `report out of place: ${event.code}`, text: event.detail };
    case 'alert-raised':
      if (event.strategy !== undefined) return { kinds: ['strategy'], severity: event.level, what: event.message };
      return {
        kinds: event.level === 'page' ? ['alarm', 'reconcile'] : ['alarm'],
        ...{ severity: event.level, what: event.message },
      };
    case 'strategy-stopped':
      // The mildest kill changes no trading state: this is all that is heard of it, and of any kill who reads the reason.
      if (!event.reason.startsWith('kill: ')) return null;
      return {
        kinds: ['kill'],
        severity: 'warn',
        what: 'strategy stopped by a kill',
        text: event.reason,
        kill: 'strategy',
      };
    case 'strategy-failed':
      return { kinds: ['strategy'], severity: 'page', what: 'strategy failed', text: event.message };
    case 'order-rejected':
      return { kinds: ['order'], severity: 'warn', what: 'order rejected by the venue', text: event.reason };
    case 'position-liquidated':
      return { kinds: ['risk'], severity: 'page', what: 'position liquidated' };
    case 'position-settled':
      return { kinds: ['order'], severity: 'info', what: 'position settled at expiry' };
    default:
      return null;
  }
}

/** Why a trading state changed tells what it is about; a return to `active` is good news. */
function stateTold(scope: string, from: string, to: string, reason: string): Told {
  const kinds: Told['kinds'] =
    reason === 'data-fault'
      ? ['feed']
      : reason === 'venue-fault'
        ? ['reconcile']
        : reason === 'drawdown-limit'
          ? ['drawdown', 'risk']
          : reason === 'kill' || reason === 're-armed'
            ? ['kill']
            : ['risk'];
  const severity: AlertSeverity = to === 'active' ? 'info' : reason === 'kill' ? 'page' : 'warn';
  return {
    kinds,
    severity,
    what: `trading ${to} (${scope}): ${reason}`,
    text: `${scope}: from ${from} to ${to}`,
    ...(reason === 'kill' ? { kill: 'trading' } : {}),
  };
}

const percent = (share: number): string => `${Math.round(share * 10_000) / 100} %`;

const shown = (value: unknown): string =>
  value === null ? 'off' : typeof value === 'string' ? value : JSON.stringify(value);
