import type { MatchingBook } from '../../core/exchange/matching-book.ts';
import type { SpotSymbol } from './spot-symbol.ts';

/** Changes of a book between two updates of a diff-depth stream. */
export class DepthWindow {
  /** Update id before the first change that has not been sent. */
  sentId: number;
  /** Prices that changed: ticks of bids, −ticks of asks. */
  readonly changed = new Set<number>();

  constructor(sentId: number) {
    this.sentId = sentId;
  }
}

/**
 * Numbers the changes of a symbol's book, one for every price level that a command touches, and collects them for the diff-depth streams
 * that somebody listens to.
 */
export class DepthLog {
  updateId = 0;
  readonly #windows = new Set<DepthWindow>();

  /** A window that begins now; close it when nobody listens any more. */
  open(): DepthWindow {
    const window = new DepthWindow(this.updateId);
    this.#windows.add(window);
    return window;
  }

  close(window: DepthWindow): void {
    this.#windows.delete(window);
  }

  touch(side: number, ticks: number): void {
    this.updateId++;
    for (const window of this.#windows) window.changed.add(side * ticks);
  }
}

/** `[price, quantity]` of the best levels of a side. */
export function levelsText(book: MatchingBook, symbol: SpotSymbol, side: number, depth: number): [string, string][] {
  return book.levels(side, depth).map((l) => [symbol.priceText(l.ticks), symbol.quantityText(l.lots)]);
}

/** The changed levels of a window with what they show now (0: gone), bids best first, then asks best first; and forgets them. */
export function drainChanges(
  window: DepthWindow,
  book: MatchingBook,
  symbol: SpotSymbol,
): { bids: [string, string][]; asks: [string, string][] } {
  const keys = [...window.changed].sort((a, b) => b - a);
  window.changed.clear();
  const text = (side: number, ticks: number): [string, string] => [
    symbol.priceText(ticks),
    symbol.quantityText(book.lotsAt(side, ticks)),
  ];
  return {
    bids: keys.filter((k) => k > 0).map((k) => text(1, k)),
    asks: keys.filter((k) => k < 0).map((k) => text(-1, -k)),
  };
}
