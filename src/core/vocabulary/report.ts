/** What a venue can say of an order, each with its number in columns. */
export const REPORT_KINDS = [
  'accepted',
  'rejected',
  'filled',
  'partly-filled',
  'canceled',
  'expired',
  'triggered',
  'amended',
  'cancel-rejected',
  'lost',
] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];
export const REPORT = Object.fromEntries(REPORT_KINDS.map((k, i) => [k, i])) as { readonly [K in ReportKind]: number };

/**
 * What a venue can say of an account; numbered after the order reports. `closed`: a trade by which somebody closed a part of the account's
 * net position in the session's stead; `lots` are those of the trade. `settlement`: the instrument has expired, and whatever is held of it is
 * settled at `ticks`; `lots` are those of the account's net position, `fee` what that pays. `interest`: `value` is what the account was
 * charged on what it has borrowed, negative.
 */
export const ACCOUNT_REPORT = {
  funding: REPORT_KINDS.length,
  liquidation: REPORT_KINDS.length + 1,
  closed: REPORT_KINDS.length + 2,
  settlement: REPORT_KINDS.length + 3,
  interest: REPORT_KINDS.length + 4,
} as const;

/** One report as the engine takes it: from the simulated venue, a venue's adapter, or the journal. */
export interface OrderReport {
  readonly kind: number;
  /** Order row, or −1 where the report is about the account. */
  readonly row: number;
  readonly instrument: number;
  readonly lots: number;
  readonly ticks: number;
  readonly referenceTicks: number;
  readonly value: number;
  /** In quanta of {@link feeAsset}; negative for a rebate. */
  readonly fee: number;
  /** Index of the asset that paid the fee among the session's assets; −1 for the instrument's settle asset. */
  readonly feeAsset: number;
  readonly maker: boolean;
  readonly timeMs: number;
  /** Venue's number of the trade; a fill whose number was seen before is a repetition. */
  readonly trade: number;
  readonly reason: string;
  readonly rate: number;
}
