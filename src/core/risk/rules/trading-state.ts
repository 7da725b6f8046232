import { FLAG, type OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Trading state: only orders that lower the strategy's position while reducing; while halted only the legs of an entry that was let through
 * before, so that its fill is not left without its stop, and what a kill closes positions with. Nautilus Trader TradingState; FIA guide 2015 1.11 (a kill switch may allow risk-reducing orders only). Unit: state 0, 1, 2.
 */
export function tradingState(draft: OrderDraft, view: RiskView, _limits: CompiledLimits, state: RiskState): number {
  return view.state === 0 ? 0 : restricted(draft, view, state);
}

function restricted(draft: OrderDraft, view: RiskView, state: RiskState): number {
  if (view.state < 2) return state.reducing ? 0 : REFUSAL['reduce-only-state'];
  const protects = draft.parent >= 0 && !view.killed;
  return state.reducing && (protects || (draft.flags & FLAG.kill) !== 0) ? 0 : REFUSAL['trading-halted'];
}

export function tradingStateFigures(
  _draft: OrderDraft,
  view: RiskView,
  _limits: CompiledLimits,
  state: RiskState,
): Figures {
  return { unit: 'state', used: view.state, limit: state.reducing ? 1 : 0, after: view.state };
}
