import type { Output } from '../../api/operations/table.ts';
import { percent } from '../../core/report/html/format.ts';
import { table } from '../table.ts';
import { count, counted, flow, labelled, minute } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

const SERIES = [
  { header: 'series' },
  { header: 'tf' },
  { header: 'bars', align: 'right' as const },
  { header: 'first (UTC)' },
  { header: 'last (UTC)' },
  { header: 'source', mayShrink: true },
];

type SeriesLine = Output<'data-ls'>['series'][number];

function seriesTable(series: readonly SeriesLine[], { style }: Scene): string {
  const rows = series.map((s) => [
    style.bold(s.instrument),
    s.timeframe,
    count(s.bars),
    minute(s.from),
    minute(s.to),
    s.source ?? '',
  ]);
  return table(SERIES, rows, style);
}

export function renderSeries(output: Output<'data-ls'>, scene: Scene): Rendering {
  if (output.series.length === 0)
    return { text: ' The catalogue is empty.', next: 'tradewright data import <file>   ·   tradewright data generate' };
  return {
    text: seriesTable(output.series, scene),
    next: `tradewright backtest sma-cross --data ${output.series[0]!.instrument}@${output.series[0]!.timeframe}`,
  };
}

export function renderImport(output: Output<'data-import'>, { style }: Scene): Rendering {
  const rows = output.imports.map((i) => [
    style.bold(i.series.instrument),
    i.series.timeframe,
    i.status,
    count(i.inserted),
    count(i.unchanged),
    count(i.replaced),
    count(i.series.bars),
    i.file,
  ]);
  const right = { align: 'right' as const };
  const columns = [
    { header: 'series' },
    { header: 'tf' },
    { header: 'status' },
    { header: 'new', ...right },
    { header: 'same', ...right },
    { header: 'replaced', ...right },
    { header: 'stored', ...right },
    { header: 'file', mayShrink: true },
  ];
  const found = output.imports.flatMap((i) => {
    const counts = Object.entries(i.findings);
    return counts.length === 0
      ? []
      : [
          labelled(
            'findings',
            `${style.warn(counts.map(([code, n]) => `${code} ${count(n)}`).join(', '))} in ${i.file}`,
            style,
          ),
        ];
  });
  const [first] = output.imports;
  return {
    text: [table(columns, rows, style), ...(found.length > 0 ? ['', ...found] : [])].join('\n'),
    next: `tradewright backtest sma-cross --data ${first?.series.instrument ?? ''}`,
  };
}

const SHOWN = 12;

export function renderDataCheck(output: Output<'data-check'>, { style }: Scene): Rendering {
  const { source, timeframe, bars, expected, coverage, from, to, gaps, counts, findings, errors, warnings } = output;
  const lines = [
    flow(
      'source',
      [
        style.bold(source),
        timeframe ?? 'timeframe unknown',
        from === null || to === null ? '' : `${minute(from)} → ${minute(to)}`,
      ],
      style,
    ),
    flow(
      'bars',
      [
        counted(bars, 'bar'),
        `${count(expected)} expected`,
        coverage === null ? '' : `coverage ${percent(coverage)}`,
        counted(gaps.length, 'gap'),
      ],
      style,
    ),
    flow(
      'verdict',
      [
        errors > 0 ? style.bad(counted(errors, 'error')) : style.good('✓ no errors'),
        warnings > 0 ? style.warn(counted(warnings, 'warning')) : 'no warnings',
      ],
      style,
    ),
  ];
  if (Object.keys(counts).length > 0)
    lines.push(
      flow(
        'found',
        Object.entries(counts).map(([code, n]) => `${code} ${count(n)}`),
        style,
      ),
    );
  const shown = findings.slice(0, SHOWN);
  if (shown.length > 0) {
    const rows = shown.map((f) => [
      f.severity === 'error' ? style.bad(f.code) : style.warn(f.code),
      f.line === null ? `row ${count(f.row + 1)}` : `line ${count(f.line)}`,
      f.time === null ? '' : minute(f.time),
      `${f.found}; expected ${f.expected}`,
    ]);
    lines.push(
      '',
      table(
        [
          { header: 'finding' },
          { header: 'place', align: 'right' },
          { header: 'time (UTC)' },
          { header: 'what', mayShrink: true },
        ],
        rows,
        style,
      ),
    );
    if (findings.length > SHOWN)
      lines.push(style.dim(` … and ${count(findings.length - SHOWN)} more; --json lists them all`));
  }
  const next = errors > 0 ? `tradewright docs how-to/data` : `tradewright backtest sma-cross --data ${source}`;
  return { text: lines.join('\n'), next };
}

export function renderGenerate(output: Output<'data-generate'>, scene: Scene): Rendering {
  const { style } = scene;
  return {
    text: [
      style.warn(` SYNTHETIC: ${output.version}, seed ${output.seed}; made, not recorded`),
      '',
      seriesTable(output.series, scene),
    ].join('\n'),
    next: `tradewright backtest sma-cross --data ${output.series[0]?.instrument ?? 'synthetic'}@1h`,
  };
}

export function renderExport(output: Output<'data-export'>, { style }: Scene): Rendering {
  const { file, series, bars } = output;
  return {
    text: flow(
      'written',
      [style.accent(file), `${series.instrument} ${series.timeframe}`, counted(bars, 'bar')],
      style,
    ),
    next: `tradewright data check ${file}`,
  };
}

export function renderRemoved(output: Output<'data-rm'>, { style }: Scene): Rendering {
  return {
    text: output.removed.map((r) => flow('removed', [`${r.instrument} ${r.timeframe}`], style)).join('\n'),
    next: 'tradewright data ls',
  };
}

export function renderSync({ series, others }: Output<'data-sync'>, { style }: Scene): Rendering {
  const rows = series.map(({ series: name, timeframe, inserted, corrected, complete, failure }) => [
    ...[name, timeframe, count(inserted), count(corrected)],
    failure !== null ? style.bad(failure.message) : complete ? 'up to date' : style.warn('goes on there'),
  ]);
  const right = { align: 'right' as const };
  const columns = [
    ...[{ header: 'series' }, { header: 'timeframe' }, { header: 'new', ...right }, { header: 'corrected', ...right }],
    { header: '', mayShrink: true },
  ];
  return {
    text: [
      series.length === 0 ? ' no series come from a venue' : table(columns, rows, style),
      ...(others === 0 ? [] : [style.dim(` ${counted(others, 'series', 'series')} from elsewhere`)]),
    ].join('\n'),
    next: series.length === 0 ? 'tradewright help data get' : 'tradewright data ls',
  };
}
