import { DepthMessage } from './depth-message.ts';
import type { DepthRules } from './depth-rules.ts';
import type { OrderBook } from './order-book.ts';

/** So many updates after a snapshot show that the book can be followed. */
const STEADY_UPDATES = 100;

/** `syncing`: no book yet, or no longer one; a snapshot is wanted. `synced`: the book is the venue's. */
export type DepthState = 'syncing' | 'synced';

/**
 * What became of a message.
 * - `applied`: the book has it and is in step.
 * - `buffered`: kept for the snapshot to come.
 * - `stale`: dropped; the book has it, or it belongs to a stream that a snapshot will open.
 * - `gap`, `crossed`, `malformed`: the book is given up, a snapshot is wanted. Updates between this one and the last are missing; best
 *   bid and ask met; a number is none, or a price or quantity is out of range.
 * - `early`: of a snapshot only. Updates that followed it are missing from the buffer; a later one is wanted.
 */
export type DepthOutcome = 'applied' | 'buffered' | 'stale' | 'gap' | 'crossed' | 'malformed' | 'early';

export interface DepthSyncOptions {
  /** Most updates kept until a snapshot comes; beyond it the oldest is dropped. 1,000 is 100 s at ten a second. */
  readonly bufferLimit?: number;
}

/**
 * Keeps an order book in step with a venue's numbered updates. It reads no network: while {@link snapshotWanted} the caller fetches a
 * snapshot (or subscribes anew, see {@link DepthRules.snapshotBy}) at a pace of its own, guided by {@link failures}.
 *
 * While not `synced` the book is empty, so that nobody can read a wrong one. It is never `synced` with a crossed book, nor after a gap.
 */
export class DepthSync {
  readonly book: OrderBook;
  readonly rules: DepthRules;
  /**
   * Times that the book was given up or a snapshot failed, since it last followed a hundred updates: what the pause before the next
   * snapshot should grow with.
   */
  failures = 0;
  /** Times that a book in step was given up. */
  resyncs = 0;
  /** Updates dropped as known already, and updates that a full buffer dropped. */
  staleUpdates = 0;
  overflowed = 0;
  /** Last change in the book, and the first of the message that left a gap after it; −1 before any gap. */
  gapAfterId = -1;
  gapBeforeId = -1;
  #state: DepthState = 'syncing';
  /** True from a snapshot until its first update, whose rule is another. */
  #isFirst = true;
  #followed = 0;
  readonly #limit: number;
  /** A ring of messages, made as they are needed and used again. */
  readonly #buffer: DepthMessage[] = [];
  #start = 0;
  #length = 0;

  constructor(book: OrderBook, rules: DepthRules, options: DepthSyncOptions = {}) {
    const { bufferLimit = 1_000 } = options;
    if (!(Number.isSafeInteger(bufferLimit) && bufferLimit >= 1)) {
      throw new RangeError(`expected a buffer of at least one update, found ${bufferLimit}`);
    }
    this.book = book;
    this.rules = rules;
    this.#limit = bufferLimit;
    book.clear();
  }

  get state(): DepthState {
    return this.#state;
  }

  get snapshotWanted(): boolean {
    return this.#state === 'syncing';
  }

  get buffered(): number {
    return this.#length;
  }

  /** Forgets book and buffer: the connection was lost. */
  reset(): void {
    this.#giveUp();
    this.#length = 0;
    this.failures = 0;
  }

  /** Takes an update from the stream. The message may be used again afterwards. */
  update(message: DepthMessage): DepthOutcome {
    if (this.#state === 'syncing') return this.#keep(message);
    const outcome = this.#follow(message);
    // What follows a gap is sound: the next snapshot joins on to it.
    if (outcome === 'gap') this.#keep(message);
    return outcome;
  }

  /** Takes a snapshot; `finalId` is its number. It replaces the book, also an unasked one. */
  snapshot(message: DepthMessage): DepthOutcome {
    if (this.#state === 'synced' && this.rules.snapshotBy === 'request' && message.finalId <= this.book.updateId) {
      this.staleUpdates++;
      return 'stale';
    }
    const { book } = this;
    book.clear();
    this.#isFirst = true;
    this.#followed = 0;
    if (!Number.isSafeInteger(message.finalId) || !this.#fill(message)) return this.#gaveUp('malformed');
    if (book.isCrossed) return this.#gaveUp('crossed');
    book.updateId = message.finalId;
    while (this.#length > 0) {
      const next = this.#buffer[this.#start]!;
      const outcome = this.#follow(next);
      if (outcome === 'gap') return 'early';
      this.#dropOldest();
      if (outcome === 'crossed' || outcome === 'malformed') return outcome;
    }
    this.#state = 'synced';
    return 'applied';
  }

  /** One update onto the book; gives the book up where it does not fit. */
  #follow(message: DepthMessage): DepthOutcome {
    const { book } = this;
    if (!isNumbered(message)) return this.#gaveUp('malformed');
    const lastId = book.updateId;
    const place = this.#isFirst ? this.rules.first(lastId, message) : this.rules.next(lastId, message);
    if (place === 'stale') {
      this.staleUpdates++;
      return 'stale';
    }
    if (place === 'gap') {
      this.gapAfterId = lastId;
      this.gapBeforeId = message.firstId;
      return this.#gaveUp('gap');
    }
    if (!this.#change(message)) return this.#gaveUp('malformed');
    if (book.isCrossed) return this.#gaveUp('crossed');
    book.updateId = message.finalId;
    this.#isFirst = false;
    if (++this.#followed === STEADY_UPDATES) this.failures = 0;
    return 'applied';
  }

  /** False where a level is none. */
  #change(message: DepthMessage): boolean {
    const { side, price, quantity, count } = message;
    for (let i = 0; i < count; i++) {
      if (!this.book.set(side[i]!, price[i]!, quantity[i]!)) return false;
    }
    return true;
  }

  /** As {@link #change}, backwards: venues send the best level first, and a book grows with less work from its worst. */
  #fill(message: DepthMessage): boolean {
    const { side, price, quantity } = message;
    for (let i = message.count - 1; i >= 0; i--) {
      if (!this.book.set(side[i]!, price[i]!, quantity[i]!)) return false;
    }
    return true;
  }

  #keep(message: DepthMessage): DepthOutcome {
    if (this.rules.snapshotBy === 'stream') {
      this.staleUpdates++;
      return 'stale';
    }
    if (this.#length === this.#limit) {
      this.#dropOldest();
      this.overflowed++;
    }
    const at = (this.#start + this.#length++) % this.#limit;
    this.#buffer[at] ??= new DepthMessage(Math.max(8, message.count));
    this.#buffer[at].copyFrom(message);
    return 'buffered';
  }

  #dropOldest(): void {
    this.#start = (this.#start + 1) % this.#limit;
    this.#length--;
  }

  #gaveUp(outcome: DepthOutcome): DepthOutcome {
    this.failures++;
    this.#giveUp();
    return outcome;
  }

  #giveUp(): void {
    if (this.#state === 'synced') this.resyncs++;
    this.#state = 'syncing';
    this.book.clear();
  }
}

function isNumbered({ firstId, finalId, previousId }: DepthMessage): boolean {
  return (
    Number.isSafeInteger(firstId) &&
    Number.isSafeInteger(finalId) &&
    Number.isSafeInteger(previousId) &&
    firstId <= finalId
  );
}
