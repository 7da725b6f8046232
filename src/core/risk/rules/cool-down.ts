import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Cool-down: after `coolDownLosses` losing trips in a row a strategy does not enter for `coolDownMs`. Milliseconds of event
 * time. Compare freqtrade's StoplossGuard and CooldownPeriod protections.
 */
export function coolDown(draft: OrderDraft, view: RiskView, _limits: CompiledLimits, state: RiskState): number {
  return view.nowMs < state.coolUntilMs[draft.strategy]! && !state.reducing ? REFUSAL['loss-cool-down'] : 0;
}

export function coolDownFigures(draft: OrderDraft, _view: RiskView, limits: CompiledLimits, state: RiskState): Figures {
  const used = state.losses[draft.strategy]!;
  return { unit: 'losses', used, limit: limits.coolDownLosses, after: used };
}
