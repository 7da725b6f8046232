import type { Output } from '../../api/operations/table.ts';
import { duration, fixed, minuteOf, percent } from '../../core/report/html/format.ts';
import { strategyName } from '../../core/report/html/lookup.ts';
import { moneyPlaces } from '../../core/report/money-places.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { count, counted, day, flow, labelled, minute, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

/** Figures that are a time, and those that are a span of milliseconds: six digits would say neither. */
const TIMES: readonly string[] = ['maxDrawdownPeak', 'maxDrawdownTrough'];
const SPANS: readonly string[] = ['averageHolding', 'longestHolding'];

function figureText(name: string, value: number): string {
  if (TIMES.includes(name)) return minuteOf(value);
  if (SPANS.includes(name)) return value < 0 ? `−${duration(-value)}` : duration(value);
  return String(Number(value.toPrecision(6)));
}

const number = (value: number | null | undefined, as: (v: number) => string): string =>
  value == null ? '–' : as(value);

function statusText(status: Output<'runs-ls'>['runs'][number]['status'], style: Style): string {
  if (status === 'finished') return style.good(status);
  return status === 'failed' ? style.bad(status) : style.warn(status === 'started' ? 'not finished' : status);
}

export function renderRuns(output: Output<'runs-ls'>, { style }: Scene): Rendering {
  if (output.runs.length === 0) return { text: ' There are no runs yet.', next: 'tradewright demo' };
  const right = { align: 'right' as const };
  const columns = [
    { header: 'run' },
    { header: 'made (UTC)' },
    { header: 'status' },
    { header: 'strategy', mayShrink: true },
    { header: 'data', mayShrink: true },
    { header: 'return', ...right },
    { header: 'Sharpe', ...right },
    { header: 'max dd', ...right },
    { header: 'trades', ...right },
  ];
  const rows = output.runs.map((r) => [
    style.bold(r.id),
    minute(r.createdAt),
    statusText(r.status, style),
    r.strategy,
    `${r.instruments.join(', ')} ${r.timeframe}`,
    number(r.metrics['totalReturn'], (v) => percent(v, 'always', 1)),
    number(r.metrics['sharpe'], (v) => fixed(v, 2)),
    number(r.metrics['maxDrawdown'], (v) => percent(v, 'auto', 1)),
    number(r.metrics['trades'], count),
  ]);
  const rest =
    output.total > output.runs.length
      ? style.dim(`\n … ${count(output.total - output.runs.length)} older; --limit shows more`)
      : '';
  const [a, b] = output.runs;
  return {
    text: table(columns, rows, style) + rest,
    next: b ? `tradewright runs diff ${b.id} ${a!.id}` : `tradewright runs show ${a!.id}`,
  };
}

export function renderRun(run: Output<'runs-show'>, { style }: Scene): Rendering {
  const lines = [
    flow(
      'run',
      [style.bold(run.id), statusText(run.status, style), minute(run.createdAt), `tradewright ${run.version}`],
      style,
    ),
    ...run.strategies.map((s) =>
      flow(
        'strategy',
        [
          style.bold(strategyName(s)),
          ...Object.entries(s.params).map(([k, v]) => `${k}=${plain(v)}`),
          style.dim(`code ${s.codeHash.slice(0, 12)}`),
        ],
        style,
      ),
    ),
    ...run.data.map((d) =>
      flow(
        'data',
        [
          `${d.instrument} ${d.timeframe}`,
          `${day(d.from)} → ${day(d.to)}`,
          counted(d.bars, 'bar'),
          style.dim(`hash ${d.hash.slice(0, 12)}`),
          style.dim(d.source),
        ],
        style,
      ),
    ),
    flow(
      'request',
      Object.entries(run.config).map(([k, v]) => `${k}=${typeof v === 'string' ? v : JSON.stringify(v)}`),
      style,
    ),
    ...(run.failure === null ? [] : [labelled('failure', style.bad(run.failure), style)]),
    ...Object.entries(run.hashes).map(([name, hash]) => labelled(name, style.dim(hash), style)),
    ...Object.entries(run.reports).map(([format, path]) => labelled(format, style.accent(path), style)),
  ];
  const figures = Object.entries(run.metrics);
  if (figures.length > 0) {
    const half = Math.ceil(figures.length / 2);
    const cell = (k: number): readonly [string, string] => {
      const figure = figures[k];
      return figure ? [figure[0], number(figure[1], (v) => figureText(figure[0], v))] : ['', ''];
    };
    const rows = Array.from({ length: half }, (_, k) => [...cell(k), ...cell(k + half)]);
    const columns = [
      { header: 'metric' },
      { header: 'value', align: 'right' as const },
      { header: 'metric' },
      { header: 'value', align: 'right' as const },
    ];
    lines.push('', table(columns, rows, style));
  }
  return {
    text: lines.join('\n'),
    next: `tradewright report ${run.id}   ·   tradewright backtest --from-report ${run.reports['json'] ?? '<report.json>'}`,
  };
}

