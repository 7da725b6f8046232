import { makerTakerFees } from '../../core/exchange/fees.ts';
import type { MarginAccount } from '../../core/exchange/margin-account.ts';
import { MarginMarket, type MarginMarketWatcher } from '../../core/exchange/margin-market.ts';
import { MatchingBook } from '../../core/exchange/matching-book.ts';
import { toRate } from '../../core/exchange/rate.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { Contract } from './contract.ts';
import { MarkPrice } from './mark-price.ts';
import { Tape } from './tape.ts';

/** A price level that has changed since it was last told: side 1 bids, −1 asks; 0 lots where it is gone. */
export interface LevelChange {
  readonly side: 1 | -1;
  readonly ticks: number;
  readonly lots: number;
}

export interface Fees {
  /** Fractions of the value of a fill, as decimal text: `0.0002`. */
  readonly maker: string;
  readonly taker: string;
}

/** Best bid and ask; 0 where a side is empty. */
export interface BestQuotes {
  readonly bidTicks: number;
  readonly bidLots: number;
  readonly askTicks: number;
  readonly askLots: number;
}

/** One symbol's book, trades and mark price. */
export class Market {
  readonly contract: Contract;
  readonly trading: MarginMarket;
  readonly tape = new Tape();
  readonly mark: MarkPrice;
  /** House's resting orders, by side, then ticks. */
  readonly houseOrders = { [1]: new Map<number, number>(), [-1]: new Map<number, number>() };
  /** Lots that the house holds: what all clients hold, with the other sign. */
  houseLots = 0;
  /** Whether orders, positions or money of clients have changed since they were last looked through. */
  mustReview = false;
  /** Mark price at which positions were last valued. */
  valuedAt = 0;
  /** Counts changes of the book. */
  updateId = 1;
  lastQuotes: BestQuotes = { bidTicks: 0, bidLots: 0, askTicks: 0, askLots: 0 };
  quotesMs: TimeMs = 0;
  readonly #touched = { [1]: new Set<number>(), [-1]: new Set<number>() };
  readonly #known = { [1]: new Map<number, number>(), [-1]: new Map<number, number>() };

  constructor(
    contract: Contract,
    fees: Fees,
    accounts: readonly (MarginAccount | null)[],
    watcher: (market: Market) => MarginMarketWatcher,
    nowMs: TimeMs,
  ) {
    this.contract = contract;
    this.mark = new MarkPrice(contract, nowMs);
    this.trading = new MarginMarket(
      contract.instrument,
      makerTakerFees(toRate(Number(fees.maker)), toRate(Number(fees.taker))),
      new MatchingBook('none'),
      accounts,
      [],
      { marksByTrades: false, watcher: watcher(this) },
    );
  }

  get book(): MatchingBook {
    return this.trading.book;
  }

  get symbol(): string {
    return this.contract.symbol;
  }

  /** Remembers that a level may have changed. */
  touch(side: number, ticks: number): void {
    if (ticks > 0) this.#touched[side > 0 ? 1 : -1].add(ticks);
  }

  /** Levels that differ from what was told before, each with an update id of its own. */
  takeChanges(): readonly LevelChange[] {
    const changes: LevelChange[] = [];
    for (const side of [1, -1] as const) {
      for (const ticks of this.#touched[side]) {
        const lots = this.book.lotsAt(side, ticks);
        if (lots === (this.#known[side].get(ticks) ?? 0)) continue;
        if (lots === 0) this.#known[side].delete(ticks);
        else this.#known[side].set(ticks, lots);
        this.updateId++;
        changes.push({ side, ticks, lots });
      }
      this.#touched[side].clear();
    }
    return changes;
  }

  quotes(): BestQuotes {
    const bidTicks = this.book.bestTicks(1);
    const askTicks = this.book.bestTicks(-1);
    return {
      bidTicks,
      askTicks,
      bidLots: bidTicks === 0 ? 0 : this.book.lotsAt(1, bidTicks),
      askLots: askTicks === 0 ? 0 : this.book.lotsAt(-1, askTicks),
    };
  }

  /** Lets the mark price follow trades and quotes; tells whether it moved. */
  followMark(nowMs: TimeMs): boolean {
    const { instrument } = this.contract;
    const bid = instrument.price(this.book.bestTicks(1));
    const ask = instrument.price(this.book.bestTicks(-1));
    return this.mark.follow(bid, ask, instrument.price(this.tape.last?.ticks ?? 0), nowMs);
  }
}
