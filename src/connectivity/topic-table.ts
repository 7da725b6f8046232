import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Topic } from './stream-protocol.ts';

/** How often messages are sampled for the rate, and how many samples make up a minute. */
export const SAMPLE_MS = 5_000;
const SAMPLES = 12;

/** What is known of a topic whatever connection carries it. */
export interface TopicRecord {
  readonly topic: Topic;
  readonly silenceLimitMs: number;
  readonly sinceMs: number;
  /** Told to the listener as resumed, and not as interrupted since. */
  isCarried: boolean;
  wasCarried: boolean;
  interruptions: number;
  gaps: number;
  refusal: string | null;
  refusals: number;
  /** When a refused topic is asked for again. */
  askAgainMs: number;
  /** Connections in a row that were given up for its silence. */
  silences: number;
}

/** Topics by index, with what every message changes in columns. */
export class TopicTable {
  readonly records: (TopicRecord | null)[] = [];
  readonly #byName = new Map<string, TopicRecord>();
  readonly #free: number[] = [];
  messages = new Float64Array(16);
  /** Wall time of the last data; of the first confirmation before it. NaN before both. */
  lastTimeMs = new Float64Array(16);
  /** Elapsed time of the last data; −∞ before it. */
  lastMs = new Float64Array(16);
  readonly #samples = Array.from({ length: SAMPLES }, () => new Float64Array(16));
  #nextSample = 0;

  add(name: string, silenceLimitMs: number, nowMs: number): TopicRecord {
    if (this.#byName.has(name)) throw new RangeError(`expected a topic that is not subscribed yet, found ${name}`);
    const index = this.#free.pop() ?? this.records.length;
    if (index >= this.messages.length) this.#grow();
    const record: TopicRecord = {
      topic: { index, name },
      silenceLimitMs,
      sinceMs: nowMs,
      isCarried: false,
      wasCarried: false,
      interruptions: 0,
      gaps: 0,
      refusal: null,
      refusals: 0,
      askAgainMs: 0,
      silences: 0,
    };
    this.records[index] = record;
    this.#byName.set(name, record);
    this.messages[index] = 0;
    this.lastTimeMs[index] = Number.NaN;
    this.lastMs[index] = Number.NEGATIVE_INFINITY;
    for (const sample of this.#samples) sample[index] = 0;
    return record;
  }

  /** Null where it is unknown. */
  remove(index: number): TopicRecord | null {
    const record = this.records[index] ?? null;
    if (record === null) return null;
    this.records[index] = null;
    this.#byName.delete(record.topic.name);
    this.#free.push(index);
    return record;
  }

  /** Throws RangeError where there is none. */
  get(index: number): TopicRecord {
    const record = this.records[index];
    if (!record) throw new RangeError(`expected the index of a subscribed topic, found ${index}`);
    return record;
  }

  all(): TopicRecord[] {
    return this.records.filter((each) => each !== null);
  }

  /** Calls must be {@link SAMPLE_MS} apart. */
  sample(): void {
    this.#samples[this.#nextSample]!.set(this.messages);
    this.#nextSample = (this.#nextSample + 1) % SAMPLES;
  }

  /** Messages a second over the last minute, or since the topic was added. */
  rate(record: TopicRecord, nowMs: number): number {
    const { index } = record.topic;
    const seconds = Math.min(SAMPLES * SAMPLE_MS, Math.max(1_000, nowMs - record.sinceMs)) / 1_000;
    return (this.messages[index]! - this.#samples[this.#nextSample]![index]!) / seconds;
  }

  /** Wall time from which on data may be missing; null before the topic was ever carried. */
  sinceTimeMs(record: TopicRecord): TimeMs | null {
    return record.wasCarried ? this.lastTimeMs[record.topic.index]! : null;
  }

  #grow(): void {
    const length = 2 * this.messages.length;
    this.messages = grown(this.messages, length);
    this.lastTimeMs = grown(this.lastTimeMs, length);
    this.lastMs = grown(this.lastMs, length);
    for (let k = 0; k < SAMPLES; k++) this.#samples[k] = grown(this.#samples[k]!, length);
  }
}

export function grown(column: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length);
  longer.set(column);
  return longer;
}
