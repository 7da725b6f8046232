import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/** Nothing trades at or after the last trading instant of its instrument, not even to reduce. Milliseconds, event time. */
export function instrumentExpiry(
  _draft: OrderDraft,
  view: RiskView,
  _limits: CompiledLimits,
  _state: RiskState,
): number {
  return view.nowMs < view.instrument.expiryMs ? 0 : REFUSAL['instrument-expired'];
}

export function instrumentExpiryFigures(
  _draft: OrderDraft,
  view: RiskView,
  _limits: CompiledLimits,
  _state: RiskState,
): Figures {
  return { unit: 'ms', used: view.nowMs, limit: view.instrument.expiryMs, after: view.nowMs };
}
