import type { Engine } from '../core/engine/engine.ts';
import { barClose, barOpen, parseTimeframe, type TimeMs } from '../core/vocabulary/time.ts';
import type { BarHistory } from '../ports/market-feed.ts';
import type { FeedBar } from './session-input.ts';

/** More bars than these are not fetched before a session begins; what then is not settled settles on live bars. */
const MOST_BARS = 100_000;
/** A bar of a higher timeframe that history began in the middle of, and one more. */
const SPARE = 2;
/** Bars by volume and the like have no length in time: so many bars of the feed are reckoned for each. */
const BLOCK_BARS = 20;

/** Bars of each feed that make every indicator of every strategy settled. */
export function warmUpBars(engine: Engine): number[] {
  return engine.feeds.map((feed) => {
    let most = 0;
    for (const bars of feed.all()) {
      const settled = Math.max(
        0,
        ...engine.seats.flatMap((seat) => seat.needs.filter((need) => need.owner === bars).map((n) => n.settledAfter)),
      );
      const ms = parseTimeframe(bars.tf)?.ms ?? 0;
      const each = bars === feed.base ? 1 : ms > 0 && feed.timeframe.ms > 0 ? ms / feed.timeframe.ms : BLOCK_BARS;
      most = Math.max(most, Math.ceil((settled + SPARE) * each));
    }
    return Math.min(most, MOST_BARS);
  });
}

/** Whether every strategy's indicators have settled, or will with the next bar. */
export function isSettled(engine: Engine): boolean {
  return engine.seats.every((seat) => seat.needs.every((need) => need.owner.cursor + 1 >= need.settledAfter));
}

/** Closed bars of a feed in [fromMs, toMs), oldest first. Rejects with {@link VenueError}. */
async function barsOf(history: BarHistory, engine: Engine, feed: number, fromMs: TimeMs, toMs: TimeMs) {
  const { symbol, timeframe } = engine.feeds[feed]!;
  const bars: FeedBar[] = [];
  for (let next = fromMs; next < toMs; ) {
    const page = await history.bars(symbol, timeframe.text, next, toMs);
    const count = page.close.length;
    if (count === 0) break;
    for (let i = 0; i < count; i++)
      bars.push([
        feed,
        page.openTimeMs[i]!,
        page.open[i]!,
        page.high[i]!,
        page.low[i]!,
        page.close[i]!,
        page.volume[i]!,
      ]);
    next = barClose(timeframe, page.openTimeMs[count - 1]!);
  }
  return bars;
}

/**
 * What the venue has of every feed since its last bar (or, before the first, as many as {@link warmUpBars}) until `nowMs`, by close time, then in
 * the order of the feeds. Rejects with {@link VenueError}.
 */
export async function missedBars(
  history: BarHistory,
  engine: Engine,
  lastOpenMs: ArrayLike<number>,
  nowMs: TimeMs,
): Promise<readonly FeedBar[]> {
  const wanted = warmUpBars(engine);
  const all: FeedBar[] = [];
  for (const [feed, { timeframe, symbol: _ }] of engine.feeds.entries()) {
    const last = lastOpenMs[feed]!;
    const toMs = barOpen(timeframe, nowMs);
    const length = timeframe.ms > 0 ? timeframe.ms : 31 * 86_400_000;
    const fromMs = last > Number.NEGATIVE_INFINITY ? barClose(timeframe, last) : toMs - wanted[feed]! * length;
    // A block at a time: a spread of a hundred thousand arguments would not fit on the stack.
    for (const bar of await barsOf(history, engine, feed, fromMs, toMs)) all.push(bar);
  }
  const closeOf = ([feed, openTimeMs]: FeedBar): number => barClose(engine.feeds[feed]!.timeframe, openTimeMs);
  return all.sort((a, b) => closeOf(a) - closeOf(b) || a[0] - b[0]);
}
