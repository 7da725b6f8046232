import { applyPatch, type Operation } from 'rfc6902';
import type { ClientFrame, ServerFrame } from '../websocket/frames.ts';
import { problemFrom } from './problem.ts';

/** Beside what a stream tells. */
export interface About {
  /** Number of the update, which rises. */
  readonly seq: number;
  /** Something may have been told before this that did not come: the first update after a gap has it. */
  readonly hasGap: boolean;
}

type TopicFrame = Extract<ServerFrame, { k: 'snapshot' | 'delta' | 'ended' }>;

/** One subscription as its client knows it: what is known of the topic, up to which number. */
export class Following {
  readonly id: string;
  /** Settles with the result of the stream, or rejects with `ProblemError`. */
  readonly ended: Promise<unknown>;
  readonly #subscribe: Omit<Extract<ClientFrame, { k: 'subscribe' }>, 'k' | 'from' | 'id'>;
  readonly #listener: (update: unknown, about: About) => void;
  #resolve!: (result: unknown) => void;
  #reject!: (error: Error) => void;
  topic: string | null = null;
  /** Nobody wants more of it; only how it ends. */
  isClosing = false;
  #appends = false;
  /** Null before the first snapshot. */
  #seq: number | null = null;
  #state: unknown = null;

  constructor(
    id: string,
    subscribe: Omit<Extract<ClientFrame, { k: 'subscribe' }>, 'k' | 'from' | 'id'>,
    listener: (update: unknown, about: About) => void,
  ) {
    this.id = id;
    this.#subscribe = subscribe;
    this.#listener = listener;
    // `Promise.withResolvers` is younger than Node 20, in which this runs, too.
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Who does not ask how it ended is not told, and nothing breaks.
    this.ended.catch(() => {});
  }

  /** What asks for it: from the number that came last, where one came. */
  frame(): ClientFrame {
    const from = this.topic === null || this.#seq === null ? {} : { from: { topic: this.topic, seq: this.#seq } };
    return { k: 'subscribe', id: this.id, ...this.#subscribe, ...from };
  }

  subscribed({ topic, appends, resumed }: Extract<ServerFrame, { k: 'subscribed' }>): void {
    this.topic = topic;
    this.#appends = appends;
    if (!resumed) this.#seq = null;
  }

  /** Answers false where something is lost: it must be subscribed to anew. */
  take(frame: TopicFrame): boolean {
    if (frame.k === 'ended') this.#over(frame);
    else if (frame.k === 'snapshot') this.#snapshot(frame);
    else if (frame.from !== this.#seq) return false;
    else if (frame.updates === undefined) return this.#patch(frame.patch ?? [], frame.seq);
    else this.#append(frame.updates, frame.seq, false);
    return true;
  }

  fail(error: Error): void {
    this.#reject(error);
  }

  /** It is not followed any more. */
  finish(result?: unknown): void {
    this.#resolve(result);
  }

  #over({ result, problem }: Extract<ServerFrame, { k: 'ended' }>): void {
    if (result === undefined) this.#reject(problemFrom(problem));
    else this.#resolve(result);
  }

  #snapshot({ data, seq, reason, whole }: Extract<ServerFrame, { k: 'snapshot' }>): void {
    const hasGap = reason === 'gap' || !whole;
    if (this.#appends && Array.isArray(data)) this.#append(data, seq, hasGap);
    else {
      this.#seq = seq;
      this.#state = data;
      this.#listener(data, { seq, hasGap });
    }
  }

  #append(updates: readonly unknown[], seq: number, hasGap: boolean): void {
    this.#seq = seq;
    for (const [k, update] of updates.entries())
      this.#listener(update, { seq: seq - updates.length + 1 + k, hasGap: hasGap && k === 0 });
  }

  #patch(patch: readonly unknown[], seq: number): boolean {
    // A state that was told before stays as it was told.
    const state = structuredClone(this.#state);
    if (applyPatch(state, patch as Operation[]).some((fault) => fault !== null)) return false;
    this.#state = state;
    this.#seq = seq;
    this.#listener(state, { seq, hasGap: false });
    return true;
  }
}
