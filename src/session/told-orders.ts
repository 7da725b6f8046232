import type { Engine } from '../core/engine/engine.ts';
import { closingPrefix, orderOfClientId } from '../core/execution/client-order-id.ts';
import type { Instrument } from '../core/vocabulary/instrument.ts';
import type { Json } from '../core/vocabulary/json.ts';
import { isTerminal, STATUS } from '../core/vocabulary/order.ts';
import { ACCOUNT_REPORT, type OrderReport, REPORT } from '../core/vocabulary/report.ts';
import type { VenueFill, VenueOrder } from '../ports/exchange-gateway.ts';
import { amountOf, decimalOf, productOf, quantaOf } from './exact-amount.ts';
import type { VenueWord } from './venue-words.ts';

const SILENT = { referenceTicks: 0, value: 0, fee: 0, feeAsset: -1, maker: false, trade: -1, rate: 0 } as const;

const LAST_WORD = { canceled: REPORT.canceled, expired: REPORT.expired, rejected: REPORT.rejected } as const;

/** What is kept of a stranger's order: by name, so that what a journal gives back in another order of fields is the same state. */
export type ForeignOrder = Pick<VenueOrder, 'symbol' | 'clientOrderId' | 'venueOrderId'>;

interface Ended {
  readonly kind: number;
  readonly reason: string;
  readonly timeMs: number;
}

/**
 * Turns what an exchange tells of orders and trades into reports for the engine, so that repeated, late and reordered words, from the stream
 * and from queries, end in the same state:
 * a trade is booked once, by symbol and the venue's trade id, for ever; an order has not ended before every trade that the venue counts in
 * it is booked; what is not about an order of ours is kept apart as foreign.
 */
export class ToldOrders {
  readonly reports: OrderReport[] = [];
  /** Orders that nobody here has sent, by symbol and the venue's number. */
  readonly foreign = new Map<string, ForeignOrder>();
  /** What is exact and could not be booked in quanta, by asset: adds up, and is part of what the venue holds. */
  readonly unbooked = new Map<string, bigint>();
  /** Newest time of a trade of ours; −infinity before the first. */
  newestFillMs = Number.NEGATIVE_INFINITY;
  readonly #engine: Engine;
  readonly #alarm: (level: number, message: string, instrument: number) => void;
  readonly #trades = new Map<string, number>();
  /** Trades that were told and are of no order that is known here. Their owner may be told later. */
  readonly #unowned = new Set<string>();
  readonly #rows = new Map<string, number>();
  /** The venue's number of an order, by row. */
  readonly venueIds = new Map<number, string>();
  /** Lots that the venue says have filled, where it has told of more than was booked. */
  readonly #toldLots = new Map<number, number>();
  /** Orders that were to be canceled when their fate became unknown: once they are found, they are canceled. */
  readonly cancelWanted = new Set<number>();
  readonly #ended = new Map<number, Ended>();

  constructor(engine: Engine, alarm: (level: number, message: string, instrument: number) => void) {
    this.#engine = engine;
    this.#alarm = alarm;
  }

  /** Row of an order by our id, or by the venue's number once that is known; −1 for a stranger's. */
  rowOf(symbol: string, clientOrderId: string, venueOrderId: string): number {
    const { state } = this.#engine;
    const own = orderOfClientId(state.session, clientOrderId);
    if (own !== null && own.row < state.orders.count) return own.row;
    return this.#rows.get(`${symbol} ${venueOrderId}`) ?? -1;
  }

  /** Row of the order that a trade is of; −1 where none is known. */
  ownerOf({ symbol, clientOrderId, venueOrderId }: VenueFill): number {
    return this.rowOf(symbol, clientOrderId, venueOrderId);
  }

