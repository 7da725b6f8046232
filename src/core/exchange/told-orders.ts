/**
 * What became of orders somewhere else, said in the place of what the simulated venue's models would say. Every answer may leave the
 * question to the model. `filled` is what the order has filled so far, in lots.
 */
export interface ToldOrders {
  /** When an order that is sent now is at the venue; NaN: the model knows. */
  arrivalMs(row: number, sentMs: number): number;
  /** When a cancel that is sent now acts, infinity for one that came too late; NaN: the model knows. */
  cancelMs(row: number, sentMs: number): number;
  /** Whether the venue does not take the order. */
  rejects(row: number): boolean;
  /** When an order that waits fills next, infinity for never; NaN: the model knows. */
  fillsMs(row: number, filled: number): number;
  /** Lots of the next fill, where the model would fill `lots`. */
  lots(row: number, filled: number, lots: number): number;
  /** Price of the next fill, where the model says `ticks`. */
  ticks(row: number, filled: number, ticks: number): number;
  /** Fee of a fill in quanta of `asset`, where the model says `fee`. */
  fee(row: number, filled: number, value: number, fee: number, asset: number): number;
  /** Whether the order has ended with `filled`, though more was asked for. */
  endsAt(row: number, filled: number): boolean;
}
