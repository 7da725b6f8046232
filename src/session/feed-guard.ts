import type { Clock } from '../ports/clock.ts';
import type { MarketFeed } from '../ports/market-feed.ts';
import type { VenueWord } from './venue-words.ts';

/** A feed may be down for so long before orders that add risk are refused on its symbols. */
export const BLIND_AFTER_MS = 20_000;

/**
 * Whether a symbol's data can be relied upon: its bars, which are all that is decided on, are live, or were until a moment ago. What decides on old prices
 * adds no risk; what rests at the venue protects meanwhile.
 */
export class FeedGuard {
  readonly #feed: MarketFeed;
  readonly #clock: Clock;
  /** Since when a symbol has not been live. */
  readonly #downSinceMs = new Map<string, number>();
  readonly #blind = new Set<string>();

  constructor(feed: MarketFeed, clock: Clock) {
    this.#feed = feed;
    this.#clock = clock;
  }

  /** What has changed since the last look. */
  look(): readonly VenueWord[] {
    const words: VenueWord[] = [];
    const nowMs = this.#clock.elapsedMs();
    // Trades and quotes are kept as evidence; a market in which nobody trades is not blind.
    const subscriptions = this.#feed.health().subscriptions.filter(({ request }) => request.channel === 'bars');
    for (const symbol of new Set(subscriptions.map(({ request }) => request.symbol))) {
      const own = subscriptions.filter(({ request }) => request.symbol === symbol);
      const down = own.find(({ state }) => state !== 'live');
      if (down === undefined) {
        this.#downSinceMs.delete(symbol);
        if (this.#blind.delete(symbol)) words.push(this.#word(symbol, true, 'its data is live again'));
        continue;
      }
      const sinceMs = this.#downSinceMs.get(symbol) ?? nowMs;
      this.#downSinceMs.set(symbol, sinceMs);
      if (nowMs - sinceMs < BLIND_AFTER_MS || this.#blind.has(symbol)) continue;
      this.#blind.add(symbol);
      words.push(this.#word(symbol, false, `its ${down.request.channel} are ${down.state}`));
      words.push({
        type: 'alarm-raised',
        level: 'warn',
        message: `${symbol}: ${down.request.channel} have been ${down.state} for ${BLIND_AFTER_MS / 1000} s; nothing that adds risk is sent`,
      });
    }
    return words;
  }

  #word(symbol: string, isReady: boolean, reason: string): VenueWord {
    return {
      ...{ type: 'readiness-changed', scope: 'instrument', target: symbol, isReady, cause: 'data-fault', reason },
      atMs: this.#clock.nowMs(),
    };
  }
}
