import type { Engine } from '../core/engine/engine.ts';
import { assert } from '../core/vocabulary/assert.ts';
import type { Json } from '../core/vocabulary/json.ts';
import { STATUS } from '../core/vocabulary/order.ts';
import { ACCOUNT_REPORT } from '../core/vocabulary/report.ts';
import { AccountCheck, type Mismatch } from './account-check.ts';
import { amountOf, quantaOf } from './exact-amount.ts';
import { FundingBook, type FundingWord, isSamePayment } from './funding-book.ts';
import { takeOutbox } from './request-of.ts';
import { ToldOrders } from './told-orders.ts';
import type { VenueRequest, VenueSide } from './venue-side.ts';
import type { VenueWord } from './venue-words.ts';

/** What follows when the venue is found to hold something else than the books say. */
export type MismatchPolicy = 'alert' | 'reduce' | 'halt';

/** Trades are told out of order by so much at most, where they are told at all. */
const TOLD_WITHIN_MS = 600_000;

/**
 * A real exchange as a session's: requests are collected for whoever sends them, and words come as inputs. Pure, as everything in the core
 * of a session: the same words give the same state.
 */
export class RemoteSide implements VenueSide {
  readonly orders: ToldOrders;
  readonly account: AccountCheck;
  readonly engine: Engine;
  readonly #policy: MismatchPolicy;
  readonly funding = new FundingBook();
  /** Payments for which no position was known yet: the trade that made it may be told late. */
  readonly #owed: FundingWord[] = [];
  #mayPayOwed = false;
  #requests: VenueRequest[] = [];

  constructor(engine: Engine, policy: MismatchPolicy) {
    this.engine = engine;
    this.#policy = policy;
    this.orders = new ToldOrders(engine, (level, message, instrument) => engine.raise(level, message, instrument));
    this.account = new AccountCheck(engine, this.orders.unbooked);
  }

  // Fills come from the venue alone: the market moves nothing here.
  trade(): void {}
  bar(): void {}
  price(): void {}
  pass(): void {}

  fund(): void {
    assert(false, 'a real exchange tells what it pays, not at which rate');
  }

  wantsTrades(): boolean {
    return false;
  }

  word(word: VenueWord): void {
    switch (word.type) {
      case 'request-answered':
        this.orders.answered(word);
        return;
      case 'order-told':
        this.orders.order(word.order);
        return;
      case 'fill-told':
        if (!this.orders.fill(word.fill)) {
          const { side, quantity, symbol, price, tradeId } = word.fill;
          this.#stranger(
            symbol,
            `a trade that is not of this session: ${side} ${quantity} ${symbol} at ${price}, number ${tradeId}`,
          );
        } else if (this.#owed.some(({ atMs }) => word.fill.tradedAtMs <= atMs)) this.#mayPayOwed = true;
        return;
      case 'absence-proven':
        this.orders.absent(word.order, word.atMs);
        return;
      case 'account-read':
        for (const mismatch of this.account.read(word.balances, word.positions)) this.#mismatched(mismatch);
        return;
      case 'funding-told': {
        const isNew = this.funding.isNew(word);
        // What the stream told without a symbol has one now.
        const owed = word.id === undefined ? -1 : this.#owed.findIndex((each) => isSamePayment(each, word));
        if (owed >= 0) this.#owed.splice(owed, 1);
        if (isNew || owed >= 0) this.#funding(word);
        return;
      }
      case 'liquidation-told':
        this.#stranger(word.symbol, `the venue says: ${word.detail}`);
        return;
      case 'readiness-changed':
      case 'alarm-raised':
    }
  }

