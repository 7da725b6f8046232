import { EVENT } from '../vocabulary/events.ts';
import { multiplyDivide } from '../vocabulary/integer.ts';
import { STATUS } from '../vocabulary/order.ts';
import type { OrderReport } from '../vocabulary/report.ts';
import type { OrderDesk } from './order-desk.ts';
import type { SessionState } from './session-state.ts';

/**
 * A part of the account's net position was closed from outside: it is taken from the strategies that hold it, in their order, each by an order
 * of its own that `book` fills. What is more than they hold is nobody's, and alerts.
 */
export function shareClosing(
  s: SessionState,
  desk: OrderDesk,
  r: OrderReport,
  book: (part: OrderReport, slot: number) => void,
): void {
  const n = s.instruments.length;
  const instrument = s.instruments[r.instrument]!;
  const direction = Math.sign(s.book.netLots[r.instrument]!);
  const heldIn = (strategy: number): number =>
    Math.max(0, direction * s.book.positions.column.lots[strategy * n + r.instrument]!);
  let lotsLeft = r.lots;
  let feeLeft = r.fee;
  for (let strategy = 0; strategy < s.strategies && lotsLeft > 0; strategy++) {
    const slot = strategy * n + r.instrument;
    const lots = Math.min(lotsLeft, heldIn(strategy));
    if (lots === 0) continue;
    const fee = lots === lotsLeft ? feeLeft : multiplyDivide(r.fee, lots, r.lots, 'floor');
    lotsLeft -= lots;
    feeLeft -= fee;
    const row = desk.adoptClosing(slot, -direction, lots, r.timeMs, r.reason);
    s.orders.column.status[row] = STATUS.filled;
    book({ ...r, row, lots, value: instrument.value(r.ticks, lots), fee }, slot);
  }
  if (lotsLeft === 0) return;
  const text = `${instrument.quantityText(lotsLeft)} ${instrument.id} were closed that no book holds`;
  const at = s.texts.push(text) - 1;
  s.log.append(EVENT['alert-raised'], r.timeMs, -1 - s.input, s.input, -1, r.instrument, at, 2);
}
