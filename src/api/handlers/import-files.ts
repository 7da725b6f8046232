import type { Timeframe } from '../../core/vocabulary/time.ts';
import type { BarFileRequest, FileBars } from '../../ports/bar-files.ts';
import type { UpsertOptions, UpsertResult } from '../../ports/bar-store.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import { readUpload } from '../upload-name.ts';
import type { Call, World } from '../world.ts';
import { countsOf, seriesLine } from './data-lines.ts';
import { fullSymbol, symbolOfFile } from './instrument-of.ts';
import { refuseErrors, timeframeUntold } from './load-data.ts';

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

export async function dataImport(
  input: Input<'data-import'>,
  world: World,
  call: Call,
): Promise<Output<'data-import'>> {
  const imports: Output<'data-import'>['imports'] = [];
  // All are there, before the first is read.
  const files = input.files.map((text) => importFileOf(text, input, world));
  for (const [k, each] of files.entries()) {
    imports.push(await importOne(each, input, world, (phase) => call.progress(phase, k, files.length)));
  }
  // What was uploaded was uploaded for this.
  for (const { upload } of files) if (upload !== null) world.uploads.remove(upload);
  return { imports };
}

async function importOne(
  each: ImportFile,
  input: Input<'data-import'>,
  world: World,
  tell: (phase: 'read' | 'store') => void,
): Promise<Output<'data-import'>['imports'][number]> {
  const { name, instrument, request } = each;
  tell('read');
  const file = await world.barFiles.read(name, request);
  tell('store');
  const { timeframe, options } = storable(each, file, input, world);
  const result = await world.catalogue.upsert(instrument, timeframe, file.bars, options);
  if (result.status === 'refused') throw refusedUpsert(name, instrument, result);
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

/** Why bars were not stored. */
export function refusedUpsert(
  path: string,
  id: string,
  { conflicts, findings }: Pick<UpsertResult, 'conflicts' | 'findings'>,
): Failure {
  const first = findings.find((f) => f.severity === 'error');
  const at = first?.line == null ? path : `${path}:${first.line}`;
  if (conflicts > 0) {
    return new Failure('data-conflict', `${at}: ${conflicts} bars of ${id} are stored with other values`, {
      details: { file: path, conflicts, ...(first ? { found: first.found, expected: first.expected } : {}) },
    });
  }
  return new Failure(
    'data-invalid',
    `${at}: ${first?.code ?? 'refused'}: expected ${first?.expected ?? ''}, found ${first?.found ?? ''}`,
    {
      hint: first?.hint ?? 'Compare with the source.',
      details: { file: path, line: first?.line ?? null },
    },
  );
}
