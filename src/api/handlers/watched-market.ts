import type { BookView, FeedGap, FeedHealth, FeedSink, FeedState } from '../../ports/market-feed.ts';
import type { RecordedSubscription, Recorder } from '../../ports/recording.ts';
import type { Output } from '../operations/table.ts';
import type { WatchedBars } from './watched-bars.ts';

type Line = Output<'watch'>['symbols'][number];
/** What the bars are not asked for. */
type Kept = Omit<Line, 'bars' | 'corrected'>;
type Levels = NonNullable<Line['book']>['bids'];

/** Levels of a book that are shown. */
const SHOWN = 5;
const WORST: readonly FeedState[] = ['down', 'stale', 'syncing', 'live'];

/** Keeps what was said last of each symbol, and passes everything on to a recorder. */
export class WatchedMarket implements FeedSink {
  readonly #lines: ReadonlyMap<string, { -readonly [K in keyof Kept]: Kept[K] }>;
  readonly #symbolOf: string[] = [];
  readonly #bars: WatchedBars;
  readonly #recorder: Recorder | null;
  readonly #anomalies = new Map<string, { code: string; detail: string; count: number }>();

  constructor(symbols: readonly string[], bars: WatchedBars, recorder: Recorder | null) {
    this.#bars = bars;
    this.#recorder = recorder;
    this.#lines = new Map(
      symbols.map((symbol) => [
        symbol,
        {
          ...{ symbol, state: 'syncing', ageMs: null, rate: 0, gaps: 0 },
          ...{ last: null, bid: null, ask: null, mark: null, book: null },
        },
      ]),
    );
  }

  subscribed(subscription: RecordedSubscription): void {
    this.#symbolOf[subscription.id] = subscription.request.symbol;
    this.#bars.follow(subscription.id, subscription.request);
    this.#recorder?.subscribed(subscription);
  }

  /** All symbols, with how their subscriptions do: the worst of them counts. */
  lines(health: FeedHealth): Line[] {
    return [...this.#lines.values()].map((line) => {
      const own = health.subscriptions.filter((s) => s.request.symbol === line.symbol);
      const state = WORST.find((s) => own.some((each) => each.state === s)) ?? 'down';
      const ageMs = Math.min(...own.map((s) => s.ageMs));
      return {
        ...line,
        state,
        ageMs: Number.isFinite(ageMs) ? Math.round(ageMs) : null,
        rate: own.reduce((sum, s) => sum + s.rate, 0),
        gaps: own.reduce((sum, s) => sum + s.gaps, 0),
        bars: this.#bars.lines(line.symbol),
        corrected: this.#bars.corrections(line.symbol),
      };
    });
  }

  anomalies(): { code: string; detail: string; count: number }[] {
    return [...this.#anomalies.values()];
  }

  trade(...args: Parameters<FeedSink['trade']>): void {
    this.#recorder?.trade(...args);
    this.#bars.trade(...args);
    const [id, , , , price, quantity, takerSide] = args;
    const line = this.#line(id);
    if (line) line.last = { price, quantity, side: takerSide > 0 ? 'buy' : 'sell' };
  }

  quote(...args: Parameters<FeedSink['quote']>): void {
    this.#recorder?.quote(...args);
    const [id, , , , bid, bidQuantity, ask, askQuantity] = args;
    const line = this.#line(id);
    if (!line) return;
    line.bid = { price: bid, quantity: bidQuantity };
    line.ask = { price: ask, quantity: askQuantity };
  }

  bar(...args: Parameters<FeedSink['bar']>): void {
    this.#recorder?.bar(...args);
    this.#bars.bar(...args);
  }

  depth(id: number, eventTimeMs: number, receivedTimeMs: number, book: BookView): void {
    this.#recorder?.depth(id, eventTimeMs, receivedTimeMs, book);
    const line = this.#line(id);
    if (line) line.book = { bids: levels(book.bids), asks: levels(book.asks) };
  }

  mark(...args: Parameters<FeedSink['mark']>): void {
    this.#recorder?.mark(...args);
    const [id, , , price, , fundingRate] = args;
    const line = this.#line(id);
    if (line) line.mark = { price, fundingRate: Number.isFinite(fundingRate) ? fundingRate : null };
  }

  gap(id: number, gap: FeedGap): void {
    this.#recorder?.gap(id, gap);
    this.#bars.gap(id, gap);
  }

  anomaly(...args: Parameters<FeedSink['anomaly']>): void {
    this.#recorder?.anomaly(...args);
    const [, code, detail] = args;
    const known = this.#anomalies.get(`${code} ${detail}`);
    if (known) known.count++;
    // A venue that is all nonsense must not fill the memory.
    else if (this.#anomalies.size < 100) this.#anomalies.set(`${code} ${detail}`, { code, detail, count: 1 });
  }

  #line(id: number): { -readonly [K in keyof Kept]: Kept[K] } | undefined {
    return this.#lines.get(this.#symbolOf[id] ?? '');
  }
}

function levels({ count, price, quantity }: BookView['bids']): Levels {
  return Array.from({ length: Math.min(SHOWN, count) }, (_, i) => ({ price: price[i]!, quantity: quantity[i]! }));
}
