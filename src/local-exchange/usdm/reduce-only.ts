import type { Contract } from './contract.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { Market } from './market.ts';
import type { PositionSide, UsdmOrder } from './order.ts';
import type { UsdmAccount } from './usdm-account.ts';

/**
 * Orders that can only reduce a position: with `reduceOnly`, or against the leg of a hedge.
 *
 * RULE. Such an order may trade no more than what the account's orders of that side which would trade before it (better price, or same
 * price and earlier) leave of the position. So none can ever turn a position, whatever is taken in one sweep. What an order was placed
 * for beyond that does not rest; when its last lot has traded or been taken away, it expires (`er` 4).
 */
type Closing = { readonly side: 1 | -1; readonly positionSide: PositionSide; readonly reduceOnly: boolean };

export function canOnlyReduce(order: Closing): boolean {
  return (
    order.reduceOnly ||
    (order.positionSide === 'LONG' ? order.side < 0 : order.positionSide === 'SHORT' && order.side > 0)
  );
}

/** Lots of the position that an order of this side would close; 0 where there is none. */
export function closableLots(account: UsdmAccount, contract: Contract, order: Closing): number {
  const { lots } = account.position(contract, order.positionSide);
  return lots > 0 !== order.side > 0 ? Math.abs(lots) : 0;
}

/** Lots that a new order at `ticks` (0: any price) may have, given the account's orders that would trade before it. */
export function reducibleLots(
  state: ExchangeState,
  account: UsdmAccount,
  contract: Contract,
  order: Closing & { ticks: number },
): number {
  let left = closableLots(account, contract, order);
  for (const other of rivals(state, account, contract, order)) {
    const isBefore = order.ticks !== 0 && order.side * other.ticks >= order.side * order.ticks;
    if (isBefore) left -= other.restingLots;
  }
  return Math.max(0, left);
}

/** Takes off the book what the account's reducing orders of a symbol may no longer trade. Tells whether there was anything. */
export function trimReducing(state: ExchangeState, account: UsdmAccount, market: Market): boolean {
  let hasTrimmed = false;
  const seen = new Set<string>();
  for (const order of state.openOrdersOf(account.account.index, market.contract)) {
    const key = `${order.positionSide}${order.side}`;
    if (seen.has(key) || !canOnlyReduce(order)) continue;
    seen.add(key);
    let left = closableLots(account, market.contract, order);
    for (const rival of rivals(state, account, market.contract, order)) {
      const allowed = canOnlyReduce(rival) ? Math.max(0, left) : rival.restingLots;
      left -= Math.min(allowed, rival.restingLots);
      if (rival.restingLots <= allowed) continue;
      state.shrinkReason = 'reduce-only';
      market.trading.reduce(rival.id, rival.restingLots - allowed);
      hasTrimmed = true;
    }
  }
  return hasTrimmed;
}

/** The account's resting orders of that side and leg, in the order in which they would trade. */
function rivals(state: ExchangeState, account: UsdmAccount, contract: Contract, order: Closing): UsdmOrder[] {
  return state
    .openOrdersOf(account.account.index, contract)
    .filter((o) => o.side === order.side && o.positionSide === order.positionSide && o.restingLots > 0)
    .sort((a, b) => order.side * (b.ticks - a.ticks) || a.priority - b.priority);
}
