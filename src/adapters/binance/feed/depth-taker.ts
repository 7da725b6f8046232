import type { LevelColumns } from '../../../connectivity/level-bytes.ts';
import { allocateBookView, type BookView, readBook } from '../../../core/market/book-view.ts';
import { DepthMessage } from '../../../core/market/depth-message.ts';
import { type DepthOutcome, DepthSync } from '../../../core/market/depth-sync.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import type { TimeMs } from '../../../core/vocabulary/time.ts';
import { VenueError } from '../../../ports/venue-error.ts';
import type { FrameDecoder } from '../frames/frame-decoder.ts';
import { SLOT } from '../frames/tables.ts';
import { pause, type StreamTaker, type StreamWorld } from './stream-taker.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

export interface DepthTakerOptions {
  /** The instrument's price step, where it is known: the book is faster with it. */
  readonly tick: string | null;
  /** Levels a side that listeners are shown. */
  readonly levels: number;
}

/**
 * A book in step with the venue's: snapshot over REST, numbered changes over the stream. Whenever a change is missing the book is given
 * up, fetched anew, and the gap is told as lost once it is whole again: changes in between are gone, the book is not.
 */
export class DepthTaker implements StreamTaker {
  readonly #world: StreamWorld;
  readonly #sync: DepthSync;
  readonly #view: BookView;
  readonly #message = new DepthMessage(256);
  /** Event time of the newest change that went into the book, and of the newest that came at all. */
  #lastEventMs = Number.NaN;
  #newestMs = Number.NaN;
  /** Event time of the last change before the book was given up; NaN while nothing is missing. */
  #lostSinceMs = Number.NaN;
  #lostBecause = '';
  #isAsking = false;
  #isClosed = false;

  constructor(world: StreamWorld, { tick, levels }: DepthTakerOptions) {
    this.#world = world;
    this.#sync = new DepthSync(new OrderBook({ tick }), world.rest.market.depthRules);
    this.#view = allocateBookView(levels);
  }

  get isInStep(): boolean {
    return this.#sync.state === 'synced';
  }

  frame({ scanner }: FrameDecoder, receivedMs: TimeMs): void {
    const n = scanner.numbers;
    const previousId = n[SLOT.previousId]!;
    const message = this.#message;
    message.begin(n[SLOT.firstId]!, n[SLOT.id]!, Number.isNaN(previousId) ? -1 : previousId);
    addSide(message, 1, scanner.sides[0]);
    addSide(message, -1, scanner.sides[1]);
    this.#newestMs = n[SLOT.eventTime]!;
    const wasInStep = this.#sync.state === 'synced';
    const outcome = this.#sync.update(message);
    if (outcome === 'applied') {
      this.#tell(receivedMs);
    } else if (wasInStep && outcome !== 'stale') this.#gaveUp(outcome);
    if (this.#sync.snapshotWanted) this.#ask();
  }

  resumed(): void {}

  interrupted(): void {
    if (this.#sync.state === 'synced') this.#lose('the connection was lost');
    this.#sync.reset();
  }

  close(): void {
    this.#isClosed = true;
  }

  #tell(receivedMs: TimeMs): void {
    this.#lastEventMs = this.#newestMs;
    readBook(this.#sync.book, this.#view);
    this.#world.audience.depth(this.#lastEventMs, receivedMs, this.#view);
  }

  #gaveUp(outcome: DepthOutcome): void {
    const { audience } = this.#world;
    const at = `change ${this.#message.firstId} to ${this.#message.finalId}`;
    if (outcome === 'crossed') audience.anomaly('crossed-book', `${at} made best bid and ask meet`);
    if (outcome === 'malformed') audience.anomaly('out-of-range', `${at} has a level that is none`);
    const { gapAfterId, gapBeforeId } = this.#sync;
    this.#lose(
      outcome === 'gap' ? `changes ${gapAfterId + 1} to ${gapBeforeId - 1} did not come` : `${at}: ${outcome}`,
    );
  }

  #lose(reason: string): void {
    this.#world.countGap();
    if (!Number.isNaN(this.#lostSinceMs)) return;
    this.#lostSinceMs = this.#lastEventMs;
    this.#lostBecause = reason;
  }

  #ask(): void {
    if (this.#isAsking || this.#isClosed) return;
    this.#isAsking = true;
    void this.#askUntilInStep();
  }

  async #askUntilInStep(): Promise<void> {
    const { rest, symbol, clock, audience } = this.#world;
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#isClosed && this.#sync.snapshotWanted) {
      let outcome: DepthOutcome | null = null;
      try {
        const book = await rest.book(symbol);
        if (this.#isClosed) return;
        // Without a change from the stream behind it a snapshot proves nothing: the connection may have gone meanwhile.
        if (this.#sync.buffered === 0) break;
        const message = new DepthMessage(book.bids.length + book.asks.length + 1);
        message.begin(0, book.updateId);
        for (const [price, quantity] of book.bids) message.add(1, price, quantity);
        for (const [price, quantity] of book.asks) message.add(-1, price, quantity);
        outcome = this.#sync.snapshot(message);
      } catch (error) {
        if (!(error instanceof VenueError)) throw error;
      }
      if (outcome === 'applied') break;
      if (outcome === 'crossed') audience.anomaly('crossed-book', 'a snapshot whose best bid and ask meet');
      await pause(clock, pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
    this.#isAsking = false;
    if (!this.#isClosed && this.#sync.state === 'synced') this.#whole();
  }

  #whole(): void {
    const { audience, clock } = this.#world;
    this.#tell(clock.nowMs());
    if (Number.isNaN(this.#lostSinceMs)) return;
    const reason = `${this.#lostBecause}; the book was fetched anew, changes in between are lost`;
    audience.gap({ outcome: 'lost', fromMs: this.#lostSinceMs, toMs: this.#lastEventMs, reason });
    this.#lostSinceMs = Number.NaN;
  }
}

function addSide(message: DepthMessage, side: number, levels: LevelColumns): void {
  for (let i = 0; i < levels.count; i++) message.add(side, levels.price[i]!, levels.quantity[i]!);
}
