import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/** Allow-list of order types that may open a position; all where the limit is off. SEC 15c3-5 (restricted orders). Unit: flag. */
export function orderType(draft: OrderDraft, _view: RiskView, limits: CompiledLimits, state: RiskState): number {
  return (limits.orderTypeBits >> draft.type) & 1 ? 0 : forbidden(state);
}

function forbidden(state: RiskState): number {
  return state.reducing ? 0 : REFUSAL['order-type-unsupported'];
}

export function orderTypeFigures(
  draft: OrderDraft,
  _view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  const forbidden = 1 - ((limits.orderTypeBits >> draft.type) & 1);
  return { unit: 'flag', used: 0, limit: state.reducing ? 1 : 0, after: forbidden };
}
