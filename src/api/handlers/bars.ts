import { REBASE_BARS } from '../../core/indicators/indicator.ts';
import { rollUpBars } from '../../core/market/roll-up.ts';
import { nests } from '../../core/market/roll-up-rules.ts';
import { numberToText } from '../../core/vocabulary/decimal.ts';
import { BAR_FIELDS, type BarColumns } from '../../core/vocabulary/market-data.ts';
import {
  barOpen,
  formatTime,
  type Timeframe,
  type TimeframeSpec,
  timeframe as timeframeSpec,
} from '../../core/vocabulary/time.ts';
import type { SeriesInfo, StoredBars } from '../../ports/bar-store.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import { numberOf } from '../page.ts';
import type { Call, World } from '../world.ts';
import { askedIndicators, chartColumns, indicatorLines, settleBarsOf } from './indicator-columns.ts';
import { findSeries } from './load-data.ts';
import { lookedAt } from './looked-at.ts';

/** Coverage is counted from the bars. */
const LOOK_MS = 3_000;

export async function dataBars(input: Input<'data-bars'>, world: World): Promise<Output<'data-bars'>> {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, limit, cursor } = input;
  const asked = askedIndicators(input.indicator);
  const [info] = await findSeries(`${venueId(input.venue, world)}:${input.symbol}`, input.timeframe, world);
  if (info === undefined || (input.timeframe !== undefined && info.timeframe !== input.timeframe))
    throw new Failure('data-unknown', `the catalogue has no ${input.timeframe} bars of ${info?.instrument}`, {
      details: { field: 'timeframe', found: input.timeframe ?? '' },
    });
  const endMs = Math.min(to, cursor === undefined ? to : numberOf(cursor));
  const wide = input.merge
    ? wideEnough(info, Math.max(from, info.firstMs), endMs, limit)
    : timeframeSpec(info.timeframe);
  const base = timeframeSpec(info.timeframe);
  const perBar = Math.ceil(msOf(wide) / msOf(base));
  // What indicators need to know beside what is shown.
  const before = asked.length === 0 ? 0 : 2 * settleBarsOf(asked) + REBASE_BARS;
  const { bars: stored } = await newest(info, Number.NEGATIVE_INFINITY, endMs, (limit + before) * perBar, world);
  const bars = wide === base ? stored : merged(stored, base, wide);
  let first = Math.max(0, bars.close.length - limit);
  while (first < bars.close.length && bars.openTimeMs[first]! < startOf(from, wide, base)) first++;
  const rows = [first, bars.close.length] as const;
  const isOlder = (first > 0 && bars.openTimeMs[first - 1]! >= from) || (first === 0 && hasBefore(info, bars, from));
  return {
    instrument: info.instrument,
    timeframe: wide.text,
    columns: input.columns ? chartColumns(bars, rows) : null,
    bars: input.columns ? [] : Array.from({ length: rows[1] - first }, (_, k) => barLine(bars, first + k)),
    indicators: indicatorLines(asked, bars, wide, rows),
    final: endMs <= info.lastMs,
    cursor: first < bars.close.length && isOlder ? bars.openTimeMs[first]!.toString(36) : null,
  };
}

/** Intervals that charts are told in, finest first. */
const INTERVALS = '1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w 1mo 3mo 12mo'.split(' ').map(timeframeSpec);

const msOf = ({ ms, count }: TimeframeSpec): number => ms || count * MONTH_MS;

/** The finest interval that tells a period in `limit` bars. */
function wideEnough({ timeframe, lastMs }: SeriesInfo, fromMs: number, endMs: number, limit: number): TimeframeSpec {
  const base = timeframeSpec(timeframe);
  const spanMs = Math.max(0, Math.min(endMs, lastMs + msOf(base)) - fromMs);
  // One more, as a period may begin within a bar.
  const fits = (spec: TimeframeSpec): boolean => Math.ceil(spanMs / msOf(spec)) + (spec === base ? 0 : 1) <= limit;
  const wider = INTERVALS.filter((spec) => msOf(spec) > msOf(base) && nests(base, spec));
  return [base, ...wider].find(fits) ?? wider.at(-1) ?? base;
}

/** With the last one, which may not be over. */
function merged(bars: BarColumns, base: TimeframeSpec, wide: TimeframeSpec): BarColumns {
  const [rolled] = rollUpBars(base.text as Timeframe, bars, [wide.text as Timeframe]);
  const { bars: closed, forming } = rolled!;
  if (forming === null) return closed;
  const rows = Array.from(closed.close.keys(), (row) => BAR_FIELDS.map((field) => closed[field][row]!));
  rows.push(BAR_FIELDS.map((field) => forming[field]));
  return Object.fromEntries(
    BAR_FIELDS.map((field, k) => [field, Float64Array.from(rows, (row) => row[k]!)]),
  ) as unknown as BarColumns;
}

