import { type Decimal, decimal, formatDecimal } from '../core/vocabulary/decimal.ts';
import { Instrument } from '../core/vocabulary/instrument.ts';
import { isTerminal, type Side, STATUS } from '../core/vocabulary/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExchangeGateway, OrderPlacement, VenueOrder } from '../ports/exchange-gateway.ts';
import { VenueError } from '../ports/venue-error.ts';
import { type Holding, HoldingsUnknown } from './holdings.ts';
import { pass } from './pass.ts';
import type { Quotes } from './quotes.ts';

/** A slice is at most this part of what there was to close, or what the best price offers, whichever is more. */
const SLICE_PART = 0.1;
/** How far beyond the best price a slice may go, as a fraction. */
const REACH = 0.005;
/** How often a symbol is tried without anything being filled before a person has to look. */
const FRUITLESS = 5;
const PAUSE_MS = 300;
/** For the fate of an order whose answer was lost. */
const FATE_MS = 20_000;

export interface CloseTerms {
  /**
   * Asked again until it answers nothing that could be closed. `closed`: what has been so far, by symbol. Rejects with VenueError, and with
   * HoldingsUnknown, which ends it.
   */
  readonly holdings: (closed: ReadonlyMap<string, bigint>) => Promise<readonly Holding[]>;
  readonly quotes: Quotes;
  /** How far from the best price of the beginning anything may be closed, as a fraction; beyond that a person decides. */
  readonly collar: number;
  readonly patienceMs: number;
  /** Names the orders; each is used once. */
  readonly nextId: () => string;
  readonly tell?: (line: string) => void;
}

export interface Closing {
  readonly orders: number;
  /** What was closed, by symbol: decimal text. */
  readonly closed: Readonly<Record<string, string>>;
  /** What is still held, with the reason. */
  readonly left: readonly (Holding & { readonly why: string })[];
  /** Whether the venue says that nothing is held that could be closed. */
  readonly verified: boolean;
  /** Orders whose fate nobody knows: they may still fill. */
  readonly unknown: readonly string[];
  readonly faults: readonly string[];
}

/** What is known of closing one symbol. */
interface Course {
  /** Best price of the first look. */
  reference: number;
  initialLots: number;
  fruitless: number;
  stopped: string | null;
  /** The least that the venue takes in an order, where there was less; a fill that is told late can make it more. */
  dustBelowLots: number | null;
}

/**
 * Closes positions with limit orders that take what is there at once, slice by slice, each within a little of the best price and all within
 * a collar around the price of the beginning: never a market order, nothing without a price. An order whose fate is unknown is looked for,
 * and nothing else is sent for its symbol before it is found. Never rejects: what failed is in the answer.
 */
export async function closePositions(gateway: ExchangeGateway, clock: Clock, terms: CloseTerms): Promise<Closing> {
  const endMs = clock.elapsedMs() + terms.patienceMs;
  const faults: string[] = [];
  const unknown: string[] = [];
  const closed = new Map<string, bigint>();
  const courses = new Map<string, Course>();
  let instruments: ReadonlyMap<string, Instrument> | null = null;
  let left: readonly Holding[] = [];
  let orders = 0;
  const courseOf = ({ symbol, positionSide }: Holding): Course => {
    const key = `${symbol} ${positionSide}`;
    const known = courses.get(key);
    if (known !== undefined) return known;
    const made: Course = { reference: Number.NaN, initialLots: 0, fruitless: 0, stopped: null, dustBelowLots: null };
    courses.set(key, made);
    return made;
  };

  const slice = async (holding: Holding): Promise<void> => {
    const { symbol } = holding;
    const course = courseOf(holding);
    const instrument = instruments!.get(symbol);
    if (instrument === undefined) {
      course.stopped = 'the venue does not list its rules';
      return;
    }
    const quote = await terms.quotes.of(symbol);
    if (quote === null) {
      course.stopped = 'nobody knows its price: nothing is sold into the dark';
      return;
    }
    const side: Side = holding.quantity.startsWith('-') ? 'buy' : 'sell';
    const [best, shown] = side === 'sell' ? [quote.bid, quote.bidQuantity] : [quote.ask, quote.askQuantity];
    if (Number.isNaN(course.reference)) course.reference = best;
    const limitTicks = limitOf(instrument, side, best, course.reference, terms.collar);
    if (limitTicks === null) {
      course.stopped = `its price has moved by more than ${terms.collar * 100} % since the beginning (${course.reference} to ${best})`;
      return;
    }
    const heldLots = Math.abs(lotsOf(instrument, holding));
    course.initialLots ||= heldLots;
    const reducesOnly = canOnlyReduce(gateway, instrument, holding);
    // Venues take orders that only reduce whatever they are worth.
    const least = Math.max(instrument.minLots, reducesOnly ? 0 : leastLots(instrument, best));
    course.dustBelowLots = heldLots < least ? least : null;
    if (course.dustBelowLots !== null) return;
    const lots = sliceLots(instrument, heldLots, course.initialLots, shown, least);
    const placement = placementOf(gateway, instrument, holding, side, lots, limitTicks, reducesOnly, terms.nextId());
    orders++;
    const filled = await carryOut(gateway, clock, placement, faults);
    if (filled === null) {
      unknown.push(placement.clientOrderId);
      course.stopped = `nobody knows what became of order ${placement.clientOrderId}`;
      return;
    }
    const amount = decimal(filled);
    closed.set(symbol, (closed.get(symbol) ?? 0n) + amount);
    terms.tell?.(`${symbol}: ${side} ${placement.quantity} at ${placement.limit} or better: ${filled} filled`);
    course.fruitless = amount > 0n ? 0 : course.fruitless + 1;
    if (course.fruitless >= FRUITLESS) course.stopped = `${FRUITLESS} orders in a row found nobody`;
  };

  /** By what is held now. */
  const isDust = (holding: Holding): boolean => {
    const { dustBelowLots } = courseOf(holding);
    return dustBelowLots !== null && Math.abs(lotsOf(instruments!.get(holding.symbol)!, holding)) < dustBelowLots;
  };

  let hasAsked = false;
  for (;;) {
    try {
      instruments ??= new Map(
        (await gateway.instruments()).map((definition) => {
          const instrument = new Instrument(definition);
          return [instrument.symbol, instrument];
        }),
      );
      left = await terms.holdings(closed);
      hasAsked = true;
      const due = left.filter((holding) => courseOf(holding).stopped === null && !isDust(holding));
      if (due.length === 0) break;
      const outcomes = await Promise.allSettled(due.map(slice));
      // Only now, when none is on its way any more: another look would send a second order for the same position.
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } catch (error) {
      if (error instanceof HoldingsUnknown) {
        faults.push(error.message);
        hasAsked = false;
        break;
      }
      if (!(error instanceof VenueError)) throw error;
      faults.push(`${error.code}: ${error.message}`);
    }
    if (clock.elapsedMs() >= endMs) break;
    await pass(clock, PAUSE_MS);
  }
  const why = (holding: Holding): string =>
    isDust(holding) ? 'it is less than the venue takes in an order' : (courseOf(holding).stopped ?? 'time was over');
  return {
    orders,
    closed: Object.fromEntries([...closed].map(([symbol, amount]) => [symbol, formatDecimal(amount as Decimal)])),
    left: left.map((holding) => ({ ...holding, why: why(holding) })),
    verified: hasAsked && unknown.length === 0 && left.every(isDust),
    unknown,
    faults: [...new Set(faults)],
  };
}

