import { type BarSeries, type SeriesUpsert, upsertSeries } from '../../core/market/bar-series.ts';
import { formatTime, type Timeframe } from '../../core/vocabulary/time.ts';
import type { BarFileRequest, FileBars } from '../../ports/bar-files.ts';
import type { UpsertOptions, UpsertResult } from '../../ports/bar-store.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import { readUpload } from '../upload-name.ts';
import type { Call, World } from '../world.ts';
import { countsOf, seriesLine } from './data-lines.ts';
import { failureOf } from './failure-of.ts';
import { fullSymbol, symbolOfFile } from './instrument-of.ts';
import { refuseErrors, timeframeUntold } from './load-data.ts';
import { pause } from './pause.ts';

/** A file that is to be imported, wherever it lies. */
export interface ImportFile {
  /** What it is called, in messages and in the catalogue. */
  readonly name: string;
  readonly instrument: string;
  readonly request: BarFileRequest;
  /** Null where it is a file of the machine. */
  readonly upload: string | null;
}

/** Throws {@link Failure} `input-invalid`, `upload-unknown`. */
export function importFileOf(text: string, input: Input<'data-import'>, world: World): ImportFile {
  const { columns, dateOrder, sort, timeframe } = input;
  const asked = {
    sort,
    ...(columns === undefined ? {} : { columns }),
    ...(dateOrder === undefined ? {} : { dateOrder }),
    ...(timeframe === undefined ? {} : { timeframe }),
  };
  const upload = readUpload(text);
  const name = upload?.name ?? text;
  const instrument = fullSymbol(input.symbol ?? symbolOfFile(name));
  if (upload === null) return { name, instrument, request: asked, upload: null };
  const at = world.uploads.pathOf(upload.id);
  if (at === null)
    throw new Failure('upload-unknown', `${name}: there is no such uploaded file`, { details: { field: 'files' } });
  return { name, instrument, request: { ...asked, at, maxBytes: world.uploads.largestBytes }, upload: upload.id };
}

/** What a file that was read would be stored as. Throws {@link Failure} `data-invalid` where it cannot be. */
export function storable(
  { name }: ImportFile,
  file: FileBars,
  input: Input<'data-import'>,
  world: World,
): { readonly timeframe: Timeframe; readonly options: UpsertOptions } {
  refuseErrors(file, name);
  const { timeframe, decimals } = file;
  if (timeframe === null) throw timeframeUntold(file, name);
  const { lineOf } = file.source;
  const { sort, onConflict } = input;
  const source = name.split(/[\\/]/).at(-1)!;
  return { timeframe, options: { source, lineOf, sort, onConflict, nowMs: world.host.nowMs(), decimals } };
}

/** What files would do to the catalogue, one after the other, found out without storing anything of them. */
export class ImportPlan {
  readonly #input: Input<'data-import'>;
  readonly #world: World;
  /** The series as they would be after the files that were tried so far, as far as files are to come that may be of them. */
  readonly #series = new Map<string, BarSeries | null>();
  /** Instruments of the files that are to come. */
  readonly #toCome: string[];

  constructor(files: readonly ImportFile[], input: Input<'data-import'>, world: World) {
    this.#toCome = files.map(({ instrument }) => instrument);
    this.#input = input;
    this.#world = world;
  }

