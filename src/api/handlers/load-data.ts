import { rowsWithin } from '../../core/market/bar-series.ts';
import { findGaps } from '../../core/market/quality-report.ts';
import type { BacktestFeed } from '../../core/research/backtest.ts';
import type { DataOrigin } from '../../core/research/data-section.ts';
import {
  marketByInstrument,
  SYNTHETIC_INSTRUMENTS,
  SYNTHETIC_VERSION,
  type SyntheticInstrument,
} from '../../core/research/synthetic-market.ts';
import type { CalendarName } from '../../core/vocabulary/calendar.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { type BarColumns, sliceBars } from '../../core/vocabulary/market-data.ts';
import {
  DAY_MS,
  formatTime,
  HOUR_MS,
  parseTimeframe,
  type Timeframe,
  timeframe as timeframeSpec,
} from '../../core/vocabulary/time.ts';
import type { FileBars } from '../../ports/bar-files.ts';
import type { DamagedSeries, SeriesInfo } from '../../ports/bar-store.ts';
import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';
import type { Call, World } from '../world.ts';
import { failureOf } from './failure-of.ts';
import { fullSymbol, instrumentOf, symbolOfFile } from './instrument-of.ts';
import { calendarFor, gridOf } from './trading-days.ts';

/** What a run trades on, as asked for. */
export interface DataRequest {
  readonly data: readonly string[];
  readonly symbol: readonly string[];
  readonly timeframe?: Timeframe | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly tick?: string | undefined;
  readonly lot?: string | undefined;
  readonly columns?: string | undefined;
  readonly dateOrder?: 'dmy' | 'mdy' | undefined;
  readonly sort: boolean;
  readonly seed: number;
  readonly calendar?: CalendarName | undefined;
}

export interface LoadedFeed {
  readonly feed: BacktestFeed;
  readonly origin: DataOrigin;
}

interface Found {
  readonly instrument: InstrumentDefinition;
  readonly timeframe: Timeframe;
  readonly bars: BarColumns;
  readonly source: string;
  readonly synthetic: boolean;
  readonly regimes?: DataOrigin['regimes'];
}

/** Bars of every source, cut to the period, each with what is known of its quality; the host hears how many it is to go over. */
export async function loadData(request: DataRequest, world: World, call: Call): Promise<readonly LoadedFeed[]> {
  const { from, to } = request;
  if (from !== undefined && to !== undefined && to <= from)
    throw new Failure(
      'input-invalid',
      `to: expected a time after --from ${formatTime(from)}, found ${formatTime(to)}`,
      {
        hint: 'The last day or time is not included: one day is --from 2024-01-31 --to 2024-02-01.',
        details: { field: 'to', found: formatTime(to), expected: `after ${formatTime(from)}` },
      },
    );
  const found: Found[] = [];
  for (const [i, source] of request.data.entries()) {
    if (source === 'synthetic') found.push(...synthetic(request, i));
    else if (world.files.exists(source)) found.push(await fromFile(source, i, request, world, call));
    else found.push(await fromCatalogue(source, request, world, call));
  }
  const twice = found.find((f, i) => found.findIndex((g) => g.instrument.id === f.instrument.id) !== i);
  if (twice) {
    throw new Failure('input-invalid', `data: ${twice.instrument.id} is there twice`, {
      hint: 'Give each source its own name with --symbol, once for each --data.',
      details: { field: 'data', found: twice.instrument.id },
    });
  }
  const feeds = found.map((f) => feedOf(f, request, call));
  world.host.expectBars(feeds.reduce((sum, { feed }) => sum + feed.bars.close.length, 0));
  return feeds;
}

