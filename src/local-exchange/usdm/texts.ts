import { numberToText } from '../../core/vocabulary/decimal.ts';

/** A mark or index price, with the eight decimals in which they are published. */
export function markText(price: number): string {
  return price.toFixed(8);
}

/** A funding rate or premium, with eight decimals. */
export function rateText(rate: number): string {
  return rate.toFixed(8);
}

/** A double to at most eight decimals, without trailing zeros: an average entry price. */
export function decimalsText(value: number): string {
  return numberToText(Math.round(value * 1e8) / 1e8);
}
