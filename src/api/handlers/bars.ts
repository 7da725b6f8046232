import { numberToText } from '../../core/vocabulary/decimal.ts';
import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import { formatTime, timeframe as timeframeSpec } from '../../core/vocabulary/time.ts';
import type { SeriesInfo, StoredBars } from '../../ports/bar-store.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import { numberOf } from '../page.ts';
import type { World } from '../world.ts';
import { findSeries } from './load-data.ts';

export async function dataBars(input: Input<'data-bars'>, world: World): Promise<Output<'data-bars'>> {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, limit, cursor } = input;
  const [info] = await findSeries(`${venueId(input.venue, world)}:${input.symbol}`, input.timeframe, world);
  if (info === undefined || (input.timeframe !== undefined && info.timeframe !== input.timeframe))
    throw new Failure('data-unknown', `the catalogue has no ${input.timeframe} bars of ${info?.instrument}`, {
      details: { field: 'timeframe', found: input.timeframe ?? '' },
    });
  const endMs = Math.min(to, cursor === undefined ? to : numberOf(cursor));
  const { bars } = await newest(info, from, endMs, limit, world);
  const first = Math.max(0, bars.close.length - limit);
  return {
    instrument: info.instrument,
    timeframe: info.timeframe,
    bars: Array.from({ length: bars.close.length - first }, (_, k) => barLine(bars, first + k)),
    final: endMs <= info.lastMs,
    cursor: first > 0 || hasBefore(info, bars, from) ? bars.openTimeMs[first]!.toString(36) : null,
  };
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

export async function dataStatus(input: Input<'data-status'>, world: World): Promise<Output<'data-status'>> {
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
