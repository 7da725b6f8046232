/**
 * Why a venue did not do what it was asked, as data; 0 means that it did. A code's number is its place here.
 */
export const VENUE_REFUSALS = [
  'accepted',
  'insufficient-balance',
  'insufficient-margin',
  'leverage-above-tier',
  'unknown-order',
  'duplicate-order',
  'invalid-price',
  'invalid-size',
  'post-only-would-cross',
  'fill-or-kill-not-fillable',
  'price-above-reserve',
  'isolated-position-open',
] as const;

export type VenueRefusal = (typeof VENUE_REFUSALS)[number];

/** Number of each refusal. */
export const VENUE_REFUSAL = Object.fromEntries(VENUE_REFUSALS.map((name, code) => [name, code])) as {
  readonly [K in VenueRefusal]: number;
};
