import { EVENT } from '../vocabulary/events.ts';
import { multiplyDivide } from '../vocabulary/integer.ts';
import { ROLE, STATUS } from '../vocabulary/order.ts';
import { ACCOUNT_REPORT, type OrderReport } from '../vocabulary/report.ts';
import { ACTION } from './intents.ts';
import type { OrderDesk } from './order-desk.ts';
import type { SessionState } from './session-state.ts';

/** How the venue closes all that is held of an instrument, by the kind of its report. */
const CLOSINGS: Readonly<Record<number, { role: number; action: number; event: number; why: string }>> = {
  [ACCOUNT_REPORT.liquidation]: {
    role: ROLE.liquidation,
    action: ACTION.liquidation,
    event: EVENT['position-liquidated'],
    why: 'the venue liquidated the position: its margin was used up',
  },
  [ACCOUNT_REPORT.settlement]: {
    role: ROLE.settlement,
    action: ACTION.settlement,
    event: EVENT['position-settled'],
    why: 'the instrument expired: the venue settled the position',
  },
};

/**
 * The venue closed the account's net position: what every strategy holds is closed at that price, each by an order of its own that `book`
 * fills, the fee in proportion. Their values make up that of the net to the last quantum: those of an inverse contract are rounded each.
 */
export function closeAll(
  s: SessionState,
  desk: OrderDesk,
  r: OrderReport,
  book: (part: OrderReport, slot: number) => void,
): void {
  const { role, action, event, why } = CLOSINGS[r.kind]!;
  const n = s.instruments.length;
  const instrument = s.instruments[r.instrument]!;
  const { lots: held } = s.book.positions.column;
  let gross = 0;
  for (let strategy = 0; strategy < s.strategies; strategy++) gross += Math.abs(held[strategy * n + r.instrument]!);
  let valueLeft = Math.sign(s.book.netLots[r.instrument]!) * r.value;
  let feeLeft = r.fee;
  let lotsLeft = gross;
  for (let strategy = 0; strategy < s.strategies; strategy++) {
    const slot = strategy * n + r.instrument;
    const lots = Math.abs(held[slot]!);
    if (lots === 0) continue;
    lotsLeft -= lots;
    const fee = lotsLeft === 0 ? feeLeft : multiplyDivide(r.fee, lots, gross, 'floor');
    feeLeft -= fee;
    const side = held[slot]! > 0 ? 1 : -1;
    const value = lotsLeft === 0 ? side * valueLeft : instrument.value(r.ticks, lots);
    valueLeft -= side * value;
    const row = desk.adopt(slot, -side, lots, r.timeMs, role, action, why);
    s.log.append(event, r.timeMs, -1 - s.input, s.input, strategy, r.instrument, row);
    s.orders.column.status[row] = STATUS.filled;
    book({ ...r, row, lots, value, fee }, slot);
  }
}

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
    const row = desk.adopt(slot, -direction, lots, r.timeMs, ROLE.exit, ACTION.close, r.reason);
    s.orders.column.status[row] = STATUS.filled;
    book({ ...r, row, lots, value: instrument.value(r.ticks, lots), fee }, slot);
  }
  if (lotsLeft === 0) return;
  const text = `${instrument.quantityText(lotsLeft)} ${instrument.id} were closed that no book holds`;
  const at = s.texts.push(text) - 1;
  s.log.append(EVENT['alert-raised'], r.timeMs, -1 - s.input, s.input, -1, r.instrument, at, 2);
}
