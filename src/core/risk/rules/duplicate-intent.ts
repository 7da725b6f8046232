import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Duplicates: more than `duplicateOrders` equal orders (instrument, side, type, lots, prices) of a strategy within the window,
 * by default one instant. Orders; what one order is worked by (tips of an iceberg) counts once. SEC 15c3-5(c)(1)(ii), orders that "indicate duplicative orders".
 */
export function duplicateIntent(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (state.reducing || limits.duplicateOrders === 0) return 0;
  return state.orders.equal(draft, view.nowMs, limits.duplicateWindowMs) >= limits.duplicateOrders
    ? REFUSAL['duplicate-intent']
    : 0;
}

export function duplicateIntentFigures(
  draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  const used = state.orders.equal(draft, view.nowMs, limits.duplicateWindowMs);
  return {
    unit: 'orders',
    used,
    limit: limits.duplicateOrders === 0 || state.reducing ? Number.POSITIVE_INFINITY : limits.duplicateOrders,
    after: used + 1,
  };
}
