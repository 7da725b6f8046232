import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Gross exposure: Σ |value| of the account's positions with every open order filled, as a share of equity × leverage.
 * Account currency. SEC 15c3-5 (pre-set capital thresholds); worst case over orders of unknown fate.
 */
export function grossExposure(_draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (state.reducing || state.accountAddedLots <= 0) return 0;
  return grossAfter(view, state) > limits.grossShare * state.capital ? REFUSAL['gross-exposure-limit'] : 0;
}

/** Gross exposure at worst once the order is placed. */
export function grossAfter(view: RiskView, state: RiskState): number {
  return view.grossExposure + view.openOrderExposure + state.accountAddedLots * state.lotValue;
}

export function grossExposureFigures(
  _draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  return {
    unit: 'account currency',
    used: view.grossExposure + view.openOrderExposure,
    limit: limits.grossShare * state.capital,
    after: state.reducing ? view.grossExposure + view.openOrderExposure : grossAfter(view, state),
  };
}
