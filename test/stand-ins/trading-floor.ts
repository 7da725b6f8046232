import { BOOK_EVENT } from '../../src/core/exchange/book-events.ts';
import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import { MatchingBook } from '../../src/core/exchange/matching-book.ts';
import { SpotAccount } from '../../src/core/exchange/spot-account.ts';
import { ScheduledCommission } from '../../src/core/exchange/spot-commission.ts';
import { SpotMarket } from '../../src/core/exchange/spot-market.ts';
import { VENUE_REFUSALS, type VenueRefusal } from '../../src/core/exchange/venue-refusal.ts';
import { decimal, formatDecimal, parseDecimal, unitsToText } from '../../src/core/vocabulary/decimal.ts';
import { Instrument } from '../../src/core/vocabulary/instrument.ts';
import { powerOfTen } from '../../src/core/vocabulary/integer.ts';
import type { TimeInForce } from '../../src/core/vocabulary/order.ts';
import { MINUTE_MS } from '../../src/core/vocabulary/time.ts';

/**
 * STAND-IN. The trading behind the small venues of these tests: one spot market a symbol, a house that quotes, clients with a balance.
 * It is the project's own matching book, so it proves nothing about a real venue's matching; it is there so that requests, pushes and
 * balances agree with each other. No self-trade prevention, no fee tiers, no icebergs; fees are paid in quote.
 */

const SCALE = 8;
const HOUSE = 0;

export interface FloorSymbol {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tick: string;
  readonly lot: string;
}

export interface FloorOrder {
  readonly number: number;
  readonly account: number;
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: 1 | -1;
  readonly type: 'market' | 'limit';
  readonly tif: TimeInForce;
  readonly postOnly: boolean;
  limit: string;
  quantity: string;
  /** Quote that a market buy was told to spend, or null. */
  readonly budget: string | null;
  filledQuantity: string;
  filledValue: string;
  status: 'open' | 'filled' | 'canceled';
  readonly createdMs: number;
  updatedMs: number;
}

export interface FloorFill {
  readonly tradeNumber: number;
  readonly order: FloorOrder;
  readonly quantity: string;
  readonly price: string;
  readonly value: string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly isMaker: boolean;
  readonly timeMs: number;
}

export interface FloorTrade {
  readonly number: number;
  readonly symbol: string;
  readonly price: string;
  readonly quantity: string;
  readonly takerSide: 1 | -1;
  readonly timeMs: number;
}

export interface FloorBar {
  readonly openTimeMs: number;
  open: string;
  high: string;
  low: string;
  close: string;
  volume: string;
  value: string;
}

export interface FloorLevel {
  readonly price: string;
  readonly quantity: string;
}

export interface DepthChange {
  readonly symbol: string;
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly bids: readonly FloorLevel[];
  readonly asks: readonly FloorLevel[];
  readonly timeMs: number;
}

/** What a venue around the floor is told, in the order in which it happened. */
export interface FloorListener {
  trade(trade: FloorTrade): void;
  depth(change: DepthChange): void;
  bar(symbol: string, bar: FloorBar): void;
  order(order: FloorOrder): void;
  fill(fill: FloorFill): void;
  balance(account: number, asset: string): void;
}

export interface PlaceOnFloor {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: 1 | -1;
  readonly type: 'market' | 'limit';
  readonly tif: TimeInForce;
  readonly postOnly: boolean;
  readonly limit: string | null;
  readonly quantity: string | null;
  readonly budget: string | null;
}

interface Pit {
  readonly rules: FloorSymbol;
  readonly instrument: Instrument;
  readonly market: SpotMarket;
  readonly bars: FloorBar[];
  version: number;
  shown: { readonly bids: Map<string, string>; readonly asks: Map<string, string> };
}

const TAKER_RATE = 50_000;
const sum = (a: string, b: string): string => formatDecimal((decimal(a) + decimal(b)) as never);

