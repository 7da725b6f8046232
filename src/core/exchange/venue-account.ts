import type { Instrument } from '../vocabulary/instrument.ts';
import type { Json } from '../vocabulary/json.ts';
import type { SpotAccount } from './spot-account.ts';

/**
 * What the simulated venue asks of the account it keeps. Two kinds: `cash-account.ts` (assets are exchanged, nothing is borrowed)
 * and `collateral-account.ts` (positions against margin, with liquidation).
 */
export interface VenueAccount {
  /** The account's net position by instrument, in lots. */
  readonly netLots: Float64Array;
  /** What fees in an asset of their own are paid from. */
  readonly balances: SpotAccount;
  /** Whether positions must be watched: marked, liquidated, charged funding. */
  readonly onMargin: boolean;
  /** Whether all positions stand on one pool of margin. */
  readonly poolsMargin: boolean;
  /**
   * Locks what an order may need for `lots` that are yet to fill; false where the account does not have it. `price` is the last one; NaN before
   * the first.
   */
  hold(row: number, lots: number, instrument: Instrument, price: number): boolean;
  /** Frees what an ended order still had locked. */
  release(row: number): void;
  /** Total lots an order is for when it trades at `ticks`: its lots, or what its budget buys there. */
  sizeAtFill(row: number, instrument: Instrument, ticks: number): number;
  /** Whether a fill can be paid for; `fee`: as far as the settle asset pays it. */
  affords(row: number, instrument: Instrument, side: number, lots: number, value: number, fee: number): boolean;
  /** Books a fill; `row` is −1 for a liquidation. `feeAsset`: index of the asset that pays the fee, −1 for the settle asset. */
  settle(
    row: number,
    instrument: Instrument,
    side: number,
    lots: number,
    ticks: number,
    value: number,
    fee: number,
    feeAsset: number,
  ): void;
  /** Values the position at a mark price. */
  mark(instrument: number, price: number): void;
  /** Price at which the position in an instrument is liquidated; NaN where none is. */
  liquidationPrice(instrument: number): number;
  /** Price at which closing the position leaves nothing of what stands behind it; NaN where none does. */
  bankruptcyPrice(instrument: number): number;
  /** Quanta that remain of what stands behind the position when all of it closes at `ticks`. */
  leftAt(instrument: number, ticks: number): number;
  /** Pays or receives funding on the signed `lots` that were held when it fell due; answers the change of cash in quanta. */
  fund(instrument: Instrument, lots: number, markPrice: number, rate: number): number;
  /** Pays interest on what the position has borrowed at this price: `rate` per day in units of 1e-8. Answers the change of cash in quanta. */
  payInterest(instrument: number, price: number, rate: number, heldMs: number): number;
  snapshot(): Json;
  /** Takes over the snapshot of an account of the same assets and instruments. */
  restore(snapshot: Json): void;
  /** Empties the account back to its deposits. */
  reset(): void;
}
