import { ANOMALY, IGNORED, transition } from '../execution/order-transitions.ts';
import type { Risk } from '../risk/review.ts';
import { EVENT } from '../vocabulary/events.ts';
import { FLAG, isTerminal, ORDER_STATUSES, ROLE, STATUS } from '../vocabulary/order.ts';
import { ACCOUNT_REPORT, type OrderReport, REPORT } from '../vocabulary/report.ts';
import { BracketBook } from './bracket-book.ts';
import { FillDesk } from './fill-desk.ts';
import { heldAt, netHeldAt } from './held-at.ts';
import type { OrderDesk } from './order-desk.ts';
import { closeAll, shareClosing } from './outside-closing.ts';
import { type Legs, ProtectiveLegs } from './protective-legs.ts';
import type { SessionState } from './session-state.ts';
import { SingleLockLegs } from './single-lock-legs.ts';
import { isEnd, StrategyOrder } from './strategy-order.ts';
import type { StrategySeat } from './strategy-seat.ts';
import { TradeNumbers } from './trade-numbers.ts';

const { filled: FILL, 'partly-filled': PART_FILL } = REPORT;
/** Statuses from here on stand for reports that change nothing or contradict what is known. */
const UNEXPECTED = ANOMALY;

/** The parts of a report that one given here has nothing to say about. */
const SILENT = {
  lots: 0,
  ticks: 0,
  referenceTicks: 0,
  value: 0,
  fee: 0,
  feeAsset: -1,
  maker: false,
  trade: -1,
  reason: '',
  rate: 0,
} as const;

/**
 * Takes what venues say: moves orders through their table of transitions, books fills, keeps brackets in step with the quantity
 * that really filled, and tells the strategies. Repeated, late and reordered reports end in the same state.
 */
export class ReportDesk {
  declare private readonly s: SessionState;
  declare private readonly desk: OrderDesk;
  declare private readonly seats: readonly StrategySeat[];
  declare private readonly fills: FillDesk;
  declare private readonly legs: Legs;
  /** Which bracket protects what. */
  declare readonly brackets: BracketBook;
  /** Which trades were booked. */
  readonly trades = new TradeNumbers();
  /**
   * Whether funding may be told after trades that came later than it: it is then of what was held when it fell due, else of what is held
   * when it is told.
   */
  isFundingLate = false;

  constructor(
    state: SessionState,
    risk: Risk,
    desk: OrderDesk,
    seats: readonly StrategySeat[],
    fail: (seat: StrategySeat, error: unknown) => void,
  ) {
    this.s = state;
    this.desk = desk;
    this.brackets = new BracketBook(state, desk);
    this.legs = state.capabilities.legs === 'apart' ? new ProtectiveLegs(state, desk) : new SingleLockLegs(state, desk);
    this.seats = seats;
    this.fills = new FillDesk(state, risk, desk, seats, this.brackets, this.legs, fail);
  }

  take(r: OrderReport): void {
    const s = this.s;
    if (r.timeMs > s.clock[0]!) s.clock[0] = r.timeMs;
    if (r.kind === FILL || r.kind === PART_FILL) this.#takeFill(r, r.row);
    else if (r.kind === ACCOUNT_REPORT.funding || r.kind === ACCOUNT_REPORT.interest) this.#funding(r);
    else if (r.kind > ACCOUNT_REPORT.funding) this.#takeClosing(r);
    else this.#takeWord(r, r.row);
  }

