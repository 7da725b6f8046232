import type { BroadcastCall } from './vectorbt-case.ts';

/** What vectorbt reckons with beside the position: cash of the group, and what short sales of a column brought in. */
export interface VectorbtAccount {
  /** Short sales add their proceeds. */
  cash: number;
  /** Value at entry of the open short positions, by column. */
  readonly debt: Map<number, number>;
  /** By column, signed. */
  readonly position: Map<number, number>;
  /** Price at which each column is valued. */
  readonly value: Map<number, number>;
}

/** An order before it meets the account: signed quantity, infinite for "as much as there is", or a share of what there is. */
export interface Wish {
  readonly quantity: number;
  /** 1 for all of it. */
  readonly share: number;
  /** Whether `quantity` was asked for as such: then it may not be filled in part where partial fills are off. */
  readonly exact: boolean;
}

export const NO_WISH: Wish = { quantity: 0, share: 1, exact: false };

/** Smallest quantity of the instruments; a quantity that all cash buys is kept two of them short, as costs are rounded up. */
const LOT = 1e-8;

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
  if (type === 'percent')
    return {
      quantity: wanted === 0 ? 0 : Math.sign(wanted) * Number.POSITIVE_INFINITY,
      share: Math.abs(wanted),
      exact: false,
    };
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
  if (type === 'value' && Math.abs(size) === Number.POSITIVE_INFINITY)
    return { quantity: wanted, share: 1, exact: false };
  return Number.isNaN(quantity) ? NO_WISH : { quantity, share: 1, exact: Number.isFinite(quantity) };
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
): number {
  if (wish.quantity === 0 || wish.share === 0) return 0;
  const t = termsOf(call, row, column, price);
  const wanted = Math.abs(wish.quantity);
  const most =
    wish.quantity > 0
      ? mostBought(call, column, wanted, wish.share, t, account)
      : mostSold(call, column, wanted, wish.share, t, account);
  if (wish.exact && !t.partial && most < wanted - LOT) return 0;
  let quantity = Math.min(wanted, most);
  if (quantity > t.maximum) {
    if (wish.exact && !t.partial) return 0;
    quantity = t.maximum;
  }
  if (!Number.isNaN(t.granularity)) quantity = Math.floor(quantity / t.granularity) * t.granularity;
  return quantity < t.minimum || quantity < LOT ? 0 : Math.sign(wish.quantity) * quantity;
}

function mostBought(
  call: BroadcastCall,
  column: number,
  wanted: number,
  share: number,
  t: Terms,
  account: VectorbtAccount,
): number {
  const position = account.position.get(column)!;
  const short = Math.max(0, -position);
  const unit = t.price * (1 + t.slippage) * (1 + t.fees);
  let cash = account.cash;
  if (t.lockCash) {
    const free = freeCash(account);
    const debt = account.debt.get(column) ?? 0;
    const left = free + 2 * debt - (short * unit + t.fixed);
    if (short === 0) cash = Math.min(cash, free);
    else if (left > 0) cash = Math.min(cash, free + 2 * debt);
    else if (left < 0) cash = Math.min(cash, ((free - t.fixed) / (unit - (2 * debt) / short)) * unit + t.fixed);
  }
  cash *= share;
  const bound = call.call.direction === 'shortonly' ? short : Number.POSITIVE_INFINITY;
  const costs = Math.min(wanted, bound) * unit + t.fixed;
  if (costs <= cash) return bound;
  return Math.min(bound, Math.max(0, (cash - t.fixed) / unit - 2 * LOT));
}

function mostSold(
  call: BroadcastCall,
  column: number,
  wanted: number,
  share: number,
  t: Terms,
  account: VectorbtAccount,
): number {
  const position = account.position.get(column)!;
  const long = Math.max(0, position);
  if (call.call.direction === 'longonly') return long * share;
  if (!t.lockCash && Number.isFinite(wanted)) return Number.POSITIVE_INFINITY;
  const price = t.price * (1 - t.slippage);
  const free = freeCash(account) + long * price * (1 - t.fees) - t.fixed;
  // Less than a lot's worth of money is what rounding left over.
  if (free <= LOT * price * 10) return long * share;
  return (long + free / (price * (1 + t.fees))) * share;
}
