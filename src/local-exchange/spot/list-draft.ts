import { badType, readLeg, readSelfTrade, readSide } from './order-draft.ts';
import { mandatory, notRequired, Refusal } from './refusal.ts';
import type { Request } from './request.ts';
import { ORDER_TYPES, type OrderDraft, type OrderType } from './spot-order.ts';
import type { SpotSymbol } from './spot-symbol.ts';

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** `belowPrice` for the parameter `price` of the leg `below`. */
const prefixed =
  (prefix: string) =>
  (parameter: string): string =>
    prefix + upper(parameter);

const PAIR_TYPES: readonly OrderType[] = [
  'STOP_LOSS_LIMIT',
  'STOP_LOSS',
  'LIMIT_MAKER',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
];
const WORKING_TYPES: readonly OrderType[] = ['LIMIT', 'LIMIT_MAKER'];

export type ListDrafts = { readonly working: OrderDraft | null; readonly rest: readonly OrderDraft[] };

function readType(
  request: Request,
  name: string,
  allowed: readonly OrderType[] | null,
  refuse: () => Refusal,
): OrderType {
  const type = request.needChoice(name, ORDER_TYPES, badType);
  if (allowed !== null && !allowed.includes(type)) throw refuse();
  return type;
}

/** Two legs of which one cancels the other; `prefix` is `''` for an OCO and `pending` for the pair of an OTOCO. */
function readPair(
  request: Request,
  symbol: SpotSymbol,
  prefix: string,
  quantity: string | null,
  madeUpId: () => string,
): OrderDraft[] {
  const lower = (leg: string): string => (prefix === '' ? leg : prefix + upper(leg));
  const side = readSide(request, prefix === '' ? 'side' : `${prefix}Side`);
  const selfTrade = readSelfTrade(request, symbol);
  const badPairType = (): Refusal => new Refusal(-1158, 'Order type not supported in OCO.');
  const legs = ['above', 'below'].map((leg) => {
    const name = prefixed(lower(leg));
    const type = readType(request, name('type'), PAIR_TYPES, badPairType);
    const timeInForce = request.text(name('timeInForce'));
    if (request.has(name('icebergQty')) && timeInForce !== null && timeInForce !== 'GTC') {
      const parameter = name('icebergQty');
      throw new Refusal(-1160, `Parameter '${parameter}' is not supported if '${name('timeInForce')}' is not GTC.`);
    }
    return { name, type };
  });
  checkPairTypes(side, legs[0]!.type, legs[1]!.type);
  return legs.map(({ name, type }) =>
    readLeg(request, symbol, name, { side, type, selfTrade, quantity }, madeUpId, name('clientOrderId')),
  );
}

/** One leg takes the profit, the other stops the loss, each on its side of the market. */
function checkPairTypes(side: number, above: OrderType, below: OrderType): void {
  const takes = (type: OrderType): boolean => type === 'LIMIT_MAKER' || type.startsWith('TAKE_PROFIT');
  if (above === 'LIMIT_MAKER' && below === 'LIMIT_MAKER') {
    throw new Refusal(-1168, 'At least one OCO order must be contingent.');
  }
  const profit = side > 0 ? below : above;
  const stop = side > 0 ? above : below;
  if (stop === 'LIMIT_MAKER') {
    throw side > 0
      ? new Refusal(-1165, 'A limit order in a buy OCO must be below.')
      : new Refusal(-1166, 'A limit order in a sell OCO must be above.');
  }
  if (takes(stop)) {
    throw side > 0
      ? new Refusal(-1198, 'A take profit order in a buy OCO must be below.')
      : new Refusal(-1199, 'A take profit order in a sell OCO must be above.');
  }
  if (!takes(profit)) {
    throw side > 0
      ? new Refusal(-1196, 'A stop loss order in a buy OCO must be above.')
      : new Refusal(-1197, 'A stop loss order in a sell OCO must be below.');
  }
}

