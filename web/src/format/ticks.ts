import { decimal, decimalPlaces, toUnits, unitsToText } from '../../../src/core/vocabulary/decimal.ts';

/** Places behind the point of prices that are multiples of a tick. */
export const placesOn = (tick: string): number => decimalPlaces(decimal(tick));

/** The multiple of a tick that is nearest to a price, exactly, as text. */
export function onTick(price: number, tick: string): string {
  const scale = placesOn(tick);
  return unitsToText(BigInt(Math.round(price / Number(tick))) * toUnits(decimal(tick), scale, 'floor'), scale);
}
