import type { QueueReader } from '../../connectivity/shared-queue.ts';
import type { BookView, FeedGap, FeedSink } from '../../ports/market-feed.ts';
import type { ToldHealth } from './messages.ts';
import { DEPTH_HEAD, RECORD, TEXT_HEAD } from './records.ts';
import type { ThreadSubscription } from './thread-subscription.ts';

/** A book whose columns are filled again for every record. */
class ReadBook implements BookView {
  updateId = 0;
  readonly bids = { count: 0, price: new Float64Array(32), quantity: new Float64Array(32) };
  readonly asks = { count: 0, price: new Float64Array(32), quantity: new Float64Array(32) };
}

/** Calls the sinks that records are for. Subscriptions are at their id; records of those that have ended meanwhile are nobody's. */
export class Delivery {
  readonly subscriptions: (ThreadSubscription | undefined)[] = [];
  readonly #book = new ReadBook();
  readonly #health: (told: ToldHealth) => void;

  constructor(health: (told: ToldHealth) => void) {
    this.#health = health;
  }

  deliver(reader: QueueReader, length: number): void {
    const f = reader.floats;
    const at = reader.offset >> 3;
    const kind = f[at]!;
    if (kind === RECORD.health) {
      this.#health(textOf(reader, length) as ToldHealth);
      return;
    }
    const subscription = this.subscriptions[f[at + 1]!];
    if (subscription === undefined) return;
    switch (kind) {
      case RECORD.trade:
        this.#trade(subscription, f, at);
        break;
      case RECORD.quote: {
        this.#newest(subscription, f[at + 2]!);
        const { id, sink } = subscription;
        sink.quote(id, f[at + 2]!, f[at + 3]!, f[at + 4]!, f[at + 5]!, f[at + 6]!, f[at + 7]!, f[at + 8]!);
        break;
      }
      case RECORD.bar:
        this.#bar(subscription, f, at);
        break;
      case RECORD.depth:
        this.#newest(subscription, f[at + 2]!);
        subscription.sink.depth(subscription.id, f[at + 2]!, f[at + 3]!, this.#read(f, at));
        break;
      case RECORD.mark: {
        this.#newest(subscription, f[at + 2]!);
        const { id, sink } = subscription;
        sink.mark(id, f[at + 2]!, f[at + 3]!, f[at + 4]!, f[at + 5]!, f[at + 6]!, f[at + 7]!);
        break;
      }
      case RECORD.gap:
        subscription.sink.gap(subscription.id, textOf(reader, length) as FeedGap);
        break;
      default: {
        const [code, detail] = textOf(reader, length) as [Parameters<FeedSink['anomaly']>[1], string];
        subscription.sink.anomaly(subscription.id, code, detail);
      }
    }
  }

  #trade(subscription: ThreadSubscription, f: Float64Array, at: number): void {
    const eventMs = f[at + 2]!;
    const tradeId = f[at + 4]!;
    if (subscription.isResuming && !subscription.resumeTrade(eventMs, tradeId)) return;
    subscription.lastEventMs = eventMs;
    subscription.lastTradeId = tradeId;
    subscription.sink.trade(subscription.id, eventMs, f[at + 3]!, tradeId, f[at + 5]!, f[at + 6]!, f[at + 7]!);
  }

  #bar(subscription: ThreadSubscription, f: Float64Array, at: number): void {
    const openMs = f[at + 4]!;
    const isClosed = f[at + 10] === 1;
    if (subscription.isResuming && !subscription.resumeBar(openMs)) return;
    subscription.lastEventMs = f[at + 2]!;
    if (isClosed) subscription.lastClosedMs = openMs;
    subscription.sink.bar(
      subscription.id,
      f[at + 2]!,
      f[at + 3]!,
      openMs,
      f[at + 5]!,
      f[at + 6]!,
      f[at + 7]!,
      f[at + 8]!,
      f[at + 9]!,
      isClosed,
    );
  }

  #newest(subscription: ThreadSubscription, eventMs: number): void {
    if (subscription.isResuming) subscription.resumeNewest(eventMs);
    subscription.lastEventMs = eventMs;
  }

  #read(f: Float64Array, at: number): BookView {
    const book = this.#book;
    book.updateId = f[at + 4]!;
    readSide(book.bids, f, at + DEPTH_HEAD, f[at + 5]!);
    readSide(book.asks, f, at + DEPTH_HEAD + 2 * book.bids.count, f[at + 6]!);
    return book;
  }
}

function readSide(side: ReadBook['bids'], f: Float64Array, from: number, count: number): void {
  side.count = count;
  if (count > side.price.length) {
    side.price = new Float64Array(2 * count);
    side.quantity = new Float64Array(2 * count);
  }
  for (let i = 0; i < count; i++) {
    side.price[i] = f[from + i]!;
    side.quantity[i] = f[from + count + i]!;
  }
}

function textOf({ bytes, offset }: QueueReader, length: number): unknown {
  // Copied: decoders take no shared memory.
  return JSON.parse(Buffer.from(bytes.subarray(offset + TEXT_HEAD, offset + length)).toString());
}
