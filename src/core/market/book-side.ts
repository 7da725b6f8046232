/**
 * One side of an order book: prices with their resting quantities, kept best first. Two layouts implement it: `ladder-side.ts` where
 * prices lie on a known grid of ticks, `sorted-side.ts` anywhere else. Both give the same answers; one suite of tests says so.
 *
 * Prices and quantities are float64 in the venue's units. A cursor walks levels from the best to the worst; any change of the side
 * makes it invalid.
 */
export interface BookSide {
  /** 1 for bids (a higher price is better), −1 for asks. */
  readonly sign: number;
  /** Number of levels. */
  readonly count: number;
  /** Best price; NaN where the side is empty. */
  readonly bestPrice: number;
  /** Quantity at the best price; 0 where the side is empty. */
  readonly bestQuantity: number;
  /**
   * Gives a level its quantity; 0 removes it, and removing an absent level does nothing. False, and nothing changed, where
   * the price is none (above 0, finite) or one that this layout cannot hold. The quantity must be finite and not below 0.
   */
  set(price: number, quantity: number): boolean;
  /** Quantity at a price; 0 where there is no such level. */
  quantityOf(price: number): number;
  clear(): void;
  /** Cursor of the best level, or −1. */
  first(): number;
  /** Cursor of the next worse level, or −1. */
  after(cursor: number): number;
  priceAt(cursor: number): number;
  quantityAt(cursor: number): number;
}
