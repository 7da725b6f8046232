/** A number as reasons show it: six digits, no trailing zeros. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (!(size >= 1 && size < 1e6)) return String(Number(value.toPrecision(6)));
  // Rounding a double is several times faster than cutting its text, and reasons are written for every order.
  const scale = size < 10 ? 1e5 : size < 100 ? 1e4 : size < 1e3 ? 1e3 : size < 1e4 ? 100 : size < 1e5 ? 10 : 1;
  return String(Math.round(value * scale) / scale);
}

/** A fraction as percent: 0.0123 is `1.23 %`. */
export function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(4))} %`;
}

/**
 * Fraction of equity to buy so that a fall by `distance` from `price` loses `risk` of the equity, and never more than `most`: with a
 * near stop a fixed risk alone would ask for more than there is, and be refused.
 */
export function riskShare(risk: number, price: number, distance: number, most: number): number {
  return Math.min(most, (risk * price) / distance);
}