/** Prices are counted in ticks, exactly: there may not be more of them than doubles count. */
function requireExactPrices({ id, tick }: InstrumentDefinition, highs: Float64Array): void {
  const highest = highs.reduce((most, high) => Math.max(most, high), 0);
  if (highest / Number(tick) <= Number.MAX_SAFE_INTEGER) return;
  const finest = 10 ** Math.ceil(Math.log10(highest / Number.MAX_SAFE_INTEGER));
  throw new Failure('input-invalid', `tick: expected ${finest} or more, as ${id} is at ${highest}, found ${tick}`, {
    hint: 'Say a coarser --tick: prices are counted in ticks, which must stay exact.',
    details: { field: 'tick', found: tick, expected: String(finest) },
  });
}

function feedOf(found: Found, request: DataRequest, call: Call): LoadedFeed {
  const { instrument, timeframe } = found;
  const spec = timeframeSpec(timeframe);
  const [from, to] = rowsWithin(found.bars.openTimeMs, request.from, request.to);
  if (to <= from) {
    const times = found.bars.openTimeMs;
    const range = `${formatTime(times[0]!)} to ${formatTime(times[times.length - 1]!)}`;
    throw new Failure('data-empty', `${instrument.id}: no bars in the period asked for; there are bars from ${range}`, {
      details: { field: 'period', expected: range },
    });
  }
  const bars = to - from === found.bars.openTimeMs.length ? found.bars : sliceBars(found.bars, from, to);
  requireExactPrices(instrument, bars.high);
  const calendar = calendarFor({ instrument, timeframe, bars }, request.calendar);
  const known = calendar === undefined ? {} : { calendar };
  if (calendar === undefined && instrument.kind === 'equity' && spec.ms > 0 && spec.ms < DAY_MS)
    call.warn({
      code: 'calendar-unknown',
      message: `${instrument.id}: bars of a day and more are built on UTC days, as its trading hours are not known`,
      hint: 'Name them with --calendar, or say --calendar 24x7.',
    });
  const gaps = findGaps(bars.openTimeMs, spec, gridOf({ instrument, timeframe, bars, ...known }));
  const run = request.timeframe;
  const runSpec = run === undefined ? spec : timeframeSpec(run);
  if (runSpec.ms > 0 && (spec.ms === 0 || runSpec.ms < spec.ms || runSpec.ms % spec.ms !== 0)) {
    throw new Failure(
      'input-invalid',
      `timeframe: ${runSpec.text} bars cannot be built from the ${timeframe} bars of ${instrument.id}`,
      {
        hint: `Ask for ${timeframe} or a multiple of it, or give finer data.`,
        details: { field: 'timeframe', found: runSpec.text, expected: `a multiple of ${timeframe}` },
      },
    );
  }
  return {
    feed: {
      instrument,
      timeframe,
      bars,
      ...known,
      ...(runSpec.text === timeframe ? {} : { runTimeframe: runSpec.text }),
    },
    origin: {
      source: found.source,
      synthetic: found.synthetic,
      gaps: gaps.length,
      missingBars: gaps.reduce((sum, gap) => sum + gap.missing, 0),
      ...(found.regimes ? { regimes: found.regimes } : {}),
    },
  };
}

function synthetic(request: DataRequest, position: number): readonly Found[] {
  const { seed } = request;
  const byMinute = request.timeframe !== undefined && fine(request.timeframe);
  // One source may stand for the whole market; several sources take one symbol each.
  const wanted = request.data.length === 1 ? request.symbol : request.symbol.slice(position, position + 1);
  const names = wanted.length > 0 ? wanted : [SYNTHETIC_INSTRUMENTS[position % SYNTHETIC_INSTRUMENTS.length]!];
  const ids = names.map((name) => {
    const id = SYNTHETIC_INSTRUMENTS.find((each) => each === name || each === `SYNTH:${name}`);
    if (id === undefined) throw unknownSymbol(name, SYNTHETIC_INSTRUMENTS);
    return id;
  });
  const made = new Map<string, SyntheticInstrument>();
  for (const instrument of marketByInstrument({ seed })) {
    made.set(instrument.definition.id, instrument);
    if (ids.every((id) => made.has(id))) break;
  }
  return ids.map((id) => {
    const { definition, minute, hourly, regimes } = made.get(id)!;
    return {
      instrument: definition,
      timeframe: byMinute ? '1m' : '1h',
      bars: byMinute ? minute : hourly,
      source: `${SYNTHETIC_VERSION} seed ${seed}`,
      synthetic: true,
      regimes: regimes.map(({ label, fromMs, toMs }) => ({ label, fromMs, toMs })),
    };
  });
}

