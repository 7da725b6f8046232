import type { Fill, OrderRef } from '../strategy/define-strategy.ts';
import { isTerminal, ORDER_ROLES, ORDER_STATUSES, type OrderStatus, STATUS } from '../vocabulary/order.ts';
import { REFUSALS, type Refusal } from '../vocabulary/refusal.ts';
import type { OrderDesk } from './order-desk.ts';
import type { OrderNumber } from './order-dispatch.ts';
import type { SessionState } from './session-state.ts';

/** An order as its strategy sees it. */
export class StrategyOrder implements OrderRef {
  readonly #state: SessionState;
  readonly #desk: OrderDesk;
  readonly #given: OrderNumber;
  /** Whose handler ran when it was made: who asked for it, where it is no row. */
  readonly #asker: number;

  constructor(state: SessionState, desk: OrderDesk, number: OrderNumber) {
    this.#state = state;
    this.#desk = desk;
    this.#given = number;
    this.#asker = state.calling;
  }

  /** The order that stands for it now, where a venue that cannot amend had it replaced. */
  get #number(): OrderNumber {
    return this.#given >= 0 ? this.#desk.dispatch.replacements.latest(this.#given) : this.#given;
  }

  get clientOrderId(): string {
    return this.#number >= 0 ? this.#desk.clientId(this.#number) : '';
  }

  get status(): OrderStatus | 'refused' {
    return this.#number >= 0 ? ORDER_STATUSES[this.#state.orders.column.status[this.#number]!]! : 'refused';
  }

  get refusal(): Refusal | null {
    return this.#number < 0 ? REFUSALS[this.#desk.refusals[-1 - this.#number]!]! : null;
  }

  get side(): 'buy' | 'sell' {
    return this.#number >= 0 && this.#state.orders.column.side[this.#number]! < 0 ? 'sell' : 'buy';
  }

  get qty(): number {
    return this.#quantity('lots');
  }

  get filledQty(): number {
    return this.#quantity('filledLots');
  }

  get isOpen(): boolean {
    return this.#number >= 0 && !isTerminal(this.#state.orders.column.status[this.#number]!);
  }

  #quantity(name: 'lots' | 'filledLots'): number {
    const row = this.#number;
    if (!(row >= 0)) return 0;
    const c = this.#state.orders.column;
    const before = this.#desk.dispatch.replacements.carried(row);
    return this.#state.instruments[c.instrument[row]!]!.quantity(c[name][row]! + before);
  }

  /** Throws where no handler of its strategy runs. */
  #refuseLate(call: string): void {
    const s = this.#state;
    const strategy = this.#given >= 0 ? s.orders.column.strategy[this.#given]! : this.#asker;
    if (s.calling !== strategy) s.refuseLate(strategy, call);
  }

  cancel(_why: string): void {
    this.#refuseLate('order.cancel');
    if (this.#number >= 0) this.#desk.cancel(this.#number);
  }

  amend(change: { price?: number | string; qty?: number | string }): void {
    this.#refuseLate('order.amend');
    if (!(this.#number >= 0)) return;
    this.#desk.amend(
      this.#number,
      change.price === undefined ? null : Number(change.price),
      change.qty === undefined ? null : Number(change.qty),
    );
  }
}

/** A fill as its strategy sees it. */
export function strategyFill(state: SessionState, desk: OrderDesk, fill: number): Fill {
  const f = state.fills.column;
  const row = f.order[fill]!;
  const instrument = state.instruments[state.orders.column.instrument[row]!]!;
  return {
    order: new StrategyOrder(state, desk, row),
    symbol: instrument.symbol,
    side: f.side[fill]! > 0 ? 'buy' : 'sell',
    role: ORDER_ROLES[state.orders.column.role[row]!]!,
    price: instrument.price(f.ticks[fill]!),
    qty: instrument.quantity(f.lots[fill]!),
    fee: state.feeAmount(instrument, state.fills.feeAsset(fill), f.fee[fill]!),
    feeAsset: state.feeCode(instrument, state.fills.feeAsset(fill)),
    realized: instrument.money(f.realized[fill]!),
  };
}

/** Whether an order status number is one after which the strategy is told. */
export function isEnd(status: number): boolean {
  return status === STATUS.canceled || status === STATUS.rejected || status === STATUS.expired;
}
