import { formatDecimal, parseDecimal } from '../../core/vocabulary/decimal.ts';
import type { OrderStatus, OrderType, TimeInForce } from '../../core/vocabulary/order.ts';
import type { AccountSink } from '../../ports/exchange-gateway.ts';
import type { Push, PushFields } from './push-decoder.ts';

export const ACCOUNT_CHANNELS = [
  'spot@private.orders.v3.api.pb',
  'spot@private.deals.v3.api.pb',
  'spot@private.account.v3.api.pb',
] as const;

const ORDER_TYPES: Readonly<Record<number, readonly [OrderType, TimeInForce]>> = {
  1: ['limit', 'gtc'],
  2: ['limit', 'gtc'],
  3: ['limit', 'ioc'],
  4: ['limit', 'fok'],
  5: ['market', 'ioc'],
  // Placed by people: the interface for programs has no stop orders.
  100: ['stop-limit', 'gtc'],
};
const STATUSES: Readonly<Record<number, OrderStatus>> = {
  1: 'open',
  2: 'filled',
  3: 'open',
  4: 'canceled',
  5: 'canceled',
};
const SIDES: Readonly<Record<number, 'buy' | 'sell'>> = { 1: 'buy', 2: 'sell' };

/** A field that is no decimal, or a number that stands for nothing known. */
class UnreadablePush extends Error {
  readonly code: 'malformed' | 'unknown-enum';

  constructor(code: UnreadablePush['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Canonical text; a field that proto3 left out is 0. */
function amount(fields: PushFields, name: string): string {
  const text = fields.text(name);
  const parsed = text === '' ? 0n : parseDecimal(text);
  if (parsed === null)
    throw new UnreadablePush('malformed', `${name}: expected a decimal, found ${JSON.stringify(text).slice(0, 60)}`);
  return formatDecimal(parsed as NonNullable<ReturnType<typeof parseDecimal>>);
}

function word<T>(table: Readonly<Record<number, T>>, fields: PushFields, name: string): T {
  const number = fields.integer(name);
  const found = table[number];
  if (found === undefined) throw new UnreadablePush('unknown-enum', `${name} ${number} is not known`);
  return found;
}

function identity(fields: PushFields, name: string): string {
  const text = fields.text(name);
  if (text === '') throw new UnreadablePush('malformed', `${name} is missing`);
  return text;
}

function timeOf(push: Push, fields: PushFields, name: string): number {
  const own = fields.integer(name);
  if (Number.isNaN(own) || own < 0) throw new UnreadablePush('malformed', `${name} is out of range`);
  return own === 0 ? push.sendTimeMs || push.createTimeMs : own;
}

function symbolOf(push: Push): string {
  if (push.symbol === '') throw new UnreadablePush('malformed', 'a push of orders or deals without a symbol');
  return push.symbol;
}

function tellOrder(push: Push, sink: AccountSink): void {
  const { body } = push;
  const orderType = body.integer('orderType');
  const [type, tif] = ORDER_TYPES[orderType] ?? ORDER_TYPES[1]!;
  if (ORDER_TYPES[orderType] === undefined)
    sink.anomaly('unknown-enum', `${push.channel}: orderType ${orderType} is not known`);
  const filledQuantity = amount(body, 'cumulativeQuantity');
  // An order whose state nobody knows stays open until somebody asked; it must not pass for ended.
  const status = STATUSES[body.integer('status')] ?? 'unknown';
  if (status === 'unknown')
    sink.anomaly('unknown-enum', `${push.channel}: status ${body.integer('status')} is not known`);
  const quantity = amount(body, 'quantity');
  sink.order({
    symbol: symbolOf(push),
    clientOrderId: body.text('clientId'),
    venueOrderId: identity(body, 'id'),
    side: word(SIDES, body, 'tradeType'),
    type,
    tif,
    status: status === 'canceled' && (tif === 'ioc' || tif === 'fok') ? 'expired' : status,
    // A market buy is told by its quote; what it is for in base shows only as it fills.
    quantity: quantity === '0' ? filledQuantity : quantity,
    filledQuantity,
    filledValue: amount(body, 'cumulativeAmount'),
    limit: type === 'market' ? null : amount(body, 'price'),
    trigger: null,
    reduceOnly: false,
    updatedAtMs: push.sendTimeMs || timeOf(push, body, 'createTime'),
    reason: '',
  });
}

function tellFill(push: Push, sink: AccountSink): void {
  const { body } = push;
  sink.fill({
    symbol: symbolOf(push),
    tradeId: identity(body, 'tradeId'),
    clientOrderId: body.text('clientOrderId'),
    venueOrderId: identity(body, 'orderId'),
    side: word(SIDES, body, 'tradeType'),
    quantity: amount(body, 'quantity'),
    price: amount(body, 'price'),
    fee: amount(body, 'feeAmount'),
    feeAsset: body.text('feeCurrency'),
    isMaker: body.flag('isMaker'),
    tradedAtMs: timeOf(push, body, 'time'),
  });
}

function tellBalance(push: Push, sink: AccountSink): void {
  const { body } = push;
  sink.balance(
    { asset: identity(body, 'vcoinName'), free: amount(body, 'balanceAmount'), locked: amount(body, 'frozenAmount') },
    timeOf(push, body, 'time'),
  );
}

/**
 * Tells the sink what a push of the account says; what cannot be read becomes an anomaly and is not guessed at. False where that was so:
 * something happened in the account that nobody was told.
 */
export function tellAccountPush(push: Push, sink: AccountSink): boolean {
  try {
    if (push.kind === 'privateOrders') tellOrder(push, sink);
    else if (push.kind === 'privateDeals') tellFill(push, sink);
    else if (push.kind === 'privateAccount') tellBalance(push, sink);
    else {
      sink.anomaly('schema-drift', `${push.channel} carries ${push.kind}`);
      return false;
    }
    return true;
  } catch (error) {
    if (!(error instanceof UnreadablePush)) throw error;
    sink.anomaly(error.code, `${push.channel}: ${error.message}`);
    return false;
  }
}
