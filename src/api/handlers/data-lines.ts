import { formatTime } from '../../core/vocabulary/time.ts';
import type { SeriesInfo, StoreFinding } from '../../ports/bar-store.ts';
import type { Output } from '../operations/table.ts';

/** A stored series, as answers tell it. */
export function seriesLine(info: SeriesInfo): Output<'data-ls'>['series'][number] {
  const { instrument, timeframe, rows, firstMs, lastMs, source, contentHash } = info;
  return {
    instrument,
    timeframe,
    bars: rows,
    from: formatTime(firstMs),
    to: formatTime(lastMs),
    source,
    hash: contentHash,
  };
}

/** Something found in bars, as answers tell it. */
export function findingLine(finding: StoreFinding): Output<'data-check'>['findings'][number] {
  const { code, severity, file, line, row, timeMs, found, expected, hint } = finding;
  return { code, severity, file, line, row, time: timeText(timeMs), found, expected, hint };
}

/** How often each code was found. */
export function countsOf(counts: Readonly<Partial<Record<string, number>>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([code, count]) => [code, count ?? 0]));
}

export function timeText(ms: number | undefined): string | null {
  return ms !== undefined && Number.isFinite(ms) ? formatTime(ms) : null;
}
