import type { BacktestFeed } from '../../core/research/backtest.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { Failure } from '../failures.ts';
import { NEVER } from '../operations/run-fields.ts';

/**
 * Feeds with the expiries that a run was told, in their order: files do not say that they are of a dated future. Throws {@link Failure}
 * `input-invalid` for what does not expire, and for an expiry before the first bar.
 */
export function expiringFeeds(
  feeds: readonly BacktestFeed[],
  expiries: readonly (number | typeof NEVER)[],
): readonly BacktestFeed[] {
  const refuse = (message: string, hint: string): Failure =>
    new Failure('input-invalid', `expiry: ${message}`, { hint, details: { field: 'expiry' } });
  if (expiries.length > feeds.length)
    throw refuse(
      `${expiries.length} times for ${feeds.length} instrument${feeds.length === 1 ? '' : 's'}`,
      `Give it once for each --data, in the same order; ${NEVER} for what does not expire.`,
    );
  return feeds.map((feed, i) => {
    const expiryMs = expiries[i] ?? NEVER;
    if (expiryMs === NEVER) return feed;
    const { id, kind = 'spot' } = feed.instrument;
    if (kind !== 'spot' && kind !== 'dated-future')
      throw refuse(
        `${id} is ${kind === 'equity' ? 'a share' : 'a perpetual'}`,
        `Only futures expire: leave --expiry out, or say ${NEVER} for it.`,
      );
    const first = feed.bars.openTimeMs[0];
    if (first !== undefined && expiryMs <= first)
      throw refuse(
        `${id} expires at ${formatTime(expiryMs)}, before its first bar at ${formatTime(first)}`,
        'Name the time at which it stopped trading, in UTC: 2024-03-29T08:00Z.',
      );
    return { ...feed, instrument: { ...feed.instrument, kind: 'dated-future', expiryMs } };
  });
}
