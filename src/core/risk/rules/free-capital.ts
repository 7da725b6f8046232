import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Free capital: what the opening lots lock (value / leverage) and the taker fee of the whole order must be free. The closing
 * lots of a flip release theirs first, valued at the order's price. Account currency. SEC 15c3-5(c)(1), capital thresholds.
 */
export function freeCapital(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (state.reducing) return 0;
  return capitalNeeded(draft, view, state) > limits.freeCapitalShare * view.freeCapital ? REFUSAL['free-capital'] : 0;
}

function capitalNeeded(draft: OrderDraft, view: RiskView, state: RiskState): number {
  const locked = (state.openingLots - state.closingLots) / state.leverage;
  return (locked + draft.lots * view.takerFeeRate) * state.lotValue;
}

export function freeCapitalFigures(
  draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  return {
    unit: 'account currency',
    used: 0,
    limit: limits.freeCapitalShare * view.freeCapital,
    after: state.reducing ? 0 : capitalNeeded(draft, view, state),
  };
}
