/** Words of orders, each with the small number it has in columns. */
export const SIDES = ['buy', 'sell'] as const;
export type Side = (typeof SIDES)[number];

export const ORDER_TYPES = [
  'market',
  'limit',
  'stop-market',
  'stop-limit',
  'take-profit-market',
  'take-profit-limit',
  'trailing-stop',
] as const;
export type OrderType = (typeof ORDER_TYPES)[number];
export const TYPE = Object.fromEntries(ORDER_TYPES.map((t, i) => [t, i])) as { readonly [K in OrderType]: number };

export const TIMES_IN_FORCE = ['gtc', 'ioc', 'fok', 'gtd'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];
export const TIF = Object.fromEntries(TIMES_IN_FORCE.map((t, i) => [t, i])) as { readonly [K in TimeInForce]: number };

/** What an order is for. */
export const ORDER_ROLES = ['entry', 'exit', 'stop', 'target', 'trail', 'liquidation', 'manual', 'settlement'] as const;
export type OrderRole = (typeof ORDER_ROLES)[number];
export const ROLE = Object.fromEntries(ORDER_ROLES.map((t, i) => [t, i])) as { readonly [K in OrderRole]: number };

/**
 * What we believe of an order. `submitted`: sent, no word yet. `unknown`: its fate must be proven by the venue; it stays open.
 * Only the last four are terminal.
 */
export const ORDER_STATUSES = [
  'held',
  'submitted',
  'open',
  'cancel-pending',
  'unknown',
  'filled',
  'canceled',
  'rejected',
  'expired',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];
export const STATUS = Object.fromEntries(ORDER_STATUSES.map((t, i) => [t, i])) as {
  readonly [K in OrderStatus]: number;
};

export function isTerminal(status: number): boolean {
  return status >= STATUS.filled;
}

/** Bits of an order's flags column. */
export const FLAG = {
  postOnly: 1,
  reduceOnly: 2,
  /** `budget` says how much quote to spend; `lots` is only the estimate that risk was given. */
  budget: 4,
  /** Simulation convention of other backtesters: sized at the fill price as a fraction (`budget`) of account equity. */
  sizeAtFill: 8,
  /** Legs of a bracket and siblings: canceling one cancels the rest of its group. */
  oneCancelsOther: 16,
  /**
   * Worked by child orders, whose `group` it is, and never sent itself (`core/execution/algorithms`). It stays `held` while it is worked;
   * `budget` is what children were given of it, in lots.
   */
  worked: 32,
  /** The engine watches its trigger, as the venue cannot: what is sent when it triggers is a market order, or a limit where it has one. */
  emulated: 64,
  /** What a kill closes a position with: the one order that leaves while trading is halted. */
  kill: 128,
  /** Sells what legs of a bracket may have locked: it waits, `held`, until they are withdrawn, and is sent then. */
  claimsHolding: 256,
  /**
   * Reduce-only although nobody said so: it passed risk because it only reduces, while stops or targets rest that may take the position first.
   * A change of it is reviewed as that of any other order.
   */
  boundHere: 512,
} as const;

/**
 * An order before it is one: what sizing produced and risk must judge. One instance is reused for every order.
 * Prices are ticks, quantities lots; 0 where a field does not apply.
 */
export class OrderDraft {
  strategy = 0;
  instrument = 0;
  /** 1 buy, −1 sell. */
  side = 1;
  type = 0;
  tif = 0;
  flags = 0;
  role = 0;
  lots = 0;
  /** Quanta of quote to spend (flag `budget`), the equity fraction (flag `sizeAtFill`), or lots given to children (flag `worked`). */
  budget = 0;
  limitTicks = 0;
  triggerTicks = 0;
  /** Distance of a trailing stop in ticks, or as a fraction of price where `trailFraction` is above 0. */
  trailTicks = 0;
  trailFraction = 0;
  /** Price of the protective stop that goes with an entry; 0 where there is none. For risk per trade and heat. */
  stopTicks = 0;
  targetTicks = 0;
  expireAtMs = 0;
  /** Index of the intent this order serves. */
  intent = -1;
  /** Order row whose fill activates this one (bracket leg), or −1. */
  parent = -1;
  /** Orders of one group cancel each other where flagged; −1 for none. */
  group = -1;
}

declare const approved: unique symbol;
/** A value that risk has let through. Only `core/risk/review.ts` makes one; execution accepts nothing else. */
export type Approved<T> = T & { readonly [approved]: true };
