import { stopTicks } from '../execution/brackets.ts';
import { refuseWhy } from '../execution/check-entry.ts';
import type { Bars } from '../indicators/bars.ts';
import type { Desk, OrderRef, Position } from '../strategy/define-strategy.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import type { Entry, Level } from '../vocabulary/intent.ts';
import { isTerminal, ROLE, TYPE } from '../vocabulary/order.ts';
import type { OrderDesk } from './order-desk.ts';
import type { OrderNumber } from './order-dispatch.ts';
import type { SessionState } from './session-state.ts';
import { StrategyOrder } from './strategy-order.ts';
import type { StrategySeat } from './strategy-seat.ts';

/** Trading in one instrument, for one strategy. */
export class InstrumentDesk implements Desk, Position {
  readonly #state: SessionState;
  readonly #desk: () => OrderDesk;
  readonly #seat: StrategySeat;
  /** A number from the first on: of what was undefined once V8 asks each time what it is. */
  readonly #slot: number = 0;
  readonly #instrument: Instrument;
  readonly #bars: Bars;
  /** Row of the strategy's bars at which the position was opened. */
  openedRow = 0;
  readonly position: Position = this;
  readonly buy = (entry: Entry): OrderRef => this.#enter(1, entry);
  readonly sell = (entry: Entry): OrderRef => this.#enter(-1, entry);

  constructor(state: SessionState, desk: () => OrderDesk, seat: StrategySeat, instrument: Instrument, bars: Bars) {
    this.#state = state;
    this.#desk = desk;
    this.#seat = seat;
    this.#instrument = instrument;
    this.#slot = seat.index * state.instruments.length + instrument.index;
    this.#bars = bars;
  }

  get symbol(): string {
    return this.#instrument.symbol;
  }

  get price(): number {
    return this.#state.price[this.#instrument.index]!;
  }

  get orders(): readonly OrderRef[] {
    return this.#desk()
      .rowsOf(this.#slot)
      .map((row) => new StrategyOrder(this.#state, this.#desk(), row));
  }

  get isOpen(): boolean {
    return this.#state.book.positions.column.lots[this.#slot] !== 0;
  }

  get side(): 'long' | 'short' | 'flat' {
    const lots = this.#state.book.positions.column.lots[this.#slot]!;
    return lots > 0 ? 'long' : lots < 0 ? 'short' : 'flat';
  }

  get qty(): number {
    return Math.abs(this.#instrument.quantity(this.#state.book.positions.column.lots[this.#slot]!));
  }

  get avgPrice(): number {
    return this.#state.book.positions.averagePrice(this.#slot, this.#instrument);
  }

  get unrealized(): number {
    return this.#state.book.positions.unrealized(this.#slot, this.#instrument, this.price);
  }

  get realized(): number {
    return this.#instrument.money(this.#state.book.positions.column.realized[this.#slot]!);
  }

  get barsHeld(): number {
    return this.isOpen ? this.#bars.cursor - this.openedRow : 0;
  }

  /** Called when a fill opened the position. */
  opened(): void {
    this.openedRow = this.#bars.cursor;
  }

  readonly close = (why: string): void => {
    this.#refuseLate('position.close');
    if (typeof why !== 'string') refuseWhy();
    this.#settle(this.#desk().close(this.#slot, why));
  };

  readonly target = (pctOfEquity: number, why: string): void => {
    this.#refuseLate('target');
    if (typeof why !== 'string') refuseWhy();
    this.#settle(this.#desk().target(this.#slot, pctOfEquity, why));
  };

  readonly cancelAll = (_why: string): void => {
    this.#refuseLate('cancelAll');
    for (const row of [...this.#desk().rowsOf(this.#slot)]) this.#desk().cancel(row);
  };

  readonly moveStop = (to: Level): void => {
    this.#refuseLate('position.moveStop');
    const s = this.#state;
    const desk = this.#desk();
    const lots = s.book.positions.column.lots[this.#slot]!;
    if (lots === 0) return;
    const side = lots > 0 ? 1 : -1;
    const ticks = stopTicks(to, side, this.avgPrice, this.#instrument, desk.atrOf(this.#slot));
    // A distance that is not known yet moves nothing: the stop that is there protects.
    if (ticks === 0) return;
    const gate = desk.dispatch.exits;
    if (gate !== null) {
      gate.moveStop(this.#slot, ticks);
      return;
    }
    const c = s.orders.column;
    const stops = desk.rowsOf(this.#slot).filter((row) => c.role[row] === ROLE.stop && !isTerminal(c.status[row]!));
    for (const row of stops) {
      // A stop that belongs to no entry covers the whole position, however it has grown.
      const asked = desk.dispatch.wholeLots(row);
      const filled = c.filledLots[row]! + desk.dispatch.replacements.carried(row);
      const whole = c.group[row]! < 0 ? Math.abs(lots) + filled : asked;
      if (c.triggerTicks[row] !== ticks || asked !== whole) desk.amendTicks(row, whole, 0, ticks);
    }
    if (stops.length > 0) return;
    const intent = desk.standingIntent(this.#slot);
    this.#settle(desk.leg(this.#slot, -side, ROLE.stop, TYPE['stop-market'], ticks, Math.abs(lots), -1, null, intent));
  };

  #enter(side: number, entry: Entry): OrderRef {
    this.#refuseLate(side > 0 ? 'buy' : 'sell');
    return this.#settle(this.#desk().enter(this.#slot, side, entry));
  }

  /** Throws where no handler of the strategy runs: what it asks for then belongs to no instant. */
  #refuseLate(call: string): void {
    if (this.#state.calling !== this.#seat.index) this.#state.refuseLate(this.#seat.index, call);
  }

  /** Tells the strategy of a refusal once its present call has ended. */
  #settle(number: OrderNumber): OrderRef {
    const order = new StrategyOrder(this.#state, this.#desk(), number);
    if (number < 0) this.#seat.tell({ order, symbol: this.symbol, status: 'refused', reason: order.refusal ?? '' });
    return order;
  }
}
