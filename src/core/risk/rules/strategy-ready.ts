import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Only a started strategy with settled indicators opens positions; lowering one is always allowed, so that a stopped strategy
 * can still get out. Gradual, controlled deployment: RTS 6 Art. 8. Unit: flag.
 */
export function strategyReady(_draft: OrderDraft, view: RiskView, _limits: CompiledLimits, state: RiskState): number {
  return view.settled && view.running ? 0 : notReady(view, state);
}

function notReady(view: RiskView, state: RiskState): number {
  if (state.reducing) return 0;
  return view.settled ? REFUSAL['strategy-stopped'] : REFUSAL['warming-up'];
}

export function strategyReadyFigures(
  _draft: OrderDraft,
  view: RiskView,
  _limits: CompiledLimits,
  state: RiskState,
): Figures {
  const missing = Number(!view.settled) + Number(!view.running);
  return { unit: 'flag', used: missing, limit: state.reducing ? 2 : 0, after: missing };
}
