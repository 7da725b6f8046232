/**
 * Why an order did not leave, as data. The order of this list is the precedence: of several broken rules the first is reported.
 * A code's number is its place here; 0 means approved.
 */
export const REFUSALS = [
  'approved',
  'trading-halted',
  'reduce-only-state',
  'warming-up',
  'strategy-stopped',
  'size-below-minimum',
  'size-above-maximum',
  'price-off-tick',
  'price-not-positive',
  'notional-below-minimum',
  'price-outside-collar',
  'stop-on-wrong-side',
  'target-on-wrong-side',
  'stop-required',
  'order-type-unsupported',
  'short-not-allowed',
  'reduce-only-would-increase',
  'order-value-limit',
  'order-size-limit',
  'position-limit',
  'gross-exposure-limit',
  'net-exposure-limit',
  'instrument-exposure-limit',
  'leverage-limit',
  'free-capital',
  'open-order-limit',
  'message-rate-limit',
  'duplicate-intent',
  'repeated-execution-limit',
  'daily-loss-limit',
  'drawdown-limit',
  'portfolio-heat-limit',
  'loss-cool-down',
  'self-match',
  'no-reference-price',
  'valuation-missing',
  'instrument-expired',
  'order-worked',
] as const;

export type Refusal = (typeof REFUSALS)[number];

/** Number of each refusal. */
export const REFUSAL = Object.fromEntries(REFUSALS.map((name, code) => [name, code])) as {
  readonly [K in Refusal]: number;
};
