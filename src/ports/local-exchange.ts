import type { BarColumns } from '../core/vocabulary/market-data.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/** What moves the market of a local exchange. */
export type ExchangeMarket =
  /** Nobody trades but the clients; the house quotes once around these prices. */
  | { readonly kind: 'quiet'; readonly book: Readonly<Record<string, number>> }
  /** The embedded synthetic market. */
  | { readonly kind: 'synthetic'; readonly speed: number }
  /** Bars, by symbol. */
  | {
      readonly kind: 'bars';
      readonly speed: number;
      readonly bars: Readonly<Record<string, { readonly columns: BarColumns; readonly barMs: number }>>;
    }
  /** Recorded trades and quotes, in order of time. */
  | { readonly kind: 'events'; readonly speed: number; readonly events: Iterable<ExchangeEvent> };

/** A trade or a quote of the world outside. */
export type ExchangeEvent =
  | {
      readonly kind: 'trade';
      readonly timeMs: TimeMs;
      readonly symbol: string;
      readonly price: number;
      readonly quantity: number;
      readonly takerSide: 'buy' | 'sell';
    }
  | {
      readonly kind: 'quote';
      readonly timeMs: TimeMs;
      readonly symbol: string;
      readonly bid: number;
      readonly ask: number;
    };

export interface ExchangeRequest {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tls: boolean;
  /** Of the exchange's own clock: 1 is real time. */
  readonly clockSpeed: number;
  readonly seed: number;
  /** Name of a profile. */
  readonly faults: string;
  readonly limits: 'published' | 'none';
  readonly market: ExchangeMarket;
  /** Text of an accounts file: JSON, a list with names, keys and balances. Null for none. */
  readonly accountsText: string | null;
  /** More accounts: `alice`, or `alice:USDT=10000,usdm.USDT=5000`. Without any, one is made with a key of its own. */
  readonly accounts: readonly string[];
}

export interface ExchangeAccount {
  readonly name: string;
  readonly keys: readonly {
    readonly kind: string;
    readonly apiKey: string;
    /** The secret, or the private key; null where its owner gave only the public half. */
    readonly secret: string | null;
  }[];
}

export interface RunningExchange {
  readonly port: number;
  readonly products: readonly {
    readonly product: string;
    readonly rest: string;
    readonly streams: string;
    readonly socketApi: string;
    readonly symbols: readonly string[];
  }[];
  /** The certificate that clients must trust, PEM; null without TLS. */
  readonly certificate: string | null;
  readonly accounts: readonly ExchangeAccount[];
  nowMs(): TimeMs;
  openSockets(): number;
  close(): Promise<void>;
}

/** Starts exchanges on this machine that speak Binance's protocol. Rejects with a RangeError that says what is wrong with a request. */
export interface LocalExchanges {
  /** Names of fault profiles. */
  faultProfiles(): Promise<readonly string[]>;
  open(request: ExchangeRequest): Promise<RunningExchange>;
}