function fine(timeframe: Timeframe): boolean {
  const { ms } = timeframeSpec(timeframe);
  return ms > 0 && ms < HOUR_MS;
}

function unknownSymbol(name: string, known: readonly string[]): Failure {
  const bare = (id: string): string => id.slice(id.indexOf(':') + 1);
  const nearest = closest(bare(name), known.map(bare));
  const near = known.find((id) => bare(id) === nearest) ?? null;
  return new Failure(
    'symbol-unknown',
    `there is no symbol "${name}"${near === null ? '' : `; did you mean ${near}?`}`,
    {
      hint: `There are ${known.join(', ')}.`,
      details: { field: 'symbol', found: name, expected: known },
    },
  );
}

async function fromFile(
  path: string,
  position: number,
  request: DataRequest,
  world: World,
  call: Call,
): Promise<Found> {
  const { columns, dateOrder, sort } = request;
  const file = await world.barFiles.read(path, {
    sort,
    ...(columns === undefined ? {} : { columns }),
    ...(dateOrder === undefined ? {} : { dateOrder }),
  });
  refuseErrors(file, path);
  const timeframe = file.timeframe ?? request.timeframe;
  if (timeframe === undefined) throw timeframeUntold(file, path);
  const id = fullSymbol(request.symbol[position] ?? symbolOfFile(path));
  for (const finding of worthSaying(file)) {
    call.warn({
      code: finding.code,
      message: `${path}${finding.line === null ? '' : `:${finding.line}`}: ${finding.found} (${file.report.counts[finding.code] ?? 1} in all)`,
      hint: finding.hint,
    });
  }
  return {
    instrument: instrumentOf(id, file.decimals, { tick: request.tick, lot: request.lot }),
    timeframe,
    bars: file.bars,
    source: path,
    synthetic: false,
  };
}

/** Findings that may change a result: gaps are in the report, spikes are the market's own business until looked at. */
function worthSaying(file: FileBars): FileBars['findings'] {
  const codes = ['bar-duplicate', 'bars-sorted', 'bar-misaligned', 'zero-volume'];
  return codes.flatMap((code) => file.findings.find((f) => f.code === code) ?? []);
}

/** Of bars whose spacing tells no timeframe, as of one alone, where none was said. */
export function timeframeUntold({ bars }: FileBars, path: string): Failure {
  return new Failure(
    'data-invalid',
    `${path}: the spacing of its bars tells no timeframe (bars: ${bars.openTimeMs.length})`,
    { hint: 'Say it with --timeframe.', details: { file: path, field: 'timeframe' } },
  );
}

/** Throws where the guard found what makes bars unusable: the first place, and how often each fault occurs. */
export function refuseErrors(file: FileBars, path: string): void {
  const errors = file.findings.filter((f) => f.severity === 'error');
  const [first] = errors;
  if (!first) return;
  const at = `${path}${first.line === null ? `, row ${first.row + 1}` : `:${first.line}`}`;
  const more =
    errors.length > 1
      ? ` (and ${file.report.errors - 1} further ${file.report.errors === 2 ? 'error' : 'errors'})`
      : '';
  const sorts = first.code === 'bar-out-of-order' ? ' Or pass --sort.' : '';
  throw new Failure('data-invalid', `${at}: ${first.code}: expected ${first.expected}, found ${first.found}${more}`, {
    hint: `${first.hint}${sorts} tradewright data check ${path} lists every finding.`,
    details: {
      file: path,
      line: first.line,
      finding: first.code,
      found: first.found,
      expected: first.expected,
      errors: file.report.errors,
    },
  });
}

