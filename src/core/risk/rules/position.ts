import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Largest position of the strategy in the instrument, on the order's side, with all its open orders filled: in lots, and as a
 * share of the strategy's equity × leverage. FIA guide 2015 (maximum intraday position); SEC 15c3-5 (pre-set capital thresholds).
 */
export function position(_draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (state.reducing || state.strategyAddedLots <= 0) return 0;
  return state.strategySideLots + state.strategyAddedLots > limits.positionLots ||
    positionValue(state) > limits.positionShare * state.leverage * view.strategyEquity
    ? REFUSAL['position-limit']
    : 0;
}

function positionValue(state: RiskState): number {
  return state.strategySideLots * state.referenceLotValue + state.strategyAddedLots * state.lotValue;
}

export function positionFigures(_draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): Figures {
  return {
    unit: 'account currency',
    used: state.strategySideLots * state.referenceLotValue,
    limit: limits.positionShare * state.leverage * view.strategyEquity,
    after: positionValue(state),
  };
}
