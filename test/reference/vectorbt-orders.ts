import type { BroadcastCall, VectorbtCall } from './vectorbt-case.ts';

/** What vectorbt reckons with beside the position: cash of the group, and what short sales of a column brought in. */
export interface VectorbtAccount {
  /** Short sales add their proceeds. */
  cash: number;
  /** Value at entry of the open short positions, by column. */
  readonly debt: Map<number, number>;
  /** By column, signed. */
  readonly position: Map<number, number>;
  /** Less money than this is what rounding left over, and none to vectorbt: {@link DUST} of the highest price. */
  readonly dust: number;
  /** Price at which each column is valued. */
  readonly value: Map<number, number>;
}

type Direction = VectorbtCall['direction'];

/** An order before it meets the account: signed quantity, infinite for "as much as there is", or a share of what there is. */
export interface Wish {
  readonly quantity: number;
  /** 1 for all of it. */
  readonly share: number;
  /** The side of the position where it may only add to it or lessen it, `both` where it may turn it; by default the call's direction. */
  readonly only?: Direction;
  /** Signed money, where it was asked for in money: the quantity times the price may be off by a bit. */
  readonly money?: number;
}

export const NO_WISH: Wish = { quantity: 0, share: 1 };

/** Smallest quantity of the instruments; a quantity that all cash buys is kept two of them short, as costs are rounded up. */
const LOT = 1e-8;
/** So much of a price in money is what that rounding left over: vectorbt has nothing there. */
export const DUST = 1e-6;

/** Money that neither shorts nor what would buy them back claim. */
export function freeCash(account: VectorbtAccount): number {
  let free = account.cash;
  for (const debt of account.debt.values()) free -= 2 * debt;
  return free;
}

export function accountValue(account: VectorbtAccount): number {
  let value = account.cash;
  for (const [column, quantity] of account.position) if (quantity !== 0) value += quantity * account.value.get(column)!;
  return value;
}

/** The wish that a `size` of a `size_type` is; `sign` −1 where the direction is reversed. */
export function sizedWish(
  size: number,
  type: string,
  sign: number,
  column: number,
  account: VectorbtAccount,
  total: number,
): Wish {
  if (Number.isNaN(size)) return NO_WISH;
  const price = account.value.get(column)!;
  const position = account.position.get(column)!;
  const wanted = size * sign;
  if (type === 'targetpercent' && total <= 0) return NO_WISH;
  if (Number.isNaN(price) && (type === 'value' || type === 'targetvalue')) return NO_WISH;
  if (type === 'percent')
    return { quantity: wanted === 0 ? 0 : Math.sign(wanted) * Number.POSITIVE_INFINITY, share: Math.abs(wanted) };
  const quantity =
    type === 'amount'
      ? wanted
      : type === 'value'
        ? wanted / price
        : type === 'targetamount'
          ? wanted - position
          : type === 'targetvalue'
            ? wanted / price - position
            : type === 'targetpercent'
              ? (wanted * total) / price - position
              : Number.NaN;
  if (Number.isNaN(quantity)) return NO_WISH;
  return type === 'value' ? { quantity, share: 1, money: wanted } : { quantity, share: 1 };
}

/**
 * What vectorbt takes the orders of one row for when it puts the sales first: the money of a wish at the valuation price, of an
 * infinite one too, though it will be less; of a share the cash, the position or what may be sold short. NaN where it has no price.
 */
export function approximateValue(
  call: BroadcastCall,
  row: number,
  column: number,
  wish: Wish,
  account: VectorbtAccount,
): number {
  const price = account.value.get(column)!;
  if (call.call.method === 'from_orders' && Number.isNaN(call.number('size', row, column, Number.NaN)))
    return Number.NaN;
  if (wish.quantity === 0) return call.call.method === 'from_orders' ? 0 * price : 0;
  if (call.word('size_type', column, 'amount') !== 'percent' || Number.isFinite(wish.quantity))
    return wish.money ?? wish.quantity * price;
  if (wish.quantity > 0) return wish.share * account.cash;
  const asset = account.position.get(column)! * price;
  if ((wish.only ?? call.call.direction) === 'longonly') return -wish.share * asset;
  return -wish.share * (2 * Math.max(asset, 0) + Math.max(freeCash(account), 0));
}

/** What one order may cost and how large it may be; all of vectorbt's arguments of the same names. */
interface Terms {
  readonly price: number;
  readonly fees: number;
  readonly fixed: number;
  readonly slippage: number;
  readonly lockCash: boolean;
  readonly partial: boolean;
  readonly minimum: number;
  readonly maximum: number;
  readonly granularity: number;
}

