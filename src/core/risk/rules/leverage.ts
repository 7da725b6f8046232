import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

import { grossAfter } from './gross-exposure.ts';

/**
 * Leverage: gross exposure at worst against equity, never above the lower of limit and instrument. Holds also where the gross
 * exposure limit is wider or off. Account currency. RTS 6 and SEC 15c3-5 leave the number to the firm.
 */
export function leverage(_draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (state.reducing || state.accountAddedLots <= 0) return 0;
  return grossAfter(view, state) > limits.leverageShare * state.capital ? REFUSAL['leverage-limit'] : 0;
}

export function leverageFigures(_draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): Figures {
  return {
    unit: 'account currency',
    used: view.grossExposure + view.openOrderExposure,
    limit: limits.leverageShare * state.capital,
    after: state.reducing ? view.grossExposure + view.openOrderExposure : grossAfter(view, state),
  };
}
