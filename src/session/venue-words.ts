import type { StateCause } from '../core/risk/trading-state.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { VenueBalance, VenueFill, VenueOrder, VenuePosition } from '../ports/exchange-gateway.ts';

export type RequestKind = 'place' | 'cancel' | 'amend';

/**
 * What an exchange, or the way to it, has told of an account: journaled as evidence, and taken by the core like any other input. May come
 * twice, late or out of order; the books end the same.
 */
export type VenueWord =
  /**
   * What became of a request. `rejected`: the venue proved that it did nothing. `not-sent`: it certainly never left. `unknown`: nothing is
   * proven; the order keeps its exposure.
   */
  | {
      readonly type: 'request-answered';
      readonly request: RequestKind;
      readonly order: string;
      readonly outcome: 'accepted' | 'rejected' | 'unknown' | 'not-sent';
      readonly code: string | null;
      readonly message: string;
      readonly told: VenueOrder | null;
      readonly atMs: TimeMs;
    }
  | { readonly type: 'order-told'; readonly order: VenueOrder }
  | { readonly type: 'fill-told'; readonly fill: VenueFill }
  /** The stated proof that an order of unknown fate never reached the venue's books (`absence.ts`). */
  | { readonly type: 'absence-proven'; readonly order: string; readonly evidence: Json; readonly atMs: TimeMs }
  /** All that the account holds, asked for while nothing was on its way. */
  | {
      readonly type: 'account-read';
      readonly balances: readonly VenueBalance[];
      readonly positions: readonly VenuePosition[];
      readonly atMs: TimeMs;
    }
  | {
      readonly type: 'funding-told';
      readonly symbol: string;
      readonly asset: string;
      readonly amount: string;
      readonly atMs: TimeMs;
      /** The venue's own of the payment, where its history tells it; the account stream has none. */
      readonly id?: string;
    }
  | { readonly type: 'liquidation-told'; readonly symbol: string; readonly detail: string; readonly atMs: TimeMs }
  /** Whether what orders depend on can be relied upon: while it cannot, only orders that reduce are let through. */
  | {
      readonly type: 'readiness-changed';
      readonly scope: 'account' | 'instrument';
      /** Symbol, for an instrument. */
      readonly target: string | null;
      readonly isReady: boolean;
      readonly cause: StateCause;
      readonly reason: string;
      readonly atMs: TimeMs;
    }
  | { readonly type: 'alarm-raised'; readonly level: 'info' | 'warn' | 'page'; readonly message: string };

const TYPES = new Set<string>([
  'request-answered',
  'order-told',
  'fill-told',
  'absence-proven',
  'account-read',
  'funding-told',
  'liquidation-told',
  'readiness-changed',
  'alarm-raised',
] satisfies VenueWord['type'][]);

export function isVenueWord(input: { readonly type: string }): input is VenueWord {
  return TYPES.has(input.type);
}