  /** Something was closed that no order of ours closed. */
  #takeClosing(r: OrderReport): void {
    const s = this.s;
    const book = (part: OrderReport, slot: number): void => this.fills.book(part, part.row, slot, STATUS.filled);
    if (r.kind === ACCOUNT_REPORT.closed) shareClosing(s, this.desk, r, book);
    else closeAll(s, this.desk, r, book);
    if (r.kind === ACCOUNT_REPORT.settlement) this.#expireHeld(r.instrument);
  }

  /** Ends what waits here for an instrument that has expired; of what is at the venue, the venue says so itself. */
  #expireHeld(instrument: number): void {
    const { strategies, instruments, orders } = this.s;
    const { status, flags } = orders.column;
    for (let strategy = 0; strategy < strategies; strategy++)
      for (const row of [...this.desk.rowsOf(strategy * instruments.length + instrument)])
        if (flags[row]! & FLAG.worked) this.desk.cancel(row);
        else if (status[row] === STATUS.held) this.answer(REPORT.expired, row);
  }

  #takeFill(r: OrderReport, row: number): void {
    if (!this.trades.add(r.trade)) return;
    const { status, filledLots, lots, strategy, instrument } = this.s.orders.column;
    const before = status[row]!;
    const kind = filledLots[row]! + r.lots >= lots[row]! ? FILL : PART_FILL;
    const after = transition(before, kind);
    if (after >= UNEXPECTED) this.#unexpected(r, row, before, kind, after);
    else {
      status[row] = after;
      this.fills.book(r, row, strategy[row]! * this.s.instruments.length + instrument[row]!, after);
    }
  }

  #takeWord(r: OrderReport, row: number): void {
    const { kind } = r;
    if (this.desk.dispatch.amending.size > 0) {
      const isAnswer = kind === REPORT.amended || kind === REPORT['cancel-rejected'];
      const hasEnded = kind === REPORT.canceled || kind === REPORT.expired || kind === REPORT.rejected;
      if (isAnswer || hasEnded) this.desk.dispatch.answered(row, hasEnded);
    }
    const { status, strategy, instrument } = this.s.orders.column;
    const before = status[row]!;
    const after = transition(before, kind);
    if (after >= UNEXPECTED) this.#unexpected(r, row, before, kind, after);
    else {
      status[row] = after;
      this.#word(r, row, strategy[row]! * this.s.instruments.length + instrument[row]!, before, after);
    }
  }

  /** A report that changes nothing, or contradicts what is known. */
  #unexpected(r: OrderReport, row: number, before: number, kind: number, after: number): void {
    if (after === IGNORED) return;
    const s = this.s;
    const { strategy, instrument } = s.orders.column;
    s.log.append(
      EVENT['data-anomaly-detected'],
      r.timeMs,
      -1 - s.input,
      s.input,
      strategy[row]!,
      instrument[row]!,
      s.texts.push(`report ${kind} for an order that is ${ORDER_STATUSES[before]}`) - 1,
    );
  }

  /**
   * Takes an answer that is given here in the venue's place, about an order that is held: canceled, expired or amended; or, with the
   * kind `filled`, that an order has been worked to its end by others.
   */
  answer(kind: number, row: number): void {
    const s = this.s;
    const c = s.orders.column;
    if (kind !== REPORT.filled) {
      this.take({ ...SILENT, kind, row, instrument: c.instrument[row]!, timeMs: s.clock[0]! });
      return;
    }
    c.status[row] = STATUS.filled;
    this.desk.open.update(row);
    const { strategy, instrument, placedSeq, lots } = c;
    s.log.append(
      EVENT['order-completed'],
      s.clock[0]!,
      placedSeq[row]!,
      s.input,
      strategy[row]!,
      instrument[row]!,
      row,
      0,
      lots[row]!,
    );
    this.#tell(row, 'filled');
  }

  /** Everything but fills. */
  #word(r: OrderReport, row: number, slot: number, before: number, after: number): void {
    const s = this.s;
    const c = s.orders.column;
    const type =
      r.kind === REPORT.accepted
        ? EVENT['order-accepted']
        : r.kind === REPORT.triggered
          ? EVENT['order-triggered']
          : r.kind === REPORT.amended
            ? EVENT['order-amended']
            : after === STATUS.canceled
              ? EVENT['order-canceled']
              : after === STATUS.expired
                ? EVENT['order-expired']
                : after === STATUS.rejected
                  ? EVENT['order-rejected']
                  : -1;
    if (type >= 0) {
      const price = c.limitTicks[row]! || c.triggerTicks[row]!;
      const detail =
        after === STATUS.rejected ? s.texts.push(r.reason) - 1 : type === EVENT['order-amended'] ? price : 0;
      s.log.append(
        type,
        r.timeMs,
        c.placedSeq[row]!,
        s.input,
        c.strategy[row]!,
        c.instrument[row]!,
        row,
        detail,
        c.lots[row]!,
      );
    }
    this.desk.open.update(row);
    if (after === STATUS.open && before === STATUS['cancel-pending']) this.legs.settled(row, slot);
    if (!isEnd(after) || isTerminal(before)) return;
    const isReplaced = after === STATUS.canceled && !this.legs.takesOver(row);
    const newer = isReplaced ? this.desk.dispatch.replace(row) : Number.NaN;
    if (newer >= 0) {
      this.legs.replaced(row, newer);
      this.desk.worked.replaced(row, newer);
      return;
    }
    // Where risk refused what was to stand in its stead, nobody has withdrawn it.
    this.legs.forget(row, newer < 0 ? STATUS.open : before);
    this.legs.settled(row, slot);
    this.desk.worked.heard(row);
    if (after === STATUS.rejected && c.role[row] !== ROLE.entry && c.role[row] !== ROLE.exit && this.legs.isLost(row))
      this.#naked(row, slot, r);
    this.#tell(row, r.reason);
  }

  /** Tells a strategy that an order of its has ended. */
  #tell(row: number, reason: string): void {
    const s = this.s;
    const c = s.orders.column;
    const seat = this.seats[c.strategy[row]!]!;
    const status = ORDER_STATUSES[c.status[row]!]!;
    if (seat.strategy.def.onOrder)
      seat.tell({
        order: new StrategyOrder(s, this.desk, row),
        symbol: s.instruments[c.instrument[row]!]!.symbol,
        status,
        reason: reason === '' ? status : reason,
      });
  }

  /** A protective order was refused by the venue: the position stands without it, which a person must know. */
  #naked(row: number, slot: number, r: OrderReport): void {
    const s = this.s;
    if (s.book.positions.column.lots[slot] === 0) return;
    const c = s.orders.column;
    const text =
      s.texts.push(`a protective order of ${s.instruments[c.instrument[row]!]!.id} was rejected: ${r.reason}`) - 1;
    s.log.append(
      EVENT['alert-raised'],
      r.timeMs,
      c.placedSeq[row]!,
      s.input,
      c.strategy[row]!,
      c.instrument[row]!,
      text,
      2,
    );
  }

  /** Funding or interest on the account's net position, shared out over the strategies' positions in proportion. */
  #funding(r: OrderReport): void {
    const s = this.s;
    const n = s.instruments.length;
    const isLate = this.isFundingLate;
    const net = isLate ? netHeldAt(s, r.instrument, r.timeMs) : s.book.netLots[r.instrument]!;
    if (net === 0) {
      // Told after the trade that closed the position: it is of whoever traded last.
      const slot = this.#lastSlotOf(r.instrument);
      if (slot >= 0) this.#payFunding(slot, r.value, r);
      return;
    }
    let left = r.value;
    let last = -1;
    for (let strategy = 0; strategy < s.strategies; strategy++) {
      const slot = strategy * n + r.instrument;
      const lots = isLate ? heldAt(s, slot, r.timeMs) : s.book.positions.column.lots[slot]!;
      if (lots === 0) continue;
      const share = Math.trunc((r.value * lots) / net);
      left -= share;
      last = slot;
      this.#payFunding(slot, share, r);
    }
    if (left !== 0 && last >= 0) this.#payFunding(last, left, r);
  }

  #lastSlotOf(instrument: number): number {
    const { fills, instrumentOf } = this.s;
    for (let fill = fills.count - 1; fill >= 0; fill--)
      if (instrumentOf[fills.column.slot[fill]!] === instrument) return fills.column.slot[fill]!;
    return -1;
  }

  #payFunding(slot: number, quanta: number, r: OrderReport): void {
    const s = this.s;
    s.book.funding(slot, quanta);
    s.log.append(
      r.kind === ACCOUNT_REPORT.interest ? EVENT['interest-charged'] : EVENT['funding-paid'],
      r.timeMs,
      -1 - s.input,
      s.input,
      s.strategyOf[slot]!,
      s.instrumentOf[slot]!,
      -1,
      quanta,
      r.rate,
    );
  }

  reset(): void {
    this.trades.clear();
  }
}
