import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Net exposure: |Σ value| of the account's positions with every open order on the order's side filled, as a share of
 * equity × leverage. Account currency. SEC 15c3-5 (pre-set capital thresholds). A buy is compared with the long side only: it
 * cannot make a short account shorter.
 */
export function netExposure(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (state.reducing) return 0;
  return netAfter(draft, view, state) > limits.netShare * state.capital ? REFUSAL['net-exposure-limit'] : 0;
}

function netBefore(draft: OrderDraft, view: RiskView, state: RiskState): number {
  const orders = draft.side > 0 ? view.netExposure + view.openBuyExposure : view.openSellExposure - view.netExposure;
  return orders + state.legLots * state.referenceLotValue;
}

function netAfter(draft: OrderDraft, view: RiskView, state: RiskState): number {
  return netBefore(draft, view, state) + draft.lots * state.lotValue;
}

export function netExposureFigures(
  draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  return {
    unit: 'account currency',
    used: netBefore(draft, view, state),
    limit: limits.netShare * state.capital,
    after: state.reducing ? netBefore(draft, view, state) : netAfter(draft, view, state),
  };
}