/** When the first bar that is shown opens at the earliest: of merged ones, that which the period begins in. */
function startOf(fromMs: number, wide: TimeframeSpec, base: TimeframeSpec): number {
  return wide === base || !Number.isFinite(fromMs) ? fromMs : barOpen(wide, fromMs);
}

const hasBefore = (info: SeriesInfo, bars: BarColumns, fromMs: number): boolean =>
  bars.close.length > 0 && bars.openTimeMs[0]! > Math.max(info.firstMs, fromMs) && fromMs < bars.openTimeMs[0]!;

/** At least the newest `limit` bars of a period, without reading a long series for a few of them. */
async function newest(
  { instrument, timeframe, firstMs, lastMs }: SeriesInfo,
  fromMs: number,
  endMs: number,
  limit: number,
  world: World,
): Promise<StoredBars> {
  const stepMs = timeframeSpec(timeframe).ms || MONTH_MS;
  const leastMs = Math.max(fromMs, firstMs);
  for (let spanMs = limit * stepMs; ; spanMs *= 4) {
    const beginMs = Math.max(leastMs, Math.min(endMs, lastMs + stepMs) - spanMs);
    const stored = await world.catalogue.load(instrument, timeframe, { fromMs: beginMs, toMs: endMs });
    if (stored === null) throw new Failure('data-unknown', `${instrument} ${timeframe} was removed meanwhile`);
    if (stored.bars.close.length >= limit || beginMs <= leastMs) return stored;
  }
}

const MONTH_MS = 2_629_746_000;

function barLine(bars: BarColumns, row: number): Output<'data-bars'>['bars'][number] {
  const { openTimeMs, open, high, low, close, volume } = bars;
  return {
    time: formatTime(openTimeMs[row]!),
    ...{ open: numberToText(open[row]!), high: numberToText(high[row]!), low: numberToText(low[row]!) },
    ...{ close: numberToText(close[row]!), volume: numberToText(volume[row]!) },
  };
}

/** How instruments of a venue begin, whether it is written as typed (`binance`) or as they do (`BINANCE`). */
function venueId(name: string, world: World): string {
  return world.venues.all.find((venue) => venue.name === name.toLowerCase())?.id ?? name.toUpperCase();
}

function wanted(all: readonly SeriesInfo[], venue: string | undefined, symbol: string | undefined, world: World) {
  const id = venue === undefined ? undefined : venueId(venue, world);
  return all.filter(({ instrument }) => {
    const [prefix, name] = partsOf(instrument);
    return (id === undefined || prefix === id) && (symbol === undefined || name === symbol);
  });
}

function partsOf(instrument: string): readonly [venue: string, symbol: string] {
  const colon = instrument.indexOf(':');
  return [instrument.slice(0, colon), instrument.slice(colon + 1)];
}

export function dataStatus(input: Input<'data-status'>, world: World, call: Call): Promise<Output<'data-status'>> {
  return lookedAt(input, world, call, LOOK_MS, () => statusOf(input, world));
}

async function statusOf(input: Input<'data-status'>, world: World): Promise<Output<'data-status'>> {
  const { catalogue } = world;
  const series: Output<'data-status'>['series'] = [];
  for (const { instrument, timeframe } of wanted(await catalogue.list(), input.venue, input.symbol, world)) {
    const covered = await catalogue.coverage(instrument, timeframe);
    if (covered === null) continue;
    const { info, expected, coverage, gaps } = covered;
    const sync = await catalogue.syncStatus(instrument, timeframe);
    series.push({
      ...{ instrument, timeframe, bars: info.rows, expected, coverage, gaps: gaps.length },
      ...{ from: formatTime(info.firstMs), to: formatTime(info.lastMs) },
      sync:
        sync === null
          ? null
          : {
              status: sync.status,
              ...{ from: formatTime(sync.fromMs), to: formatTime(sync.toMs), doneTo: formatTime(sync.doneToMs) },
              ...{ added: sync.added, updated: formatTime(sync.updatedAtMs), failure: sync.failure },
            },
    });
  }
  return { series };
}

export async function dataSymbols(input: Input<'data-symbols'>, world: World): Promise<Output<'data-symbols'>> {
  const byInstrument = Map.groupBy(
    wanted(await world.catalogue.list(), input.venue, undefined, world),
    (info) => info.instrument,
  );
  return {
    symbols: [...byInstrument].map(([instrument, own]) => {
      const [venue, symbol] = partsOf(instrument);
      return {
        ...{ instrument, venue, symbol, timeframes: own.map(({ timeframe }) => timeframe) },
        from: formatTime(Math.min(...own.map(({ firstMs }) => firstMs))),
        to: formatTime(Math.max(...own.map(({ lastMs }) => lastMs))),
      };
    }),
  };
}
