import type { Instrument } from '../vocabulary/instrument.ts';
import { multiply, powerOfTen, safe } from '../vocabulary/integer.ts';
import { initialMargin, type MarginSchedule, maintenanceMargin, marginSchedule } from './margin.ts';
import { rateUp } from './rate.ts';

export type MarginMode = 'cross' | 'isolated';

export type MarginPositionOptions = {
  readonly mode: MarginMode;
  readonly leverage: number;
  /** 0 for a one-way position, 1 and −1 for the long and short legs of a hedge-mode account. */
  readonly leg?: 0 | 1 | -1;
  /** Venue's margin table; by default the instrument's tiers. */
  readonly schedule?: MarginSchedule;
  /** Fixed initial margin per lot of long and short exposure in quanta, instead of leverage (classic futures). Cross only. */
  readonly marginPerLot?: { readonly buyQuanta: number; readonly sellQuanta: number };
};

/** What of a position changes. Quanta are of the settle asset. */
export type MarginPositionState = {
  mode: MarginMode;
  leverage: number;
  /** Signed. */
  lots: number;
  /** Signed value of the open lots at their entry prices, exact. */
  entryQuanta: number;
  /** Margin set aside (isolated), without profit. */
  marginQuanta: number;
  markPrice: number;
  /** At the mark price: absolute value, profit, and what must remain (maintenance and closing fee). */
  notionalQuanta: number;
  unrealisedQuanta: number;
  maintenanceQuanta: number;
  /** Open orders: lots and their value. */
  buyLots: number;
  buyQuanta: number;
  sellLots: number;
  sellQuanta: number;
};

/**
 * A position in one instrument (or one leg of it), with the open orders that could enlarge it. Its account is the only writer.
 */
export type MarginPosition = MarginPositionState & {
  readonly instrument: Instrument;
  readonly schedule: MarginSchedule;
  readonly leg: 0 | 1 | -1;
  readonly quantaPerUnit: number;
  readonly buyPerLotQuanta: number;
  readonly sellPerLotQuanta: number;
};

/** The changing part alone, as JSON. */
export function positionState(position: MarginPosition): MarginPositionState {
  return {
    mode: position.mode,
    leverage: position.leverage,
    lots: position.lots,
    entryQuanta: position.entryQuanta,
    marginQuanta: position.marginQuanta,
    markPrice: position.markPrice,
    notionalQuanta: position.notionalQuanta,
    unrealisedQuanta: position.unrealisedQuanta,
    maintenanceQuanta: position.maintenanceQuanta,
    buyLots: position.buyLots,
    buyQuanta: position.buyQuanta,
    sellLots: position.sellLots,
    sellQuanta: position.sellQuanta,
  };
}

export function flatPosition(instrument: Instrument, options: MarginPositionOptions): MarginPosition {
  return {
    instrument,
    schedule: options.schedule ?? marginSchedule(instrument),
    leg: options.leg ?? 0,
    quantaPerUnit: powerOfTen(instrument.settleScale),
    buyPerLotQuanta: options.marginPerLot?.buyQuanta ?? 0,
    sellPerLotQuanta: options.marginPerLot?.sellQuanta ?? 0,
    mode: options.mode,
    leverage: options.leverage,
    lots: 0,
    entryQuanta: 0,
    marginQuanta: 0,
    markPrice: 0,
    notionalQuanta: 0,
    unrealisedQuanta: 0,
    maintenanceQuanta: 0,
    buyLots: 0,
    buyQuanta: 0,
    sellLots: 0,
    sellQuanta: 0,
  };
}

/** Average entry price as a double; 0 where flat. */
export function entryPrice(position: MarginPosition): number {
  if (position.lots === 0) return 0;
  const { instrument } = position;
  const size = instrument.quantity(position.lots) * instrument.contractSize;
  const value = instrument.money(position.entryQuanta);
  return instrument.inverse ? size / value : value / size;
}

/** Values the position at its mark price. `closingFeeRate` is part of what must remain. */
export function revalue(position: MarginPosition, closingFeeRate: number): void {
  const { instrument, lots } = position;
  if (lots === 0 || position.markPrice === 0) {
    position.notionalQuanta = 0;
    position.unrealisedQuanta = 0;
    position.maintenanceQuanta = 0;
    return;
  }
  const notional = safe(
    Math.round(instrument.valueAt(position.markPrice, Math.abs(lots)) * position.quantaPerUnit),
    'notional',
  );
  const value = lots > 0 ? notional : -notional;
  position.notionalQuanta = notional;
  position.unrealisedQuanta = instrument.inverse ? position.entryQuanta - value : value - position.entryQuanta;
  position.maintenanceQuanta =
    maintenanceMargin(position.schedule, notional) + (closingFeeRate === 0 ? 0 : rateUp(notional, closingFeeRate));
}

/** Adds what an open order of a side (1, −1) could fill to what is pending, or with negative amounts takes it off. */
export function addPending(position: MarginPosition, side: number, lots: number, valueQuanta: number): void {
  // Values of parts are rounded each for itself; what is left of them when the last lot goes is that rounding.
  if (side > 0) {
    position.buyLots += lots;
    position.buyQuanta = position.buyLots === 0 ? 0 : Math.max(0, position.buyQuanta + valueQuanta);
  } else {
    position.sellLots += lots;
    position.sellQuanta = position.sellLots === 0 ? 0 : Math.max(0, position.sellQuanta + valueQuanta);
  }
}

/**
 * Notional that could be at stake if open orders filled: the larger of what all buys and what all sells would make of it.
 * Orders that only reduce it add nothing.
 */
export function exposureQuanta(position: MarginPosition): number {
  const signed = position.lots > 0 ? position.notionalQuanta : -position.notionalQuanta;
  return Math.max(signed + position.buyQuanta, position.sellQuanta - signed);
}

/**
 * Initial margin that the position with its open orders claims from the account's cash. An isolated position has its own
 * margin; only what orders would add is claimed.
 */
export function claimQuanta(position: MarginPosition): number {
  if (position.buyPerLotQuanta > 0 || position.sellPerLotQuanta > 0) {
    return Math.max(
      multiply(position.buyPerLotQuanta, position.lots + position.buyLots, 'margin of buys'),
      multiply(position.sellPerLotQuanta, position.sellLots - position.lots, 'margin of sells'),
    );
  }
  if (position.lots === 0 && position.buyLots === 0 && position.sellLots === 0) return 0;
  const exposure = exposureQuanta(position);
  return initialMargin(position.mode === 'isolated' ? exposure - position.notionalQuanta : exposure, position.leverage);
}