function termsOf(call: BroadcastCall, row: number, column: number, price: number): Terms {
  const number = (name: string, byDefault: number): number => call.number(name, row, column, byDefault);
  return {
    price,
    fees: number('fees', 0),
    fixed: number('fixed_fees', 0),
    slippage: number('slippage', 0),
    lockCash: call.flag('lock_cash', row, column),
    partial: call.flag('allow_partial', row, column, true),
    minimum: number('min_size', 0),
    maximum: number('max_size', Number.POSITIVE_INFINITY),
    granularity: number('size_granularity', Number.NaN),
  };
}

/** Signed quantity that vectorbt trades for a wish at a price, 0 for none: clipped to cash, position, direction and size limits. */
export function tradedQuantity(
  call: BroadcastCall,
  row: number,
  column: number,
  price: number,
  wish: Wish,
  account: VectorbtAccount,
  slips = true,
): number {
  if (wish.quantity === 0 || wish.share === 0) return 0;
  const t = { ...termsOf(call, row, column, price), ...(slips ? {} : { slippage: 0 }) };
  const direction = wish.only ?? call.call.direction;
  const quantity =
    wish.quantity > 0 ? bought(direction, column, wish, t, account) : sold(direction, column, wish, t, account);
  const short = quantity < Math.abs(wish.quantity) * (1 - RELATIVE) && Number.isFinite(wish.quantity);
  if (quantity < LOT || quantity < t.minimum * (1 - RELATIVE) || (short && !t.partial)) return 0;
  return Math.sign(wish.quantity) * quantity;
}

/** Two numbers that differ by no more are one to vectorbt. */
const RELATIVE = 1e-9;

/** Whole multiples of `step` below a quantity, as Python's `//` has it: 33.04 holds 3303 times 0.01, as 0.01 is a little more than that. */
function floorTo(quantity: number, step: number): number {
  if (Number.isNaN(step) || quantity === Number.POSITIVE_INFINITY) return quantity;
  return Math.round((quantity - (quantity % step)) / step) * step;
}

/** The quantity limited by `max_size`, or null where it must not be filled in part. */
function capped(quantity: number, t: Terms): number | null {
  if (quantity <= t.maximum) return quantity;
  return t.partial ? t.maximum : null;
}

function bought(direction: Direction, column: number, wish: Wish, t: Terms, account: VectorbtAccount): number {
  const short = Math.max(0, -account.position.get(column)!);
  const unit = t.price * (1 + t.slippage) * (1 + t.fees);
  const cash = Math.min(account.cash, spendable(column, short, unit, t, account)) * Math.min(1, wish.share);
  if (cash <= account.dust) return 0;
  const size = capped(direction === 'shortonly' ? Math.min(short, wish.quantity) : wish.quantity, t);
  if (size === null) return 0;
  const whole = floorTo(size, t.granularity);
  const rounded = Number.isNaN(t.granularity) ? 2 * LOT : 0;
  if (whole * unit + t.fixed <= cash - rounded * unit) return whole;
  const most = (cash - t.fixed) / unit;
  if (most <= 0) return 0;
  return Math.min(whole, floorTo(most, t.granularity)) - rounded;
}

/** Cash that an order of a column may spend. */
function spendable(column: number, short: number, unit: number, t: Terms, account: VectorbtAccount): number {
  if (!t.lockCash) return account.cash;
  const free = freeCash(account);
  if (short === 0) return free;
  const debt = account.debt.get(column) ?? 0;
  const left = free + 2 * debt - (short * unit + t.fixed);
  if (left > 0) return free + 2 * debt;
  return left < 0 ? ((free - t.fixed) / (unit - (2 * debt) / short)) * unit + t.fixed : account.cash;
}

function sold(direction: Direction, column: number, wish: Wish, t: Terms, account: VectorbtAccount): number {
  const wanted = Math.abs(wish.quantity);
  const long = Math.max(0, account.position.get(column)!);
  const price = t.price * (1 - t.slippage);
  const limit = capped(
    direction === 'longonly'
      ? Math.min(long, wanted) * wish.share
      : t.lockCash || !Number.isFinite(wanted)
        ? Math.min(mostSold(long, price, t, account) * Math.min(1, wish.share), wanted)
        : wanted,
    t,
  );
  if (limit === null) return 0;
  const quantity = floorTo(limit, t.granularity);
  // Fees beyond the proceeds are not paid out of the rest of the account.
  return quantity * price * (1 - t.fees) - t.fixed < -LOT ? 0 : quantity;
}

/** What is held and what the free cash, with its proceeds, sells short. */
function mostSold(long: number, price: number, t: Terms, account: VectorbtAccount): number {
  const free = freeCash(account) + long * price * (1 - t.fees);
  if (free <= account.dust) return long;
  return long + (free - t.fixed) / (price * (1 + t.fees));
}
