import { Hash128 } from '../vocabulary/hash.ts';
import type { InstrumentDefinition } from '../vocabulary/instrument.ts';
import { allocateBars, BAR_FIELDS, type BarColumns } from '../vocabulary/market-data.ts';
import { type Timeframe, type TimeMs, timeframe as timeframeSpec } from '../vocabulary/time.ts';
import { columnDecimals, type DecimalsSeen } from './decimals-seen.ts';
import { hasErrors, type LocatedFinding, locateFindings } from './finding.ts';
import { guessInstrument, type InstrumentGuess } from './instrument-guess.ts';
import { type ConflictPolicy, type MergedBars, mergeBars } from './merge-bars.ts';
import { inspectBars } from './quality-report.ts';
import { tidyBars } from './tidy-bars.ts';

/** What a store says of a series; see `ports/bar-store.ts`, whose types these satisfy. */
export interface BarSeriesInfo {
  readonly instrument: string;
  readonly timeframe: Timeframe;
  readonly rows: number;
  readonly firstMs: TimeMs;
  readonly lastMs: TimeMs;
  readonly source: string | null;
  readonly importedAtMs: TimeMs | null;
  readonly contentHash: string;
  readonly decimals: DecimalsSeen;
  readonly guess: InstrumentGuess;
}

export interface BarSeries {
  readonly info: BarSeriesInfo;
  readonly bars: BarColumns;
}

export interface SeriesUpsertOptions {
  readonly source?: string;
  readonly lineOf?: ((row: number) => number) | null;
  readonly sort?: boolean;
  readonly onConflict?: ConflictPolicy;
  readonly nowMs?: TimeMs;
  readonly decimals?: DecimalsSeen;
  readonly allowNonPositivePrices?: boolean;
}

export interface SeriesUpsert {
  /** The series to store; null where nothing is to be written (refused, or nothing new). */
  readonly write: BarSeries | null;
  readonly result: {
    readonly status: 'stored' | 'unchanged' | 'refused';
    readonly inserted: number;
    readonly unchanged: number;
    readonly conflicts: number;
    readonly conflictPolicy: ConflictPolicy;
    readonly conflictExamples: MergedBars['conflictExamples'];
    readonly merged: number;
    readonly findings: readonly LocatedFinding[];
    readonly counts: Readonly<Record<string, number>>;
    readonly info: BarSeriesInfo | null;
  };
}

/** Takes `VENUE:SYMBOL` apart, or throws a RangeError that says what was found. */
export function splitInstrument(instrument: string): readonly [venue: string, symbol: string] {
  const colon = instrument.indexOf(':');
  const symbol = instrument.slice(colon + 1);
  if (colon < 1 || symbol === '' || /\p{Cc}/u.test(instrument)) {
    throw new RangeError(`expected VENUE:SYMBOL such as BINANCE:BTCUSDT, found ${JSON.stringify(instrument)}`);
  }
  return [instrument.slice(0, colon), symbol];
}

