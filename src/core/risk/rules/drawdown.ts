import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Drawdown: once equity has fallen by `drawdownPct` from its highest, the account only reduces until a person re-arms it.
 * Account currency. Firm-set loss thresholds; compare freqtrade's MaxDrawdown protection.
 */
export function drawdown(_draft: OrderDraft, view: RiskView, _limits: CompiledLimits, state: RiskState): number {
  return (state.drawdown || view.equity <= state.drawdownEquity) && !state.reducing ? REFUSAL['drawdown-limit'] : 0;
}

export function drawdownFigures(_draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): Figures {
  const known = state.peakEquity > Number.NEGATIVE_INFINITY;
  const used = known ? state.peakEquity - view.equity : 0;
  return {
    unit: 'account currency',
    used,
    limit: state.reducing || !known ? Number.POSITIVE_INFINITY : state.peakEquity * limits.drawdownShare,
    after: used,
  };
}
