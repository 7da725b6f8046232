import type { Contract } from './contract.ts';
import type { ExchangeState } from './exchange-state.ts';
import {
  type OrderRequest,
  type OrderType,
  PLAIN_ORDER,
  POSITION_SIDES,
  type PositionSide,
  SELF_TRADE_PREVENTION,
  type SelfTradePrevention,
  type TimeInForce,
} from './order.ts';
import type { ParameterReader } from './parameters.ts';
import { matchedTicks, PRICE_MATCHES } from './price-match.ts';
import { missing, Refusal, refuse } from './refusals.ts';
import type { UsdmAccount } from './usdm-account.ts';

const CONDITIONAL_TYPES = ['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'];
export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'] as const;
const GOOD_TILL_LEAD_MS = 600_000;
const GOOD_TILL_END_MS = 253_402_300_799_000;

/** The contract of `symbol`, or the refusal kept by the reader and null. */
export function readContract(state: ExchangeState, read: ParameterReader): Contract | null {
  const symbol = read.needed('symbol');
  const contract = state.markets.get(symbol)?.contract ?? null;
  if (symbol !== '' && contract === null) read.fail(refuse(-1121));
  return contract;
}

export function readSide(read: ParameterReader): 1 | -1 {
  return read.mustBeOneOf('side', ['BUY', 'SELL'], () => refuse(-1117)) === 'BUY' ? 1 : -1;
}

/** Reduce-only is no parameter in hedge mode: there, the leg says what an order does. */
export function readReduceOnly(read: ParameterReader, account: UsdmAccount): boolean {
  if (account.isHedged && read.has('reduceOnly')) read.fail(refuse(-1106, 'reduceonly'));
  return read.flag('reduceOnly', false, () => refuse(-4062));
}

export function readPositionSide(read: ParameterReader): PositionSide {
  return read.oneOf('positionSide', POSITION_SIDES, 'BOTH', () => refuse(-4060));
}

export function readSelfTrade(read: ParameterReader): SelfTradePrevention {
  return read.oneOf('selfTradePreventionMode', SELF_TRADE_PREVENTION, 'EXPIRE_MAKER', () => refuse(-5039));
}

/** `goodTillDate` in whole seconds, as milliseconds; 0 unless the order is GTD. */
export function readGoodTill(state: ExchangeState, read: ParameterReader, timeInForce: TimeInForce): number {
  const given = read.integer('goodTillDate');
  if (timeInForce !== 'GTD') {
    if (given !== null && given !== 0) read.fail(refuse(-1106, 'goodtilldate'));
    return 0;
  }
  if (given === null) {
    read.fail(missing('goodTillDate'));
    return 0;
  }
  if (given <= state.nowMs + GOOD_TILL_LEAD_MS || given >= GOOD_TILL_END_MS) read.fail(refuse(-5040));
  return Math.floor(given / 1000) * 1000;
}

/** A value, or 0 where it is a refusal, which the reader keeps. */
export function keepRefusal(read: ParameterReader, value: number | Refusal): number {
  if (!(value instanceof Refusal)) return value;
  read.fail(value);
  return 0;
}

/** Price of a limit order: `price`, or the book's by `priceMatch`. 0 with a refusal kept. */
export function readLimit(
  state: ExchangeState,
  read: ParameterReader,
  contract: Contract,
  side: number,
): { ticks: number; priceMatch: string } {
  const priceMatch = read.oneOf('priceMatch', PRICE_MATCHES, 'NONE', () => refuse(-5037));
  if (priceMatch !== 'NONE') {
    if (read.has('price')) read.fail(refuse(-1106, 'price'));
    const ticks = matchedTicks(state.market(contract), side, priceMatch);
    if (ticks === 0) read.fail(refuse(-5041));
    return { ticks, priceMatch };
  }
  const price = read.decimal('price');
  if (price === null) {
    read.fail(missing('price'));
    return { ticks: 0, priceMatch };
  }
  return { ticks: keepRefusal(read, contract.ticks(price)), priceMatch };
}

export function readLots(read: ParameterReader, contract: Contract, isMarket: boolean): number {
  const quantity = read.decimal('quantity');
  if (quantity === null) {
    read.fail(missing('quantity'));
    return 0;
  }
  return keepRefusal(read, contract.lots(quantity, isMarket));
}

/** A placement's parameters as a request in exact units, or what is wrong with them. */
export function readOrder(state: ExchangeState, account: UsdmAccount, read: ParameterReader): OrderRequest | Refusal {
  const contract = readContract(state, read);
  const side = readSide(read);
  const type = readType(read);
  if (read.refusal || contract === null || type === null) return read.refusal ?? refuse(-1116);
  const positionSide = readPositionSide(read);
  const reduceOnly = readReduceOnly(read, account);
  const isMarket = type === 'MARKET';
  const timeInForce = readTimeInForce(read, isMarket);
  const selfTrade = readSelfTrade(read);
  read.oneOf('newOrderRespType', ['ACK', 'RESULT'], 'ACK', () => refuse(-1136));
  if (read.flag('closePosition', false)) read.fail(refuse(-4136, type, 'true'));
  const clientId = read.clientId('newClientOrderId') ?? state.newClientId();
  const lots = readLots(read, contract, isMarket);
  let limit = { ticks: 0, priceMatch: 'NONE' };
  if (isMarket) {
    if ((read.text('priceMatch') ?? 'NONE') !== 'NONE') read.fail(refuse(-5038));
    if (read.has('price')) read.fail(refuse(-1106, 'price'));
  } else limit = readLimit(state, read, contract, side);
  const goodTillMs = readGoodTill(state, read, timeInForce);
  if (read.refusal) return read.refusal;
  return {
    contract,
    side,
    positionSide,
    type,
    timeInForce,
    ...limit,
    lots,
    reduceOnly,
    clientId,
    selfTrade,
    goodTillMs,
    origin: PLAIN_ORDER,
  };
}

function readType(read: ParameterReader): OrderType | null {
  const type = read.needed('type');
  if (type === 'LIMIT' || type === 'MARKET') return type;
  if (type !== '') read.fail(refuse(CONDITIONAL_TYPES.includes(type) ? -4120 : -1116));
  return null;
}

function readTimeInForce(read: ParameterReader, isMarket: boolean): TimeInForce {
  if (!isMarket) return read.mustBeOneOf('timeInForce', TIMES_IN_FORCE, () => refuse(-1115));
  if (read.has('timeInForce')) read.fail(refuse(-1106, 'timeinforce'));
  return 'GTC';
}
