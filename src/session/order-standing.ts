import { orderOfClientId } from '../core/execution/client-order-id.ts';
import type { CommandOutcome, OrderStanding, SessionCommand } from '../core/vocabulary/commands.ts';
import { ORDER_STATUSES, ORDER_TYPES, STATUS } from '../core/vocabulary/order.ts';
import type { SessionCore } from './session-core.ts';
import { openOrdersOf, orderOf } from './session-view.ts';

/** Of a command about orders that was carried out: how they stand now, and what the venue has not confirmed yet. */
export function withStanding(outcome: CommandOutcome, command: SessionCommand, core: SessionCore): CommandOutcome {
  if (!outcome.done) return outcome;
  if (command.type === 'cancel-all-orders') {
    const pending = openOrdersOf(core).filter(
      ({ status, instrument }) =>
        status === 'cancel-pending' && (command.instrument === undefined || instrument === command.instrument),
    );
    return { ...outcome, pending: pending.length };
  }
  const id = command.type === 'cancel-order' ? command.order : outcome.order;
  const standing = id === undefined ? null : standingOf(core, id);
  return standing === null ? outcome : { ...outcome, standing };
}

/** The newest order that stands for this one; null where there is none. */
function standingOf(core: SessionCore, id: string): OrderStanding | null {
  const { state, desk } = core.engine;
  const found = orderOfClientId(state.session, id);
  if (!found || found.row >= state.orders.count) return null;
  const { replacements, amending } = desk.dispatch;
  const row = replacements.latest(found.row);
  const { order, quantity, filled, limit, trigger } = orderOf(core, row);
  const code = state.orders.column.status[row]!;
  const status = ORDER_STATUSES[code]!;
  const type = ORDER_TYPES[state.orders.column.type[row]!]!;
  const isAnswered = code !== STATUS.submitted && code !== STATUS['cancel-pending'] && code !== STATUS.unknown;
  const isConfirmed = isAnswered && !amending.has(row) && replacements.asked(row) === undefined;
  return { order, status, type, quantity, filled, limit, trigger, isConfirmed };
}
