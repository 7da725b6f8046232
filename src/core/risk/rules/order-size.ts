import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/** Most lots of one order, the closing ones of a flip included. Lots. RTS 6 Art. 15(1)(c), maximum order volume. */
export function orderSize(draft: OrderDraft, _view: RiskView, limits: CompiledLimits, state: RiskState): number {
  return draft.lots > limits.orderSizeLots ? tooLarge(state) : 0;
}

function tooLarge(state: RiskState): number {
  return state.reducing ? 0 : REFUSAL['order-size-limit'];
}

export function orderSizeFigures(
  draft: OrderDraft,
  _view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  return {
    unit: 'lots',
    used: 0,
    limit: state.reducing ? Number.POSITIVE_INFINITY : limits.orderSizeLots,
    after: draft.lots,
  };
}