  /** Tries the next of the files. Throws {@link Failure} where the import would be refused. */
  async tryFile(each: ImportFile, file: FileBars): Promise<{ isNew: boolean; result: SeriesUpsert['result'] }> {
    const { timeframe, options } = storable(each, file, this.#input, this.#world);
    const key = `${each.instrument}@${timeframe}`;
    const before = this.#series.get(key) ?? (await this.#world.catalogue.load(each.instrument, timeframe));
    const { write, result } = upsertSeries(before, each.instrument, timeframe, file.bars, options);
    if (result.status === 'refused') throw refusedUpsert(each.name, each.instrument, result, lineOfTime(file));
    this.#toCome.splice(this.#toCome.indexOf(each.instrument), 1);
    // A series is as large as its file, and there may be many.
    if (this.#toCome.includes(each.instrument)) this.#series.set(key, write ?? before);
    else
      for (const known of this.#series.keys()) if (known.startsWith(`${each.instrument}@`)) this.#series.delete(known);
    return { isNew: before === null, result };
  }
}

/** Stores the bars of files: of all of them, or, where one cannot be read or would be refused, of none. */
export async function dataImport(
  input: Input<'data-import'>,
  world: World,
  call: Call,
): Promise<Output<'data-import'>> {
  // All are there, before the first is read; and all would be taken, before the first is stored.
  const files = input.files.map((text) => importFileOf(text, input, world));
  const plan = new ImportPlan(files, input, world);
  /** Columns, which take about as much room as the text that they were read from; of what is stored, none. */
  const read: (FileBars | null)[] = [];
  for (const [k, each] of files.entries()) {
    call.progress('read', k, files.length);
    const file = await world.barFiles.read(each.name, each.request);
    // One alone the store takes or refuses itself.
    if (files.length > 1) await plan.tryFile(each, file);
    read.push(file);
    // Reading takes the thread whole: what was asked meanwhile is heard now.
    await pause(world.clock, 0, call.stop);
    if (call.stop.aborted) throw new Failure('interrupted', 'it was asked to stop before anything was stored');
  }
  const imports: Output<'data-import'>['imports'] = [];
  for (const [k, each] of files.entries()) {
    call.progress('store', k, files.length);
    try {
      imports.push(await storeOne(each, read[k]!, input, world));
      read[k] = null;
    } catch (error) {
      throw k === 0 ? error : storedBefore(error, imports);
    }
  }
  // What was uploaded was uploaded for this.
  for (const { upload } of files) if (upload !== null) world.uploads.remove(upload);
  return { imports };
}

/** What stopped an import in its middle, as a full disk does, with what had been stored by then. */
function storedBefore(error: unknown, imports: Output<'data-import'>['imports']): Failure {
  const { code, message, hint, details } = failureOf(error);
  const stored = imports.map(({ file }) => file);
  return new Failure(code, `${message}; stored before that: ${stored.join(', ')}`, {
    hint: `${hint} Then import all of them again: what is stored stays as it is.`,
    details: { ...details, stored },
    cause: error,
  });
}

async function storeOne(
  each: ImportFile,
  file: FileBars,
  input: Input<'data-import'>,
  world: World,
): Promise<Output<'data-import'>['imports'][number]> {
  const { name, instrument } = each;
  const { timeframe, options } = storable(each, file, input, world);
  const result = await world.catalogue.upsert(instrument, timeframe, file.bars, options);
  if (result.status === 'refused') throw refusedUpsert(name, instrument, result, lineOfTime(file));
  return {
    file: name,
    status: result.status,
    inserted: result.inserted,
    unchanged: result.unchanged,
    replaced: input.onConflict === 'replace' ? result.conflicts : 0,
    merged: result.merged + (file.report.counts['bar-duplicate'] ?? 0),
    findings: countsOf(file.report.counts),
    series: seriesLine(result.info!),
  };
}

/** Why bars were not stored. `lineOf`: the line of a row, where the bars have lines. */
export function refusedUpsert(
  path: string,
  id: string,
  { conflicts, conflictExamples, findings }: Pick<UpsertResult, 'conflicts' | 'conflictExamples' | 'findings'>,
  lineAt: (timeMs: number) => number | null = () => null,
): Failure {
  const [conflict] = conflictExamples;
  if (conflict !== undefined) {
    const line = lineAt(conflict.timeMs);
    const at = line === null ? path : `${path}:${line}`;
    const more = conflicts === 1 ? '' : `, the first of ${conflicts} bars that differ`;
    const [expected, found] = [barText(conflict.stored), barText(conflict.incoming)];
    const time = formatTime(conflict.timeMs);
    return new Failure(
      'data-conflict',
      `${at}: the bar of ${id} at ${time} is stored with other values: ${expected}; found ${found}${more}`,
      { details: { file: path, line, time, conflicts, found, expected } },
    );
  }
  const first = findings.find((f) => f.severity === 'error');
  const at = first?.line == null ? path : `${path}:${first.line}`;
  return new Failure(
    'data-invalid',
    `${at}: ${first?.code ?? 'refused'}: expected ${first?.expected ?? ''}, found ${first?.found ?? ''}`,
    {
      hint: first?.hint ?? 'Compare with the source.',
      details: { file: path, line: first?.line ?? null },
    },
  );
}

const barText = ([open, high, low, close, volume]: UpsertResult['conflictExamples'][number]['stored']): string =>
  `open ${open}, high ${high}, low ${low}, close ${close}, volume ${volume}`;

/** Where the bar of a time stands in a file; null where the file has no lines. */
function lineOfTime({ bars, source: { lineOf } }: FileBars): (timeMs: number) => number | null {
  return (timeMs) => {
    const row = lineOf === null ? -1 : bars.openTimeMs.indexOf(timeMs);
    return row < 0 ? null : lineOf!(row);
  };
}
