import { type SessionVitals, VITALS, type VitalName } from '../../ports/session-vitals.ts';

export interface MetricFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

const family = (
  name: string,
  type: MetricFamily['type'],
  help: string,
  labels: readonly string[] = [],
): MetricFamily => ({ name, type, help, labels });

const OF_SESSION = ['session', 'strategy', 'venue'] as const;
const OF_BUDGET = ['session', 'venue', 'environment', 'meter', 'window_seconds'] as const;

/** What a server counts of itself. */
export const SERVER_FAMILIES = {
  requests: family('tradewright_http_requests_total', 'counter', 'Requests that were answered', ['route', 'status']),
  latency: family(
    'tradewright_http_request_seconds',
    'histogram',
    'From a request’s first byte to the end of its answer',
    ['route'],
  ),
  streams: family('tradewright_http_streams', 'gauge', 'Requests that are under way or go on'),
  sockets: family('tradewright_websockets', 'gauge', 'WebSockets that are open'),
  subscriptions: family('tradewright_subscriptions', 'gauge', 'Streams that they follow, each for itself'),
  topics: family('tradewright_topics', 'gauge', 'Streams that run for them'),
  delay: family(
    'tradewright_event_loop_delay_seconds',
    'gauge',
    'How late the server’s loop was since the last scrape, by quantile',
    ['quantile'],
  ),
  memory: family('process_resident_memory_bytes', 'gauge', 'Memory of the process'),
  heap: family('tradewright_heap_used_bytes', 'gauge', 'Memory of the main thread’s objects'),
  started: family('process_start_time_seconds', 'gauge', 'When the process began, since 1970'),
  readable: family('tradewright_home_readable', 'gauge', '0 where sessions and alerts cannot be read now'),
  alertsOpen: family('tradewright_alerts_open', 'gauge', 'Alerts that wait for somebody, up to 1000'),
  busUp: family('tradewright_event_bus_up', 'gauge', 'Whether the event bus answered when it was last asked'),
  busBehind: family(
    'tradewright_event_bus_behind_events',
    'gauge',
    'Events of running sessions of this home that the event bus has not taken',
  ),
  jobs: family('tradewright_jobs', 'gauge', 'Jobs by state; what has ended is kept for 30 days', ['state']),
  jobSeconds: family(
    'tradewright_job_seconds',
    'histogram',
    'From the beginning of a try of a job to its end, of those that this server carried out',
    ['operation'],
  ),
  jobFailures: family('tradewright_job_failures_total', 'counter', 'Tries of jobs that failed on this server', [
    'operation',
  ]),
  deliveries: family('tradewright_alert_deliveries', 'gauge', 'Messages to channels, by state', ['state']),
} as const;

/** How sessions do that run on this home, by their own word, every two seconds. */
export const SESSION_FAMILIES = {
  up: family(
    'tradewright_session_up',
    'gauge',
    '1 while it tells how it does; 0 where it fell silent and nobody ended it',
    OF_SESSION,
  ),
  limit: family('tradewright_session_limit_used_ratio', 'gauge', 'Used share of a limit of the account', [
    ...OF_SESSION,
    'limit',
  ]),
  refusals: family('tradewright_session_refusals_total', 'counter', 'Orders refused by risk, by code', [
    ...OF_SESSION,
    'code',
  ]),
  budget: family(
    'tradewright_session_venue_limit',
    'gauge',
    'What the venue allows in a window, of a limit of requests',
    OF_BUDGET,
  ),
  budgetUsed: family(
    'tradewright_session_venue_limit_used',
    'gauge',
    'How much of it history and orders of the session’s process have used, or the venue says',
    OF_BUDGET,
  ),
  blocked: family(
    'tradewright_session_venue_blocked_seconds',
    'gauge',
    'So long the venue wants no requests; 0 where it takes them',
    OF_BUDGET,
  ),
  orderLatency: family(
    'tradewright_session_order_latency_seconds',
    'histogram',
    'From the placing of an order to the first word of the venue: accepted, rejected or filled',
    OF_SESSION,
  ),
} as const;

/** The family of one figure of a session. */
export function vitalFamily(name: VitalName): MetricFamily {
  return family(`tradewright_session_${name}`, name.endsWith('_total') ? 'counter' : 'gauge', VITALS[name], OF_SESSION);
}

/** Every family that `/metrics` tells, in its order. */
export const METRIC_FAMILIES: readonly MetricFamily[] = [
  ...Object.values(SERVER_FAMILIES),
  ...Object.values(SESSION_FAMILIES),
  ...(Object.keys(VITALS) as VitalName[]).map(vitalFamily),
];

export type Labels = Readonly<Record<string, string>>;

/** Lines in the text format of Prometheus (0.0.4). */
export class MetricText {
  readonly #lines: string[] = [];

  head({ name, type, help }: MetricFamily): void {
    this.#lines.push(`# HELP ${name} ${help}.`, `# TYPE ${name} ${type}`);
  }

  sample(name: string, labels: Labels, value: number): void {
    this.#lines.push(`${name}${labelText(labels)} ${value}`);
  }

  /** `counts`: how many up to each bound, the larger bounds' holding the smaller ones'. */
  histogram(
    { name }: MetricFamily,
    labels: Labels,
    bounds: readonly number[],
    { counts, count, sum }: { readonly counts: readonly number[]; readonly count: number; readonly sum: number },
  ): void {
    for (const [k, bound] of bounds.entries())
      this.sample(`${name}_bucket`, { ...labels, le: String(bound) }, counts[k]!);
    this.sample(`${name}_bucket`, { ...labels, le: '+Inf' }, count);
    this.sample(`${name}_sum`, labels, sum);
    this.sample(`${name}_count`, labels, count);
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** What stands for a session in labels. */
export function sessionLabels({ session, strategy, venue }: SessionVitals): Labels {
  return { session, strategy, venue };
}
