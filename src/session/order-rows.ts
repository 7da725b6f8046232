import { clientOrderId } from '../core/execution/client-order-id.ts';
import { STATUS, TIF, TYPE } from '../core/vocabulary/order.ts';
import type { VenueFill, VenueOrder } from '../ports/exchange-gateway.ts';
import type { RemoteSide } from './remote-side.ts';

/** The orders of a session as whoever watches its venue looks at them. */
export class OrderRows {
  readonly #side: RemoteSide;

  constructor(side: RemoteSide) {
    this.#side = side;
  }

  open(): number[] {
    const { state, desk } = this.#side.engine;
    return Array.from({ length: state.book.positions.count }, (_, slot) => [...desk.rowsOf(slot)]).flat();
  }

  symbols(): string[] {
    return [...new Set(this.#side.engine.state.instruments.map(({ symbol }) => symbol))];
  }

  idOf(row: number): string {
    return clientOrderId(this.#side.engine.state.session, row);
  }

  /** Our id of the order that a trade is of, also where the venue names it by its own number alone. */
  ownerOf(fill: VenueFill): string {
    const row = this.#side.orders.ownerOf(fill);
    return row < 0 ? fill.clientOrderId : this.idOf(row);
  }

  symbolOf(row: number): string {
    const { state } = this.#side.engine;
    return state.instruments[state.orders.column.instrument[row]!]!.symbol;
  }

  /** Whether nobody knows yet that the venue has this order. */
  isInDoubt({ symbol, clientOrderId: id, venueOrderId }: VenueOrder): boolean {
    const row = this.#side.orders.rowOf(symbol, id, venueOrderId);
    return row >= 0 && (this.statusOf(row) === STATUS.unknown || this.statusOf(row) === STATUS.submitted);
  }

  /**
   * Whether an order waits where nothing need be heard of it: at the venue until the market comes to it, or held here. One that fills at once or
   * never owes its end, also where it was acknowledged before its trades.
   */
  isAtRest(row: number): boolean {
    const { status, type, tif } = this.#side.engine.state.orders.column;
    if (status[row] !== STATUS.open) return status[row] === STATUS.held;
    return type[row] !== TYPE.market && tif[row] !== TIF.ioc && tif[row] !== TIF.fok;
  }

  statusOf(row: number): number {
    return this.#side.engine.state.orders.column.status[row]!;
  }
}
