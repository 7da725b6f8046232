import type { ExchangeGateway } from './exchange-gateway.ts';
import type { BarHistory, MarketFeed } from './market-feed.ts';

/** Where past bars come from: page by page from the venue itself, or in whole files from its public archive. */
export const HISTORY_SOURCES = ['rest', 'archive'] as const;
export type HistorySource = (typeof HISTORY_SOURCES)[number];

/** What is known of a venue without asking it. */
export interface VenueFacts {
  /** As typed: `binance`, `binance-usdm`, `ccxt:kraken`. */
  readonly name: string;
  /** As instruments begin: `BINANCE`. */
  readonly id: string;
  readonly title: string;
  readonly history: readonly HistorySource[];
  readonly feed: boolean;
  readonly trading: boolean;
  /** What a user must know before the first call; null where there is nothing. */
  readonly note: string | null;
}

/** What a venue knows an account by. The secret is an HMAC secret or a private key in PEM form. */
export interface VenueKey {
  readonly apiKey: string;
  readonly secret: string;
  /** OKX, KuCoin and others ask for a third one. */
  readonly passphrase: string | null;
}

/** The venues that this installation can talk to. Nothing is loaded or opened before it is asked for. */
export interface Venues {
  /** Venues with an adapter of their own; every other one is `ccxt:<its name there>`. */
  readonly all: readonly VenueFacts[];
  /** Rejects with a RangeError that names what there is, or with {@link VenueError} where the venue has no such thing. */
  history(name: string, source: HistorySource): Promise<BarHistory>;
  feed(name: string): Promise<MarketFeed>;
  /** Not connected yet. */
  gateway(name: string, key: VenueKey): Promise<ExchangeGateway>;
}
