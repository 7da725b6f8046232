import type { SourceValue } from '../../core/research/backtest.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';
import type { Call, World } from '../world.ts';
import type { LoadedFeed } from './load-data.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import { idOf } from './run-strategies.ts';
import { timeOfCell } from './time-cell.ts';

const HINT =
  'Either one JSON object a line, {"time": "2024-01-31T09:30Z", "value": …}, or CSV with the columns time and value.';

/** What a line of a file says, before its time is known to be one. */
interface Line {
  readonly number: number;
  readonly time: string;
  readonly value: Json;
}

/**
 * Recorded values of declared sources, of all files in order of time: CSV with a header, or one JSON object a line. Each has its `time`, when the
 * value became known; a further column or field `value` is the value, any others make an object. Throws {@link Failure} with file and line, and
 * for what no strategy of the run declares.
 */
export function loadSources(
  given: Readonly<Record<string, string>>,
  loaded: readonly LoadedStrategy[],
  feeds: readonly LoadedFeed[],
  world: World,
  call: Call,
): readonly SourceValue[] {
  const declared = [...new Set(loaded.flatMap(sourcesOf))];
  for (const name of Object.keys(given)) if (!declared.includes(name)) throw undeclared(name, declared, loaded);
  for (const name of declared)
    if (!Object.hasOwn(given, name))
      call.warn({
        code: 'source-missing',
        message: `${loaded
          .filter((each) => sourcesOf(each).includes(name))
          .map(idOf)
          .join(', ')}: there are no values of the declared source "${name}"`,
        hint: `Give them with --source ${name}=<file>; without, source('${name}') is null and onSource is never called.`,
      });
  const all = Object.entries(given).flatMap(([name, path]) => {
    const values = readSource(name, path, world);
    warnOutside(name, path, values, feeds, call);
    return values;
  });
  return all.sort((a, b) => a.timeMs - b.timeMs);
}

const sourcesOf = ({ strategy }: LoadedStrategy): string[] => Object.keys(strategy.def.sources ?? {});

function undeclared(name: string, declared: readonly string[], loaded: readonly LoadedStrategy[]): Failure {
  const ids = loaded.map(idOf).join(', ');
  const near = closest(name, declared);
  return new Failure(
    'input-invalid',
    declared.length === 0
      ? `source: ${ids} hears of no source, found values of "${name}"`
      : `source: ${ids} declares ${declared.join(', ')}, and no source "${name}"${near === null ? '' : `; did you mean ${near}?`}`,
    {
      hint: 'A strategy declares what it hears of: sources: { news: { about: "…" } }.',
      details: { field: 'source', found: name, expected: declared },
    },
  );
}

/** A file of which no value lies within the bars is seldom what was meant. */
function warnOutside(
  name: string,
  path: string,
  values: readonly SourceValue[],
  feeds: readonly LoadedFeed[],
  call: Call,
): void {
  const opens = feeds.map(({ feed }) => feed.bars.openTimeMs);
  const fromMs = Math.min(...opens.map((times) => times[0]!));
  const toMs = Math.max(...opens.map((times) => times[times.length - 1]!));
  if (values.some(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs)) return;
  const period = (from: number, to: number): string => `${formatTime(from)} to ${formatTime(to)}`;
  call.warn({
    code: 'source-outside',
    message: `${path}: none of its values of "${name}" lies within the bars: ${period(values[0]!.timeMs, values.at(-1)!.timeMs)}, bars from ${period(fromMs, toMs)}`,
    hint: 'Look at the times of the file, and at --from and --to.',
  });
}