/** Instruments of a venue by id; throws a RangeError where one is another venue's. */
export function sortedInstruments(
  venue: string,
  definitions: readonly InstrumentDefinition[],
): readonly InstrumentDefinition[] {
  for (const { id } of definitions)
    if (splitInstrument(id)[0] !== venue) throw new RangeError(`expected an instrument of ${venue}, found ${id}`);
  return [...definitions].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** Hash of the bars, column by column. */
export function hashBars(bars: BarColumns): string {
  const hash = new Hash128();
  for (const field of BAR_FIELDS) hash.column(bars[field]);
  return hash.digest();
}

/**
 * What an import does to a series, decided without storing anything: the set is tidied, inspected (an error refuses it whole),
 * and merged into what is there. Stores differ only in where they keep the outcome.
 */
export function upsertSeries(
  stored: BarSeries | null,
  instrument: string,
  timeframe: Timeframe,
  incoming: BarColumns,
  options: SeriesUpsertOptions = {},
): SeriesUpsert {
  const [, symbol] = splitInstrument(instrument);
  const spec = timeframeSpec(timeframe);
  const tidy = tidyBars(incoming, { sort: options.sort ?? false });
  const report = inspectBars(tidy.bars, {
    timeframe: spec,
    ...(options.nowMs === undefined ? {} : { nowMs: options.nowMs }),
    allowNonPositivePrices: options.allowNonPositivePrices ?? false,
  });
  const rows = tidy.rows;
  const inspected = rows === null ? report.findings : report.findings.map((f) => ({ ...f, row: rows[f.row] ?? f.row }));
  const findings = locateFindings([...tidy.findings, ...inspected], options.source ?? null, options.lineOf ?? null);
  const counts: Record<string, number> = { ...report.counts };
  for (const finding of tidy.findings) counts[finding.code] = (counts[finding.code] ?? 0) + 1;

  const policy = options.onConflict ?? 'replace';
  const before = stored?.bars ?? allocateBars(0);
  const refusedByGuard = hasErrors(findings);
  const merge = refusedByGuard ? null : mergeBars(before, tidy.bars, policy);
  const refused = merge === null || (policy === 'refuse' && merge.conflicts > 0);
  const changed = !refused && merge.bars !== before;
  const write = changed ? seriesOf(merge.bars, stored, instrument, symbol, spec.text, tidy.bars, options) : null;
  return {
    write,
    result: {
      status: refused ? 'refused' : changed ? 'stored' : 'unchanged',
      inserted: refused ? 0 : merge.inserted,
      unchanged: merge?.unchanged ?? 0,
      conflicts: merge?.conflicts ?? 0,
      conflictPolicy: policy,
      conflictExamples: merge?.conflictExamples ?? [],
      merged: tidy.merged,
      findings,
      counts,
      info: (write ?? stored)?.info ?? null,
    },
  };
}

function seriesOf(
  bars: BarColumns,
  stored: BarSeries | null,
  instrument: string,
  symbol: string,
  timeframe: Timeframe,
  incoming: BarColumns,
  options: SeriesUpsertOptions,
): BarSeries {
  const seen = options.decimals ?? {
    price: Math.max(...[incoming.open, incoming.high, incoming.low, incoming.close].map((c) => columnDecimals(c))),
    quantity: columnDecimals(incoming.volume),
  };
  const decimals = {
    price: Math.max(seen.price, stored?.info.decimals.price ?? 0),
    quantity: Math.max(seen.quantity, stored?.info.decimals.quantity ?? 0),
  };
  const times = bars.openTimeMs;
  const info: BarSeriesInfo = {
    instrument,
    timeframe,
    rows: times.length,
    firstMs: times[0]!,
    lastMs: times[times.length - 1]!,
    source: options.source ?? null,
    importedAtMs: options.nowMs ?? null,
    contentHash: hashBars(bars),
    decimals,
    guess: guessInstrument(symbol, decimals),
  };
  return { info, bars };
}

/** Rows of sorted times that lie in [fromMs, toMs), as a range of indices. */
export function rowsWithin(
  openTimeMs: Float64Array,
  fromMs = Number.NEGATIVE_INFINITY,
  toMs = Number.POSITIVE_INFINITY,
): readonly [from: number, to: number] {
  const from = firstAtOrAfter(openTimeMs, fromMs);
  return [from, Math.max(from, firstAtOrAfter(openTimeMs, toMs))];
}

/** Index of the first of sorted times that is not before `timeMs`; their number where all are. */
export function firstAtOrAfter(timesMs: Float64Array, timeMs: TimeMs): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timesMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Order of series in a list: by instrument, then by length of the timeframe. */
export function compareSeries(a: BarSeriesInfo, b: BarSeriesInfo): number {
  if (a.instrument !== b.instrument) return a.instrument < b.instrument ? -1 : 1;
  return spacingRank(a.timeframe) - spacingRank(b.timeframe);
}

function spacingRank(timeframe: Timeframe): number {
  const spec = timeframeSpec(timeframe);
  return spec.unit === 'mo' ? spec.count * 30 * 86_400_000 : spec.ms;
}