  exchange(): void {
    this.#collect();
    const { reports } = this.orders;
    for (;;) {
      if (reports.length === 0 && this.#mayPayOwed) {
        this.#mayPayOwed = false;
        for (const word of this.#owed.splice(0)) this.#funding(word);
      }
      const report = reports.shift();
      if (report === undefined) return;
      try {
        this.engine.report(report);
        if (this.orders.cancelWanted.size > 0 && report.row >= 0) this.#cancelFound(report.row);
      } finally {
        this.#collect();
      }
    }
  }

  /** Whether funding was told that belongs to no position that is known. */
  get owesFunding(): boolean {
    return this.#owed.length > 0;
  }

  takeRequests(): readonly VenueRequest[] {
    const taken = this.#requests;
    if (taken.length > 0) this.#requests = [];
    return taken;
  }

  #collect(): void {
    if (this.engine.state.outbox.count > 0) this.#requests.push(...takeOutbox(this.engine));
  }

  /** An order that was to be canceled is found: so it is now. */
  #cancelFound(row: number): void {
    const { state, desk } = this.engine;
    const status = state.orders.column.status[row]!;
    if (status === STATUS.unknown || !this.orders.cancelWanted.delete(row)) return;
    if (status === STATUS.open) desk.cancel(row);
  }

  #stranger(symbol: string, message: string): void {
    const index = this.engine.state.instruments.findIndex((each) => each.symbol === symbol);
    this.engine.raise(2, message, index);
    if (index >= 0) this.#restrict('instrument', index);
  }

  #mismatched({ what, of, instrument, expected, found }: Mismatch): void {
    this.engine.raise(2, `${what} ${of}: the venue holds ${found}, the books say ${expected}`, instrument);
    if (what === 'position') this.#restrict('instrument', instrument);
    else this.#restrict('account', 0);
  }

  #restrict(scope: 'account' | 'instrument', index: number): void {
    if (this.#policy === 'alert') return;
    this.engine.hold(scope, index, this.#policy === 'halt' ? 'halted' : 'reducing', 'reconciliation-fault');
  }

  /** The position at an instant of a moment ago: trades since then, told earlier than what was paid at it, count no more. */
  #lotsAt(instrument: number, atMs: number): number {
    const { book, fills, instrumentOf } = this.engine.state;
    const { slot, side, lots, timeMs } = fills.column;
    let net = book.netLots[instrument]!;
    for (let k = fills.count - 1; k >= 0 && timeMs[k]! > atMs - TOLD_WITHIN_MS; k--)
      if (timeMs[k]! > atMs && instrumentOf[slot[k]!] === instrument) net -= side[k]! * lots[k]!;
    return net;
  }

  #funding(word: FundingWord): void {
    const { symbol, asset, amount, atMs } = word;
    const { state } = this.engine;
    // Across margin the venue names no symbol: it is ours where one instrument alone has a position.
    const held = state.instruments.filter(
      (each) =>
        (symbol === '' ? each.settle === asset : each.symbol === symbol) && this.#lotsAt(each.index, atMs) !== 0,
    );
    if (held.length !== 1) {
      this.#owed.push(word);
      this.engine.raise(
        1,
        `funding of ${amount} ${asset} could not be told to one position (${symbol || 'no symbol'})`,
      );
      return;
    }
    const instrument = held[0]!;
    this.orders.reports.push({
      ...{ kind: ACCOUNT_REPORT.funding, row: -1, instrument: instrument.index, lots: 0, ticks: 0, referenceTicks: 0 },
      ...{ value: quantaOf(amountOf(amount), instrument.settleScale), fee: 0, feeAsset: -1, maker: false },
      ...{ timeMs: atMs, trade: -1, reason: '', rate: Number.NaN },
    });
  }

  snapshot(): Json {
    return {
      orders: this.orders.snapshot(),
      account: this.account.snapshot(),
      funded: this.funding.snapshot(),
      owed: this.#owed.map((word) => ({ ...word })),
    };
  }

  restore(snapshot: Json): void {
    const s = snapshot as {
      readonly orders: Json;
      readonly account: Json;
      readonly funded: Json;
      readonly owed: readonly FundingWord[];
    };
    this.orders.restore(s.orders);
    this.account.restore(s.account);
    this.funding.restore(s.funded);
    this.#owed.splice(0, this.#owed.length, ...s.owed);
  }
}
