import type { BarColumns } from '../vocabulary/market-data.ts';
import { excursion } from './excursion.ts';

/** One execution, as statistics see it: float64, of one strategy in one instrument. */
export interface TripFill {
  readonly timeMs: number;
  /** 1 buys, −1 sells. */
  readonly side: 1 | -1;
  readonly quantity: number;
  readonly price: number;
  /** Paid, in money; negative is a rebate. */
  readonly fee: number;
  readonly role: string;
  readonly orderId: string;
  readonly why: string;
  /** Price of the protective stop given with an entry. */
  readonly stop?: number;
}

/** Funding or borrow settled on an open position: received is positive. */
export interface TripFunding {
  readonly timeMs: number;
  readonly amount: number;
  /** How many of the fills were booked before it, where the order of booking is known; else the times say it. */
  readonly fillsBefore?: number;
}

/** From an entry to its exit. Prices are averages over the entering and the leaving fills. */
export interface RoundTrip {
  readonly side: 'long' | 'short';
  /** True while a position remains: then the exit is the last price and nothing of it is realised. */
  readonly open: boolean;
  readonly quantity: number;
  readonly entryTimeMs: number;
  readonly entryPrice: number;
  /** Last time of the data for an open trip. */
  readonly exitTimeMs: number;
  readonly exitPrice: number;
  /** Money moved by price alone; `profit` is this less fees, plus funding. */
  readonly grossProfit: number;
  readonly fees: number;
  readonly funding: number;
  readonly profit: number;
  /** `profit` ÷ money at entry (quantity × price × multiplier; of inverse contracts quantity ÷ price × multiplier). */
  readonly profitRatio: number;
  /** Money traded: entries plus exits. An open trip's remainder is not traded yet. */
  readonly turnover: number;
  readonly holdingMs: number;
  /** Bars from that of the entry to that of the exit; null without bars. */
  readonly barsHeld: number | null;
  /** Money lost at the initial stop; null where none was given. */
  readonly risk: number | null;
  /** `profit` in multiples of `risk`. */
  readonly r: number | null;
  /** Worst and best price while held against the entry, as a share of it: ≤ 0 and ≥ 0; null without bars. */
  readonly mae: number | null;
  readonly mfe: number | null;
  readonly exitRole: string | null;
  readonly entryOrder: string;
  readonly exitOrder: string | null;
  readonly entryWhy: string;
  readonly exitWhy: string | null;
}

export interface RoundTripOptions {
  /**
   * `'average'`: one trip from flat to flat, adds and partial exits inside it. `'fifo'`: one trip for each part of an entry that an
   * exit closes, oldest entry first.
   */
  readonly accounting?: 'average' | 'fifo';
  /** Contract size: money per unit of price and quantity; of an inverse contract, quote units a contract. */
  readonly multiplier?: number;
  /** Settled in the base asset: worth quantity ÷ price, so that its value falls as its price rises. */
  readonly inverse?: boolean;
  /** Bars of the instrument, for bars held and excursions. */
  readonly bars?: BarColumns;
  readonly funding?: readonly TripFunding[];
  /** Values what is still open; without it an open position is left out. */
  readonly last?: { readonly timeMs: number; readonly price: number };
}

/** What remains of a position below this share of its largest size is rounding of float64, not a position. */
const DUST = 1e-9;

interface Leg {
  quantity: number;
  money: number;
  fees: number;
}

/** A trip being built. In FIFO accounting there is one per entry fill that still has quantity. */
interface Holding {
  readonly side: 1 | -1;
  readonly first: TripFill;
  readonly entry: Leg;
  readonly exit: Leg;
  remaining: number;
  funding: number;
  stop: number | undefined;
  last: TripFill | null;
}

/**
 * Pairs fills into round trips. `fills` are of one strategy and one instrument in time order; a fill that crosses zero closes one
 * position and opens the next, its fee split by quantity. Trips come in the order in which they close, open ones last.
 */
export function roundTrips(fills: readonly TripFill[], options: RoundTripOptions = {}): RoundTrip[] {
  const fifo = options.accounting === 'fifo';
  const inverse = options.inverse === true;
  const out: RoundTrip[] = [];
  const payments = [...(options.funding ?? [])].sort(byBooking);
  let held: Holding[] = [];
  let paid = 0;
  const payUntil = (timeMs: number, fill: number): void => {
    for (let p = payments[paid]; p !== undefined && isBefore(p, timeMs, fill); p = payments[++paid]) {
      const total = held.reduce((quantity, h) => quantity + h.remaining, 0);
      for (const h of held) h.funding += p.amount * (h.remaining / total);
    }
  };
  for (const [i, fill] of fills.entries()) {
    payUntil(fill.timeMs, i);
    let left = fill.quantity;
    while (left > 0 && held[0] !== undefined && held[0].side !== fill.side) {
      const holding = held[0];
      const part = Math.min(left, holding.remaining);
      const closes = holding.remaining - part <= DUST * holding.entry.quantity;
      const target = fifo && !closes ? splitHolding(holding, part) : holding;
      addTo(target.exit, fill, part, inverse);
      target.remaining = closes || target !== holding ? 0 : target.remaining - part;
      target.last = fill;
      left = left - part <= DUST * fill.quantity ? 0 : left - part;
      if (target.remaining === 0) out.push(finish(target, null, options));
      if (closes) held = held.slice(1);
    }
    if (left === 0) continue;
    const holding = held[0];
    if (holding === undefined || fifo) held.push(openHolding(fill, left, inverse));
    else {
      addTo(holding.entry, fill, left, inverse);
      holding.remaining += left;
    }
  }
  const { last } = options;
  if (last !== undefined) {
    payUntil(last.timeMs, fills.length);
    for (const holding of held) out.push(finish(holding, last, options));
  }
  return out;
}

