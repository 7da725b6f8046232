import { FLAG, type OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

const { reduceOnly: REDUCE_ONLY } = FLAG;

/**
 * Short permission: without it, a strategy's position may not fall below 0 even with all its open sells filled. Lots.
 * Legs and
 * reduce-only orders are no short sales: their own rule bounds them. Control: SEC 15c3-5(c)(2), orders a trader is restricted from.
 */
export function shortPermission(draft: OrderDraft, view: RiskView, _limits: CompiledLimits, state: RiskState): number {
  return draft.side > 0 || view.shortAllowed ? 0 : shortSale(draft, state);
}

function shortSale(draft: OrderDraft, state: RiskState): number {
  if (state.reducing) return 0;
  return draft.parent >= 0 || (draft.flags & REDUCE_ONLY) !== 0 ? 0 : REFUSAL['short-not-allowed'];
}

export function shortPermissionFigures(
  draft: OrderDraft,
  view: RiskView,
  _limits: CompiledLimits,
  state: RiskState,
): Figures {
  return {
    unit: 'lots',
    used: view.strategyLots - view.strategyOpenSellLots,
    limit: view.shortAllowed || state.reducing ? Number.NEGATIVE_INFINITY : 0,
    after: view.strategyLots - view.strategyOpenSellLots - (draft.side < 0 ? draft.lots : 0),
  };
}
