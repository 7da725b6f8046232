import { narrate } from '../../src/core/engine/narrate.ts';
import { clientOrderId } from '../../src/core/execution/client-order-id.ts';
import { isTerminal, ORDER_STATUSES } from '../../src/core/vocabulary/order.ts';
import type { Claims } from './auditor/audit.ts';
import type { Life } from './life.ts';
import { TRADER } from './trader.ts';

/** What a running session says of itself. */
export function claimsOf(life: Life): Claims {
  const { core, side, account } = life;
  const { state } = core!.engine;
  const { column, count } = state.orders;
  const openOrders = Array.from({ length: count }, (_, row) => row)
    .filter((row) => !isTerminal(column.status[row]!))
    .map((row) => ({ order: clientOrderId(state.session, row), status: ORDER_STATUSES[column.status[row]!]! }));
  return {
    position: state.instruments[0]!.quantityText(state.book.netLots[0]!),
    cost: state.instruments[0]!.moneyText(state.book.positions.column.cost[0]!),
    postings: state.book.ledger.statement(),
    unbooked: [...side!.orders.unbooked].map(([asset, amount]) => [asset, decimalText(amount)] as const),
    openOrders,
    alarms: alarmsOf(life),
    notReady: account!.keeper.notReady,
  };
}

export function alarmsOf({ core }: Life): readonly string[] {
  const { state } = core!.engine;
  return Array.from({ length: state.log.count }, (_, k) => narrate(state, [TRADER], k)).flatMap((event) =>
    event.type === 'alert-raised' ? [event.message] : [],
  );
}

/** An amount of 10^-18 as text. */
function decimalText(amount: bigint): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(19, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -18)}.${digits.slice(-18)}`;
}
