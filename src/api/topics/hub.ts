import { randomBytes } from 'node:crypto';
import type { Json } from '../../core/vocabulary/json.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { Failure } from '../failures.ts';
import type { Route } from '../http/routes.ts';
import { Topic, type TopicEnd } from './topic.ts';

type Given = Readonly<Record<string, Json>>;

/** Runs a stream until it ends or is stopped. Never rejects. */
export type RunStream = (
  route: Route,
  given: Given,
  hooks: { readonly update: (update: unknown) => void; readonly stop: AbortSignal },
) => Promise<TopicEnd>;

interface Running {
  readonly topic: Topic;
  readonly stop: AbortController;
  /** What it is found by; null for a stream of one listener's own. */
  readonly key: string | null;
  lingering: Timer | null;
}

/** A stream goes on for so long without anybody, for who lost the connection and comes again. */
const LINGER_MS = 10_000;
const MOST_TOPICS = 500;

/** One running stream for each operation and input, whoever listens, and its end when nobody does any more. */
export class Hub {
  readonly #run: RunStream;
  readonly #clock: Clock;
  readonly #running = new Map<Topic, Running>();
  readonly #byKey = new Map<string, Running>();
  readonly #ends = new Set<Promise<void>>();

  constructor(run: RunStream, clock: Clock) {
    this.#run = run;
    this.#clock = clock;
  }

  get size(): number {
    return this.#running.size;
  }

  /** The topic of a stream, which is begun where nobody has. Throws {@link Failure} `server-busy`. */
  join(route: Route, given: Given, isShared: boolean): Topic {
    const key = isShared ? `${route.id} ${canonical(route.operation.input.parse(given))}` : null;
    const known = key === null ? undefined : this.#byKey.get(key);
    if (known === undefined) return this.#begin(route, given, key);
    known.lingering?.cancel();
    known.lingering = null;
    return known.topic;
  }

  /** To be called after a listener has gone. */
  left(topic: Topic): void {
    const running = this.#running.get(topic);
    if (running === undefined || topic.listeners.size > 0) return;
    if (running.key === null) this.stop(topic);
    else running.lingering ??= this.#clock.after(LINGER_MS, () => this.stop(topic));
  }

  /** Ends a stream; its listeners hear of it when it has. */
  stop(topic: Topic): void {
    const running = this.#running.get(topic);
    if (running === undefined) return;
    this.#forget(running);
    running.stop.abort();
  }

  /** Ends all streams, and answers when they have. */
  async close(): Promise<void> {
    for (const topic of [...this.#running.keys()]) this.stop(topic);
    await Promise.all(this.#ends);
  }

  #begin(route: Route, given: Given, key: string | null): Topic {
    if (this.#running.size >= MOST_TOPICS)
      throw new Failure('server-busy', `${this.#running.size} streams are followed already`);
    // Another run of the same stream has another name: numbers of one say nothing in the other.
    const name = `${route.operation.name}#${randomBytes(6).toString('base64url')}`;
    const topic = new Topic(name, route.operation.appends === true, this.#clock);
    const running: Running = { topic, key, stop: new AbortController(), lingering: null };
    this.#running.set(topic, running);
    if (key !== null) this.#byKey.set(key, running);
    const hooks = { update: (update: unknown) => topic.take(update), stop: running.stop.signal };
    const ended = this.#run(route, given, hooks).then((end) => {
      this.#forget(running);
      topic.finish(end);
      this.#ends.delete(ended);
    });
    this.#ends.add(ended);
    return topic;
  }

  #forget(running: Running): void {
    running.lingering?.cancel();
    this.#running.delete(running.topic);
    if (running.key !== null && this.#byKey.get(running.key) === running) this.#byKey.delete(running.key);
  }
}

/** JSON with the fields of every object in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
