import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/** Open orders of the strategy and of the account, this one included. Orders. Binance filter MAX_NUM_ORDERS. */
export function openOrders(_draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (state.reducing) return 0;
  return view.strategyOpenOrders >= limits.strategyOpenOrders || view.accountOpenOrders >= limits.accountOpenOrders
    ? REFUSAL['open-order-limit']
    : 0;
}

export function openOrdersFigures(
  _draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  const room = Math.min(
    limits.strategyOpenOrders - view.strategyOpenOrders,
    limits.accountOpenOrders - view.accountOpenOrders,
  );
  return {
    unit: 'orders',
    used: view.strategyOpenOrders,
    limit: state.reducing ? Number.POSITIVE_INFINITY : view.strategyOpenOrders + room,
    after: view.strategyOpenOrders + 1,
  };
}
