import { KILL } from '../risk/kill-ladder.ts';
import type { Risk } from '../risk/review.ts';
import { FLAG, ROLE, STATUS, TYPE } from '../vocabulary/order.ts';
import type { OrderDesk } from './order-desk.ts';
import type { SessionState } from './session-state.ts';

/**
 * What the kill levels `cancel-all` and `flatten` do to orders and positions, over and over until nothing is left: at the command, at the end
 * of every instant, and, once the venue has confirmed cancels, at its reports.
 *
 * - Every open order is canceled, protective stops included. Market exits are left to do what a flattening wants.
 * - A position is closed by a market order that may only reduce it, once no other order that would close it is open any more: on spot those
 *   hold the balance, and elsewhere both could fill. A refused or rejected close is tried again at the next instant or kill.
 * - Where all strategies are flattened in an instrument, what counts is the account's net position: strategies that hold it against each other
 *   cancel out, and closing one of them alone would add risk. What they hold against each other stays in their books, and nothing at the venue.
 */
export class KillSweep {
  readonly #s: SessionState;
  readonly #risk: Risk;
  readonly #desk: OrderDesk;
  /** Instant of each slot's last attempt to close; −1 for none since the last kill. */
  readonly #tried: Int32Array;
  /** Whether what is being taken is the past: an order of now cannot meet its prices. */
  isSuspended = false;

  constructor(state: SessionState, risk: Risk, desk: OrderDesk) {
    this.#s = state;
    this.#risk = risk;
    this.#desk = desk;
    this.#tried = new Int32Array(state.strategyOf.length).fill(-1);
  }

  /** A kill was given: what failed before may be tried again. Answers how many orders were asked to be canceled. */
  begin(): number {
    this.#tried.fill(-1);
    return this.run();
  }

  /** Cancels and closes what the ladder demands. Answers how many orders were asked to be canceled. */
  run(): number {
    let canceled = 0;
    for (let slot = 0; slot < this.#tried.length; slot++) {
      const level = this.#levelOf(slot);
      if (level < KILL['cancel-all']) continue;
      for (const row of [...this.#desk.rowsOf(slot)])
        if (!(level >= KILL.flatten && this.#isExit(row)) && this.#cancel(row)) canceled++;
    }
    this.close();
    return canceled;
  }

  /** What it has not done yet: open orders where all are to be canceled, positions where all are to be closed. */
  left(): { readonly orders: number; readonly positions: number } {
    let orders = 0;
    let positions = 0;
    for (let slot = 0; slot < this.#tried.length; slot++) {
      const level = this.#levelOf(slot);
      if (level >= KILL['cancel-all']) orders += this.#desk.rowsOf(slot).length;
      if (level >= KILL.flatten && this.#toClose(slot) > 0) positions++;
    }
    return { orders, positions };
  }

  /** Closes positions that nothing stands in the way of. */
  close(): void {
    if (this.isSuspended) return;
    for (let slot = 0; slot < this.#tried.length; slot++)
      if (this.#levelOf(slot) >= KILL.flatten && this.#tried[slot] !== this.#s.slice) this.#close(slot);
  }

  #levelOf(slot: number): number {
    return this.#risk.state.ladder.strictest(this.#s.strategyOf[slot]!, this.#s.instrumentOf[slot]!);
  }

  #cancel(row: number): boolean {
    const { status } = this.#s.orders.column;
    if (status[row] === STATUS['cancel-pending']) return false;
    this.#desk.cancel(row);
    return true;
  }

  #close(slot: number): void {
    const s = this.#s;
    const lots = s.book.positions.column.lots[slot]!;
    const mostLots = this.#toClose(slot);
    if (mostLots === 0) return;
    for (const row of this.#desk.rowsOf(slot))
      if (s.orders.column.side[row]! > 0 !== lots > 0 && !this.#isExit(row)) return;
    this.#tried[slot] = s.slice;
    const reason = this.#risk.state.ladder.reason(s.strategyOf[slot]!, s.instrumentOf[slot]!);
    this.#desk.close(slot, `kill: ${reason}`, ROLE.exit, FLAG.kill, mostLots);
  }

  /** Lots of a slot that are to be closed, those included that market exits of it are closing. */
  #toClose(slot: number): number {
    const { account, book, instrumentOf, strategyOf, instruments } = this.#s;
    const lots = book.positions.column.lots[slot]!;
    const instrument = instrumentOf[slot]!;
    const net = book.netLots[instrument]!;
    let closing = 0;
    let isWhole = true;
    for (let other = instrument; other < this.#tried.length; other += instruments.length) {
      if (this.#levelOf(other) < KILL.flatten) isWhole = false;
      if (strategyOf[other] !== strategyOf[slot]) closing += this.#desk.exitLots(other);
    }
    // What is not borrowed can be sold as far as it is there: rounded fees may leave a little less than strategies hold together.
    if (!isWhole && !(account.kind === 'cash' && lots > 0)) return Math.abs(lots);
    return net * lots > 0 ? Math.max(0, Math.min(Math.abs(lots), Math.abs(net) - closing)) : 0;
  }

  /** Whether an order is a market exit that does what a flattening wants: of several strategies, one may be for more than the account holds. */
  #isExit(row: number): boolean {
    const { orders, strategies } = this.#s;
    const flags = orders.column.flags[row]!;
    if ((flags & FLAG.kill) !== 0) return true;
    const isMarket = orders.column.type[row] === TYPE.market && (flags & FLAG.worked) === 0;
    return strategies === 1 && orders.column.role[row] === ROLE.exit && isMarket;
  }

  snapshot(): readonly number[] {
    return Array.from(this.#tried);
  }

  restore(tried: readonly number[]): void {
    this.#tried.set(tried);
  }

  reset(): void {
    this.#tried.fill(-1);
  }
}
