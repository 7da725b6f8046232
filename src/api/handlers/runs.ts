import { renderMarkdown } from '../../core/report/html/markdown.ts';
import { type Report, reportSchema } from '../../core/report/report.ts';
import type { RunRecord } from '../../ports/registry.ts';
import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import { unknownCursor } from '../page.ts';
import { complaintText, schemaComplaint } from '../schema-complaint.ts';
import type { Call, World } from '../world.ts';
import { lookedAt } from './looked-at.ts';
import { strategiesText } from './strategies-text.ts';
import { reportFolder, writeReports } from './write-reports.ts';

/** Figures that a list of runs shows. */
const LISTED = ['totalReturn', 'sharpe', 'maxDrawdown', 'trades'] as const;

function line(run: RunRecord, names: readonly string[] = LISTED): Output<'runs-ls'>['runs'][number] {
  return {
    id: run.id,
    status: run.status,
    createdAt: run.createdAt,
    strategy: strategiesText(run),
    instruments: run.data.map((d) => d.instrument),
    timeframe: run.data[0]?.timeframe ?? '',
    bars: run.data.reduce((sum, d) => sum + d.bars, 0),
    synthetic: run.data.some((d) => d.synthetic),
    metrics: Object.fromEntries(names.filter((n) => n in run.metrics).map((n) => [n, run.metrics[n] ?? null])),
  };
}

/** A run by id; `last` is the newest. */
function find(id: string, world: World): RunRecord {
  if (id === 'last') {
    const [newest] = world.runs.list();
    if (newest) return newest;
    throw new Failure('run-unknown', 'there are no runs yet', { hint: 'tradewright demo makes one.' });
  }
  const run = world.runs.get(id);
  if (run) return run;
  const near = closest(
    id,
    world.runs
      .list()
      .slice(0, 200)
      .map((r) => r.id),
  );
  throw new Failure('run-unknown', `there is no run ${id}${near === null ? '' : `; did you mean ${near}?`}`, {
    details: { found: id },
  });
}

/** Runs are files, and there may be many of them. */
const LOOK_MS = 3_000;

export function runsLs(input: Input<'runs-ls'>, world: World, call: Call): Promise<Output<'runs-ls'>> {
  return lookedAt(input, world, call, LOOK_MS, () => page(input, world));
}

function page(input: Input<'runs-ls'>, world: World): Output<'runs-ls'> {
  const all = world.runs
    .list()
    .filter(
      (r) => input.strategy === undefined || r.strategies.some(({ id, of }) => [id, of].includes(input.strategy)),
    );
  const { cursor, limit } = input;
  const first = cursor === undefined ? 0 : all.findIndex((run) => run.id === cursor) + 1;
  if (cursor !== undefined && first === 0) throw unknownCursor(cursor);
  const shown = all.slice(first, first + limit);
  return {
    ...{ runs: shown.map((run) => line(run)), total: all.length },
    cursor: first + shown.length < all.length ? shown.at(-1)!.id : null,
  };
}

export function runsShow(input: Input<'runs-show'>, world: World): Output<'runs-show'> {
  const run = find(input.run, world);
  const { version, strategies, data, config, hashes, reports, failure } = run;
  return {
    ...line(run, Object.keys(run.metrics)),
    ...{ version, hashes, reports, failure, data: [...data] },
    strategies: strategies as Output<'runs-show'>['strategies'],
    config: config as Output<'runs-show'>['config'],
  };
}

export function runsResult(input: Input<'runs-result'>, world: World): Output<'runs-result'> {
  const { schema: _schema, run, ...parts } = readReport(find(input.run, world).id, world);
  if (input.part.length === 0) return { run, ...parts };
  return { run, ...Object.fromEntries(input.part.map((part) => [part, parts[part]])) };
}

export function runsDiff(input: Input<'runs-diff'>, world: World): Output<'runs-diff'> {
  const a = find(input.a, world);
  const b = find(input.b, world);
  const metrics = [...new Set([...Object.keys(a.metrics), ...Object.keys(b.metrics)])].map((name) => {
    const x = a.metrics[name] ?? null;
    const y = b.metrics[name] ?? null;
    return { name, a: x, b: y, difference: x === null || y === null ? null : y - x };
  });
  return {
    a: a.id,
    b: b.id,
    sameInputs: a.request === b.request && a.hashes['inputs'] === b.hashes['inputs'],
    sameEvents: a.hashes['events'] !== undefined && a.hashes['events'] === b.hashes['events'],
    request: differences(a, b),
    metrics: metrics.filter((m) => !Object.is(m.a, m.b)),
  };
}

function differences(a: RunRecord, b: RunRecord): Output<'runs-diff'>['request'] {
  const x = flat(a);
  const y = flat(b);
  return [...new Set([...x.keys(), ...y.keys()])]
    .map((field) => ({ field, a: x.get(field) ?? '–', b: y.get(field) ?? '–' }))
    .filter((d) => d.a !== d.b);
}

/** What a run was made of, as lines. */
function flat(run: RunRecord): Map<string, string> {
  const out = new Map<string, string>([['version', run.version]]);
  const { param: _param, ...config } = run.config;
  for (const [name, value] of Object.entries(config))
    out.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  for (const s of run.strategies) {
    out.set(`${s.id} code`, s.codeHash);
    if (s.of !== undefined) out.set(`${s.id} is`, s.of);
    for (const [name, value] of Object.entries(s.params)) out.set(`${s.id} ${name}`, JSON.stringify(value));
  }
  for (const d of run.data) out.set(`data ${d.instrument} ${d.timeframe}`, d.hash);
  for (const { name, hash } of run.sources ?? []) out.set(`values of source ${name}`, hash);
  return out;
}

export async function report(input: Input<'report'>, world: World): Promise<Output<'report'>> {
  const document = readReport(input.run, world);
  const files = await writeReports(document, [input.format], input.out ?? reportFolder(world), world);
  return { run: document.run.id, files: [...files], markdown: renderMarkdown(document) };
}

/** The page of a run. What is read is what its record names, never what was asked for. */
export async function runsPage(input: Input<'runs-page'>, world: World): Promise<Output<'runs-page'>> {
  const { id, reports } = find(input.run, world);
  const kept =
    reports['json'] === undefined && reports['html'] !== undefined ? world.files.read(reports['html']) : null;
  if (kept !== null) return { run: id, html: kept };
  const { renderHtml } = await import('../../core/report/html/page.ts');
  return { run: id, html: renderHtml(readReport(id, world)) };
}

/** The JSON report of a run, or of a file. */
function readReport(name: string, world: World): Report {
  const path = name.endsWith('.json') ? name : find(name, world).reports['json'];
  if (path === undefined) {
    throw new Failure('report-missing', `${name} was made without a JSON report`, {
      hint: 'Run it again with --report json.',
      details: { found: name },
    });
  }
  const text = world.files.read(path);
  if (text === null)
    throw new Failure(name.endsWith('.json') ? 'file-not-found' : 'report-missing', `there is no file ${path}`, {
      details: { file: path },
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Told below with everything else that is no report.
  }
  const parsed = reportSchema().safeParse(json);
  if (parsed.success) return parsed.data;
  const complaint = json === undefined ? 'it is no JSON' : complaintText(schemaComplaint(parsed.error, json));
  throw new Failure('input-invalid', `${path}: expected a tradewright.report/1 document: ${complaint}`, {
    details: { file: path },
  });
}
