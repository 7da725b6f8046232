import { VENUE_REFUSAL } from '../../core/exchange/venue-refusal.ts';
import { assert } from '../../core/vocabulary/assert.ts';
import type { House, HouseLevel } from '../product.ts';
import { parseAmount, stepsOf } from './decimal-text.ts';
import type { OrderDesk } from './order-desk.ts';
import type { SpotExchange } from './spot-exchange.ts';
import type { HouseOrder } from './spot-order.ts';
import type { SpotSymbol } from './spot-symbol.ts';
import type { SymbolMarket } from './symbol-market.ts';

/**
 * The market maker. Its levels are orders of account 0, so clients queue with them by price and time. A level that stays keeps its place:
 * where it shrinks the newest of its lots go, where it grows the new ones queue last.
 */
export class SpotHouse implements House {
  readonly #exchange: SpotExchange;
  readonly #desk: OrderDesk;
  /** Resting orders of each symbol by side × price, oldest first. */
  readonly #resting: Map<number, HouseOrder[]>[];

  constructor(exchange: SpotExchange, desk: OrderDesk) {
    this.#exchange = exchange;
    this.#desk = desk;
    this.#resting = exchange.symbols.map(() => new Map<number, HouseOrder[]>());
  }

  quote(symbolName: string, bids: readonly HouseLevel[], asks: readonly HouseLevel[]): void {
    const market = this.#market(symbolName);
    const wanted = new Map<number, number>();
    const best = [0, 0];
    for (const [i, levels] of [bids, asks].entries()) {
      const side = i === 0 ? 1 : -1;
      for (const level of levels) {
        const [ticks, lots] = readLevel(market.symbol, level.price, level.quantity);
        best[i] = best[i] === 0 || side * ticks > side * best[i]! ? ticks : best[i]!;
        wanted.set(side * ticks, (wanted.get(side * ticks) ?? 0) + lots);
      }
    }
    if (best[0]! > 0 && best[1]! > 0 && best[0]! >= best[1]!) {
      const [bid, ask] = best.map((ticks) => market.symbol.priceText(ticks));
      throw new RangeError(`${symbolName}: expected the house's best bid below its best ask, found ${bid} and ${ask}`);
    }
    this.#desk.command(() => {
      const resting = this.#resting[market.symbol.index]!;
      for (const [key, orders] of resting) this.#shrink(market, resting, key, orders, wanted.get(key) ?? 0);
      for (const [key, lots] of wanted) {
        const have = (resting.get(key) ?? []).reduce((sum, o) => sum + o.lots, 0);
        if (lots > have) this.#add(market, key, lots - have);
      }
    });
  }

  trade(symbolName: string, takerSide: 'buy' | 'sell', price: string, quantity: string): void {
    const market = this.#market(symbolName);
    const [ticks, lots] = readLevel(market.symbol, price, quantity);
    this.#desk.command(() => {
      const side = takerSide === 'buy' ? 1 : -1;
      const order = this.#order(side, ticks, lots);
      const left = market.spot.takeFromOthers(bookOrder(order));
      this.#desk.outcomes.apply(market, order);
      this.#exchange.freeRow(order.row);
      if (left > 0) this.#desk.outcomes.printed(market, ticks, left, side);
    });
  }

  /** Takes lots off a level until no more than `lots` are left, the newest first. */
  #shrink(
    market: SymbolMarket,
    resting: Map<number, HouseOrder[]>,
    key: number,
    orders: readonly HouseOrder[],
    lots: number,
  ): void {
    const open = orders.filter((o) => o.lots > 0);
    let excess = open.reduce((sum, o) => sum + o.lots, 0) - lots;
    while (excess > 0) {
      const order = open.at(-1)!;
      const taken = Math.min(excess, order.lots);
      excess -= taken;
      if (taken === order.lots) {
        market.spot.cancel(order.row);
        this.#exchange.freeRow(order.row);
        order.lots = 0;
        open.pop();
      } else {
        market.spot.reduce(order.row, taken);
        order.lots -= taken;
      }
      market.depth.touch(order.side, order.ticks);
    }
    if (open.length === 0) resting.delete(key);
    else resting.set(key, open);
  }

  #add(market: SymbolMarket, key: number, lots: number): void {
    const side = key > 0 ? 1 : -1;
    const order = this.#order(side, Math.abs(key), lots);
    const result = market.spot.place(bookOrder(order));
    assert(result === VENUE_REFUSAL.accepted, 'the house can always pay');
    this.#desk.outcomes.apply(market, order);
    const rest = market.book.order(order.row);
    if (rest === null) {
      this.#exchange.freeRow(order.row);
      return;
    }
    order.lots = rest.leftLots;
    market.depth.touch(side, order.ticks);
    const resting = this.#resting[market.symbol.index]!;
    const level = resting.get(key);
    if (level === undefined) resting.set(key, [order]);
    else level.push(order);
  }

  #order(side: number, ticks: number, lots: number): HouseOrder {
    const row = this.#exchange.takeRow();
    const order: HouseOrder = { house: true, side, ticks, row, lots };
    this.#exchange.rows[row] = order;
    return order;
  }

  #market(symbolName: string): SymbolMarket {
    const market = this.#exchange.findMarket(symbolName);
    if (market !== undefined) return market;
    const known = this.#exchange.symbols.map((s) => s.name).join(', ');
    throw new RangeError(`expected a listed symbol (${known}), found ${JSON.stringify(symbolName)}`);
  }
}

function bookOrder(order: HouseOrder) {
  return {
    id: order.row,
    account: 0,
    side: order.side,
    ticks: order.ticks,
    lots: order.lots,
    tif: 'gtc' as const,
    postOnly: false,
    displayLots: 0,
    reserveTicks: 0,
  };
}

function readLevel(symbol: SpotSymbol, price: string, quantity: string): [ticks: number, lots: number] {
  const steps = (text: string, step: SpotSymbol['tick']): number => {
    const amount = parseAmount(text);
    return amount === null ? -1 : stepsOf(amount, step);
  };
  const ticks = steps(price, symbol.tick);
  const lots = steps(quantity, symbol.step);
  if (!(ticks > 0 && lots > 0 && Number.isFinite(ticks) && Number.isFinite(lots))) {
    throw new RangeError(
      `${symbol.name}: expected a price on ${symbol.priceText(1)} and a quantity on ${symbol.quantityText(1)}, found ${JSON.stringify(price)} and ${JSON.stringify(quantity)}`,
    );
  }
  return [ticks, lots];
}
