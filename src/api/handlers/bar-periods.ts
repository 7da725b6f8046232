import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import { barClose, type TimeframeSpec, type TimeMs } from '../../core/vocabulary/time.ts';
import type { BarStore } from '../../ports/bar-store.ts';

/** A period, its end left out. */
export interface Period {
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
}

/** What of a period is neither stored nor known to be absent. */
export async function missingPeriods(
  store: BarStore,
  instrument: string,
  spec: TimeframeSpec,
  period: Period,
  absent: readonly Period[],
): Promise<readonly Period[]> {
  if (period.fromMs >= period.toMs) return [];
  const coverage = await store.coverage(instrument, spec.text);
  const known: Period[] = [...absent];
  if (coverage) {
    const { firstMs, lastMs } = coverage.info;
    let atMs = firstMs;
    for (const gap of coverage.gaps) {
      known.push({ fromMs: atMs, toMs: gap.fromMs });
      atMs = gap.toMs;
    }
    known.push({ fromMs: atMs, toMs: barClose(spec, lastMs) });
  }
  const missing: Period[] = [];
  let atMs = period.fromMs;
  for (const { fromMs, toMs } of merged(known)) {
    if (toMs <= atMs) continue;
    if (fromMs >= period.toMs) break;
    if (fromMs > atMs) missing.push({ fromMs: atMs, toMs: fromMs });
    atMs = toMs;
  }
  if (atMs < period.toMs) missing.push({ fromMs: atMs, toMs: period.toMs });
  return missing;
}

/** Where a page has no bars: between its own, before its first, and behind its last where nothing more follows. */
export function holes(page: BarColumns, spec: TimeframeSpec, fromMs: TimeMs, toMs: TimeMs, isLast: boolean): Period[] {
  const found: Period[] = [];
  let atMs = fromMs;
  for (const openMs of page.openTimeMs) {
    if (openMs > atMs) found.push({ fromMs: atMs, toMs: openMs });
    atMs = barClose(spec, openMs);
  }
  if (isLast && atMs < toMs) found.push({ fromMs: atMs, toMs });
  return found;
}

/** Periods in order, touching ones as one. */
export function merged(periods: readonly Period[]): readonly Period[] {
  const sorted = [...periods].filter((p) => p.toMs > p.fromMs).sort((a, b) => a.fromMs - b.fromMs);
  const out: { fromMs: TimeMs; toMs: TimeMs }[] = [];
  for (const { fromMs, toMs } of sorted) {
    const last = out.at(-1);
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else out.push({ fromMs, toMs });
  }
  return out;
}
