import { rowsWithin } from '../../core/market/bar-series.ts';
import { type BarColumns, joinBars, sliceBars } from '../../core/vocabulary/market-data.ts';
import {
  barClose,
  barOpen,
  formatTime,
  HOUR_MS,
  type Timeframe,
  type TimeMs,
  timeframe,
} from '../../core/vocabulary/time.ts';
import type { BarStore, SyncStatus, UpsertResult } from '../../ports/bar-store.ts';
import type { BarHistory } from '../../ports/market-feed.ts';
import { Failure } from '../failures.ts';
import { holes, merged, missingPeriods, type Period } from './bar-periods.ts';

export interface DownloadRequest extends Period {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** What came of a download. */
export interface Download {
  readonly instrument: string;
  readonly fetched: number;
  readonly inserted: number;
  /** Bars that were stored with other values, and were replaced by the venue's. */
  readonly corrected: number;
  readonly requests: number;
  /** Bars of the period that were stored before. */
  readonly known: number;
  /** Where the venue has no bars. */
  readonly absent: readonly Period[];
  readonly isComplete: boolean;
}

/** Bars that are collected before they are checked as a set and stored. */
const BLOCK = 50_000;

/**
 * Fetches what of a period is not stored yet, page by page, and stores it in checked blocks: ended at any moment it goes on where it was.
 * What the venue was asked for and does not have is remembered, so that a second run asks for nothing.
 *
 * @param goesOn told how many bars of how many are dealt with; answers false to end there
 */
export async function downloadBars(
  history: BarHistory,
  store: BarStore,
  request: DownloadRequest,
  nowMs: () => TimeMs,
  goesOn: (done: number, total: number) => boolean,
): Promise<Download> {
  const spec = timeframe(request.timeframe);
  const instrument = `${history.venue}:${request.symbol}`;
  const fromMs = barOpen(spec, request.fromMs);
  // The bar under way is nobody's yet.
  const toMs = Math.min(request.toMs, barOpen(spec, nowMs()));
  const before = await store.syncStatus(instrument, spec.text);
  const absent = [...(before?.absent ?? [])];
  const missing = await missingPeriods(store, instrument, spec, { fromMs, toMs }, absent);
  const steps = (period: Period): number =>
    Math.max(1, Math.round((period.toMs - period.fromMs) / (spec.ms || 2_629_746_000)));
  const total = missing.reduce((sum, period) => sum + steps(period), 0);
  const tally = { fetched: 0, inserted: 0, corrected: 0, requests: 0 };
  let done = 0;
  let doneToMs = missing[0]?.fromMs ?? toMs;
  const note = async (status: SyncStatus['status'], failure: string | null): Promise<void> =>
    store.keepSyncStatus({
      ...{ instrument, timeframe: spec.text, status, fromMs, toMs, doneToMs, failure },
      ...{ absent: merged(absent), added: tally.inserted, updatedAtMs: nowMs() },
    });
  const keep = async (block: readonly BarColumns[]): Promise<void> => {
    const bars = joinBars(block);
    if (bars.close.length === 0) return;
    const result = await store.upsert(instrument, spec.text, bars, {
      source: `${history.venue.toLowerCase()} history`,
      onConflict: 'replace',
      nowMs: nowMs(),
    });
    if (result.status === 'refused') throw refused(instrument, result);
    tally.inserted += result.inserted;
    tally.corrected += result.conflicts;
  };

  let stopped = missing.length > 0 && !goesOn(0, total);
  try {
    if (missing.length > 0) await note('running', null);
    for (const period of missing) {
      let block: BarColumns[] = [];
      let waiting = 0;
      let atMs = period.fromMs;
      while (atMs < period.toMs && !stopped) {
        const untilMs = Math.min(period.toMs, history.pageEndMs?.(request.symbol, spec.text, atMs) ?? period.toMs);
        const given = await history.bars(request.symbol, spec.text, atMs, untilMs);
        // Venues that take their bounds loosely give more than was asked for.
        const page = sliceBars(given, ...rowsWithin(given.openTimeMs, atMs, untilMs));
        tally.requests++;
        const count = page.close.length;
        tally.fetched += count;
        waiting += count;
        block.push(page);
        // What a venue has not published yet is not absent.
        const settled = (hole: Period): boolean => hole.toMs <= nowMs() - Math.max(HOUR_MS, 3 * spec.ms);
        const isLast = count < history.largestPage;
        if (!history.isPartial) absent.push(...holes(page, spec, atMs, untilMs, isLast).filter(settled));
        const endMs = isLast ? untilMs : barClose(spec, page.openTimeMs[count - 1]!);
        done += steps({ fromMs: atMs, toMs: endMs });
        atMs = endMs;
        if (waiting >= BLOCK) {
          await keep(block);
          block = [];
          waiting = 0;
          doneToMs = atMs;
          await note('running', null);
        }
        stopped = !goesOn(Math.min(done, total), total);
      }
      await keep(block);
      doneToMs = atMs;
      if (stopped) break;
    }
  } catch (error) {
    await note('failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
  if (missing.length > 0) await note(stopped ? 'running' : 'done', null);
  return {
    ...tally,
    instrument,
    known: steps({ fromMs, toMs }) - total,
    absent: merged(absent).filter((p) => p.toMs > fromMs && p.fromMs < toMs),
    isComplete: !stopped,
  };
}

function refused(instrument: string, result: UpsertResult): Failure {
  const first = result.findings.find((f) => f.severity === 'error');
  return new Failure(
    'data-invalid',
    `${instrument}: the venue sent bars that cannot be traded on; ${
      first ? `at ${formatTime(first.timeMs)}: ${first.found}, expected ${first.expected}` : 'see the findings'
    }`,
    { hint: 'Nothing of this block was stored. Fetch it again later, or from another source.' },
  );
}
