import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Exposure of the account (all strategies together) in one instrument with every open order filled, as a share of
 * equity × leverage. Account currency. SEC 15c3-5 (thresholds per security).
 */
export function instrumentExposure(
  _draft: OrderDraft,
  _view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): number {
  if (state.reducing || state.accountSideAddedLots <= 0) return 0;
  return exposureBefore(state) + state.accountSideAddedLots * state.lotValue > limits.instrumentShare * state.capital
    ? REFUSAL['instrument-exposure-limit']
    : 0;
}

function exposureBefore(state: RiskState): number {
  return state.accountSideLots * state.referenceLotValue;
}

export function instrumentExposureFigures(
  _draft: OrderDraft,
  _view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  const used = exposureBefore(state);
  return {
    unit: 'account currency',
    used,
    limit: limits.instrumentShare * state.capital,
    after: used + state.accountSideAddedLots * state.lotValue,
  };
}
