import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Upper ends of the classes of latency, seconds. */
const BOUNDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] as const;

interface Latencies {
  readonly counts: number[];
  count: number;
  sum: number;
}

/** What a server counts of itself, told in the text format of Prometheus (0.0.4). */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #latencies = new Map<string, Latencies>();
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  readonly #gauges: Readonly<Record<string, { readonly help: string; readonly read: () => number }>>;

  constructor(gauges: Readonly<Record<string, { readonly help: string; readonly read: () => number }>>) {
    this.#gauges = gauges;
    this.#delay.enable();
  }

  /** `route` is one of the server's own, never what a client wrote, so that there are few. */
  answered(route: string, status: number, elapsedMs: number): void {
    const labels = `route="${route}",status="${status}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    let latencies = this.#latencies.get(route);
    if (latencies === undefined) {
      latencies = { counts: BOUNDS.map(() => 0), count: 0, sum: 0 };
      this.#latencies.set(route, latencies);
    }
    const seconds = elapsedMs / 1000;
    latencies.count++;
    latencies.sum += seconds;
    for (let k = BOUNDS.length - 1; k >= 0 && seconds <= BOUNDS[k]!; k--) latencies.counts[k]!++;
  }

  text(): string {
    const lines: string[] = [];
    const head = (name: string, type: string, help: string): void =>
      void lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    head('tradewright_http_requests_total', 'counter', 'Requests that were answered.');
    for (const [labels, count] of this.#requests) lines.push(`tradewright_http_requests_total{${labels}} ${count}`);
    head('tradewright_http_request_seconds', 'histogram', 'From a request’s first byte to the end of its answer.');
    for (const [route, { counts, count, sum }] of this.#latencies) {
      for (const [k, bound] of BOUNDS.entries())
        lines.push(`tradewright_http_request_seconds_bucket{route="${route}",le="${bound}"} ${counts[k]}`);
      lines.push(
        `tradewright_http_request_seconds_bucket{route="${route}",le="+Inf"} ${count}`,
        `tradewright_http_request_seconds_sum{route="${route}"} ${sum}`,
        `tradewright_http_request_seconds_count{route="${route}"} ${count}`,
      );
    }
    head('tradewright_event_loop_delay_seconds', 'gauge', 'How late the loop was since the last scrape, by quantile.');
    for (const q of [50, 99, 100])
      lines.push(`tradewright_event_loop_delay_seconds{quantile="${q / 100}"} ${this.#delay.percentile(q) / 1e9}`);
    this.#delay.reset();
    const { rss, heapUsed } = process.memoryUsage();
    head('process_resident_memory_bytes', 'gauge', 'Memory of the process.');
    lines.push(`process_resident_memory_bytes ${rss}`);
    head('tradewright_heap_used_bytes', 'gauge', 'Memory of the main thread’s objects.');
    lines.push(`tradewright_heap_used_bytes ${heapUsed}`);
    head('process_start_time_seconds', 'gauge', 'When the process began, since 1970.');
    lines.push(`process_start_time_seconds ${performance.timeOrigin / 1000}`);
    for (const [name, { help, read }] of Object.entries(this.#gauges)) {
      head(name, 'gauge', help);
      lines.push(`${name} ${read()}`);
    }
    return `${lines.join('\n')}\n`;
  }

  close(): void {
    this.#delay.disable();
  }
}