  knows(fill: VenueFill): boolean {
    const key = keyOf(fill);
    if (this.#trades.has(key)) return true;
    return this.#unowned.has(key) && this.ownerOf(fill) < 0 && !this.#isClosing(fill);
  }

  /** Symbols of which trades are missing: the venue counts them in orders, and has not told them. */
  missing(): string[] {
    const { state } = this.#engine;
    const c = state.orders.column;
    return [...new Set([...this.#toldLots.keys()].map((row) => state.instruments[c.instrument[row]!]!.symbol))];
  }

  order(order: VenueOrder): void {
    const row = this.rowOf(order.symbol, order.clientOrderId, order.venueOrderId);
    if (row < 0) {
      this.#foreignOrder(order);
      return;
    }
    if (order.venueOrderId !== '') {
      this.#rows.set(`${order.symbol} ${order.venueOrderId}`, row);
      this.venueIds.set(row, order.venueOrderId);
    }
    const { state } = this.#engine;
    const c = state.orders.column;
    const instrument = state.instruments[c.instrument[row]!]!;
    const told = this.#lots(order.filledQuantity, instrument.index);
    if (told > Math.max(c.filledLots[row]!, this.#toldLots.get(row) ?? 0)) this.#toldLots.set(row, told);
    const last = LAST_WORD[order.status as keyof typeof LAST_WORD];
    if (last !== undefined) {
      const ended = { kind: last, reason: order.reason, timeMs: order.updatedAtMs };
      if (this.#toldLots.has(row)) this.#ended.set(row, ended);
      else this.#end(row, ended);
    } else if (order.status !== 'filled' && c.status[row] !== STATUS.open && !isTerminal(c.status[row]!))
      this.#push(REPORT.accepted, row, order.updatedAtMs, '');
  }

  answered(word: VenueWord & { readonly type: 'request-answered' }): void {
    if (word.told !== null) this.order(word.told);
    const row = this.rowOf('', word.order, '');
    if (row < 0) return;
    if (word.request !== 'place') return;
    const why = word.code === null ? word.message : `${word.code}: ${word.message}`;
    if (word.outcome === 'unknown') {
      // The venue has told of it already: that it has arrived is known, whatever became of the answer.
      if (this.isTold(row)) return;
      if (this.#engine.state.orders.column.status[row] === STATUS['cancel-pending']) this.cancelWanted.add(row);
      this.#push(REPORT.lost, row, word.atMs, why);
    } else if (word.outcome === 'accepted') {
      if (word.told === null) this.#push(REPORT.accepted, row, word.atMs, '');
    } else if (this.#toldLots.has(row)) this.#ended.set(row, { kind: REPORT.rejected, reason: why, timeMs: word.atMs });
    else this.#push(REPORT.rejected, row, word.atMs, why);
  }

  absent(order: string, atMs: number): void {
    const { column } = this.#engine.state.orders;
    const row = this.rowOf('', order, '');
    if (row < 0 || isTerminal(column.status[row]!)) return;
    if (column.filledLots[row]! > 0 || this.#toldLots.has(row)) {
      this.#alarm(2, `${order} is said to be absent, and the venue has told of its trades`, column.instrument[row]!);
      return;
    }
    const what = this.isTold(row) ? 'no longer there' : 'never accepted';
    this.#push(REPORT.rejected, row, atMs, `${what}: proven absent at the venue`);
  }

  /** Whether a trade is of an order by which a kill closed something of this session. */
  #isClosing({ clientOrderId }: VenueFill): boolean {
    return clientOrderId.startsWith(closingPrefix(this.#engine.state.session));
  }

  /** A trade by which a kill closed something of ours: known by its order's id. False where it is a stranger's. */
  #closedForUs(fill: VenueFill): boolean {
    const { state } = this.#engine;
    const instrument = state.instruments.find(({ symbol }) => symbol === fill.symbol);
    if (instrument === undefined || !this.#isClosing(fill)) return false;
    const key = keyOf(fill);
    this.#unowned.delete(key);
    this.#trades.set(key, this.#trades.size);
    const text = `${fill.side} ${fill.quantity} ${fill.symbol} at ${fill.price}`;
    this.#alarm(1, `a kill has closed something of this session: ${text}`, instrument.index);
    this.reports.push({ ...this.#traded(fill, -1, instrument), kind: ACCOUNT_REPORT.closed, reason: 'kill' });
    return true;
  }

  /** Books a trade; false where it is a stranger's, told for the first time. */
  fill(fill: VenueFill): boolean {
    const key = keyOf(fill);
    if (this.#trades.has(key)) return true;
    const row = this.ownerOf(fill);
    if (row < 0) {
      if (this.#closedForUs(fill)) return true;
      const isNew = !this.#unowned.has(key);
      this.#unowned.add(key);
      return !isNew;
    }
    this.#unowned.delete(key);
    this.#trades.set(key, this.#trades.size);
    const { state } = this.#engine;
    const c = state.orders.column;
    const instrument = state.instruments[c.instrument[row]!]!;
    const report = this.#traded(fill, row, instrument);
    this.reports.push(report);
    const { lots } = report;
    const filled = c.filledLots[row]! + lots;
    const told = this.#toldLots.get(row);
    if (told !== undefined && filled >= told) {
      this.#toldLots.delete(row);
      const ended = this.#ended.get(row);
      this.#ended.delete(row);
      if (ended && filled < c.lots[row]!) this.#end(row, ended);
    }
    return true;
  }

  /** A trade as a report, with what it moved beyond whole ticks and quanta kept. */
  #traded(fill: VenueFill, row: number, instrument: Instrument): OrderReport {
    if (fill.tradedAtMs > this.newestFillMs) this.newestFillMs = fill.tradedAtMs;
    const lots = this.#lots(fill.quantity, instrument.index);
    const ticks = instrument.ticks(Number(fill.price), 'half-even');
    if (instrument.priceText(ticks) !== canonical(fill.price))
      this.#alarm(
        1,
        `trade ${fill.tradeId} at ${fill.price}, which is between ticks; booked at ${instrument.priceText(ticks)}`,
        instrument.index,
      );
    const value = instrument.value(ticks, lots);
    if (instrument.physical)
      this.#keep(
        instrument.settle,
        (fill.side === 'buy' ? 1n : -1n) *
          (decimalOf(value, instrument.settleScale) - productOf(amountOf(fill.price), amountOf(fill.quantity))),
      );
    return {
      ...{ kind: REPORT['partly-filled'], row, instrument: instrument.index, lots, ticks, referenceTicks: ticks },
      ...{
        value,
        maker: fill.isMaker,
        timeMs: fill.tradedAtMs,
        trade: this.#trades.get(keyOf(fill))!,
        reason: '',
        rate: 0,
      },
      ...this.#fee(fill, instrument.settle, instrument.index),
    };
  }

  /** Whether the venue has ever told of an order. */
  isTold(row: number): boolean {
    for (const told of this.#rows.values()) if (told === row) return true;
    return false;
  }

  #fee(fill: VenueFill, settle: string, instrument: number): { readonly fee: number; readonly feeAsset: number } {
    const { assets } = this.#engine.state;
    const amount = amountOf(fill.fee);
    const asset = assets.findIndex(({ code }) => code === fill.feeAsset);
    if (asset < 0) {
      if (amount !== 0n)
        this.#alarm(
          1,
          `the fee of trade ${fill.tradeId} was paid in ${fill.feeAsset}, which is no asset of this session: ${fill.fee} ${fill.feeAsset} are in no book`,
          instrument,
        );
      return { fee: 0, feeAsset: -1 };
    }
    const { scale } = assets[asset]!;
    const fee = quantaOf(amount, scale);
    this.#keep(fill.feeAsset, decimalOf(fee, scale) - amount);
    return { fee, feeAsset: fill.feeAsset === settle ? -1 : asset };
  }

  #keep(asset: string, off: bigint): void {
    if (off !== 0n) this.unbooked.set(asset, (this.unbooked.get(asset) ?? 0n) + off);
  }

  #lots(quantity: string, index: number): number {
    const instrument = this.#engine.state.instruments[index]!;
    const lots = instrument.lots(Number(quantity), 'half-even');
    if (instrument.quantityText(lots) !== canonical(quantity))
      this.#alarm(2, `${instrument.id}: the venue tells of ${quantity}, which is no whole number of lots`, index);
    return lots;
  }

  #foreignOrder(order: VenueOrder): void {
    const key = `${order.symbol} ${order.venueOrderId}`;
    const isOver = ['filled', 'canceled', 'expired', 'rejected'].includes(order.status);
    if (isOver) this.foreign.delete(key);
    else if (!this.foreign.has(key)) {
      const { symbol, clientOrderId, venueOrderId } = order;
      this.foreign.set(key, { symbol, clientOrderId, venueOrderId });
      const index = this.#engine.state.instruments.findIndex(({ symbol }) => symbol === order.symbol);
      this.#alarm(
        1,
        `an order that is not of this session is open: ${order.side} ${order.quantity} ${order.symbol}, number ${order.venueOrderId}`,
        index,
      );
    }
  }

  #end(row: number, { kind, reason, timeMs }: Ended): void {
    this.#push(kind, row, timeMs, reason);
  }

  #push(kind: number, row: number, timeMs: number, reason: string): void {
    const { column } = this.#engine.state.orders;
    this.reports.push({ ...SILENT, kind, row, instrument: column.instrument[row]!, lots: 0, ticks: 0, timeMs, reason });
  }

  snapshot(): Json {
    return {
      newestFillMs: Number.isFinite(this.newestFillMs) ? this.newestFillMs : null,
      trades: [...this.#trades.keys()],
      unowned: [...this.#unowned],
      cancelWanted: [...this.cancelWanted],
      rows: [...this.#rows],
      told: [...this.#toldLots],
      ended: [...this.#ended] as unknown as Json,
      foreign: [...this.foreign] as unknown as Json,
      unbooked: [...this.unbooked].map(([asset, off]) => [asset, String(off)]),
    };
  }

  restore(json: Json): void {
    const s = json as unknown as {
      readonly newestFillMs: number | null;
      readonly trades: readonly string[];
      readonly unowned: readonly string[];
      readonly cancelWanted: readonly number[];
      readonly rows: readonly [string, number][];
      readonly told: readonly [number, number][];
      readonly ended: readonly [number, Ended][];
      readonly foreign: readonly [string, ForeignOrder][];
      readonly unbooked: readonly [string, string][];
    };
    for (const map of [
      this.#trades,
      this.#rows,
      this.venueIds,
      this.#toldLots,
      this.#ended,
      this.foreign,
      this.unbooked,
    ])
      map.clear();
    this.newestFillMs = s.newestFillMs ?? Number.NEGATIVE_INFINITY;
    this.cancelWanted.clear();
    for (const row of s.cancelWanted) this.cancelWanted.add(row);
    this.#unowned.clear();
    for (const key of s.unowned) this.#unowned.add(key);
    for (const [k, key] of s.trades.entries()) this.#trades.set(key, k);
    for (const [key, row] of s.rows) {
      this.#rows.set(key, row);
      this.venueIds.set(row, key.slice(key.indexOf(' ') + 1));
    }
    for (const [row, lots] of s.told) this.#toldLots.set(row, lots);
    for (const [row, ended] of s.ended) this.#ended.set(row, ended);
    for (const [key, order] of s.foreign) this.foreign.set(key, order);
    for (const [asset, off] of s.unbooked) this.unbooked.set(asset, BigInt(off));
  }
}

const keyOf = ({ symbol, tradeId }: VenueFill): string => `${symbol} ${tradeId}`;

/** Decimal text without trailing zeros, for comparing. */
function canonical(text: string): string {
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}
