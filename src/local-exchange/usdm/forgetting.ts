import type { ExchangeState } from './exchange-state.ts';
import { isOpen } from './order.ts';
import { isRemembered } from './order-routes.ts';

const DAY_MS = 86_400_000;
const INCOME_KEPT_MS = 90 * DAY_MS;
const TRADES_KEPT_MS = 180 * DAY_MS;
const MARGIN_CHANGES_KEPT_MS = 30 * DAY_MS;
const ALGO_KEPT_MS = 90 * DAY_MS;

/** Drops what can no longer be asked for, so that an exchange that runs for months does not grow without end. */
export function forgetOldRows(state: ExchangeState): void {
  const now = state.nowMs;
  for (const [account, orders] of state.ordersOf) {
    const kept = orders.filter((order) => isRemembered(order, now));
    if (kept.length === orders.length) continue;
    state.ordersOf.set(account, kept);
    for (const order of orders) if (!isRemembered(order, now) && !isOpen(order)) state.orders.delete(order.id);
  }
  for (const [id, order] of state.algoOrders) {
    if (!state.openAlgoOrders.has(id) && now - order.updatedMs > ALGO_KEPT_MS) state.algoOrders.delete(id);
  }
  for (const account of state.accounts.values()) {
    dropBefore(account.income, now - INCOME_KEPT_MS);
    dropBefore(account.trades, now - TRADES_KEPT_MS);
    dropBefore(account.marginChanges, now - MARGIN_CHANGES_KEPT_MS);
  }
}

/** Of rows that ascend by time. */
function dropBefore(rows: { readonly timeMs: number }[], timeMs: number): void {
  const from = rows.findIndex((row) => row.timeMs >= timeMs);
  if (from !== 0) rows.splice(0, from < 0 ? rows.length : from);
}
