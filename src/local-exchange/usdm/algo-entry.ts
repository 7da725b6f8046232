import { parseDecimal } from '../../core/vocabulary/decimal.ts';
import { ALGO_TYPES, type AlgoOrder, type AlgoRequest, isMarketAlgo, tellAlgo } from './algo-order.ts';
import { isReached, watchedPrice } from './algo-triggers.ts';
import type { Contract } from './contract.ts';
import type { ExchangeState } from './exchange-state.ts';
import {
  keepRefusal,
  readContract,
  readGoodTill,
  readLimit,
  readLots,
  readPositionSide,
  readReduceOnly,
  readSelfTrade,
  readSide,
  TIMES_IN_FORCE,
} from './order-entry.ts';
import type { ParameterReader } from './parameters.ts';
import { missing, Refusal, refuse } from './refusals.ts';
import type { UsdmAccount } from './usdm-account.ts';

/** Conditional orders that an account may have open, over all symbols. */
export const MAX_ALGO_ORDERS = 200;
const CALLBACK_RATE = { least: 0.1, most: 10 };

/** Places a conditional order; nothing is claimed until it fires. */
export function placeAlgo(state: ExchangeState, account: UsdmAccount, read: ParameterReader): AlgoOrder | Refusal {
  const request = readAlgo(state, account, read);
  if (request instanceof Refusal) return request;
  const refusal = refusalOf(state, account, request);
  if (refusal !== null) return refusal;
  const now = state.nowMs;
  const price = watchedPrice(state.market(request.contract), request.workingType);
  const order: AlgoOrder = {
    ...request,
    id: state.nextAlgoId(),
    account: account.account.index,
    createdMs: now,
    updatedMs: now,
    triggeredMs: 0,
    status: 'NEW',
    extreme: price,
    isActive: request.activateTicks === 0,
    orderId: 0,
    rejection: '',
  };
  state.algoOrders.set(order.id, order);
  state.openAlgoOrders.set(order.id, order);
  tellAlgo(state, order);
  if (order.goodTillMs > 0) {
    state.around.at(order.goodTillMs, () => {
      if (order.status !== 'NEW') return;
      state.openAlgoOrders.delete(order.id);
      order.status = 'EXPIRED';
      order.updatedMs = state.nowMs;
      tellAlgo(state, order);
    });
  }
  return order;
}

function readAlgo(state: ExchangeState, account: UsdmAccount, read: ParameterReader): AlgoRequest | Refusal {
  read.mustBeOneOf('algoType', ['CONDITIONAL'], () => refuse(-1130, 'algoType'));
  const contract = readContract(state, read);
  const side = readSide(read);
  const type = read.mustBeOneOf('type', ALGO_TYPES, () => refuse(-1116));
  if (read.refusal || contract === null) return read.refusal ?? refuse(-1121);
  const positionSide = readPositionSide(read);
  const closePosition = read.flag('closePosition', false);
  const isMarket = isMarketAlgo(type);
  const isTrailing = type === 'TRAILING_STOP_MARKET';
  if (closePosition && (!isMarket || isTrailing)) read.fail(refuse(-4136, type, 'true'));
  if (closePosition && read.has('quantity')) read.fail(refuse(-4137));
  if (closePosition && read.has('reduceOnly') && !account.isHedged) read.fail(refuse(-4138));
  const workingType = read.oneOf('workingType', ['CONTRACT_PRICE', 'MARK_PRICE'], 'CONTRACT_PRICE', () =>
    refuse(-4031, read.text('workingType') ?? ''),
  );
  const timeInForce = read.oneOf('timeInForce', TIMES_IN_FORCE, 'GTC', () => refuse(-1115));
  read.oneOf('newOrderRespType', ['ACK', 'RESULT'], 'ACK', () => refuse(-1136));
  if (isMarket && (read.text('priceMatch') ?? 'NONE') !== 'NONE') read.fail(refuse(-5038));
  if (isMarket && read.has('price')) read.fail(refuse(-1106, 'price'));
  const triggerTicks = isTrailing ? 0 : readTicks(read, contract, 'triggerPrice');
  // A price by `priceMatch` is that of the moment in which the order fires.
  const isMatched = (read.text('priceMatch') ?? 'NONE') !== 'NONE';
  const limit = isMarket ? { ticks: 0, priceMatch: 'NONE' } : readLimit(state, read, contract, side);
  const request: AlgoRequest = {
    contract,
    clientId: read.clientId('clientAlgoId') ?? state.newClientId(),
    type,
    side,
    positionSide,
    timeInForce,
    lots: closePosition ? 0 : readLots(read, contract, isMarket),
    ticks: isMatched ? 0 : limit.ticks,
    triggerTicks,
    workingType,
    priceMatch: limit.priceMatch,
    closePosition,
    priceProtect: read.flag('priceProtect', false),
    reduceOnly: readReduceOnly(read, account),
    activateTicks: isTrailing ? activationTicks(read, contract) : 0,
    callbackRate: isTrailing ? readCallbackRate(read) : '',
    selfTrade: readSelfTrade(read),
    goodTillMs: readGoodTill(state, read, timeInForce),
  };
  return read.refusal ?? request;
}

function readTicks(read: ParameterReader, contract: Contract, name: string): number {
  const price = read.decimal(name);
  if (price === null) {
    read.fail(missing(name));
    return 0;
  }
  return keepRefusal(read, contract.ticks(price, true));
}

/** The activation price; libraries know it as `activatePrice`, older ones as `activationPrice`. */
function activationTicks(read: ParameterReader, contract: Contract): number {
  const name = ['activatePrice', 'activationPrice'].find((n) => read.has(n));
  return name === undefined ? 0 : readTicks(read, contract, name);
}

function readCallbackRate(read: ParameterReader): string {
  const text = read.needed('callbackRate');
  const rate = parseDecimal(text) === null ? Number.NaN : Number(text);
  const { least, most } = CALLBACK_RATE;
  if (text !== '' && !(rate >= least && rate <= most)) read.fail(refuse(-1130, 'callbackRate'));
  return text;
}

function refusalOf(state: ExchangeState, account: UsdmAccount, request: AlgoRequest): Refusal | null {
  const { contract, side, positionSide } = request;
  const isLegOk = account.isHedged ? positionSide !== 'BOTH' : positionSide === 'BOTH';
  if (!isLegOk) return refuse(-4061);
  const closesLeg = positionSide === 'BOTH' || (positionSide === 'LONG' ? side < 0 : side > 0);
  if (request.closePosition && !closesLeg) return refuse(-4061);
  const open = state.openAlgoOrdersOf(account.account.index);
  if (open.length >= MAX_ALGO_ORDERS) return refuse(-4045);
  if (open.some((o) => o.clientId === request.clientId)) return refuse(-4116);
  const price = watchedPrice(state.market(contract), request.workingType);
  if (price === 0) return null;
  const { instrument } = contract;
  if (request.type !== 'TRAILING_STOP_MARKET') {
    return isReached(request, instrument.price(request.triggerTicks), price) ? refuse(-2021) : null;
  }
  const activation = instrument.price(request.activateTicks);
  return activation > 0 && side * activation >= side * price ? refuse(-2021) : null;
}
