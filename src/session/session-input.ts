import type { Command } from '../core/vocabulary/commands.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { VenueWord } from './venue-words.ts';

/** A closed bar: number of the feed in the session's configuration, open time, open, high, low, close, volume. */
export type FeedBar = readonly [
  feed: number,
  openTimeMs: TimeMs,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
];

/**
 * Everything that a session is told, as it stands in its journal: plain JSON, with times of the market and none of this machine. What a
 * session does follows from the sequence of these and from nothing else.
 */
export type SessionInput =
  /** Bars of the past, by close time: before the first live bar, or missed while nobody listened. Indicators take them, nobody decides. */
  | { readonly type: 'history-received'; readonly bars: readonly FeedBar[] }
  /** All bars of this instant are in, in the order of the feeds: now things follow from them. */
  | { readonly type: 'instant-ended'; readonly timeMs: TimeMs; readonly bars: readonly FeedBar[] }
  /** A trade of the market, while orders wait for one. */
  | {
      readonly type: 'trade-received';
      readonly feed: number;
      readonly tradeId: number;
      readonly timeMs: TimeMs;
      readonly price: number;
      readonly quantity: number;
    }
  /**
   * Funding of a perpetual contract has fallen due, as the venue says, told whether or not something is held; `rate` is a fraction of the
   * position's value. It may be told late, and from two sources at once: it counts once, for what was held at its time. `markPrice` is null
   * where the venue names none.
   */
  | {
      readonly type: 'funding-fell-due';
      readonly feed: number;
      readonly timeMs: TimeMs;
      readonly rate: number;
      readonly markPrice: number | null;
    }
  /** Last prices by feed, while something is held: losses are looked at between bars, too. Null where a feed has none. */
  | { readonly type: 'prices-marked'; readonly timeMs: TimeMs; readonly prices: readonly (number | null)[] }
  | { readonly type: 'source-received'; readonly name: string; readonly value: Json }
  | {
      readonly type: 'command-given';
      readonly command: Command;
      /** Who gave it, and its number in the box of commands; absent where the session itself did. */
      readonly actor?: string;
      readonly id?: number;
    }
  /** A strategy asked for something while none of its handlers was running, which stops it. `call`: what, as `buy`. */
  | { readonly type: 'strategy-acted-late'; readonly strategy: string; readonly call: string }
  /** A promise or timer that a handler of a strategy only began threw, which stops it. `threw`: what, as `Error: …`. */
  | { readonly type: 'strategy-threw-late'; readonly strategy: string; readonly threw: string }
  | { readonly type: 'session-stopped'; readonly reason: string }
  | VenueWord;

export type FundingDue = SessionInput & { readonly type: 'funding-fell-due' };
