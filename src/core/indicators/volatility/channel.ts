/** Where a value stands in a channel: 0 at the lower line, 1 at the upper; ½ where the channel has no width. */
export function positionIn(x: number, lower: number, upper: number): number {
  return upper === lower ? 0.5 : (x - lower) / (upper - lower);
}

/** Width of a channel as a ratio of its middle; 0 where the middle is 0. */
export function relativeWidth(lower: number, middle: number, upper: number): number {
  return middle === 0 ? 0 : (upper - lower) / middle;
}