/** Values of one file. */
function readSource(name: string, path: string, world: World): readonly SourceValue[] {
  const text = world.files.read(path);
  if (text === null)
    throw new Failure('file-not-found', `there is no file ${path}`, { details: { file: path, field: 'source' } });
  if (/[\0\uFFFD]/.test(text))
    throw new Failure('data-invalid', `${path}: expected text, found bytes that are none`, {
      hint: 'Values are read from plain text; unpack it first.',
      details: { file: path, field: 'source' },
    });
  const rows = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, k) => [k + 1, line.trim()] as const)
    .filter(([, line]) => line !== '');
  if (rows.length === 0)
    throw new Failure('file-empty', `${path}: no values`, {
      hint: HINT,
      details: { file: path, field: 'source' },
    });
  const lines = rows[0]![1].startsWith('{') ? rows.map((row) => jsonLine(row, path)) : csvLines(rows, path);
  let beforeMs = Number.NEGATIVE_INFINITY;
  return lines.map(({ number, time, value }) => {
    const timeMs = timeOfCell(time);
    if (timeMs === null || !(timeMs >= beforeMs))
      throw new Failure(
        'bad-time',
        `${path}:${number}: expected a time no earlier than that of the value before, found ${JSON.stringify(time)}`,
        { hint: 'Times are UTC or epoch numbers, the oldest first.', details: place(path, number) },
      );
    beforeMs = timeMs;
    return { name, timeMs, value };
  });
}

const place = (file: string, line: number) => ({ file, line, field: 'source' });

function jsonLine([number, text]: readonly [number, string], path: string): Line {
  let read: Json;
  try {
    read = JSON.parse(text) as Json;
  } catch (error) {
    throw new Failure('data-invalid', `${path}:${number}: expected a JSON object, found ${(error as Error).message}`, {
      hint: HINT,
      details: place(path, number),
    });
  }
  const isObject = typeof read === 'object' && read !== null && !Array.isArray(read);
  const { time, ...fields } = (isObject ? read : {}) as Readonly<Record<string, Json>>;
  if ((typeof time !== 'string' && typeof time !== 'number') || Object.keys(fields).length === 0)
    throw new Failure(
      'data-invalid',
      `${path}:${number}: expected an object with time and value, found ${text.slice(0, 80)}`,
      { hint: HINT, details: place(path, number) },
    );
  return { number, time: String(time), value: valueIn(fields) };
}

function csvLines(rows: readonly (readonly [number, string])[], path: string): readonly Line[] {
  const [[headNumber, head], ...rest] = rows as readonly [readonly [number, string], ...(typeof rows)[number][]];
  const columns = head.split(',').map((cell) => cell.trim());
  const timeAt = columns.findIndex((column) => column.toLowerCase() === 'time');
  if (timeAt < 0 || columns.length < 2 || new Set(columns).size < columns.length || columns.includes(''))
    throw new Failure(
      'columns-unknown',
      `${path}:${headNumber}: expected the columns time and value, found ${columns.join(' | ')}`,
      { hint: HINT, details: { ...place(path, headNumber), found: columns.join(',') } },
    );
  if (rest.length === 0)
    throw new Failure('file-empty', `${path}: no values below its header`, {
      hint: HINT,
      details: { file: path, field: 'source' },
    });
  return rest.map(([number, line]) => {
    const cells = line.split(',').map((cell) => cell.trim());
    if (cells.length !== columns.length || line.includes('"'))
      throw new Failure(
        'data-invalid',
        `${path}:${number}: expected ${columns.length} plain cells, found ${line.slice(0, 80)}`,
        {
          hint: 'CSV carries numbers and words. Texts with commas or quotes: one JSON object a line, {"time": …, "value": …}.',
          details: place(path, number),
        },
      );
    const fields = columns.flatMap((column, k) => (k === timeAt ? [] : [[column, cellValue(cells[k]!)] as const]));
    return { number, time: cells[timeAt]!, value: valueIn(Object.fromEntries(fields)) };
  });
}

/** A number where the cell is one, nothing where it is empty, else its text. */
function cellValue(cell: string): Json {
  if (cell === '') return null;
  const number = Number(cell);
  return Number.isFinite(number) ? number : cell;
}

function valueIn(fields: Readonly<Record<string, Json>>): Json {
  const names = Object.keys(fields);
  return names.length === 1 && names[0] === 'value' ? fields['value']! : fields;
}
