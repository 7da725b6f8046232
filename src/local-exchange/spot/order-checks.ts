import type { MatchingBook } from '../../core/exchange/matching-book.ts';
import { checkCounts, checkNotional, checkNumbers, checkPosition, checkPrice, checkTrigger } from './order-filters.ts';
import { filterFailure, insufficientBalance, rejected } from './refusal.ts';
import type { SpotExchange } from './spot-exchange.ts';
import { hasLimit, isStop, type OrderDraft } from './spot-order.ts';

/** What placing an order takes. */
export type Funds = {
  /** Quanta of what it pays with: quote of a buy, base of a sell. Infinity: more than can be counted. */
  readonly quanta: number;
  /** Its lots; of a market order by value those that the value buys now. */
  readonly lots: number;
  /** By value, and the book has too little. */
  readonly short: boolean;
  /** Price that its peg gives it now; 0 where it has none, or not yet. */
  readonly peggedTicks: number;
};

/** Price of a peg, or 0 where the book has too few levels. */
function pegTicks(book: MatchingBook, side: number, peg: NonNullable<OrderDraft['peg']>): number {
  const levels = book.levels(peg.price === 'PRIMARY_PEG' ? side : -side, peg.level + 1);
  return levels[peg.level]?.ticks ?? 0;
}

/**
 * Refuses orders for what can be told before they meet the market: too many of them, or a client id that is taken.
 */
export function checkNew(
  exchange: SpotExchange,
  account: number,
  drafts: readonly OrderDraft[],
  isList: boolean,
): void {
  const { symbol } = drafts[0]!;
  checkCounts(drafts, isList, exchange.orders[account]!, exchange.limits);
  if (symbol.status !== 'TRADING') throw rejected('Market is closed.');
  const ids = new Set<string>();
  for (const { clientOrderId } of drafts) {
    if (ids.has(clientOrderId) || exchange.orders[account]!.of(symbol).isTaken(clientOrderId)) {
      throw rejected('Duplicate order sent.');
    }
    ids.add(clientOrderId);
  }
}

/**
 * Refuses an order that cannot be placed now: filters first, then what the matching engine says. Changes nothing. Returns what it takes;
 * with `alone` false the caller checks the account's funds (two legs of a list share theirs).
 */
export function checkPlaceable(
  exchange: SpotExchange,
  account: number,
  draft: OrderDraft,
  lots: number,
  alone = true,
): Funds {
  const { symbol, side } = draft;
  const market = exchange.markets[symbol.index]!;
  const balances = exchange.balances[account]!;
  checkNumbers(draft, lots, market.referenceTicks(exchange.nowMs()));
  const { baseAsset } = symbol;
  checkPosition(symbol, side, lots, balances.free[baseAsset]! + balances.locked[baseAsset]!, exchange.orders[account]!);
  checkTrigger(draft, market.lastTicks);
  const funds = fundsOf(exchange, account, draft, lots);
  if (draft.type === 'LIMIT_MAKER') {
    const best = market.book.bestTicks(-side);
    const ticks = funds.peggedTicks > 0 ? funds.peggedTicks : draft.limitTicks;
    if (best > 0 && side * best <= side * ticks) throw rejected('Order would immediately match and take.');
  }
  if (alone) checkFunds(exchange, account, draft, funds.quanta);
  return funds;
}

/** Refuses where less than `quanta` of what an order pays with is free. */
export function checkFunds(exchange: SpotExchange, account: number, draft: OrderDraft, quanta: number): void {
  const asset = draft.side > 0 ? draft.symbol.quoteAsset : draft.symbol.baseAsset;
  if (quanta > exchange.balances[account]!.free[asset]!) throw insufficientBalance();
}

/** What an order takes at this moment. `triggered`: a stop that enters the book now, not one that begins to wait. */
export function fundsOf(
  exchange: SpotExchange,
  account: number,
  draft: OrderDraft,
  lots: number,
  triggered = false,
): Funds {
  const { symbol, side, type } = draft;
  const market = exchange.markets[symbol.index]!;
  const { book } = market;
  const waits = isStop(type) && !triggered;
  let peggedTicks = 0;
  if (draft.peg !== null && !waits) {
    peggedTicks = pegTicks(book, side, draft.peg);
    if (peggedTicks === 0) throw rejected('Pegged order has no price level to follow.');
    checkPrice(symbol, side, peggedTicks, market.referenceTicks(exchange.nowMs()));
    checkNotional(symbol, peggedTicks * lots * symbol.quantaPerTickLot, false);
  }
  if (type === 'MARKET') return { ...marketFunds(exchange, account, draft, lots), peggedTicks };
  if (side < 0) return { quanta: lots * symbol.baseQuantaPerLot, lots, short: false, peggedTicks };
  const ticks =
    peggedTicks ||
    (hasLimit(type) ? draft.limitTicks : 0) ||
    draft.stopTicks ||
    market.lastTicks ||
    book.bestTicks(-side);
  const quanta = symbol.value(ticks, lots);
  if (quanta === 0 && ticks > 0) throw rejected('Price * QTY is zero or less.');
  return { quanta, lots, short: false, peggedTicks };
}

function marketFunds(
  exchange: SpotExchange,
  account: number,
  draft: OrderDraft,
  lots: number,
): Omit<Funds, 'peggedTicks'> {
  const { symbol, side, quoteQuanta } = draft;
  const { book } = exchange.markets[symbol.index]!;
  const own = draft.selfTrade === 'NONE' ? -1 : account;
  const byValue = quoteQuanta > 0;
  const most = byValue ? symbol.tickLots(quoteQuanta) : Number.MAX_SAFE_INTEGER;
  const walk = book.walk(side, own, 0, byValue ? symbol.maxLots : lots, most);
  if (byValue && walk.lots < symbol.minLots) {
    if (!walk.emptied) throw filterFailure('LOT_SIZE');
    throw rejected(
      walk.lots === 0
        ? 'Order book liquidity is less than symbol minimum quantity.'
        : 'Order book liquidity is less than LOT_SIZE filter minimum quantity.',
    );
  }
  if (byValue && symbol.maxMarketLots > 0 && walk.lots > symbol.maxMarketLots) throw filterFailure('MARKET_LOT_SIZE');
  const traded = byValue ? walk.lots : lots;
  // A buy by value needs all of its value, whatever the book would take of it now.
  const cost = byValue ? quoteQuanta : symbol.value(walk.tickLots, 1);
  return {
    quanta: side > 0 ? cost : traded * symbol.baseQuantaPerLot,
    lots: traded,
    short: byValue && walk.emptied,
  };
}