function byBooking(a: TripFunding, b: TripFunding): number {
  const both = a.fillsBefore !== undefined && b.fillsBefore !== undefined;
  return both ? a.fillsBefore - b.fillsBefore : a.timeMs - b.timeMs;
}

/** Whether a payment came before the fill with this time and number. */
function isBefore({ timeMs, fillsBefore }: TripFunding, fillTimeMs: number, fill: number): boolean {
  return fillsBefore === undefined ? timeMs <= fillTimeMs : fillsBefore <= fill;
}

function worthAt(quantity: number, price: number, inverse: boolean): number {
  return inverse ? quantity / price : quantity * price;
}

/** The price at which all of a quantity has the value of its parts: of inverse contracts their harmonic mean. */
function meanPrice(quantity: number, value: number, inverse: boolean): number {
  return inverse ? quantity / value : value / quantity;
}

function addTo(leg: Leg, fill: TripFill, quantity: number, inverse: boolean): void {
  leg.quantity += quantity;
  leg.money += worthAt(quantity, fill.price, inverse);
  leg.fees += fill.fee * (quantity / fill.quantity);
}

function openHolding(fill: TripFill, quantity: number, inverse: boolean): Holding {
  const entry: Leg = { quantity: 0, money: 0, fees: 0 };
  addTo(entry, fill, quantity, inverse);
  const exit: Leg = { quantity: 0, money: 0, fees: 0 };
  return { side: fill.side, first: fill, entry, exit, remaining: quantity, funding: 0, stop: fill.stop, last: null };
}

/** Takes `quantity` of an entry out into a trip of its own, with its share of fees and funding. */
function splitHolding(from: Holding, quantity: number): Holding {
  const share = quantity / from.entry.quantity;
  const entry: Leg = { quantity, money: from.entry.money * share, fees: from.entry.fees * share };
  from.entry.quantity -= quantity;
  from.entry.money -= entry.money;
  from.entry.fees -= entry.fees;
  const funding = from.funding * share;
  from.funding -= funding;
  from.remaining -= quantity;
  return { ...from, entry, exit: { quantity: 0, money: 0, fees: 0 }, remaining: quantity, funding };
}

function finish(
  holding: Holding,
  last: { readonly timeMs: number; readonly price: number } | null,
  { multiplier = 1, inverse = false, bars }: RoundTripOptions,
): RoundTrip {
  const { side, first, entry, exit, remaining } = holding;
  const entryPrice = meanPrice(entry.quantity, entry.money, inverse);
  const exitMoney = exit.money + (last === null ? 0 : worthAt(remaining, last.price, inverse));
  const exitQuantity = exit.quantity + (last === null ? 0 : remaining);
  const exitPrice = meanPrice(exitQuantity, exitMoney, inverse);
  const gaining = inverse ? -side : side;
  const exitTimeMs = last?.timeMs ?? holding.last?.timeMs ?? first.timeMs;
  const grossProfit = gaining * (exitMoney - entry.money) * multiplier;
  const fees = entry.fees + exit.fees;
  const profit = grossProfit - fees + holding.funding;
  const atStop = holding.stop === undefined ? null : worthAt(entry.quantity, holding.stop, inverse);
  const risk = atStop === null ? null : gaining * (entry.money - atStop) * multiplier;
  const moved = bars && excursion(bars, side, entryPrice, exitPrice, first.timeMs, exitTimeMs);
  return {
    side: side === 1 ? 'long' : 'short',
    open: last !== null,
    quantity: entry.quantity,
    entryTimeMs: first.timeMs,
    entryPrice,
    exitTimeMs,
    exitPrice,
    grossProfit,
    fees,
    funding: holding.funding,
    profit,
    profitRatio: profit / Math.abs(entry.money * multiplier),
    turnover: (Math.abs(entry.money) + Math.abs(exit.money)) * multiplier,
    holdingMs: exitTimeMs - first.timeMs,
    barsHeld: moved?.barsHeld ?? null,
    // A stop on the wrong side of the entry risks nothing that could be a unit.
    risk: risk !== null && risk > 0 ? risk : null,
    r: risk !== null && risk > 0 ? profit / risk : null,
    mae: moved?.mae ?? null,
    mfe: moved?.mfe ?? null,
    exitRole: last === null ? (holding.last?.role ?? null) : null,
    entryOrder: first.orderId,
    exitOrder: last === null ? (holding.last?.orderId ?? null) : null,
    entryWhy: first.why,
    exitWhy: last === null ? (holding.last?.why ?? null) : null,
  };
}
