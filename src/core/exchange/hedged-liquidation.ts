import { type Leg, leg, liquidationPrice } from './liquidation.ts';
import { marginTier } from './margin.ts';
import { entryPrice, type MarginPosition } from './margin-position.ts';

/**
 * Liquidation price of the long and the short leg of one instrument, which stand on one balance (settle units), each leg in the tier of its
 * notional at that very price. The tiers of the mark give a first price, that price gives the next tiers, until nothing changes. Tables are
 * finite, so it ends; where no price lies in its own tiers, the last one tried.
 */
export function hedgedLiquidationPrice(
  long: MarginPosition,
  short: MarginPosition,
  balance: number,
  feeRate: number,
): number | null {
  const legs = [long, short];
  const { inverse } = long.instrument;
  let price = liquidationPrice(legs.map(legOf), balance, inverse, feeRate);
  const tiers = long.schedule.floorQuanta.length + short.schedule.floorQuanta.length;
  for (let tries = 0; price !== null && tries < tiers; tries++) {
    const at = price;
    price = liquidationPrice(
      legs.map((position) => legAt(position, at)),
      balance,
      inverse,
      feeRate,
    );
    if (price === at) break;
  }
  return price;
}

/** A position as a leg, in the tier of its present mark. */
export function legOf(position: MarginPosition): Leg {
  const { instrument, lots, schedule, notionalQuanta } = position;
  return leg(instrument, lots, entryPrice(position), schedule, marginTier(schedule, notionalQuanta));
}

function legAt(position: MarginPosition, price: number): Leg {
  const { instrument, lots, schedule } = position;
  const notional = instrument.quanta(Math.abs(instrument.valueAt(price, lots)), 'half-even');
  return leg(instrument, lots, entryPrice(position), schedule, marginTier(schedule, notional));
}
