/**
 * The largest whole number of lots up to `most` that fits; 0 where none does. What fits must fit in every smaller number too, as
 * a price with its fee does. Halves the range at each step: an order may have a billion lots.
 */
export function largestLots(most: number, fits: (lots: number) => boolean): number {
  if (most <= 0) return 0;
  if (fits(most)) return most;
  let fitting = 0;
  let tooMany = most;
  while (tooMany - fitting > 1) {
    const between = fitting + Math.floor((tooMany - fitting) / 2);
    if (fits(between)) fitting = between;
    else tooMany = between;
  }
  return fitting;
}
