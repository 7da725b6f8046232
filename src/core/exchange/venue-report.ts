/** Why a venue did not take an order. */
export type Rejection =
  | ''
  | 'post-only-would-take'
  | 'insufficient-balance'
  | 'fill-or-kill'
  | 'no-market'
  | 'unknown-order'
  | 'nothing-to-amend'
  | 'reduce-only'
  | 'liquidation'
  | 'instrument-expired'
  | 'as-told';

/** One thing the venue says; the same instance is refilled for every report. */
export class VenueReport {
  /** Number of the kind in `REPORT_KINDS`, or one of the account-wide kinds below. */
  kind = 0;
  /** Order row, or −1 where the report is about the account. */
  row = -1;
  instrument = -1;
  lots = 0;
  ticks = 0;
  /** Price before slippage, in ticks. */
  referenceTicks = 0;
  /** Value of a fill, or a payment of funding (positive: received) or interest, in quanta of the settle asset. */
  value = 0;
  /** In quanta of {@link feeAsset}; negative for a rebate. */
  fee = 0;
  /** Index of the asset that paid the fee; −1 for the settle asset. */
  feeAsset = -1;
  maker = false;
  timeMs = 0;
  /** Venue's own number of the trade; a fill with a number seen before is a repetition. */
  trade = -1;
  reason: Rejection = '';
  /** Rate of a report of funding, or per day of interest. */
  rate = 0;

  /** Says `kind` of an order (or, with row −1, of the account); the amounts of a fill are written apart. */
  say(kind: number, row: number, instrument: number, timeMs: number, reason: Rejection): void {
    this.kind = kind;
    this.row = row;
    this.instrument = instrument;
    this.timeMs = timeMs;
    this.reason = reason;
  }
}
