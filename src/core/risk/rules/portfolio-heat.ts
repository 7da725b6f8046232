import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Portfolio heat: money lost if every protective stop were hit, this order's included, as a share of equity. Account currency.
 * A. Elder, "Come Into My Trading Room" (the 6 % rule). Entries without a stop add no heat: exposure limits bound them, and
 * `requireStop` forbids them.
 */
export function portfolioHeat(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  return draft.stopTicks === 0 ? 0 : heatOf(draft, view, limits, state);
}

function heatOf(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (state.reducing) return 0;
  return view.heat + heatAdded(draft, view, state) > limits.heatShare * view.equity
    ? REFUSAL['portfolio-heat-limit']
    : 0;
}

function heatAdded(draft: OrderDraft, view: RiskView, state: RiskState): number {
  if (draft.stopTicks === 0 || state.reducing) return 0;
  const stopValue = view.instrument.valueAt(view.instrument.price(draft.stopTicks), 1) * view.settleRate;
  return Math.abs(state.lotValue - stopValue) * state.openingLots;
}

export function portfolioHeatFigures(
  draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  return {
    unit: 'account currency',
    used: view.heat,
    limit: draft.stopTicks === 0 || state.reducing ? Number.POSITIVE_INFINITY : limits.heatShare * view.equity,
    after: view.heat + heatAdded(draft, view, state),
  };
}