interface SeriesName {
  readonly instrument: string;
  readonly timeframe: Timeframe;
}

/** Whether a series is meant by `SYMBOL` or `VENUE:SYMBOL`, with `@timeframe` behind it or without. */
export function isNamed(source: string): (series: SeriesName) => boolean {
  const [name = '', said] = source.split('@');
  const timeframe = said === undefined ? null : parseTimeframe(said)?.text;
  return (series) =>
    (series.instrument === name || series.instrument.slice(series.instrument.indexOf(':') + 1) === name) &&
    (timeframe === null || series.timeframe === timeframe);
}

/** What to do about a series that cannot be read. */
export function damagedFailure({ instrument, timeframe, error }: DamagedSeries): Failure {
  const { code, message, details } = failureOf(error);
  return new Failure(code, `${instrument}@${timeframe}: ${message.replace(/\.$/, '')}`, {
    hint: `Remove it and import it again: tradewright data rm ${instrument}@${timeframe}`,
    details,
    cause: error,
  });
}

/** A series by `VENUE:SYMBOL` or `VENUE:SYMBOL@timeframe`. */
export async function findSeries(
  source: string,
  wanted: Timeframe | undefined,
  world: World,
): Promise<readonly SeriesInfo[]> {
  const [name = '', said] = source.split('@');
  const all = await world.catalogue.list();
  const named = all.filter(isNamed(name));
  const series = all.filter(isNamed(source));
  if (series.length > 0) return pick(series, said === undefined ? wanted : undefined);
  const damaged = (await world.catalogue.damaged()).find(isNamed(source));
  if (damaged !== undefined) throw damagedFailure(damaged);
  const isFile = /[\\/.]/.test(name) && !name.includes(':');
  if (isFile) {
    throw new Failure('file-not-found', `there is no file ${name}`, { details: { file: name, field: 'data' } });
  }
  // Who asked for the synthetic market by its name here asked where only the catalogue counts.
  const near = name === 'synthetic' ? null : closest(name, [...all.map((s) => s.instrument), 'synthetic']);
  const stored = named.length > 0 ? ` in ${said}; stored: ${named.map((s) => s.timeframe).join(', ')}` : '';
  throw new Failure(
    'data-unknown',
    `the catalogue has no ${name}${stored}${near === null || stored !== '' ? '' : `; did you mean ${near}?`}`,
    {
      hint:
        name === 'synthetic'
          ? 'The synthetic market is made for each run, and is in the catalogue once tradewright data generate has put it there: tradewright data ls lists its series.'
          : all.length === 0
            ? 'The catalogue is empty: tradewright data import <file>, or use --data synthetic.'
            : 'tradewright data ls lists the catalogue.',
      details: { field: 'data', found: source },
    },
  );
}

/** Of several timeframes the one asked for, else the finest: coarser ones are built from it and fills are truer. */
function pick(series: readonly SeriesInfo[], wanted: Timeframe | undefined): readonly SeriesInfo[] {
  const exact = series.filter((s) => s.timeframe === wanted);
  return exact.length > 0 ? exact : series;
}

async function fromCatalogue(source: string, request: DataRequest, world: World, call: Call): Promise<Found> {
  const [series, ...others] = await findSeries(source, request.timeframe, world);
  if (others.length > 0) {
    call.warn({
      code: 'several-timeframes',
      message: `${source}: ${series!.timeframe} of ${[series!, ...others].map((s) => s.timeframe).join(', ')} is used`,
      hint: `Name another one with ${source}@${others[0]!.timeframe}.`,
    });
  }
  const stored = (await world.catalogue.load(series!.instrument, series!.timeframe))!;
  const { info } = stored;
  return {
    instrument: instrumentOf(info.instrument, info.decimals, { tick: request.tick, lot: request.lot }),
    timeframe: info.timeframe,
    bars: stored.bars,
    source: `catalogue${info.source === null ? '' : ` (${info.source})`}`,
    synthetic: info.instrument.startsWith('SYNTH:'),
  };
}