const SHOWN = 25;

/** Parts in few words; all of them is for programs. */
export function renderResult({ run, ...parts }: Output<'runs-result'>, { style }: Scene): Rendering {
  const { equity, trades, fills, costs = [], drawdowns } = parts;
  const counted: readonly (readonly [string, number | undefined, string])[] = [
    ['equity', equity?.timeMs.length, 'points'],
    ['trades', trades?.length, 'round trips'],
    ['fills', fills?.length, 'fills'],
    ['drawdowns', drawdowns?.length, 'falls'],
  ];
  const lines = [
    flow('run', [style.bold(run.id), minute(run.createdAt), `tradewright ${run.version}`], style),
    ...counted.flatMap(([name, n, what]) => (n === undefined ? [] : [flow(name, [`${count(n)} ${what}`], style)])),
    ...(costs.length === 0
      ? []
      : [
          flow(
            'costs',
            costs.map(({ label, amount }) => `${label} ${amount.toFixed(moneyPlaces(equity?.strategy[0] ?? 100))}`),
            style,
          ),
        ]),
  ];
  return { text: lines.join('\n'), next: `tradewright runs result ${run.id} --json` };
}

export function renderDiff(output: Output<'runs-diff'>, { style }: Scene): Rendering {
  const same = (isSame: boolean, what: string): string =>
    isSame ? style.good(`✓ same ${what}`) : style.warn(`! different ${what}`);
  const lines = [
    flow(
      'runs',
      [
        `${style.bold(output.a)} → ${style.bold(output.b)}`,
        same(output.sameInputs, 'request'),
        same(output.sameEvents, 'events'),
      ],
      style,
    ),
  ];
  if (output.request.length > 0) {
    const columns = [
      { header: 'request' },
      { header: output.a, mayShrink: true },
      { header: output.b, mayShrink: true },
    ];
    lines.push(
      '',
      table(
        columns,
        output.request.map((d) => [d.field, d.a, d.b]),
        style,
      ),
    );
  }
  if (output.metrics.length > 0) {
    const text = (name: string, v: number | null): string => number(v, (x) => figureText(name, x));
    const right = { align: 'right' as const };
    const columns = [
      { header: 'metric' },
      { header: output.a, ...right },
      { header: output.b, ...right },
      { header: 'difference', ...right },
    ];
    lines.push(
      '',
      table(
        columns,
        output.metrics
          .slice(0, SHOWN)
          .map((m) => [
            m.name,
            text(m.name, m.a),
            text(m.name, m.b),
            TIMES.includes(m.name) ? '' : text(m.name, m.difference),
          ]),
        style,
      ),
    );
    if (output.metrics.length > SHOWN)
      lines.push(style.dim(` … and ${count(output.metrics.length - SHOWN)} more; --json lists them all`));
  }
  return { text: lines.join('\n'), next: `tradewright runs show ${output.b}` };
}

export function renderReport(output: Output<'report'>, { style }: Scene): Rendering {
  return {
    text: output.files.map((f) => labelled(f.format, style.accent(f.path), style)).join('\n'),
    next: `tradewright runs show ${output.run}`,
  };
}
