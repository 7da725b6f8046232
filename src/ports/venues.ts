import { type AnyGateway, type GatewayTo, type OpenedGateway, type VenueKey, venueKey } from './account.ts';
import type { BarHistory, MarketFeed } from './market-feed.ts';
import type { ConnectionKeys, Environment } from './secret-vault.ts';

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
  /** Whether its keys have a third part. */
  readonly hasPassphrase: boolean;
  /** Where accounts of it can be: empty where it does not trade. */
  readonly environments: readonly Environment[];
  /** What a user must know before the first call; null where there is nothing. */
  readonly note: string | null;
}

/** How far one published limit of requests is used. */
export interface RateBudget {
  /** What is counted: `weight`, `orders`. */
  readonly meter: string;
  readonly windowMs: number;
  readonly limit: number;
  /** In the window now, by own count and the venue's word; null where only who asks for some finds out. */
  readonly used: number | null;
  /** So long the venue wants nothing; 0 where it takes requests. */
  readonly blockedForMs: number;
}

/** The same, of a venue. */
export interface VenueBudget extends RateBudget {
  /** As instruments begin: `BINANCE`. */
  readonly venue: string;
  readonly environment: Environment;
}

/** The venues that this installation can talk to. Nothing is loaded or opened before it is asked for. */
export interface Venues {
  /** Venues with an adapter of their own; every other one is `ccxt:<its name there>`. */
  readonly all: readonly VenueFacts[];
  /** Rejects with a RangeError that names what there is, or with {@link VenueError} where the venue has no such thing. */
  history(name: string, source: HistorySource): Promise<BarHistory>;
  feed(name: string): Promise<MarketFeed>;
  /** Limits of the venues that history and orders of this program went to. Feeds in threads of their own count apart. */
  budgets(): readonly VenueBudget[];
  /** What is known of one venue. Throws as {@link Venues.feed} rejects. */
  facts(name: string): VenueFacts;
  /** Not connected yet. Requests go to the hosts of the key's environment and to no other; rejects where the venue has none. */
  gateway<E extends Environment>(name: string, key: VenueKey<E>): Promise<GatewayTo<E>>;
}

/** A gateway of whichever environment. Rejects as {@link Venues.gateway} does. */
export function openGateway(
  venues: Pick<Venues, 'gateway'>,
  venue: string,
  environment: Environment,
  keys: ConnectionKeys,
): Promise<AnyGateway> {
  const open = async <E extends Environment>(which: E): Promise<OpenedGateway<E>> => ({
    environment: which,
    gateway: await venues.gateway(venue, venueKey(which, keys)),
  });
  switch (environment) {
    case 'live':
      return open('live');
    case 'testnet':
      return open('testnet');
    case 'local':
      return open('local');
  }
}
