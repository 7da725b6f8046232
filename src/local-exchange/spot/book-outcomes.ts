import { BOOK_EVENT } from '../../core/exchange/book-events.ts';
import { assert } from '../../core/vocabulary/assert.ts';
import type { MarketStreams } from './market-streams.ts';
import type { OrderDesk } from './order-desk.ts';
import type { SpotExchange } from './spot-exchange.ts';
import {
  type HouseOrder,
  hasLimit,
  leftLots,
  type OrderFill,
  type PreventedMatch,
  type SpotOrder,
} from './spot-order.ts';
import type { SymbolMarket } from './symbol-market.ts';

/** Turns what a book did (trades, preventions, ends) into fills and ends of orders, prints on the tape and triggers that fire. */
export class BookOutcomes {
  readonly #desk: OrderDesk;
  readonly #exchange: SpotExchange;
  readonly #streams: MarketStreams;
  readonly #preventing = new Map<SpotOrder, PreventedMatch>();

  constructor(desk: OrderDesk, streams: MarketStreams) {
    this.#desk = desk;
    this.#exchange = desk.exchange;
    this.#streams = streams;
  }

  /** Books what a command did to a market's book. `taker` is the order that came, if one did. */
  apply(market: SymbolMarket, taker: SpotOrder | HouseOrder | null): void {
    const { events } = market.book;
    const { rows } = this.#exchange;
    market.tape.nextTaker();
    for (let i = 0; i < events.count; i++) {
      const order = rows[events.order[i]!]!;
      const ticks = events.ticks[i]!;
      const lots = events.lots[i]!;
      if (events.kind[i] === BOOK_EVENT.trade) {
        this.#trade(market, i, order, rows[events.other[i]!]!, ticks, lots);
      } else if (events.kind[i] === BOOK_EVENT.prevented) {
        this.#prevent(market, order, rows[events.other[i]!]!, ticks, lots, events.orderLeft[i]!, events.otherLeft[i]!);
      } else {
        if (order !== taker) market.depth.touch(order.side, ticks);
        if (!order.house) this.#ended(order, events.kind[i] === BOOK_EVENT.canceled);
      }
    }
  }

  #trade(
    market: SymbolMarket,
    row: number,
    maker: SpotOrder | HouseOrder,
    taker: SpotOrder | HouseOrder,
    ticks: number,
    lots: number,
  ): void {
    const { charges } = market.spot;
    const now = this.#exchange.nowMs();
    const value = charges.valueQuanta[row]!;
    const tradeId = market.traded(ticks, lots, value, now, taker.side);
    market.depth.touch(maker.side, ticks);
    this.#streams.traded(market, tradeId);
    const common = { tradeId, ticks, lots, valueQuanta: value, timeMs: now };
    if (maker.house) {
      maker.lots -= lots;
      if (maker.lots === 0) this.#exchange.freeRow(maker.row);
    } else {
      const fee = { feeAsset: charges.makerAsset[row]!, feeQuanta: charges.makerQuanta[row]! };
      this.#fill({ ...common, ...fee, maker: true, order: maker });
    }
    if (!taker.house) {
      const fee = { feeAsset: charges.takerAsset[row]!, feeQuanta: charges.takerQuanta[row]! };
      this.#fill({ ...common, ...fee, maker: false, order: taker });
    }
    this.#reached(market, ticks);
  }

  /** A trade of the house with itself: it moves no money, but everybody sees it. */
  printed(market: SymbolMarket, ticks: number, lots: number, takerSide: number): void {
    const value = market.symbol.valueAbout(ticks, lots);
    const tradeId = market.traded(ticks, lots, value, this.#exchange.nowMs(), takerSide);
    this.#streams.traded(market, tradeId);
    this.#reached(market, ticks);
  }

  /** Lets waiting orders see a price. */
  #reached(market: SymbolMarket, ticks: number): void {
    const fired: SpotOrder[] = [];
    market.triggers.trade(ticks, this.#exchange.nowMs(), fired);
    for (const order of fired) this.#desk.later(() => this.#desk.trigger(order));
  }

  #fill(fill: OrderFill): void {
    const { order } = fill;
    order.executedLots += fill.lots;
    order.valueQuanta += fill.valueQuanta;
    order.updateTimeMs = fill.timeMs;
    order.fills.push(fill);
    this.#exchange.orders[order.account]!.of(order.symbol).fills.push(fill);
    this.#desk.touchBoth(order);
    this.#exchange.touch(order.account, fill.feeAsset);
    const done = leftLots(order) === 0 && !order.short;
    order.status = done ? 'FILLED' : 'PARTIALLY_FILLED';
    if (done) this.#desk.close(order);
    this.#desk.report(order, 'TRADE', { fill });
    this.#desk.lists?.traded(order);
  }

  #prevent(
    market: SymbolMarket,
    maker: SpotOrder | HouseOrder,
    taker: SpotOrder | HouseOrder,
    ticks: number,
    lots: number,
    makerLots: number,
    takerLots: number,
  ): void {
    assert(!maker.house && !taker.house, 'the house is never a taker in a book that prevents self-trades');
    const match: PreventedMatch = {
      id: market.nextPreventedId++,
      symbol: market.symbol,
      taker,
      maker,
      mode: taker.draft.selfTrade,
      ticks,
      lots,
      makerLots,
      takerLots,
      timeMs: this.#exchange.nowMs(),
    };
    this.#exchange.orders[taker.account]!.of(market.symbol).prevented.push(match);
    for (const [order, prevented] of [
      [maker, makerLots],
      [taker, takerLots],
    ] as const) {
      order.preventedMatches.push(match);
      if (prevented === 0) continue;
      order.preventedLots += prevented;
      order.lastPrevented = match;
      this.#preventing.set(order, match);
    }
  }

  /** The book has ended an order or, by prevention, made it smaller. */
  #ended(order: SpotOrder, gone: boolean): void {
    const prevented = this.#preventing.get(order);
    this.#preventing.delete(order);
    if (prevented !== undefined) {
      if (gone) this.#desk.finish(order, 'TRADE_PREVENTION', 'EXPIRED_IN_MATCH', null, undefined, prevented);
      else {
        order.updateTimeMs = this.#exchange.nowMs();
        this.#desk.touchBoth(order);
        this.#desk.report(order, 'TRADE_PREVENTION', { prevented });
      }
      return;
    }
    const reason = hasLimit(order.draft.type) ? 'UNFILLED_IOC_QUANTITY_EXPIRED' : 'INSUFFICIENT_LIQUIDITY';
    this.#desk.finish(order, 'EXPIRED', 'EXPIRED', reason);
  }
}
