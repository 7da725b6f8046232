import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * An order whose value is unknown opens nothing: no trustworthy price of the instrument, or an equity, a rate or an exposure
 * that cannot be stated in account currency. Never a guess. Last of the money rules, as they let unknown numbers through to
 * here. Control: SEC 15c3-5 needs a value to compare with its thresholds.
 */
export function valuation(draft: OrderDraft, view: RiskView, _limits: CompiledLimits, state: RiskState): number {
  if (state.reducing) return 0;
  if (!(view.price > 0 && view.price < Number.POSITIVE_INFINITY)) return REFUSAL['no-reference-price'];
  // NaN in any of them makes the sum NaN, and infinities infinite or NaN; a rate of 0 would make every value 0.
  const known =
    state.lotValue * draft.lots +
    (view.equity + view.strategyEquity + view.freeCapital + view.takerFeeRate + view.heat) +
    (view.grossExposure + view.netExposure + view.openOrderExposure + view.openBuyExposure + view.openSellExposure);
  return known - known === 0 && state.lotValue > 0 && state.leverage > 0 ? 0 : REFUSAL['valuation-missing'];
}

export function valuationFigures(
  _draft: OrderDraft,
  view: RiskView,
  _limits: CompiledLimits,
  state: RiskState,
): Figures {
  return { unit: 'price', used: view.price, limit: Number.POSITIVE_INFINITY, after: state.orderPrice };
}
