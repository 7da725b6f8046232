import type { Random } from '../../core/vocabulary/random.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpClient, SocketDialer } from '../../ports/transport.ts';
import { VenueError } from '../../ports/venue-error.ts';

export const VENUE = 'TRADINGVIEW';

export interface TradingViewOptions {
  readonly dialer: SocketDialer;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  /** That the user has read TradingView's terms, which restrict automated use, and takes the risk. Nothing is called without it. */
  readonly acceptsTerms: boolean;
  /** Without it TradingView sees a visitor: up to 5,000 bars a request, and delayed data of exchanges that want to be paid. */
  readonly account?: TradingViewAccount | undefined;
  /** Take data that come late for want of a permission. They are refused otherwise, as they look like present ones. */
  readonly allowsDelayed?: boolean;
  /** `wss://data.tradingview.com` by default; paid plans have `wss://prodata.tradingview.com`. */
  readonly streamOrigin?: string;
  /** The log-in that is shared by all who use the account; one of its own by default. */
  readonly auth?: Auth;
  /** For the log-in; `https://www.tradingview.com` by default. */
  readonly siteOrigin?: string;
}

/** What is said first on a connection, and who knows what must not be told. */
export interface Auth {
  /** Rejects with {@link VenueError}; `key-invalid` is final. */
  token(): Promise<string>;
  redact(text: string): string;
}

/** A token as a signed-in page of TradingView has it, or what to log in with. */
export type TradingViewAccount =
  | { readonly authToken: string }
  | { readonly username: string; readonly password: string };

/** Throws {@link VenueError} `unsupported` unless the user has switched TradingView on. */
export function requireConsent(acceptsTerms: boolean): void {
  if (acceptsTerms) return;
  throw new VenueError(
    'unsupported',
    VENUE,
    'TradingView has no public data interface, and its terms restrict automated use; it is off until you set TRADEWRIGHT_TRADINGVIEW=accept-terms',
  );
}
