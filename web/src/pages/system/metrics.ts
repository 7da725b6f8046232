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
