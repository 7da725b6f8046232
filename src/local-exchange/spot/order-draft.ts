import type { Amount } from './decimal-text.ts';
import { stepsOf, unitsOf } from './decimal-text.ts';
import { filterFailure, illegal, invalidData, mandatory, notRequired, oneOf, Refusal } from './refusal.ts';
import type { Request } from './request.ts';
import { SELF_TRADE_PREVENTIONS, type SelfTradePrevention } from './spot-options.ts';
import {
  hasLimit,
  isStop,
  ORDER_TYPES,
  type OrderDraft,
  type OrderType,
  PEG_PRICES,
  SIDES,
  TIMES_IN_FORCE,
  type TimeInForce,
} from './spot-order.ts';
import type { SpotSymbol } from './spot-symbol.ts';

export const RESPONSE_TYPES = ['ACK', 'RESULT', 'FULL'] as const;
export type ResponseType = (typeof RESPONSE_TYPES)[number];
const FIRST_STRATEGY_TYPE = 1_000_000;
const MOST_PEG_LEVELS = 100;

/** Refusal of a word that is no order type, time in force or side. */
export const badType = (): Refusal => new Refusal(-1116, 'Invalid orderType.');
const badTimeInForce = (): Refusal => new Refusal(-1115, 'Invalid timeInForce.');
const badSide = (): Refusal => new Refusal(-1117, 'Invalid side.');
const badCombination = (): Refusal => new Refusal(-1014, 'Unsupported order combination.');

/** A price in ticks; what does not lie on the grid or is too large fails its filter. */
function ticksOf(symbol: SpotSymbol, amount: Amount | null): number {
  if (amount === null) return 0;
  const ticks = stepsOf(amount, symbol.tick);
  if (ticks < 0 || !Number.isFinite(ticks)) throw filterFailure('PRICE_FILTER');
  return ticks;
}

function lotsOf(symbol: SpotSymbol, amount: Amount | null): number {
  if (amount === null) return 0;
  const lots = stepsOf(amount, symbol.step);
  if (lots < 0 || !Number.isFinite(lots)) throw filterFailure('LOT_SIZE');
  return lots;
}

export function readSide(request: Request, name: string): number {
  return request.needChoice(name, SIDES, badSide) === 'BUY' ? 1 : -1;
}

export function readSelfTrade(request: Request, symbol: SpotSymbol): SelfTradePrevention {
  const mode = request.choice('selfTradePreventionMode', SELF_TRADE_PREVENTIONS);
  if (mode !== null && !symbol.selfTradeModes.includes(mode)) {
    throw new Refusal(-1013, 'This symbol does not allow the specified self-trade prevention mode.');
  }
  return mode ?? symbol.defaultSelfTradeMode;
}

/** The order of `POST /api/v3/order` and its like. */
export function readOrder(request: Request, symbol: SpotSymbol, madeUpId: () => string): OrderDraft {
  const side = readSide(request, 'side');
  const type = request.needChoice('type', ORDER_TYPES, badType);
  const selfTrade = readSelfTrade(request, symbol);
  const leg = (name: string): string => name;
  return readLeg(request, symbol, leg, { side, type, selfTrade, quantity: 'quantity' }, madeUpId, 'newClientOrderId');
}

/** What a leg of an order list shares with its list. */
export type LegFrame = {
  readonly side: number;
  readonly type: OrderType;
  readonly selfTrade: SelfTradePrevention;
  /** Name of the parameter that says the quantity; null where it follows from another order (OPO). */
  readonly quantity: string | null;
};

/**
 * An order whose parameters have names of their own: `name('price')` is `belowPrice` for the lower leg of an OCO. Checks which parameters
 * a type needs and which it must not have, and that numbers lie on the symbol's grid; the other filters come later.
 */
