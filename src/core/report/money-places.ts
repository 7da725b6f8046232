/**
 * Decimals to which amounts of an account are written: cents; of a capital below 100, as one in coins is, eight, or what was won and
 * lost would be rounded away.
 */
export function moneyPlaces(capital: number): number {
  return capital >= 100 ? 2 : 8;
}
