/**
 * What an axis spans where all values are the same one: a hundredth around it, so that it does not look like a fall from twice as much. Nothing at all is
 * where a drawdown begins, which lies below. `value`: null where there is none.
 */
export function aroundSame(value: number | null): [number, number] {
  if (value === null) return [0, 1];
  if (value === 0) return [-0.01, 0];
  const around = Math.abs(value) / 100;
  return [value - around, value + around];
}
