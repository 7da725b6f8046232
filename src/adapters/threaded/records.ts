import type { QueueWriter } from '../../connectivity/shared-queue.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { BookView, FeedGap, FeedSink } from '../../ports/market-feed.ts';

/**
 * What one thread hands over to another, as records of a shared queue: doubles, the first its kind, the second the subscription's id.
 *
 * | kind | then |
 * |---|---|
 * | trade | event ms, received ms, trade id, price, quantity, taker side |
 * | quote | event ms, received ms, update id, bid, its quantity, ask, its quantity |
 * | bar | event ms, received ms, open time, open, high, low, close, volume, 1 if closed |
 * | depth | event ms, received ms, update id, number of bids, of asks, then prices and quantities of the bids, of the asks |
 * | mark | event ms, received ms, mark, index, funding rate, next funding ms |
 * | gap, anomaly, health | JSON in UTF-8 |
 */
export const RECORD = { trade: 1, quote: 2, bar: 3, depth: 4, mark: 5, gap: 6, anomaly: 7, health: 8 } as const;

/** Doubles before the levels of a book. */
export const DEPTH_HEAD = 7;
/** Bytes before the text of a JSON record. */
export const TEXT_HEAD = 16;

/** Writes records of one thread. A full queue makes the thread wait: nothing is ever left out. */
export class RecordWriter {
  readonly floats: Float64Array;
  readonly #queue: QueueWriter;

  constructor(queue: QueueWriter) {
    this.#queue = queue;
    this.floats = queue.floats;
  }

  /**
   * Room for a record of `count` doubles: the index of the first, with kind and id written; −1 where nobody reads any more. To be
   * followed by {@link end}.
   */
  begin(kind: number, id: number, count: number): number {
    const offset = this.#room(8 * count);
    if (offset < 0) return -1;
    const at = offset >> 3;
    this.floats[at] = kind;
    this.floats[at + 1] = id;
    return at;
  }

  end(): void {
    this.#queue.commit();
  }

  text(kind: number, id: number, value: unknown): void {
    const bytes = Buffer.from(JSON.stringify(value));
    const offset = this.#room(TEXT_HEAD + bytes.length);
    if (offset < 0) return;
    this.floats[offset >> 3] = kind;
    this.floats[(offset >> 3) + 1] = id;
    this.#queue.bytes.set(bytes, offset + TEXT_HEAD);
    this.#queue.commit();
  }

  #room(bytes: number): number {
    const offset = this.#queue.reserve(bytes);
    if (offset >= 0) return offset;
    if (this.#queue.isAbandoned) return -1;
    return this.#queue.wait(bytes, Number.POSITIVE_INFINITY) === 'ready' ? this.#queue.reserve(bytes) : -1;
  }
}

/** The sink of one subscription: every call becomes a record under the id that the other thread knows it by. */
export class QueueSink implements FeedSink {
  readonly #out: RecordWriter;
  readonly #id: number;

  constructor(out: RecordWriter, id: number) {
    this.#out = out;
    this.#id = id;
  }

  trade(
    _id: number,
    eventTimeMs: TimeMs,
    receivedTimeMs: TimeMs,
    tradeId: number,
    price: number,
    quantity: number,
    takerSide: number,
  ): void {
    const { floats } = this.#out;
    const at = this.#out.begin(RECORD.trade, this.#id, 8);
    if (at < 0) return;
    floats[at + 2] = eventTimeMs;
    floats[at + 3] = receivedTimeMs;
    floats[at + 4] = tradeId;
    floats[at + 5] = price;
    floats[at + 6] = quantity;
    floats[at + 7] = takerSide;
    this.#out.end();
  }

  quote(
    _id: number,
    eventTimeMs: TimeMs,
    receivedTimeMs: TimeMs,
    updateId: number,
    bid: number,
    bidQuantity: number,
    ask: number,
    askQuantity: number,
  ): void {
    const { floats } = this.#out;
    const at = this.#out.begin(RECORD.quote, this.#id, 9);
    if (at < 0) return;
    floats[at + 2] = eventTimeMs;
    floats[at + 3] = receivedTimeMs;
    floats[at + 4] = updateId;
    floats[at + 5] = bid;
    floats[at + 6] = bidQuantity;
    floats[at + 7] = ask;
    floats[at + 8] = askQuantity;
    this.#out.end();
  }

  bar(
    _id: number,
    eventTimeMs: TimeMs,
    receivedTimeMs: TimeMs,
    openTimeMs: TimeMs,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    isClosed: boolean,
  ): void {
    const { floats } = this.#out;
    const at = this.#out.begin(RECORD.bar, this.#id, 11);
    if (at < 0) return;
    floats[at + 2] = eventTimeMs;
    floats[at + 3] = receivedTimeMs;
    floats[at + 4] = openTimeMs;
    floats[at + 5] = open;
    floats[at + 6] = high;
    floats[at + 7] = low;
    floats[at + 8] = close;
    floats[at + 9] = volume;
    floats[at + 10] = isClosed ? 1 : 0;
    this.#out.end();
  }

  depth(_id: number, eventTimeMs: TimeMs, receivedTimeMs: TimeMs, { bids, asks, updateId }: BookView): void {
    const { floats } = this.#out;
    const at = this.#out.begin(RECORD.depth, this.#id, DEPTH_HEAD + 2 * (bids.count + asks.count));
    if (at < 0) return;
    floats[at + 2] = eventTimeMs;
    floats[at + 3] = receivedTimeMs;
    floats[at + 4] = updateId;
    floats[at + 5] = bids.count;
    floats[at + 6] = asks.count;
    const behind = writeSide(floats, at + DEPTH_HEAD, bids);
    writeSide(floats, behind, asks);
    this.#out.end();
  }

  mark(
    _id: number,
    eventTimeMs: TimeMs,
    receivedTimeMs: TimeMs,
    markPrice: number,
    indexPrice: number,
    fundingRate: number,
    nextFundingTimeMs: TimeMs,
  ): void {
    const { floats } = this.#out;
    const at = this.#out.begin(RECORD.mark, this.#id, 8);
    if (at < 0) return;
    floats[at + 2] = eventTimeMs;
    floats[at + 3] = receivedTimeMs;
    floats[at + 4] = markPrice;
    floats[at + 5] = indexPrice;
    floats[at + 6] = fundingRate;
    floats[at + 7] = nextFundingTimeMs;
    this.#out.end();
  }

  gap(_id: number, gap: FeedGap): void {
    this.#out.text(RECORD.gap, this.#id, gap);
  }

  anomaly(_id: number, code: Parameters<FeedSink['anomaly']>[1], detail: string): void {
    this.#out.text(RECORD.anomaly, this.#id, [code, detail]);
  }
}

/** Answers where the next number goes. */
function writeSide(floats: Float64Array, from: number, { count, price, quantity }: BookView['bids']): number {
  for (let i = 0; i < count; i++) {
    floats[from + i] = price[i]!;
    floats[from + count + i] = quantity[i]!;
  }
  return from + 2 * count;
}
