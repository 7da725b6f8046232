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

const seconds = (value: number): string => duration(value * 1000);
const bytes = (value: number): string => `${count(value / 1_048_576)} MB`;

/** Those that a person looks at first. */
export const FIGURES: readonly {
  readonly name: string;
  readonly label: string;
  readonly format: (value: number) => string;
}[] = [
  { name: 'process_resident_memory_bytes', label: 'Memory', format: bytes },
  { name: 'nodejs_heap_size_used_bytes', label: 'Heap', format: bytes },
  { name: 'nodejs_eventloop_lag_p99_seconds', label: 'Event loop, p99', format: seconds },
  { name: 'tradewright_streams', label: 'Streams', format: count },
  { name: 'tradewright_topics', label: 'Topics', format: count },
  { name: 'tradewright_sockets', label: 'Sockets', format: count },
  { name: 'tradewright_subscriptions', label: 'Subscriptions', format: count },
];
