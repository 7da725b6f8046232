import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Largest order value, in account currency and as a share of equity × leverage. Only the lots that open a position count: the
 * closing half of a flip alone would pass too. RTS 6 Art. 15(1)(b); SEC 15c3-5 (size filters, "fat finger").
 */
export function orderValue(_draft: OrderDraft, _view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (state.reducing) return 0;
  const value = state.openingLots * state.lotValue;
  return value > limits.orderValueQuote || value > limits.orderValueShare * state.capital
    ? REFUSAL['order-value-limit']
    : 0;
}

export function orderValueFigures(
  _draft: OrderDraft,
  _view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  return {
    unit: 'account currency',
    used: 0,
    limit: Math.min(limits.orderValueQuote, limits.orderValueShare * state.capital),
    after: state.reducing ? 0 : state.openingLots * state.lotValue,
  };
}
