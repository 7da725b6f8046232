import type { OrderDraft } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

/**
 * Free capital: what the opening lots lock (value / leverage) and the taker fee of the whole order must be free. The closing
 * lots of a flip release theirs first, valued at the order's price; so do those that orders before it are closing already, see
 * {@link releasedCapital}. Account currency. SEC 15c3-5(c)(1), capital thresholds.
 */
export function freeCapital(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (state.reducing) return 0;
  return capitalNeeded(draft, view, state) > limits.freeCapitalShare * view.freeCapital ? REFUSAL['free-capital'] : 0;
}

function capitalNeeded(draft: OrderDraft, view: RiskView, state: RiskState): number {
  const locked = (state.openingLots - state.closingLots) / state.leverage;
  const value = state.lotValue < state.referenceLotValue ? state.lotValue : state.referenceLotValue;
  const needed = (locked + draft.lots * view.takerFeeRate) * state.lotValue;
  return needed - releasedCapital(draft.side, view, state.leverage, value);
}

/**
 * Capital that a position has locked and that open orders on this side, against it, will release: whichever of them fills first, the
 * position is closed before another one is opened. Less the fee of closing it. A close and an order the other way are then asked for
 * as much as one order that flips. `lotValue`: of a lot, in account currency.
 */
export function releasedCapital(side: number, view: RiskView, leverage: number, lotValue: number): number {
  const held = side > 0 ? -view.strategyLots : view.strategyLots;
  if (!(held > 0)) return 0;
  // What others hold the other way has locked nothing for this position.
  const net = side > 0 ? -view.netLots : view.netLots;
  const closing = side > 0 ? view.strategyOpenBuyLots : view.strategyOpenSellLots;
  return Math.max(0, Math.min(held, net, closing)) * (1 / leverage - view.takerFeeRate) * lotValue;
}

/**
 * Most lots of an order that free capital pays, fee included; what it closes releases first what it locks again on the other side. Infinity
 * where nothing is free: to refuse that is the rule's. `lotValue`: of a lot, in account currency.
 */
export function payableLots(side: number, view: RiskView, lotValue: number): number {
  const { leverage } = view;
  const held = side > 0 ? -view.strategyLots - view.strategyOpenBuyLots : view.strategyLots - view.strategyOpenSellLots;
  const turned = held > 0 ? (2 * held * lotValue) / leverage : 0;
  const capital = view.freeCapital + releasedCapital(side, view, leverage, lotValue) + turned;
  return capital > 0 ? Math.floor(capital / (lotValue * (1 / leverage + view.takerFeeRate))) : Number.POSITIVE_INFINITY;
}

export function freeCapitalFigures(
  draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  return {
    unit: 'account currency',
    used: 0,
    limit: limits.freeCapitalShare * view.freeCapital,
    after: state.reducing ? 0 : capitalNeeded(draft, view, state),
  };
}
