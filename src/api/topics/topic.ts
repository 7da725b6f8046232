import type { Clock, Timer } from '../../ports/clock.ts';
import { History } from './history.ts';
import { patchOf } from './json-patch.ts';

/** Who listens to a topic: called when there is more to take, and when it has ended. */
export type Listener = () => void;

/** One frame for those who know the topic up to a number. */
export interface TopicFrame {
  readonly payload: Buffer;
  /** What they know then. */
  readonly seq: number;
}

/** What a stream came to: a result's or a problem's JSON. */
export interface TopicEnd {
  readonly field: 'result' | 'problem';
  readonly text: string;
}

/** Whole states are told this often at most. */
const STATE_MS = 100;
/** Updates that add something are put together for so long: one frame for many. */
const APPEND_MS = 10;
const FRAME_CHARS = 256 * 1024;
const KEPT = {
  appends: { entries: 20_000, bytes: 4 * 1_048_576 },
  state: { entries: 256, bytes: 512 * 1024 },
} as const;
/** Above this a state is told whole: comparing it would hold others up. */
const LARGEST_COMPARED = 256 * 1024;

/**
 * What a stream tells, numbered, for any number of listeners. Each listener keeps nothing but the number that it has come to and takes a frame when it
 * has room for one, so that a slow one costs no memory; frames are made once for all that stand at the same number.
 */
export class Topic {
  readonly name: string;
  readonly appends: boolean;
  readonly listeners = new Set<Listener>();
  readonly #clock: Clock;
  readonly #history: History;
  /** Frames by the number that they follow; of this moment. */
  readonly #frames = new Map<number | string, TopicFrame>();
  #state: { readonly value: unknown; readonly text: string } | null = null;
  /** The newest state that no patch leads to. */
  #wholeSeq = 0;
  #pending: unknown[] = [];
  #timer: Timer | null = null;
  #toldMs = Number.NEGATIVE_INFINITY;
  #end: TopicEnd | null = null;

  constructor(name: string, appends: boolean, clock: Clock) {
    this.name = name;
    this.appends = appends;
    this.#clock = clock;
    const { entries, bytes } = KEPT[appends ? 'appends' : 'state'];
    this.#history = new History(entries, bytes);
  }

  /** Number of the newest; 0 before the first. */
  get seq(): number {
    return this.#history.newest;
  }

  get end(): TopicEnd | null {
    return this.#end;
  }

  /** Takes what the stream tells. It is passed on a little later, with what comes until then. */
  take(update: unknown): void {
    if (this.#end !== null) return;
    if (this.appends) this.#pending.push(update);
    else this.#pending = [update];
    if (this.#timer !== null) return;
    const dueMs = this.appends ? APPEND_MS : this.#toldMs + STATE_MS - this.#clock.elapsedMs();
    if (dueMs <= 0) this.#tell();
    else this.#timer = this.#clock.after(dueMs, () => this.#tell());
  }

  finish(end: TopicEnd): void {
    if (this.#end !== null) return;
    this.#timer?.cancel();
    if (this.#pending.length > 0) this.#tell();
    this.#end = end;
    this.#wake();
  }

  /** Whether who stands at a number can be told everything since. */
  reaches(seq: number): boolean {
    return seq >= this.#history.reaches && seq <= this.seq;
  }

  /**
   * What comes after a number; null for who knows nothing yet. `isGap`: whether they knew something that cannot be gone on from. Answers null
   * where there is nothing new, `gone` where something is lost for who must be told everything.
   */
  after(seq: number | null, isGap = false): TopicFrame | 'gone' | null {
    if (this.seq === 0 || seq === this.seq) return null;
    if (seq !== null && this.appends && !this.reaches(seq)) return 'gone';
    const key = seq ?? (isGap ? 'gap' : 'begin');
    let frame = this.#frames.get(key);
    if (frame === undefined) {
      frame = seq !== null && this.reaches(seq) ? this.#delta(seq) : this.#snapshot(seq, isGap);
      this.#frames.set(key, frame);
    }
    return frame;
  }

  #tell(): void {
    this.#timer = null;
    this.#toldMs = this.#clock.elapsedMs();
    const news = this.#pending;
    this.#pending = [];
    if (this.appends) for (const update of news) this.#history.add(JSON.stringify(update));
    else if (!this.#takeState(news[0])) return;
    this.#frames.clear();
    this.#wake();
  }

  /** Answers whether it is another state than before. */
  #takeState(value: unknown): boolean {
    const text = JSON.stringify(value);
    const before = this.#state;
    if (before?.text === text) return false;
    // As it is told: what JSON leaves out is no difference.
    const told: unknown = JSON.parse(text);
    this.#state = { value: told, text };
    const isComparable = before !== null && before.text.length + text.length <= LARGEST_COMPARED;
    const patch = isComparable ? JSON.stringify(patchOf(before.value, told)).slice(1, -1) : null;
    const isShorter = patch !== null && patch.length < text.length;
    this.#history.add(isShorter ? patch : '');
    if (!isShorter) this.#wholeSeq = this.seq;
    return true;
  }

  #wake(): void {
    for (const listener of this.listeners) listener();
  }

  #delta(from: number): TopicFrame {
    const { texts, seq } = this.#history.after(from, this.appends ? FRAME_CHARS : Number.POSITIVE_INFINITY);
    const list = texts.join(',');
    const isWhole = !this.appends && (from < this.#wholeSeq || list.length >= this.#state!.text.length);
    if (isWhole) return this.#snapshot(from, false);
    return this.#frame('delta', seq, `"from":${from},"${this.appends ? 'updates' : 'patch'}":[${list}]`);
  }

  #snapshot(known: number | null, isGap: boolean): TopicFrame {
    const reason = isGap ? 'gap' : known === null ? 'begin' : 'shorter';
    if (!this.appends)
      return this.#frame('snapshot', this.seq, `"reason":"${reason}","whole":true,"data":${this.#state!.text}`);
    const { reaches } = this.#history;
    const { texts, seq } = this.#history.after(reaches, FRAME_CHARS);
    return this.#frame('snapshot', seq, `"reason":"${reason}","whole":${reaches === 0},"data":[${texts.join(',')}]`);
  }

  #frame(kind: string, seq: number, rest: string): TopicFrame {
    return { payload: Buffer.from(`{"k":"${kind}","topic":${JSON.stringify(this.name)},"seq":${seq},${rest}}`), seq };
  }
}