export class TradingFloor {
  readonly symbols: readonly FloorSymbol[];
  readonly assets: readonly string[];
  listener: FloorListener | null = null;
  /** Refusals that this venue does not say: it takes such an order and cancels it at once. */
  cancelsInstead: readonly VenueRefusal[] = [];
  readonly orders: FloorOrder[] = [];
  readonly fills: FloorFill[] = [];
  readonly trades: FloorTrade[] = [];
  readonly #pits = new Map<string, Pit>();
  readonly #accounts: readonly SpotAccount[];
  readonly #now: () => number;
  readonly #houseOrders = new Map<string, number[]>();

  constructor(symbols: readonly FloorSymbol[], clients: number, now: () => number) {
    this.symbols = symbols;
    this.#now = now;
    this.assets = [...new Set(symbols.flatMap((s) => [s.base, s.quote]))];
    this.#accounts = Array.from({ length: clients + 1 }, () => new SpotAccount(this.assets.length));
    for (const rules of symbols) {
      const instrument = new Instrument({
        id: `FLOOR:${rules.symbol}`,
        base: rules.base,
        quote: rules.quote,
        tick: rules.tick,
        lot: rules.lot,
      });
      const pair = {
        baseAsset: this.assets.indexOf(rules.base),
        quoteAsset: this.assets.indexOf(rules.quote),
        baseQuantaPerLot: instrument.baseUnits(1) * powerOfTen(SCALE - instrument.lotScale),
      };
      const collected = new Float64Array(this.assets.length);
      const market = new SpotMarket(
        instrument,
        pair,
        new ScheduledCommission(pair, makerTakerFees(0, TAKER_RATE)),
        new MatchingBook(),
        this.#accounts,
        collected,
      );
      this.#pits.set(rules.symbol, {
        rules,
        instrument,
        market,
        bars: [],
        version: 1,
        shown: { bids: new Map(), asks: new Map() },
      });
      for (const asset of [rules.base, rules.quote]) this.deposit(HOUSE, asset, '9000000');
    }
  }

  deposit(account: number, asset: string, amount: string): void {
    this.#accounts[account]!.deposit(this.assets.indexOf(asset), quanta(amount));
    this.listener?.balance(account, asset);
  }

  balance(account: number, asset: string): { readonly free: string; readonly locked: string } {
    const index = this.assets.indexOf(asset);
    const of = this.#accounts[account]!;
    return { free: unitsToText(of.free[index]!, SCALE), locked: unitsToText(of.locked[index]!, SCALE) };
  }

  bars(symbol: string): readonly FloorBar[] {
    return this.#pit(symbol).bars;
  }

  /** Past bars that no trade of this floor made. */
  seedBars(symbol: string, bars: readonly FloorBar[]): void {
    this.#pit(symbol).bars.push(...bars.map((bar) => ({ ...bar })));
  }

  book(symbol: string, depth: number): { version: number; bids: FloorLevel[]; asks: FloorLevel[] } {
    const pit = this.#pit(symbol);
    const side = (sign: number): FloorLevel[] =>
      pit.market.book.levels(sign, depth).map(({ ticks, lots }) => ({
        price: pit.instrument.priceText(ticks),
        quantity: pit.instrument.quantityText(lots),
      }));
    return { version: pit.version, bids: side(1), asks: side(-1) };
  }

  openOrders(account: number, symbol?: string): readonly FloorOrder[] {
    return this.orders.filter(
      (o) => o.account === account && o.status === 'open' && (symbol === undefined || o.symbol === symbol),
    );
  }

  /** Whether a price or quantity lies on the steps of a symbol and is positive. */
  fits(symbol: string, price: string | null, quantity: string | null): boolean {
    const { tick, lot } = this.#pit(symbol).rules;
    const on = (value: string | null, step: string): boolean => {
      const parsed = value === null ? null : parseDecimal(value);
      return value === null || (parsed !== null && parsed > 0n && parsed % decimal(step) === 0n);
    };
    return on(price, tick) && on(quantity, lot);
  }

  /** Replaces everything that the house quotes in a symbol. */
  quote(symbol: string, bids: readonly FloorLevel[], asks: readonly FloorLevel[]): void {
    const pit = this.#pit(symbol);
    for (const id of this.#houseOrders.get(symbol) ?? []) if (pit.market.book.order(id)) pit.market.cancel(id);
    const ids: number[] = [];
    for (const [side, levels] of [
      [1, bids],
      [-1, asks],
    ] as const) {
      for (const level of levels) {
        const order = this.#add(HOUSE, {
          symbol,
          clientOrderId: '',
          side,
          type: 'limit',
          tif: 'gtc',
          postOnly: false,
          limit: level.price,
          quantity: level.quantity,
          budget: null,
        });
        ids.push(order.number);
        this.#execute(pit, order, null);
      }
    }
    this.#houseOrders.set(symbol, ids);
    this.#publishDepth(pit);
  }

  /** A trade of the outside world: the house takes what rests at this price or better, then trades with itself. */
  trade(symbol: string, takerSide: 1 | -1, price: string, quantity: string): void {
    const pit = this.#pit(symbol);
    const base = { symbol, clientOrderId: '', type: 'limit', postOnly: false, limit: price, budget: null } as const;
    const taker = this.#add(HOUSE, { ...base, side: takerSide, tif: 'ioc', quantity });
    this.#execute(pit, taker, null);
    const left = formatDecimal((decimal(quantity) - decimal(taker.filledQuantity)) as never);
    if (left !== '0') {
      const maker = this.#add(HOUSE, { ...base, side: takerSide === 1 ? -1 : 1, tif: 'gtc', quantity: left });
      this.#execute(pit, maker, null);
      this.#execute(pit, this.#add(HOUSE, { ...base, side: takerSide, tif: 'ioc', quantity: left }), null);
    }
    this.#publishDepth(pit);
  }

  place(account: number, draft: PlaceOnFloor): FloorOrder | VenueRefusal {
    const pit = this.#pit(draft.symbol);
    const order = this.#add(account, draft);
    const refusal = this.#execute(pit, order, this.#reserve(pit, order));
    if (this.cancelsInstead.includes(refusal)) {
      this.#tell(order);
      order.status = 'canceled';
      this.#tell(order);
      return order;
    }
    if (refusal !== 'accepted') {
      this.orders.splice(this.orders.indexOf(order), 1);
      return refusal;
    }
    this.#publishDepth(pit);
    return order;
  }

  cancel(order: FloorOrder): VenueRefusal {
    const pit = this.#pit(order.symbol);
    const refusal = VENUE_REFUSALS[pit.market.cancel(order.number)]!;
    if (refusal === 'accepted') {
      this.#fold(pit);
      this.#publishDepth(pit);
    }
    return refusal;
  }

  /** A lower bid, any ask, or a smaller quantity (the whole, what has filled included); nothing else can be changed here. */
  amend(order: FloorOrder, limit: string | null, quantity: string | null): VenueRefusal {
    const pit = this.#pit(order.symbol);
    if (quantity !== null) {
      const cut = pit.instrument.lots(Number(order.quantity), 'floor') - pit.instrument.lots(Number(quantity), 'floor');
      if (cut < 0) return 'invalid-size';
      const refusal = cut === 0 ? 'accepted' : VENUE_REFUSALS[pit.market.reduce(order.number, cut)]!;
      if (refusal !== 'accepted') return refusal;
      order.quantity = quantity;
    }
    if (limit !== null) {
      const moved = VENUE_REFUSALS[pit.market.move(order.number, pit.instrument.ticks(Number(limit), 'floor'))]!;
      if (moved !== 'accepted') return moved;
      order.limit = limit;
      this.#fold(pit);
    }
    order.updatedMs = this.#now();
    this.#tell(order);
    this.#publishDepth(pit);
    return 'accepted';
  }

  #pit(symbol: string): Pit {
    const pit = this.#pits.get(symbol);
    if (!pit) throw new RangeError(`no such symbol on the floor: ${symbol}`);
    return pit;
  }

  #add(account: number, draft: PlaceOnFloor): FloorOrder {
    const nowMs = this.#now();
    const pit = this.#pit(draft.symbol);
    const order: FloorOrder = {
      number: this.orders.length === 0 ? 0 : this.orders.at(-1)!.number + 1,
      account,
      symbol: draft.symbol,
      clientOrderId: draft.clientOrderId,
      side: draft.side,
      type: draft.type,
      tif: draft.type === 'market' ? 'ioc' : draft.tif,
      postOnly: draft.postOnly,
      limit: draft.limit ?? '0',
      quantity: draft.quantity ?? this.#affordable(pit, draft.budget ?? '0'),
      budget: draft.budget,
      filledQuantity: '0',
      filledValue: '0',
      status: 'open',
      createdMs: nowMs,
      updatedMs: nowMs,
    };
    this.orders.push(order);
    return order;
  }

  /** Base that a market buy gets for its quote, level by level, in whole lots. */
  #affordable(pit: Pit, budget: string): string {
    let left = quanta(budget);
    let lots = 0;
    for (const level of pit.market.book.levels(-1)) {
      const perLot = pit.instrument.value(level.ticks, 1) * (1 + TAKER_RATE / 1e8);
      const taken = Math.min(level.lots, Math.floor(left / perLot));
      lots += taken;
      left -= taken * perLot;
      if (taken < level.lots) break;
    }
    return pit.instrument.quantityText(lots);
  }

  /** Price at which a market buy is covered: the worst ask there is. */
  #reserve(pit: Pit, order: FloorOrder): number {
    if (order.type !== 'market' || order.side < 0) return 0;
    const levels = pit.market.book.levels(-1);
    let left = pit.instrument.lots(Number(order.quantity), 'floor');
    for (const level of levels) {
      left -= level.lots;
      if (left <= 0) return level.ticks;
    }
    return levels.at(-1)?.ticks ?? 1;
  }

  #execute(pit: Pit, order: FloorOrder, reserveTicks: number | null): VenueRefusal {
    const lots = pit.instrument.lots(Number(order.quantity), 'floor');
    const result = pit.market.place({
      id: order.number,
      account: order.account,
      side: order.side,
      ticks: order.type === 'market' ? 0 : pit.instrument.ticks(Number(order.limit), 'floor'),
      lots,
      tif: order.tif,
      postOnly: order.postOnly,
      displayLots: 0,
      reserveTicks: reserveTicks ?? 0,
    });
    const refusal = VENUE_REFUSALS[result]!;
    if (refusal !== 'accepted') return refusal;
    if (order.account !== HOUSE) {
      this.listener?.order({ ...order });
      this.#tellBalances(order);
    }
    this.#fold(pit);
    return refusal;
  }

  /** Reads what the book's last command did into orders, fills, trades and bars. */
  #fold(pit: Pit): void {
    const { events } = pit.market.book;
    const { instrument } = pit;
    const nowMs = this.#now();
    for (let i = 0; i < events.count; i++) {
      const first = this.#orderOf(events.order[i]!);
      if (events.kind[i] === BOOK_EVENT.canceled) {
        if (!first) continue;
        first.status = 'canceled';
        first.updatedMs = nowMs;
        this.#tell(first);
        continue;
      }
      if (events.kind[i] !== BOOK_EVENT.trade) continue;
      const taker = this.#orderOf(events.other[i]!)!;
      const trade: FloorTrade = {
        number: this.trades.length + 1,
        symbol: pit.rules.symbol,
        price: instrument.priceText(events.ticks[i]!),
        quantity: instrument.quantityText(events.lots[i]!),
        takerSide: taker.side,
        timeMs: nowMs,
      };
      this.trades.push(trade);
      const value = instrument.moneyText(instrument.value(events.ticks[i]!, events.lots[i]!));
      this.#filled(pit, first!, trade, value, true, events.orderLeft[i]!);
      this.#filled(pit, taker, trade, value, false, events.otherLeft[i]!);
      this.listener?.trade(trade);
      this.listener?.bar(pit.rules.symbol, this.#bar(pit, trade, value));
    }
  }

  #filled(pit: Pit, order: FloorOrder, trade: FloorTrade, value: string, isMaker: boolean, left: number): void {
    order.filledQuantity = sum(order.filledQuantity, trade.quantity);
    order.filledValue = sum(order.filledValue, value);
    order.updatedMs = trade.timeMs;
    if (left === 0) order.status = 'filled';
    if (order.account === HOUSE) return;
    const fee = isMaker ? 0 : Math.ceil((quanta(value) * TAKER_RATE) / 1e8);
    const fill: FloorFill = {
      tradeNumber: trade.number,
      order,
      quantity: trade.quantity,
      price: trade.price,
      value,
      fee: unitsToText(fee, SCALE),
      feeAsset: pit.rules.quote,
      isMaker,
      timeMs: trade.timeMs,
    };
    this.fills.push(fill);
    this.listener?.fill(fill);
    this.#tell(order);
  }

  #tell(order: FloorOrder): void {
    if (order.account === HOUSE) return;
    this.listener?.order({ ...order });
    this.#tellBalances(order);
  }

  #tellBalances(order: FloorOrder): void {
    const { base, quote } = this.#pit(order.symbol).rules;
    for (const asset of [base, quote]) this.listener?.balance(order.account, asset);
  }

  #bar(pit: Pit, trade: FloorTrade, value: string): FloorBar {
    const openTimeMs = Math.floor(trade.timeMs / MINUTE_MS) * MINUTE_MS;
    let bar = pit.bars.at(-1);
    if (bar === undefined || bar.openTimeMs < openTimeMs) {
      const { price } = trade;
      bar = { openTimeMs, open: price, high: price, low: price, close: price, volume: '0', value: '0' };
      pit.bars.push(bar);
    }
    if (decimal(trade.price) > decimal(bar.high)) bar.high = trade.price;
    if (decimal(trade.price) < decimal(bar.low)) bar.low = trade.price;
    bar.close = trade.price;
    bar.volume = sum(bar.volume, trade.quantity);
    bar.value = sum(bar.value, value);
    return bar;
  }

  #orderOf(number: number): FloorOrder | undefined {
    return this.orders.findLast((order) => order.number === number);
  }

  /** Tells what changed in the book since the last telling. */
  #publishDepth(pit: Pit): void {
    const now = this.book(pit.rules.symbol, Number.POSITIVE_INFINITY);
    const diff = (was: Map<string, string>, levels: readonly FloorLevel[]): FloorLevel[] => {
      const is = new Map(levels.map((level) => [level.price, level.quantity]));
      const changed = levels.filter((level) => was.get(level.price) !== level.quantity);
      const gone = [...was.keys()].filter((price) => !is.has(price)).map((price) => ({ price, quantity: '0' }));
      was.clear();
      for (const [price, quantity] of is) was.set(price, quantity);
      return [...changed, ...gone];
    };
    const bids = diff(pit.shown.bids, now.bids);
    const asks = diff(pit.shown.asks, now.asks);
    if (bids.length + asks.length === 0) return;
    const fromVersion = pit.version + 1;
    pit.version += bids.length + asks.length;
    const { symbol } = pit.rules;
    this.listener?.depth({ symbol, fromVersion, toVersion: pit.version, bids, asks, timeMs: this.#now() });
  }
}

function quanta(amount: string): number {
  return Math.round(Number(amount) * powerOfTen(SCALE));
}
