import { assert } from '../core/vocabulary/assert.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import {
  type Journal,
  type JournalDraft,
  JournalError,
  type JournalOptions,
  type JournalSnapshot,
} from '../ports/journal.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Batch, batchLine } from './chain.ts';
import type { RecordSink } from './journal-place.ts';
import type { Versions } from './versions.ts';

/** A batch is handed over when it has so many records or characters, however little time has passed. */
const MOST_RECORDS = 4096;
const MOST_CHARACTERS = 1 << 20;

interface Waiting {
  readonly seq: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Numbers records, gathers them into batches and hands these over one at a time, so that a slow disk makes larger ones. */
export class JournalWriter implements Journal {
  readonly session: string;
  head: number;
  durable: number;
  failure: JournalError | null = null;
  readonly #sink: RecordSink;
  readonly #versions: Versions;
  readonly #clock: Clock;
  readonly #where: string;
  readonly #fenceEpoch: number | null;
  readonly #flushEveryMs: number;
  readonly #mostPending: number;
  /** Lines of the batch that is being gathered. */
  #lines: string[] = [];
  #characters = 0;
  #isFenced = false;
  readonly #ready: Batch[] = [];
  readonly #waiting: Waiting[] = [];
  #timer: Timer | null = null;
  /** Settles when the calls of the sink so far have. */
  #busy: Promise<void> | null = null;
  #isClosed = false;

  constructor(
    session: string,
    head: number,
    sink: RecordSink,
    versions: Versions,
    clock: Clock,
    where: string,
    options: JournalOptions,
  ) {
    this.session = session;
    this.head = head;
    this.durable = head;
    this.#sink = sink;
    this.#versions = versions;
    this.#clock = clock;
    this.#where = where;
    this.#fenceEpoch = options.fence?.epoch ?? null;
    this.#flushEveryMs = options.flushEveryMs ?? 5;
    this.#mostPending = options.mostPending ?? 1_000_000;
  }

  append(draft: Exclude<JournalDraft, { readonly kind: 'intent' }>): number {
    this.#mayTake(1);
    this.#take(draft, canonicalJson(draft.payload));
    if (this.#lines.length >= MOST_RECORDS || this.#characters >= MOST_CHARACTERS) this.#send();
    else this.#timer ??= this.#clock.after(this.#flushEveryMs, () => this.#send());
    return this.head;
  }

  async commit(drafts: readonly JournalDraft[]): Promise<number> {
    assert(drafts.length > 0, 'a commit is of at least one record');
    this.#mayTake(drafts.length);
    for (const draft of drafts)
      if (draft.kind === 'intent' && this.#fenceEpoch !== null)
        assert(
          draft.payload.epoch === this.#fenceEpoch,
          `an intent of epoch ${draft.payload.epoch} in the journal of epoch ${this.#fenceEpoch}`,
        );
    // All texts before the first number, so that a payload that is not JSON leaves nothing behind.
    const texts = drafts.map((draft) => canonicalJson(draft.payload));
    const first = this.head + 1;
    for (const [i, draft] of drafts.entries()) {
      this.#take(draft, texts[i]!);
      if (draft.kind === 'intent') this.#isFenced = true;
    }
    await this.flush();
    return first;
  }

  async flush(): Promise<void> {
    if (this.failure !== null) throw this.failure;
    if (this.durable === this.head) return;
    const done = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ seq: this.head, resolve, reject });
    });
    this.#send();
    await done;
  }

  async saveSnapshot({ seq, takenAtMs, state }: JournalSnapshot): Promise<void> {
    this.#mayTake(0);
    assert(seq >= 1 && seq <= this.head, `a snapshot after record ${seq} of a journal that ends with ${this.head}`);
    const text = canonicalJson(state);
    await this.flush();
    await this.#inTurn(() => this.#sink.writeSnapshot({ seq, takenAtMs, text }));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.flush();
    } finally {
      this.#timer?.cancel();
      await this.#busy;
      this.failure ??= this.#error('closed', 'a journal that was closed', 'an open one', 'Open it again.');
      await this.#sink.close();
    }
  }

  #mayTake(count: number): void {
    if (this.failure !== null) throw this.failure;
    if (this.#isClosed) throw this.#error('closed', 'a journal that is being closed', 'an open one', 'Open it again.');
    if (this.head - this.durable + count <= this.#mostPending) return;
    this.#fail(
      this.#error(
        'overrun',
        `${this.head - this.durable} records that are not durable yet`,
        `at most ${this.#mostPending}`,
        'The disk or database is too slow for this session: give it a faster one, or fewer instruments.',
        true,
      ),
    );
    throw this.failure!;
  }

  #take(draft: JournalDraft, text: string): void {
    assert(Number.isFinite(draft.atMs), `a record's time is ${draft.atMs}`);
    const line = batchLine(draft.kind, this.#versions[draft.kind], draft.atMs, text);
    this.#lines.push(line);
    this.#characters += line.length;
    this.head++;
  }

  /** Ends the batch that is being gathered and sees that the sink has work. */
  #send(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.failure !== null) return;
    const count = this.#lines.length;
    if (count > 0) {
      this.#ready.push({
        firstSeq: this.head - count + 1,
        count,
        lines: this.#lines.join('\n'),
        isFenced: this.#isFenced,
      });
      this.#lines = [];
      this.#characters = 0;
      this.#isFenced = false;
    }
    // What goes wrong is `failure`, and told to everybody who waits.
    if (this.#busy === null && this.#ready.length > 0) this.#inTurn(() => this.#drain()).catch(() => {});
  }

  async #drain(): Promise<void> {
    for (;;) {
      const batch = this.#ready.shift();
      if (batch === undefined) return;
      await this.#sink.write(batch);
      this.durable = batch.firstSeq + batch.count - 1;
      while (this.#waiting.length > 0 && this.#waiting[0]!.seq <= this.durable) this.#waiting.shift()!.resolve();
    }
  }

  /** One call of the sink after the other. A rejection is the end of this writer. */
  async #inTurn(call: () => Promise<void>): Promise<void> {
    while (this.#busy !== null) await this.#busy;
    if (this.failure !== null) throw this.failure;
    let done = (): void => {};
    this.#busy = new Promise((resolve) => {
      done = resolve;
    });
    try {
      await call();
    } catch (error) {
      this.#fail(error as Error);
      throw error;
    } finally {
      this.#busy = null;
      done();
      this.#send();
    }
  }

  #fail(error: Error): void {
    this.failure ??=
      error instanceof JournalError
        ? error
        : this.#error('outcome-unknown', error.message, 'an answer from the store', 'Open it again.', true, error);
    this.#timer?.cancel();
    this.#lines = [];
    this.#ready.splice(0);
    for (const each of this.#waiting.splice(0)) each.reject(this.failure);
  }

  #error(
    code: JournalError['code'],
    found: string,
    expected: string,
    hint: string,
    mayBeWritten = false,
    cause?: Error,
  ): JournalError {
    const where = `journal ${this.session} in ${this.#where}`;
    return new JournalError(code, { where, found, expected, hint }, { mayBeWritten, cause });
  }
}
