import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Trading state: nothing leaves while halted, only orders that lower the strategy's position while reducing.
 * Nautilus Trader TradingState; FIA guide 2015 1.11 (a kill switch may allow risk-reducing orders only). Unit: state 0, 1, 2.
 */
export function tradingState(_draft: OrderDraft, view: RiskView, _limits: CompiledLimits, state: RiskState): number {
  return view.state === 0 ? 0 : restricted(view, state);
}

function restricted(view: RiskView, state: RiskState): number {
  if (view.state >= 2) return REFUSAL['trading-halted'];
  return state.reducing ? 0 : REFUSAL['reduce-only-state'];
}

export function tradingStateFigures(
  _draft: OrderDraft,
  view: RiskView,
  _limits: CompiledLimits,
  state: RiskState,
): Figures {
  return { unit: 'state', used: view.state, limit: state.reducing ? 1 : 0, after: view.state };
}
