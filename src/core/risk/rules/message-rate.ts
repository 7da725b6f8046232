import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Message rate: orders of the strategy in a sliding window of event time. Orders that reduce count but are never refused.
 * RTS 6 Art. 15(1)(d), maximum messages limit; exchanges' order rate limits.
 */
export function messageRate(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  return !state.reducing && state.messages.full(draft.strategy, view.nowMs, limits.messageWindowMs)
    ? REFUSAL['message-rate-limit']
    : 0;
}

export function messageRateFigures(
  draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  const used = state.messages.count(draft.strategy, view.nowMs, limits.messageWindowMs);
  return {
    unit: 'orders',
    used,
    limit: limits.definition.messageOrders === null || state.reducing ? Number.POSITIVE_INFINITY : limits.messageOrders,
    after: used + 1,
  };
}
