import type { Instrument } from '../vocabulary/instrument.ts';
import type { Entry, Level } from '../vocabulary/intent.ts';

/**
 * The protective legs that an entry brought with it, kept per entry order until the entry's position is gone.
 * Distances are measured from the entry's actual average price; absolute prices stay as given.
 */
export interface BracketPlan {
  readonly stop: Level | null;
  readonly target: Level | { readonly r: number } | null;
  readonly trail: Level | null;
  /** Order rows of the placed legs; −1 while not placed. */
  stopRow: number;
  targetRow: number;
  trailRow: number;
  /** Average entry price at which the legs were priced. */
  entryPrice: number;
  /** Lots of the entry that were closed otherwise than by the legs above: by other orders, or by legs that have ended since. */
  closedLots: number;
  /** Whether more of the entry filled while one of its legs was being withdrawn: the leg is due again once that is settled. */
  isOwed: boolean;
  /** Whether the strategy has withdrawn the stop: the position is meant to be without it. */
  isStopDropped?: boolean;
  /** Present where legs lock one and the same holding. */
  lock?: LockedLegs;
}

/** What is kept of a bracket where every leg locks what it would sell (`engine/single-lock-legs.ts`). Ticks: of the last leg, 0 before it. */
export interface LockedLegs {
  stopTicks: number;
  trailTicks: number;
  targetTicks: number;
  /** Stop and target were placed as one pair. */
  isPair: boolean;
  /** The venue has refused a pair: the target is held from then on. */
  isPairRefused: boolean;
  /** Legs are being withdrawn, to be placed anew. */
  isChanging: boolean;
  /** The target of the pair has traded, for which the venue ends the stop. */
  hasTargetTraded: boolean;
  /** The stop was refused, or ended without being asked to. */
  isStopLost: boolean;
  /** The strategy has withdrawn it, or the venue will not have it. */
  isTargetDropped: boolean;
  /** Likewise the trailing stop; where there is no stop as well, {@link isStopLost} says so. */
  isTrailDropped?: boolean;
}

/** What is kept of a bracket of this kind, from when somebody first asks. */
export function lockOf(plan: BracketPlan): LockedLegs {
  plan.lock ??= {
    ...{ stopTicks: 0, trailTicks: 0, targetTicks: 0, isPair: false, isPairRefused: false, isChanging: false },
    ...{ hasTargetTraded: false, isStopLost: false, isTargetDropped: false },
  };
  return plan.lock;
}

export function bracketPlan(
  stop: Level | undefined,
  target: Level | { r: number } | undefined,
  trail: Level | undefined,
): BracketPlan | null {
  if (stop === undefined && target === undefined && trail === undefined) return null;
  return {
    stop: stop ?? null,
    target: target ?? null,
    trail: trail ?? null,
    stopRow: -1,
    targetRow: -1,
    trailRow: -1,
    entryPrice: 0,
    closedLots: 0,
    isOwed: false,
  };
}

/** True of what is neither left out nor an object that says one thing: a bare number, or a distance and a price beside it. */
function isNoLevel(level: unknown): boolean {
  if (level === undefined || level === null) return false;
  if (typeof level !== 'object') return true;
  let ways = 0;
  for (const field in level) if (field !== 'value') ways++;
  return ways !== 1;
}

/** Throws where stop, trail or target of an entry is no level at all. */
export function checkLevels({ stop, trail, target }: Pick<Entry, 'stop' | 'trail' | 'target'>): void {
  if (isNoLevel(stop)) refuseLevel(stop);
  if (isNoLevel(trail)) refuseLevel(trail);
  if (isNoLevel(target)) refuseLevel(target);
}

/** Throws where a level says no distance and no price that anybody knows: it must not become an entry without it. */
function refuseLevel(level: unknown): never {
  throw new TypeError(
    `a level: expected { pct }, { atr }, { ticks } or { price }, a target also { r }, and one alone; found ${JSON.stringify(level)}`,
  );
}

/** Distance of a level from a price, in price units. `atr` is used where the level brings none. */
export function levelDistance(level: Level, price: number, instrument: Instrument, atr: number): number {
  if ('pct' in level) return price * level.pct;
  if ('ticks' in level) return instrument.price(Math.round(level.ticks));
  if ('atr' in level) return level.atr * (level.value ?? atr);
  return refuseLevel(level);
}

/** Whether a target is at no price that anybody knows, such as one by an indicator without a value yet. */
export function isUnknown(
  level: Level | { readonly r: number },
  price: number,
  instrument: Instrument,
  atr: number,
): boolean {
  if ('r' in level) return Number.isNaN(level.r);
  return Number.isNaN('price' in level ? Number(level.price) : levelDistance(level, price, instrument, atr));
}

/**
 * Ticks of a protective stop for a position of sign `side`: below the entry of a long. Rounded towards the entry, so that the loss
 * is never larger than asked.
 */
export function stopTicks(level: Level, side: number, entry: number, instrument: Instrument, atr: number): number {
  const price = 'price' in level ? Number(level.price) : entry - side * levelDistance(level, entry, instrument, atr);
  return price > 0 ? instrument.ticks(price, side > 0 ? 'ceil' : 'floor') : 0;
}

/** Ticks of a target: above the entry of a long, rounded away from the entry so that the profit is never less than asked. */
export function targetTicks(
  level: Level | { readonly r: number },
  side: number,
  entry: number,
  stop: number,
  instrument: Instrument,
  atr: number,
): number {
  let price: number;
  if ('r' in level) price = entry + (entry - instrument.price(stop)) * level.r;
  else price = 'price' in level ? Number(level.price) : entry + side * levelDistance(level, entry, instrument, atr);
  return price > 0 ? instrument.ticks(price, side > 0 ? 'ceil' : 'floor') : 0;
}
