import { JOB_BOUNDS_S, type JobTally } from '../handlers/job-tally.ts';
import { LoopDelay } from './loop-delay.ts';
import { MetricText, SERVER_FAMILIES } from './metric-families.ts';
import { type HomeFigures, writeHomeFigures } from './session-metrics.ts';

/** Upper ends of the classes of latency, seconds. */
const BOUNDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] as const;

interface Latencies {
  readonly counts: number[];
  count: number;
  sum: number;
}

/** How the event bus does. */
export interface BusFigures {
  readonly isUp: boolean;
  readonly behindEvents: number;
}

/** What a server knows of itself at any moment. */
export interface MetricSources {
  /** Requests that are under way. */
  readonly streams: () => number;
  readonly sockets: () => number;
  readonly subscriptions: () => number;
  readonly topics: () => number;
  readonly bus: () => BusFigures;
  readonly jobs: JobTally | undefined;
}

/** What a server counts of itself, and what its home is at, told in the text format of Prometheus (0.0.4). */
export class Metrics {
  readonly #requests = new Map<string, { readonly route: string; readonly status: string; count: number }>();
  readonly #latencies = new Map<string, Latencies>();
  readonly #delay = new LoopDelay();
  readonly #sources: MetricSources;

  constructor(sources: MetricSources) {
    this.#sources = sources;
  }

  /** `route` is one of the server's own, never what a client wrote, so that there are few. */
  answered(route: string, status: number, elapsedMs: number): void {
    const key = `${status} ${route}`;
    const requests = this.#requests.get(key) ?? { route, status: String(status), count: 0 };
    requests.count++;
    this.#requests.set(key, requests);
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

  text(home: HomeFigures | null, jobCounts: Readonly<Record<string, number>> | null): string {
    const text = new MetricText();
    const { requests, latency, streams, delay, memory, heap, started, busUp, busBehind } = SERVER_FAMILIES;
    const sources = this.#sources;
    const bus = sources.bus();
    text.head(requests);
    for (const { route, status, count } of this.#requests.values())
      text.sample(requests.name, { route, status }, count);
    text.head(latency);
    for (const [route, latencies] of this.#latencies) text.histogram(latency, { route }, BOUNDS, latencies);
    const one = (family: typeof streams, value: number): void => {
      text.head(family);
      text.sample(family.name, {}, value);
    };
    one(streams, sources.streams());
    one(SERVER_FAMILIES.sockets, sources.sockets());
    one(SERVER_FAMILIES.subscriptions, sources.subscriptions());
    one(SERVER_FAMILIES.topics, sources.topics());
    text.head(delay);
    for (const q of [50, 99, 100])
      text.sample(delay.name, { quantile: String(q / 100) }, this.#delay.percentileMs(q) / 1000);
    this.#delay.reset();
    const { rss, heapUsed } = process.memoryUsage();
    one(memory, rss);
    one(heap, heapUsed);
    one(started, performance.timeOrigin / 1000);
    one(busUp, bus.isUp ? 1 : 0);
    one(busBehind, bus.behindEvents);
    writeJobs(text, jobCounts, sources.jobs);
    writeHomeFigures(text, home);
    return text.toString();
  }

  close(): void {
    this.#delay.close();
  }
}

function writeJobs(
  text: MetricText,
  counts: Readonly<Record<string, number>> | null,
  tally: JobTally | undefined,
): void {
  const { jobs, jobSeconds, jobFailures } = SERVER_FAMILIES;
  const carriedOut = [...(tally?.byOperation ?? [])];
  text.head(jobs);
  for (const [state, count] of Object.entries(counts ?? {})) text.sample(jobs.name, { state }, count);
  text.head(jobSeconds);
  for (const [operation, durations] of carriedOut) text.histogram(jobSeconds, { operation }, JOB_BOUNDS_S, durations);
  text.head(jobFailures);
  for (const [operation, { failures }] of carriedOut) text.sample(jobFailures.name, { operation }, failures);
}
