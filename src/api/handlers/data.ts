import { inspectBars } from '../../core/market/quality-report.ts';
import {
  marketByInstrument,
  SYNTHETIC_INSTRUMENTS,
  type SyntheticMarket,
} from '../../core/research/synthetic-market.ts';
import { formatTime, timeframe as timeframeSpec } from '../../core/vocabulary/time.ts';
import type { StoreFinding } from '../../ports/bar-store.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { countsOf, findingLine, seriesLine, timeText } from './data-lines.ts';
import { refusedUpsert } from './import-files.ts';
import { damagedFailure, findSeries, isNamed } from './load-data.ts';
import { pause } from './pause.ts';

type SeriesLine = Output<'data-ls'>['series'][number];

export async function dataLs(_: Input<'data-ls'>, world: World, call: Call): Promise<Output<'data-ls'>> {
  for (const damaged of await world.catalogue.damaged()) {
    const { code, message, hint } = damagedFailure(damaged);
    call.warn({ code, message, hint });
  }
  return { series: (await world.catalogue.list()).map(seriesLine) };
}

export async function dataCheck(input: Input<'data-check'>, world: World): Promise<Output<'data-check'>> {
  if (world.files.exists(input.source)) return checkFile(input, world);
  const [info] = await findSeries(input.source, input.timeframe, world);
  const { bars } = (await world.catalogue.load(info!.instrument, info!.timeframe))!;
  const report = inspectBars(bars, { timeframe: timeframeSpec(info!.timeframe) });
  const findings = report.findings.map((f) => ({ ...f, file: null, line: null }));
  return quality(`${info!.instrument}@${info!.timeframe}`, info!.timeframe, bars.openTimeMs, { ...report, findings });
}

async function checkFile(input: Input<'data-check'>, world: World): Promise<Output<'data-check'>> {
  const { source, timeframe, columns, dateOrder } = input;
  const file = await world.barFiles.read(source, {
    ...(timeframe === undefined ? {} : { timeframe }),
    ...(columns === undefined ? {} : { columns }),
    ...(dateOrder === undefined ? {} : { dateOrder }),
  });
  return quality(source, file.timeframe, file.bars.openTimeMs, { ...file.report, findings: file.findings });
}

interface Quality {
  readonly expected: number;
  readonly coverage: number | null;
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number; readonly missing: number }[];
  readonly counts: Readonly<Partial<Record<string, number>>>;
  readonly findings: readonly StoreFinding[];
  readonly errors: number;
  readonly warnings: number;
}

function quality(source: string, timeframe: string | null, times: Float64Array, report: Quality): Output<'data-check'> {
  return {
    source,
    timeframe,
    bars: times.length,
    expected: report.expected,
    coverage: report.coverage,
    from: timeText(times[0]),
    to: timeText(times[times.length - 1]),
    gaps: report.gaps.map((g) => ({ from: formatTime(g.fromMs), to: formatTime(g.toMs), missing: g.missing })),
    counts: countsOf(report.counts),
    findings: report.findings.map(findingLine),
    errors: report.errors,
    warnings: report.warnings,
  };
}

/** More would not fit into memory. */
const MOST_YEARS = 30;

/** Made an instrument at a time: each takes the thread whole, and what was asked meanwhile is heard after it. */
async function marketOf(
  { seed, from, to }: Input<'data-generate'>,
  world: World,
  call: Call,
): Promise<SyntheticMarket> {
  const years = ((to ?? Date.UTC(2026, 0)) - (from ?? Date.UTC(2024, 0))) / (365.25 * 86_400_000);
  try {
    if (years > MOST_YEARS) throw new RangeError(`expected at most ${MOST_YEARS} years, found ${Math.round(years)}`);
    const parts = marketByInstrument({
      seed,
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
    });
    for (let made = 1; ; made++) {
      const next = parts.next();
      if (next.done === true) return next.value;
      call.progress('make', made, SYNTHETIC_INSTRUMENTS.length);
      await pause(world.clock, 0, call.stop);
      if (call.stop.aborted) throw new Failure('interrupted', 'it was asked to stop before anything was stored');
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure('input-invalid', `from and to: ${error.message}`, { details: { field: 'from' }, cause: error });
  }
}

/** All or nothing: once the first series is stored, the others are. */
export async function dataGenerate(
  input: Input<'data-generate'>,
  world: World,
  call: Call,
): Promise<Output<'data-generate'>> {
  const market = await marketOf(input, world, call);
  const series: SeriesLine[] = [];
  for (const { definition, hourly, minute } of market.instruments) {
    for (const [timeframe, bars] of [
      ['1h', hourly],
      ['1m', minute],
    ] as const) {
      const result = await world.catalogue.upsert(definition.id, timeframe, bars, {
        source: `${market.version} seed ${input.seed}`,
        onConflict: 'replace',
        nowMs: Math.max(world.host.nowMs(), bars.openTimeMs.at(-1) ?? 0),
      });
      if (result.status === 'refused') throw refusedUpsert(definition.id, definition.id, result);
      series.push(seriesLine(result.info!));
    }
  }
  return { version: market.version, seed: input.seed, hash: market.hash, series };
}

/** Endings of files that are not what an export writes. */
const OTHER_FORMATS = /\.(?:parquet|pq|feather|arrow|jsonl?|xlsx?|zip|bz2|xz|zst)$/i;

export async function dataExport(input: Input<'data-export'>, world: World): Promise<Output<'data-export'>> {
  const ending = OTHER_FORMATS.exec(input.file)?.[0];
  if (ending !== undefined)
    throw new Failure(
      'format-unsupported',
      `${input.file}: an export is a CSV file, expected .csv or .csv.gz, found ${ending}`,
      {
        hint: 'Name it .csv, or .csv.gz for a gzipped one.',
        details: { file: input.file, found: ending, expected: '.csv, .csv.gz' },
      },
    );
  const [info] = await findSeries(input.series, undefined, world);
  const range = {
    ...(input.from === undefined ? {} : { fromMs: input.from }),
    ...(input.to === undefined ? {} : { toMs: input.to }),
  };
  const stored = (await world.catalogue.load(info!.instrument, info!.timeframe, range))!;
  const count = stored.bars.openTimeMs.length;
  if (count === 0) {
    throw new Failure(
      'data-empty',
      `${info!.instrument}: no bars in the period asked for; there are bars from ${formatTime(info!.firstMs)} to ${formatTime(info!.lastMs)}`,
    );
  }
  if (world.files.exists(input.file) && !input.force) {
    throw new Failure('file-exists', `${input.file} is there already`, {
      hint: 'Choose another name, or pass --force.',
      details: { file: input.file },
    });
  }
  await world.barFiles.write(input.file, stored.bars, input.time);
  return { file: input.file, series: seriesLine(info!), bars: count };
}

export async function dataRm(input: Input<'data-rm'>, world: World): Promise<Output<'data-rm'>> {
  // What is damaged can be removed, which is all that can be done with it.
  const damaged = (await world.catalogue.damaged()).filter(isNamed(input.series));
  const sound = damaged.length === 0 ? await findSeries(input.series, undefined, world) : [];
  const others = damaged.length === 0 ? [] : (await world.catalogue.list()).filter(isNamed(input.series));
  const found = [...sound, ...damaged, ...others];
  for (const { instrument, timeframe } of found) await world.catalogue.remove(instrument, timeframe);
  return { removed: found.map(({ instrument, timeframe }) => ({ instrument, timeframe })) };
}
