import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { BookView, FeedGap, FeedRequest, FeedSink } from '../../ports/market-feed.ts';
import type { RecordedSubscription } from '../../ports/recording.ts';

/** First line of every recording. */
export const SCHEMA = 'tradewright.recording/1';

/** A number that JSON has no text for is written as a word, so that it comes back as it was. */
type Figure = number | 'NaN' | 'Infinity' | '-Infinity' | '-0';

/**
 * A row by its first word. Doubles are written in the shortest text that reads back as the same bits.
 *
 * | word | then |
 * |---|---|
 * | `sub` | id, venue, request, instrument or null |
 * | `trade` | id, event ms, received ms, trade id, price, quantity, taker side |
 * | `quote` | id, event ms, received ms, update id, bid, its quantity, ask, its quantity |
 * | `bar` | id, event ms, received ms, open time, open, high, low, close, volume, 1 if closed |
 * | `depth` | id, event ms, received ms, update id, bids, asks (price, quantity, price, …, best first) |
 * | `mark` | id, event ms, received ms, mark, index, funding rate, next funding ms |
 * | `gap`, `odd` | id, what |
 */
export type Row =
  | readonly ['sub', number, string, FeedRequest, InstrumentDefinition | null]
  | readonly ['trade' | 'quote' | 'bar' | 'mark', number, ...Figure[]]
  | readonly ['depth', number, Figure, Figure, Figure, readonly Figure[], readonly Figure[]]
  | readonly ['gap', number, FeedGap]
  | readonly ['odd', number, Parameters<FeedSink['anomaly']>[1], string];

export function figure(value: number): Figure {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** Levels of one side, flat. */
export function levels(side: BookView['bids']): Figure[] {
  const flat: Figure[] = [];
  for (let i = 0; i < side.count; i++) flat.push(figure(side.price[i]!), figure(side.quantity[i]!));
  return flat;
}

/** A book view that is filled again for every row. */
class ReadBook implements BookView {
  updateId = 0;
  readonly bids = { count: 0, price: new Float64Array(32), quantity: new Float64Array(32) };
  readonly asks = { count: 0, price: new Float64Array(32), quantity: new Float64Array(32) };

  read(updateId: number, bids: readonly Figure[], asks: readonly Figure[]): this {
    this.updateId = updateId;
    fill(this.bids, bids);
    fill(this.asks, asks);
    return this;
  }
}

function fill(side: { count: number; price: Float64Array; quantity: Float64Array }, flat: readonly Figure[]): void {
  side.count = flat.length / 2;
  if (side.count > side.price.length) {
    side.price = new Float64Array(side.count * 2);
    side.quantity = new Float64Array(side.count * 2);
  }
  for (let i = 0; i < side.count; i++) {
    side.price[i] = Number(flat[2 * i]);
    side.quantity[i] = Number(flat[2 * i + 1]);
  }
}

/** Length of each kind of row; others are no rows. */
const LENGTH: Readonly<Record<string, number>> = {
  sub: 5,
  trade: 8,
  quote: 9,
  bar: 11,
  depth: 7,
  mark: 8,
  gap: 3,
  odd: 4,
};

/** Gives rows to a sink. {@link give} answers when the row was received (NaN of rows that are no data), or null for what is no row. */
export class RowReader {
  readonly #book = new ReadBook();

  give(row: unknown, sink: FeedSink, subscribed: (subscription: RecordedSubscription) => void): number | null {
    if (!isRow(row)) return null;
    if (row[0] === 'sub') {
      subscribed({ id: row[1], venue: row[2], request: row[3], instrument: row[4] });
      return Number.NaN;
    }
    if (row[0] === 'gap') {
      sink.gap(row[1], row[2]);
      return Number.NaN;
    }
    if (row[0] === 'odd') {
      sink.anomaly(row[1], row[2], row[3]);
      return Number.NaN;
    }
    if (row[0] === 'depth') {
      const [, id, eventMs, receivedMs, updateId, bids, asks] = row;
      sink.depth(id, Number(eventMs), Number(receivedMs), this.#book.read(Number(updateId), bids, asks));
      return Number(receivedMs);
    }
    const [word, id, ...rest] = row;
    const v = rest.map(Number);
    if (word === 'trade') sink.trade(id, v[0]!, v[1]!, v[2]!, v[3]!, v[4]!, v[5]!);
    else if (word === 'quote') sink.quote(id, v[0]!, v[1]!, v[2]!, v[3]!, v[4]!, v[5]!, v[6]!);
    else if (word === 'bar') sink.bar(id, v[0]!, v[1]!, v[2]!, v[3]!, v[4]!, v[5]!, v[6]!, v[7]!, v[8] === 1);
    else sink.mark(id, v[0]!, v[1]!, v[2]!, v[3]!, v[4]!, v[5]!);
    return v[1]!;
  }
}

function isRow(value: unknown): value is Row {
  return Array.isArray(value) && typeof value[1] === 'number' && LENGTH[String(value[0])] === value.length;
}
