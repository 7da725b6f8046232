import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Sanity of an entry's bracket: its stop loses and its target gains, seen from the price at which the entry works; and where
 * `requireStop` is set, there is a stop. Ticks. SEC 15c3-5 (erroneous orders). Legs and exits carry no bracket.
 */
export function bracket(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (draft.stopTicks !== 0 || draft.targetTicks !== 0) return sides(draft, view, limits, state);
  return limits.requireStop && !state.reducing ? REFUSAL['stop-required'] : 0;
}

function sides(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  const { side, stopTicks, targetTicks } = draft;
  const { instrument } = view;
  const price = state.orderPrice;
  if (stopTicks !== 0 && side * (price - instrument.price(stopTicks)) <= 0) return REFUSAL['stop-on-wrong-side'];
  if (targetTicks !== 0 && side * (instrument.price(targetTicks) - price) <= 0) return REFUSAL['target-on-wrong-side'];
  return limits.requireStop && stopTicks === 0 && !state.reducing ? REFUSAL['stop-required'] : 0;
}

export function bracketFigures(draft: OrderDraft, view: RiskView, _limits: CompiledLimits, state: RiskState): Figures {
  return {
    unit: 'price',
    used: view.instrument.price(draft.stopTicks),
    limit: view.instrument.price(draft.targetTicks),
    after: state.orderPrice,
  };
}
