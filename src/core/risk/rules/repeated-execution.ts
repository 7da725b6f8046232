import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Repeated automated execution: a strategy whose entries filled `repeatedEntryFills` times within the window opens nothing
 * more until a person re-arms it. Fills. RTS 6 Art. 15(3), re-enabled only by a designated person.
 */
export function repeatedExecution(
  draft: OrderDraft,
  _view: RiskView,
  _limits: CompiledLimits,
  state: RiskState,
): number {
  return state.repeated[draft.strategy] === 1 && !state.reducing ? REFUSAL['repeated-execution-limit'] : 0;
}

export function repeatedExecutionFigures(
  draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  const used = state.entries.count(draft.strategy, view.nowMs, limits.repeatedEntryWindowMs);
  return {
    unit: 'fills',
    used,
    limit: limits.repeatedEntryFills === 0 || state.reducing ? Number.POSITIVE_INFINITY : limits.repeatedEntryFills,
    after: used + (state.reducing ? 0 : 1),
  };
}
