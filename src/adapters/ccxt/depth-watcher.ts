import { allocateBookView, type BookView } from '../../core/market/book-view.ts';
import type { CcxtBook, CcxtExchange, CcxtMarket } from './exchange-shape.ts';
import type { MarketAccess } from './market-access.ts';
import { CrossedBook, complain, lost, type Watcher, type WatcherOutput } from './watcher.ts';

const VIEW_LEVELS = 100;

/** `watchOrderBook`. ccxt keeps the book and joins it on to the venue's numbers; where it cannot, it gives up and the stream begins anew. */
export class DepthWatcher implements Watcher {
  readonly #output: WatcherOutput;
  readonly #access: MarketAccess;
  readonly #view = allocateBookView(VIEW_LEVELS);
  #updates = 0;

  constructor(output: WatcherOutput, access: MarketAccess) {
    this.#output = output;
    this.#access = access;
  }

  async next(exchange: CcxtExchange, market: CcxtMarket): Promise<() => void> {
    const book = await exchange.watchOrderBook(market.symbol);
    return () => this.#tell(book);
  }

  #tell(book: CcxtBook): void {
    const [bid, ask] = [book.bids[0]?.[0], book.asks[0]?.[0]];
    if (bid !== undefined && ask !== undefined && bid >= ask) {
      complain(this.#output, 'crossed-book', { bid, ask });
      throw new CrossedBook(`best bid ${bid} met best ask ${ask}`);
    }
    const { id, sink } = this.#output;
    const nowMs = this.#access.options.clock.nowMs();
    this.#updates = book.nonce ?? this.#updates + 1;
    sink.depth(id, book.timestamp ?? nowMs, nowMs, fill(this.#view, book, this.#updates));
  }

  resumed(sinceMs: number): Promise<void> {
    lost(this.#output, this.#access, sinceMs, 'the book was joined anew');
    return Promise.resolve();
  }

  end(): void {}
}

function fill(view: BookView, book: CcxtBook, updateId: number): BookView {
  for (const name of ['bids', 'asks'] as const) {
    const into = view[name];
    const from = book[name];
    into.count = Math.min(from.length, into.price.length);
    for (let i = 0; i < into.count; i++) {
      into.price[i] = from[i]![0]!;
      into.quantity[i] = from[i]![1]!;
    }
  }
  view.updateId = updateId;
  return view;
}
