import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Daily loss: once equity has fallen by `dailyLossPct` since the last UTC midnight, the account only reduces until the next.
 * Account currency. Firm-set loss thresholds; compare SEC 15c3-5 (pre-set capital thresholds) and freqtrade's MaxDrawdown.
 */
export function dailyLoss(_draft: OrderDraft, view: RiskView, _limits: CompiledLimits, state: RiskState): number {
  return (state.dailyLoss || view.equity <= state.dailyLossEquity) && !state.reducing ? REFUSAL['daily-loss-limit'] : 0;
}

export function dailyLossFigures(
  _draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  const used = Number.isNaN(state.dayStartEquity) ? 0 : state.dayStartEquity - view.equity;
  return {
    unit: 'account currency',
    used,
    limit: state.reducing ? Number.POSITIVE_INFINITY : share(limits, state),
    after: used,
  };
}

function share(limits: CompiledLimits, state: RiskState): number {
  return Number.isNaN(state.dayStartEquity) ? Number.POSITIVE_INFINITY : state.dayStartEquity * limits.dailyLossShare;
}
