import type { Risk } from '../risk/review.ts';
import { EVENT } from '../vocabulary/events.ts';
import { ROLE, STATUS } from '../vocabulary/order.ts';
import type { OrderReport } from '../vocabulary/report.ts';
import type { BracketBook } from './bracket-book.ts';
import type { OrderDesk } from './order-desk.ts';
import type { Legs } from './protective-legs.ts';
import type { SessionState } from './session-state.ts';
import { refusePromise } from './strategy-error.ts';
import { strategyFill } from './strategy-order.ts';
import type { StrategySeat } from './strategy-seat.ts';

const {
  'order-filled': ORDER_FILLED,
  'position-opened': POSITION_OPENED,
  'position-changed': POSITION_CHANGED,
  'position-closed': POSITION_CLOSED,
} = EVENT;
const { filled: FILLED } = STATUS;
const { entry: ENTRY } = ROLE;

/** Books what was traded and does what follows from it: position, events, protection, limits of conduct, and the strategy's `onFill`. */
export class FillDesk {
  declare private readonly s: SessionState;
  declare private readonly risk: Risk;
  declare private readonly desk: OrderDesk;
  declare private readonly seats: readonly StrategySeat[];
  declare private readonly brackets: BracketBook;
  declare private readonly legs: Legs;
  declare private readonly fail: (seat: StrategySeat, error: unknown) => void;

  constructor(
    state: SessionState,
    risk: Risk,
    desk: OrderDesk,
    seats: readonly StrategySeat[],
    brackets: BracketBook,
    legs: Legs,
    fail: (seat: StrategySeat, error: unknown) => void,
  ) {
    this.s = state;
    this.risk = risk;
    this.desk = desk;
    this.seats = seats;
    this.brackets = brackets;
    this.legs = legs;
    this.fail = fail;
  }

  /** Books a fill of order `row`, which is `after` now, in its slot. */
  book(r: OrderReport, row: number, slot: number, after: number): void {
    const s = this.s;
    const c = s.orders.column;
    const { lots } = r;
    const side = c.side[row]!;
    const role = c.role[row]!;
    c.filledLots[row]! += lots;
    c.filledValue[row]! += r.value;
    const positions = s.book.positions.column;
    const held = positions.lots[slot]!;
    const inSettle = r.feeAsset < 0;
    const gain = inSettle ? s.book.fill(slot, side, r) : s.book.fillPaidIn(r.feeAsset, slot, side, r, s.price);
    const now = positions.lots[slot]!;
    const strategy = s.strategyOf[slot]!;
    const instrument = s.instrumentOf[slot]!;
    const { log, fills } = s;
    const fill = fills.add(row, slot, side, log.count, r, gain);
    if (!inSettle) fills.paidIn(fill, r.feeAsset, s.book.feeWorth, s.book.moved);
    const source = s.sourceOf[slot]!;
    const seq = log.write(ORDER_FILLED | source, r.timeMs, c.placedSeq[row]!, s.input, fill, 0);
    if (now !== held) {
      const change = held === 0 ? POSITION_OPENED : now === 0 ? POSITION_CLOSED : POSITION_CHANGED;
      log.write(change | source, r.timeMs, seq, s.input, fill, now);
    }
    if (after === FILLED) this.desk.open.ended(row, slot);
    else this.desk.open.update(row);
    const seat = this.seats[strategy]!;
    if (held === 0 || held > 0 !== now > 0) seat.context.deskOf(instrument)?.opened();
    if (role === ENTRY && after === FILLED) this.risk.filled(strategy, r.timeMs);
    if (this.brackets.mayConcern(row, slot)) this.legs.filled(row, slot);
    if (!s.orders.isBare(row) && c.group[row]! >= 0) this.desk.worked.filled(row, lots, r.value);
    if (gain !== 0 && (now === 0 || held > 0 !== now > 0))
      this.risk.tripClosed(
        strategy,
        s.instruments[instrument]!.money(gain - (inSettle ? r.fee : s.book.feeWorth)),
        r.timeMs,
      );
    const onFill = seat.strategy.def.onFill;
    if (!onFill || !seat.running) return;
    s.calling = strategy;
    try {
      refusePromise(onFill(seat.context, strategyFill(s, this.desk, fill)));
    } catch (error) {
      this.fail(seat, error);
    }
    s.calling = -1;
  }
}
