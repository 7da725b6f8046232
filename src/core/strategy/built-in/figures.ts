/** A number as reasons show it: six digits, no trailing zeros. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(6)));
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
