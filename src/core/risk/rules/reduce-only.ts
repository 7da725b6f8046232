import { FLAG, type OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

const { reduceOnly: REDUCE_ONLY } = FLAG;

/**
 * Reduce-only proof: an order that says it only reduces may never raise or flip the strategy's position, with its other open
 * orders on that side filled; and a leg may not close more than its parent opens (the bound whose absence cost Knight Capital
 * 2012 its existence). Lots. Nautilus Trader REDUCE_ONLY_ORDER_WOULD_INCREASE_POSITION.
 */
export function reduceOnly(draft: OrderDraft, _view: RiskView, _limits: CompiledLimits, state: RiskState): number {
  return state.reducing ? 0 : mayOpen(draft);
}

/** An order with lots that open something must not be bound to reduce. */
function mayOpen(draft: OrderDraft): number {
  return (draft.flags & REDUCE_ONLY) === 0 && draft.parent < 0 ? 0 : REFUSAL['reduce-only-would-increase'];
}

export function reduceOnlyFigures(
  draft: OrderDraft,
  _view: RiskView,
  _limits: CompiledLimits,
  state: RiskState,
): Figures {
  const bound = (draft.flags & REDUCE_ONLY) !== 0 || draft.parent >= 0;
  return {
    unit: 'lots',
    used: 0,
    limit: bound ? state.closingLots : Number.POSITIVE_INFINITY,
    after: draft.lots,
  };
}