export function readLeg(
  request: Request,
  symbol: SpotSymbol,
  name: (parameter: string) => string,
  frame: LegFrame,
  madeUpId: () => string,
  clientIdName: string,
): OrderDraft {
  const { type, side } = frame;
  const timeInForce = request.choice(name('timeInForce'), TIMES_IN_FORCE, badTimeInForce);
  const quantity = frame.quantity === null ? null : request.amount(frame.quantity);
  const quote = name('price') === 'price' ? request.amount('quoteOrderQty') : null;
  const price = request.amount(name('price'));
  const stopPrice = request.amount(name('stopPrice'));
  const trailingDelta = request.integer(name('trailingDelta'));
  const iceberg = request.amount(name('icebergQty'));
  const clientOrderId = request.clientId(clientIdName) ?? madeUpId();
  const strategyId = request.integer(name('strategyId'));
  const strategyType = request.integer(name('strategyType'));
  if (strategyType !== null && strategyType < FIRST_STRATEGY_TYPE) {
    throw new Refusal(-1134, '`strategyType` was less than 1000000.');
  }
  const peg = readPeg(request, name, type, timeInForce);

  if (type === 'MARKET') {
    if (quantity === null && quote === null) throw oneOf('quantity', 'quoteOrderQty');
    if (quantity !== null && quote !== null) throw notRequired('quoteOrderQty');
  } else {
    if (quote !== null) throw notRequired('quoteOrderQty');
    if (frame.quantity !== null && quantity === null) throw mandatory(frame.quantity);
  }
  const needsTimeInForce = type === 'LIMIT' || type.endsWith('_LIMIT');
  if (needsTimeInForce && timeInForce === null) throw mandatory(name('timeInForce'));
  if (!needsTimeInForce && timeInForce !== null) throw notRequired(name('timeInForce'));
  if (hasLimit(type)) {
    if (price === null && peg === null) throw mandatory(name('price'));
  } else if (price !== null) throw notRequired(name('price'));
  if (isStop(type)) {
    if (stopPrice === null && trailingDelta === null) throw oneOf(name('stopPrice'), name('trailingDelta'));
  } else {
    if (stopPrice !== null) throw notRequired(name('stopPrice'));
    if (trailingDelta !== null) throw notRequired(name('trailingDelta'));
  }
  if (iceberg !== null && iceberg.units > 0) {
    if (!hasLimit(type)) throw notRequired(name('icebergQty'));
    if ((timeInForce ?? 'GTC') !== 'GTC') throw badCombination();
  }
  const quoteQuanta = quote === null ? 0 : unitsOf(quote, symbol.quoteScale);
  if (quoteQuanta < 0) throw new Refusal(-1111, "Parameter 'quoteOrderQty' has too much precision.");
  if (!Number.isFinite(quoteQuanta)) throw new Refusal(-1108, "Parameter 'quoteOrderQty' overflowed.");
  return {
    symbol,
    side,
    type,
    timeInForce: timeInForce ?? 'GTC',
    limitTicks: ticksOf(symbol, price),
    lots: lotsOf(symbol, quantity),
    quoteQuanta,
    stopTicks: ticksOf(symbol, stopPrice),
    trailingDelta: trailingDelta ?? 0,
    icebergLots: lotsOf(symbol, iceberg),
    clientOrderId,
    strategyId,
    strategyType,
    selfTrade: frame.selfTrade,
    peg,
  };
}

function readPeg(
  request: Request,
  name: (parameter: string) => string,
  type: OrderType,
  timeInForce: TimeInForce | null,
): OrderDraft['peg'] {
  const badPrice = (): Refusal => new Refusal(-1210, `Invalid pegPriceType. Found in '${name('pegPriceType')}'.`);
  const badOffset = (): Refusal => new Refusal(-1211, `Invalid pegOffsetType. Found in '${name('pegOffsetType')}'.`);
  const price = request.choice(name('pegPriceType'), PEG_PRICES, badPrice);
  const offset = request.choice(name('pegOffsetType'), ['PRICE_LEVEL'], badOffset);
  const level = request.integer(name('pegOffsetValue'));
  if (price === null) {
    if (offset !== null) throw notRequired(name('pegOffsetType'));
    if (level !== null) throw notRequired(name('pegOffsetValue'));
    return null;
  }
  if (!hasLimit(type)) throw notRequired(name('pegPriceType'));
  if ((offset === null) !== (level === null)) {
    throw new Refusal(
      -1128,
      `Fields [${name('pegOffsetType')}, ${name('pegOffsetValue')}] must be sent together or omitted entirely.`,
    );
  }
  if (level !== null && level > MOST_PEG_LEVELS) throw invalidData(name('pegOffsetValue'));
  if (type === 'LIMIT_MAKER' && price === 'MARKET_PEG') throw badPrice();
  if (type === 'LIMIT' && price === 'PRIMARY_PEG' && timeInForce !== 'GTC') throw badCombination();
  return { price, level: level ?? 0 };
}

/** The kind of answer asked for; MARKET and LIMIT answer FULL, others ACK, unless told otherwise. */
export function readResponseType(request: Request, type: OrderType | null): ResponseType {
  const fallback = type === 'MARKET' || type === 'LIMIT' ? 'FULL' : type === null ? 'RESULT' : 'ACK';
  return (
    request.choice('newOrderRespType', RESPONSE_TYPES, () => illegal('newOrderRespType', 'ACK|RESULT|FULL')) ?? fallback
  );
}
