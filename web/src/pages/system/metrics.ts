import { count } from '../../format/numerals.ts';
import { duration } from '../../format/times.ts';

/** Values without labels of a text in Prometheus’ format, by their names. */
export type Figures = ReadonlyMap<string, number>;

export function parseMetrics(text: string): Figures {
  const figures = new Map<string, number>();
  for (const line of text.split('\n')) {
    const found = /^([a-z_]+) (\S+)$/.exec(line);
    if (found !== null) figures.set(found[1]!, Number(found[2]));
  }
  return figures;
}

/** One value with labels. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function parseSamples(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const found = /^([a-z_]+)\{(.*)\} (\S+)$/.exec(line);
    if (found === null) return [];
    const labels = [...found[2]!.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name!, value!]);
    return { name: found[1]!, labels: Object.fromEntries(labels) as Sample['labels'], value: Number(found[3]) };
  });
}

/** What somebody waits for, in seconds: of this server, then of each session. */
export function latenciesOf(
  samples: readonly Sample[],
): readonly { readonly of: string; readonly what: string; readonly seconds: number; readonly count: number | null }[] {
  const named = (name: string): readonly Sample[] => samples.filter((each) => each.name === name);
  const mean = (name: string, group: string): readonly { of: string; seconds: number; count: number }[] => {
    const totals = new Map<string, { sum: number; count: number }>();
    for (const part of ['sum', 'count'] as const)
      for (const { labels, value } of named(`${name}_${part}`)) {
        const of = labels[group] ?? '';
        const total = totals.get(of) ?? { sum: 0, count: 0 };
        totals.set(of, { ...total, [part]: total[part] + value });
      }
    return [...totals]
      .filter(([, { count: asked }]) => asked > 0)
      .map(([of, { sum, count: asked }]) => ({ of, seconds: sum / asked, count: asked }));
  };
  return [
    ...named('tradewright_event_loop_delay_seconds').map(({ labels, value }) => ({
      ...{ of: 'this server', what: `event loop is late, quantile ${labels['quantile'] ?? ''}`, seconds: value },
      count: null,
    })),
    ...mean('tradewright_http_request_seconds', 'route')
      .toSorted((a, b) => b.count - a.count)
      .slice(0, 8)
      .map((each) => ({ ...each, what: 'answer, mean' })),
    ...mean('tradewright_session_order_latency_seconds', 'session').map((each) => ({
      ...each,
      what: 'first word of the venue on an order, mean',
    })),
    ...named('tradewright_session_journal_seconds').map(({ labels, value }) => ({
      ...{ of: labels['session'] ?? '', what: 'journal on the disk, last wait', seconds: value, count: null },
    })),
    ...named('tradewright_session_event_loop_delay_seconds').map(({ labels, value }) => ({
      ...{ of: labels['session'] ?? '', what: 'event loop is late, 99 of 100', seconds: value, count: null },
    })),
  ];
}

/** How far a session has used a limit that a venue publishes. */
export interface Budget {
  readonly of: {
    readonly session: string;
    readonly venue: string;
    readonly environment: string;
    readonly meter: string;
    readonly windowSeconds: string;
  };
  readonly limit: number;
  /** Null where it is counted with other programs, and nobody knows without asking. */
  readonly used: number | null;
  readonly blockedSeconds: number;
}

export function budgetsOf(samples: readonly Sample[]): readonly Budget[] {
  const word = (labels: Sample['labels'], name: string): string => labels[name] ?? '';
  const keyOf = (labels: Sample['labels']): string => JSON.stringify(Object.values(labels));
  const values = (name: string): ReadonlyMap<string, number> =>
    new Map(samples.filter((each) => each.name === name).map(({ labels, value }) => [keyOf(labels), value]));
  const [used, blocked] = [
    values('tradewright_session_venue_limit_used'),
    values('tradewright_session_venue_blocked_seconds'),
  ];
  return samples
    .filter(({ name }) => name === 'tradewright_session_venue_limit')
    .map(({ labels, value }) => ({
      of: {
        ...{ session: word(labels, 'session'), venue: word(labels, 'venue'), meter: word(labels, 'meter') },
        ...{ environment: word(labels, 'environment'), windowSeconds: word(labels, 'window_seconds') },
      },
      ...{ limit: value, used: used.get(keyOf(labels)) ?? null, blockedSeconds: blocked.get(keyOf(labels)) ?? 0 },
    }));
}

const bytes = (value: number): string => `${count(value / 1_048_576)} MB`;

const since = (value: number): string => duration(Date.now() - value * 1000);

/** Those that a person looks at first. */
export const FIGURES: readonly {
  readonly name: string;
  readonly label: string;
  readonly format: (value: number) => string;
}[] = [
  { name: 'process_start_time_seconds', label: 'Up for', format: since },
  { name: 'process_resident_memory_bytes', label: 'Memory', format: bytes },
  { name: 'tradewright_heap_used_bytes', label: 'Heap', format: bytes },
  { name: 'tradewright_websockets', label: 'Sockets', format: count },
  { name: 'tradewright_subscriptions', label: 'Subscriptions', format: count },
  { name: 'tradewright_topics', label: 'Streams shared', format: count },
  { name: 'tradewright_http_streams', label: 'Streams over HTTP', format: count },
  { name: 'tradewright_event_bus_behind_events', label: 'Event bus behind', format: count },
  { name: 'tradewright_alerts_open', label: 'Alerts open', format: count },
];
