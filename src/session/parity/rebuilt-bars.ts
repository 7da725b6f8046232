import { barClose, barOpen, type TimeframeSpec, type TimeMs } from '../../core/vocabulary/time.ts';
import type { FeedBar } from '../session-input.ts';
import type { MarketRecord } from './market-record.ts';

/**
 * Bars that a session never had, made of the trades that it kept. Only bars of a length in time, between the first and the last live bar of
 * their feed, and only where something was traded. A trade that was lost with the bar is missing in it, too.
 */
export function rebuiltBars(
  { items, trades }: Pick<MarketRecord, 'items' | 'trades'>,
  frames: readonly TimeframeSpec[],
): Map<TimeMs, FeedBar>[] {
  const seen = frames.map(() => new Set<TimeMs>());
  const first = frames.map(() => Number.POSITIVE_INFINITY);
  const last = frames.map(() => Number.NEGATIVE_INFINITY);
  for (const item of items)
    if (item.kind === 'instant' || item.kind === 'history')
      for (const [feed, openMs] of item.bars) {
        seen[feed]!.add(openMs);
        if (item.kind === 'instant') first[feed] = Math.min(first[feed]!, openMs);
        last[feed] = Math.max(last[feed]!, openMs);
      }
  const rebuilt = frames.map(() => new Map<TimeMs, FeedBar>());
  const { feed: feeds, timeMs, price, quantity } = trades.column;
  for (let row = 0; row < trades.count; row++) {
    const feed = feeds[row]!;
    const frame = frames[feed]!;
    if (frame.ms <= 0) continue;
    const openMs = barOpen(frame, timeMs[row]!);
    if (openMs <= first[feed]! || barClose(frame, openMs) > last[feed]! || seen[feed]!.has(openMs)) continue;
    const [p, q] = [price[row]!, quantity[row]!];
    const bar = rebuilt[feed]!.get(openMs);
    const next: FeedBar = bar
      ? [feed, openMs, bar[2], Math.max(bar[3], p), Math.min(bar[4], p), p, bar[6] + q]
      : [feed, openMs, p, p, p, p, q];
    rebuilt[feed]!.set(openMs, next);
  }
  return rebuilt;
}
