import { decimal, formatDecimal, parseDecimal } from '../../core/vocabulary/decimal.ts';
import type { OrderStatus, TimeInForce } from '../../core/vocabulary/order.ts';
import type { VenueBalance, VenueFill, VenueOrder, VenuePosition } from '../../ports/exchange-gateway.ts';
import type { CcxtBalances, CcxtOrder, CcxtPosition, CcxtTrade } from './exchange-shape.ts';

/** Something of ccxt's that lacks what we cannot do without. */
export class UnreadableShape extends Error {
  readonly code: 'malformed' | 'unknown-enum';

  constructor(code: UnreadableShape['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const STATUSES: Readonly<Record<string, OrderStatus>> = {
  open: 'open',
  closed: 'filled',
  canceled: 'canceled',
  canceling: 'cancel-pending',
  expired: 'expired',
  rejected: 'rejected',
};
const TIFS: Readonly<Record<string, TimeInForce>> = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok', PO: 'gtc', GTD: 'gtd' };

/** Canonical text, or null where it is absent. */
function amountOf(value: string | number | undefined, what: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  const parsed = parseDecimal(String(value));
  if (parsed === null)
    throw new UnreadableShape('malformed', `${what}: expected a decimal, found ${JSON.stringify(value)}`);
  return formatDecimal(parsed);
}

function required<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined || value === '')
    throw new UnreadableShape('malformed', `${what} is missing`);
  return value;
}

function sideOf(side: string | undefined): 'buy' | 'sell' {
  if (side === 'buy' || side === 'sell') return side;
  throw new UnreadableShape('unknown-enum', `side ${String(side)} is not known`);
}

/** An order of a query, a placement or a stream. `idOf` gives the venue's symbol. */
export function venueOrderOf(order: CcxtOrder, idOf: (symbol: string) => string, nowMs: number): VenueOrder {
  // An order whose state nobody knows stays open until somebody asked; it must not pass for ended.
  const status = STATUSES[order.status ?? ''] ?? 'unknown';
  // ccxt keeps the trigger of stops beside the type; whatever is no market order has a limit.
  const type = order.type === 'market' ? 'market' : 'limit';
  const filledQuantity = amountOf(order.filled, 'filled') ?? '0';
  const average = amountOf(order.average, 'average');
  const cost = amountOf(order.cost, 'cost');
  const tif = TIFS[order.timeInForce ?? ''] ?? (type === 'market' ? 'ioc' : 'gtc');
  return {
    symbol: idOf(required(order.symbol, 'symbol')),
    clientOrderId: order.clientOrderId ?? '',
    venueOrderId: required(order.id, 'id'),
    side: sideOf(order.side),
    type,
    tif,
    // What is left of such an order is not canceled by anybody; it ends by its own terms.
    status: status === 'canceled' && (tif === 'ioc' || tif === 'fok') ? 'expired' : status,
    // A market buy told by its cost has no quantity until it fills.
    quantity: amountOf(order.amount, 'amount') ?? filledQuantity,
    filledQuantity,
    filledValue: filledQuantity === '0' ? '0' : (cost ?? (average === null ? null : timesOf(average, filledQuantity))),
    limit: type === 'market' ? null : amountOf(order.price, 'price'),
    trigger: amountOf(order.triggerPrice, 'triggerPrice'),
    reduceOnly: order.reduceOnly === true,
    updatedAtMs: order.lastUpdateTimestamp ?? order.lastTradeTimestamp ?? order.timestamp ?? nowMs,
    reason: '',
  };
}

const ONE = decimal('1');

function timesOf(a: string, b: string): string {
  return formatDecimal(((decimal(a) * decimal(b)) / ONE) as typeof ONE);
}

/** A member of what the venue itself sent: ccxt drops the client order id of trades. */
function infoText(info: unknown, names: readonly string[]): string {
  if (typeof info !== 'object' || info === null) return '';
  for (const name of names) {
    const value: unknown = (info as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

const CLIENT_ID_NAMES = ['clOrdId', 'clientOrderId', 'clientOid', 'orderLinkId', 'cliOrdId', 'client_order_id', 'text'];

export function venueFillOf(trade: CcxtTrade, idOf: (symbol: string) => string): VenueFill {
  return {
    symbol: idOf(required(trade.symbol, 'symbol')),
    tradeId: required(trade.id, 'id'),
    clientOrderId: infoText(trade.info, CLIENT_ID_NAMES),
    venueOrderId: trade.order ?? '',
    side: sideOf(trade.side),
    quantity: required(amountOf(trade.amount, 'amount'), 'amount'),
    price: required(amountOf(trade.price, 'price'), 'price'),
    fee: amountOf(trade.fee?.cost, 'fee') ?? '0',
    feeAsset: trade.fee?.currency ?? '',
    isMaker: trade.takerOrMaker === 'maker',
    tradedAtMs: required(trade.timestamp, 'timestamp'),
  };
}

/** Free and used of every asset. ccxt puts other members beside them, none of which has both. */
export function balancesOf(balances: CcxtBalances): readonly VenueBalance[] {
  const found: VenueBalance[] = [];
  for (const [asset, value] of Object.entries(balances)) {
    if (['info', 'free', 'used', 'total', 'debt'].includes(asset) || typeof value !== 'object' || value === null)
      continue;
    const { free, used, total } = value as Readonly<Record<string, string | undefined>>;
    const all = amountOf(total, `${asset} total`);
    const unused = amountOf(free, `${asset} free`);
    const locked = amountOf(used, `${asset} used`);
    if (unused === null && all === null) continue;
    // Two of the three make the third.
    const rest = locked ?? (all === null || unused === null ? '0' : minus(all, unused));
    found.push({ asset, free: unused ?? minus(all!, rest), locked: rest });
  }
  return found;
}

function minus(a: string, b: string): string {
  return formatDecimal((decimal(a) - decimal(b)) as typeof ONE);
}

/** A position; its quantity is 0 where there is none any more. */
export function venuePositionOf(position: CcxtPosition, idOf: (symbol: string) => string): VenuePosition {
  const contracts = amountOf(position.contracts, 'contracts') ?? '0';
  const isShort = position.side === 'short';
  const leverage = position.leverage === undefined ? null : Number(position.leverage);
  return {
    symbol: idOf(required(position.symbol, 'symbol')),
    positionSide: position.hedged === true ? (isShort ? 'short' : 'long') : 'net',
    quantity: isShort && contracts !== '0' && !contracts.startsWith('-') ? `-${contracts}` : contracts,
    entryPrice: amountOf(position.entryPrice, 'entryPrice') ?? '0',
    markPrice: amountOf(position.markPrice, 'markPrice'),
    liquidationPrice: amountOf(position.liquidationPrice, 'liquidationPrice'),
    leverage: leverage === null || Number.isNaN(leverage) ? null : leverage,
    isolated: position.marginMode === 'isolated',
  };
}