/** `POST /api/v3/orderList/oco`. */
export function readOco(request: Request, symbol: SpotSymbol, madeUpId: () => string): ListDrafts {
  return { working: null, rest: readPair(request, symbol, '', 'quantity', madeUpId) };
}

/** `POST /api/v3/order/oco`: a LIMIT_MAKER and a stop, under older names. Stop leg first, as its answers list them. */
export function readOldOco(request: Request, symbol: SpotSymbol, madeUpId: () => string): ListDrafts {
  const side = readSide(request, 'side');
  const selfTrade = readSelfTrade(request, symbol);
  const stopType: OrderType = request.has('stopLimitPrice') ? 'STOP_LOSS_LIMIT' : 'STOP_LOSS';
  if (stopType === 'STOP_LOSS' && request.has('stopLimitTimeInForce')) throw notRequired('stopLimitTimeInForce');
  const stopNames: Readonly<Record<string, string>> = {
    price: 'stopLimitPrice',
    timeInForce: 'stopLimitTimeInForce',
    stopPrice: 'stopPrice',
    trailingDelta: 'trailingDelta',
  };
  const stopName = (parameter: string): string => stopNames[parameter] ?? `stop${upper(parameter)}`;
  const limitName = (parameter: string): string => (parameter === 'price' ? 'price' : `limit${upper(parameter)}`);
  const quantity = 'quantity';
  const stop = readLeg(
    request,
    symbol,
    stopName,
    { side, type: stopType, selfTrade, quantity },
    madeUpId,
    'stopClientOrderId',
  );
  const limit = readLeg(
    request,
    symbol,
    limitName,
    { side, type: 'LIMIT_MAKER', selfTrade, quantity },
    madeUpId,
    'limitClientOrderId',
  );
  return { working: null, rest: [stop, limit] };
}

function readWorking(request: Request, symbol: SpotSymbol, madeUpId: () => string): OrderDraft {
  const name = prefixed('working');
  const type = readType(request, name('type'), WORKING_TYPES, badType);
  const side = readSide(request, name('side'));
  const frame = { side, type, selfTrade: readSelfTrade(request, symbol), quantity: name('quantity') };
  return readLeg(request, symbol, name, frame, madeUpId, name('clientOrderId'));
}

/** `orderList/oto` and, with `fromWorking`, `orderList/opo`. */
export function readOto(
  request: Request,
  symbol: SpotSymbol,
  madeUpId: () => string,
  fromWorking: boolean,
): ListDrafts {
  const working = readWorking(request, symbol, madeUpId);
  const name = prefixed('pending');
  const type = readType(request, name('type'), null, badType);
  const side = readSide(request, name('side'));
  checkFromWorking(request, working, side, fromWorking);
  const quantity = fromWorking ? null : name('quantity');
  if (type === 'MARKET' && !fromWorking && !request.has(name('quantity'))) throw mandatory(name('quantity'));
  const frame = { side, type, selfTrade: working.selfTrade, quantity };
  return { working, rest: [readLeg(request, symbol, name, frame, madeUpId, name('clientOrderId'))] };
}

/** `orderList/otoco` and, with `fromWorking`, `orderList/opoco`. */
export function readOtoco(
  request: Request,
  symbol: SpotSymbol,
  madeUpId: () => string,
  fromWorking: boolean,
): ListDrafts {
  const working = readWorking(request, symbol, madeUpId);
  checkFromWorking(request, working, readSide(request, 'pendingSide'), fromWorking);
  const rest = readPair(request, symbol, 'pending', fromWorking ? null : 'pendingQuantity', madeUpId);
  return { working, rest };
}

function checkFromWorking(request: Request, working: OrderDraft, pendingSide: number, fromWorking: boolean): void {
  if (!fromWorking) return;
  if (working.side < 0) throw new Refusal(-1222, 'The working order of an OPO must be a BUY.');
  if (pendingSide > 0) throw new Refusal(-1223, 'The pending order of an OPO must be a SELL.');
  if (request.has('pendingQuantity')) {
    throw new Refusal(-1225, 'The pending quantity of an OPO follows from its working order and must not be sent.');
  }
}