function lotsOf(instrument: Instrument, { quantity }: Holding): number {
  return instrument.lots(Number(quantity), 'trunc');
}

/** The worst price of a slice in ticks; null where the best one is beyond the collar already. */
function limitOf(instrument: Instrument, side: Side, best: number, reference: number, collar: number): number | null {
  if (side === 'sell') {
    const least = reference * (1 - collar);
    return best < least ? null : instrument.ticks(Math.max(best * (1 - REACH), least), 'ceil');
  }
  const most = reference * (1 + collar);
  return best > most ? null : instrument.ticks(Math.min(best * (1 + REACH), most), 'floor');
}

/** How much of it goes into the next order, `least` of it being the smallest one; `held` is enough for one. */
function sliceLots(instrument: Instrument, held: number, initial: number, shown: number, least: number): number {
  const wanted = Math.max(Math.ceil(initial * SLICE_PART), instrument.lots(shown, 'floor'), least);
  const lots = Math.min(held, wanted, instrument.maxLots);
  // What is left over must be enough for an order, too.
  return held - lots > 0 && held - lots < least && held <= instrument.maxLots ? held : lots;
}

/** Lots that are worth what the venue takes at least, with a little more for a price that moves. */
function leastLots(instrument: Instrument, price: number): number {
  const one = instrument.valueAt(price * (1 - REACH), 1);
  return one > 0 ? Math.ceil((instrument.minNotional * 1.001) / one) : 0;
}

/** In hedge mode the side of the position says it, and venues refuse both. */
function canOnlyReduce({ capabilities }: ExchangeGateway, instrument: Instrument, { positionSide }: Holding): boolean {
  return capabilities.reduceOnly && !instrument.physical && positionSide === 'net';
}

function placementOf(
  { capabilities }: ExchangeGateway,
  instrument: Instrument,
  { symbol, positionSide }: Holding,
  side: Side,
  lots: number,
  limitTicks: number,
  reduceOnly: boolean,
  clientOrderId: string,
): OrderPlacement {
  return {
    ...{ clientOrderId, symbol, side, type: 'limit' },
    tif: capabilities.timesInForce.includes('ioc') ? 'ioc' : 'gtc',
    quantity: instrument.quantityText(lots),
    limit: instrument.priceText(limitTicks),
    ...(positionSide === 'net' ? {} : { positionSide }),
    ...(reduceOnly ? { reduceOnly } : {}),
  };
}

/** Places an order once and follows it to its end. Answers what it filled, as decimal text; null where that cannot be known. */
async function carryOut(
  gateway: ExchangeGateway,
  clock: Clock,
  placement: OrderPlacement,
  faults: string[],
): Promise<string | null> {
  const { symbol, clientOrderId } = placement;
  const outcome = await gateway.place(placement);
  if (outcome.outcome === 'rejected' && outcome.code !== 'duplicate-order') {
    faults.push(`${clientOrderId}: ${outcome.code}: ${outcome.message}`);
    return '0';
  }
  let order: VenueOrder | null = outcome.outcome === 'accepted' ? outcome.value : null;
  if (outcome.outcome === 'unknown') faults.push(`${clientOrderId}: ${outcome.code}: ${outcome.message}`);
  const endMs = clock.elapsedMs() + FATE_MS;
  while (order === null || !isTerminal(STATUS[order.status])) {
    if (clock.elapsedMs() >= endMs) return null;
    if (order !== null && placement.tif === 'gtc') await gateway.cancel(symbol, clientOrderId);
    await pass(clock, PAUSE_MS);
    try {
      order = (await gateway.findOrder(symbol, clientOrderId)) ?? order;
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      faults.push(`${clientOrderId}: ${error.code}: ${error.message}`);
    }
  }
  return order.filledQuantity;
}
