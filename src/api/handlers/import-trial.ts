import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { BarFileLook, FileBars } from '../../ports/bar-files.ts';
import type { StoreFinding } from '../../ports/bar-store.ts';
import type { DryRun, ImportTrial } from '../dry-run.ts';
import type { Failure } from '../failures.ts';
import type { Input } from '../operations/table.ts';
import type { World } from '../world.ts';
import { countsOf, findingLine, timeText } from './data-lines.ts';
import { failureOf } from './failure-of.ts';
import { type ImportFile, ImportPlan, importFileOf } from './import-files.ts';

const MOST_FINDINGS = 100;
const MOST_COLUMNS = 100;
const MOST_BARS = 5;
const LONGEST_CELL = 60;

/** What an import would do: files are read as it reads them, and nothing is stored. Throws where a file cannot even be looked at. */
export async function importTrial(input: Input<'data-import'>, world: World): Promise<Omit<DryRun, 'operation'>> {
  const files = input.files.map((text) => importFileOf(text, input, world));
  const plan = new ImportPlan(files, input, world);
  const imports: ImportTrial[] = [];
  for (const each of files) imports.push(await tryOne(each, input, world, plan));
  const refusal = imports.find((each) => each.refusal !== null)?.refusal ?? null;
  const why = refusal === null ? null : { code: refusal.code, message: refusal.message };
  return { would: imports.flatMap(sentences), allowed: refusal === null, refusal: why, rules: [], imports };
}

async function tryOne(
  each: ImportFile,
  input: Input<'data-import'>,
  world: World,
  plan: ImportPlan,
): Promise<ImportTrial> {
  const look = await world.barFiles.look(each.name, each.request);
  const seen = { file: each.name, instrument: each.instrument, ...lookedAt(look) };
  let file: FileBars;
  try {
    file = await look.read();
  } catch (error) {
    return { ...seen, ...UNREAD, refusal: refusalOf(error) };
  }
  const told = { ...seen, ...read(file) };
  try {
    return { ...told, change: await changeOf(each, file, input, plan), refusal: null };
  } catch (error) {
    return { ...told, change: null, refusal: refusalOf(error) };
  }
}

/** What of the catalogue would change. Throws {@link Failure} where the import would be refused. */
async function changeOf(
  each: ImportFile,
  file: FileBars,
  input: Input<'data-import'>,
  plan: ImportPlan,
): Promise<NonNullable<ImportTrial['change']>> {
  const { isNew, result } = await plan.tryFile(each, file);
  const isReplaced = input.onConflict === 'replace';
  return {
    isNew,
    inserted: result.inserted,
    unchanged: result.unchanged,
    replaced: isReplaced ? result.conflicts : 0,
    kept: isReplaced ? 0 : result.conflicts,
    stored: result.info!.rows,
    from: formatTime(result.info!.firstMs),
    to: formatTime(result.info!.lastMs),
  };
}

const cut = (text: string): string => (text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text);

function lookedAt({ format, compression, bytes, columns, rows, firstLine, timeUnit }: BarFileLook) {
  return {
    ...{ format, compression, bytes, firstLine, timeUnit },
    columns: columns.slice(0, MOST_COLUMNS).map(({ header, field }, k) => ({
      position: k + 1,
      header: header === null ? null : cut(header),
      field,
    })),
    rows: rows.map((cells) => cells.slice(0, MOST_COLUMNS).map(cut)),
  };
}

const UNREAD = {
  ...{ timeframe: null, bars: null, from: null, to: null, first: [], change: null },
  ...{ findings: [], counts: {}, errors: 0, warnings: 0 },
};

function read({ bars, timeframe, findings, report }: FileBars) {
  const times = bars.openTimeMs;
  return {
    ...{ timeframe, bars: times.length, from: timeText(times[0]), to: timeText(times.at(-1)) },
    first: Array.from({ length: Math.min(MOST_BARS, times.length) }, (_, row) => barAt(bars, row)),
    findings: [...findings].sort(worstFirst).slice(0, MOST_FINDINGS).map(findingLine),
    counts: countsOf(report.counts),
    ...{ errors: report.errors, warnings: report.warnings },
  };
}

const worstFirst = (a: StoreFinding, b: StoreFinding): number =>
  Number(b.severity === 'error') - Number(a.severity === 'error') || a.row - b.row;

/** A cell that is no number is null. */
function barAt({ openTimeMs, open, high, low, close, volume }: BarColumns, row: number): ImportTrial['first'][number] {
  const number = (column: Float64Array): number | null => (Number.isFinite(column[row]) ? column[row]! : null);
  return {
    time: timeText(openTimeMs[row]),
    ...{ open: number(open), high: number(high), low: number(low), close: number(close), volume: number(volume) },
  };
}

/** What nobody foresaw is no refusal. */
function refusalOf(error: unknown): NonNullable<ImportTrial['refusal']> {
  const { code, message, hint, details }: Failure = failureOf(error);
  if (code === 'unexpected') throw error;
  const { line, column } = details as { readonly line?: number | null; readonly column?: number };
  return { code, message, hint, line: line ?? null, column: column ?? null };
}

function sentences({ file, instrument, timeframe, bars, columns, timeUnit, change }: ImportTrial): readonly string[] {
  const named = columns.flatMap(({ field, position, header }) =>
    field === null ? [] : [`${field} from ${header === null ? `column ${position}` : header}`],
  );
  const unit = timeUnit === null ? '' : `, times in ${timeUnit}`;
  const reading = `take ${named.length === 0 ? 'no column' : named.join(', ')}${unit} in ${file}`;
  if (bars === null || change === null) return [reading];
  const { isNew, inserted, unchanged, replaced, kept, stored, from, to } = change;
  const series = `${instrument}@${timeframe}`;
  return [
    reading,
    `${isNew ? 'make' : 'change'} ${series}: ${inserted} new bars of ${bars}, ${stored} then, from ${from} to ${to}`,
    ...(unchanged > 0 ? [`find ${unchanged} bars stored as they are`] : []),
    ...(replaced > 0 ? [`replace ${replaced} bars that are stored with other values`] : []),
    ...(kept > 0 ? [`leave ${kept} bars that are stored with other values`] : []),
  ];
}
