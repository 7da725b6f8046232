import type { RunSummary } from '../../api/operations/research.ts';
import type { Output } from '../../api/operations/table.ts';
import { fixed, metricValue, percent, reasonText } from '../../core/report/html/format.ts';
import { HEADLINES, strategyName } from '../../core/report/html/lookup.ts';
import { moneyPlaces } from '../../core/report/money-places.ts';
import { table } from '../table.ts';
import { count, counted, day, flow, labelled, mark, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

/** A run: what it was made of, the strategy beside holding the instrument, what is to be thought of it, where the reports are. */
export function renderRun(run: RunSummary, scene: Scene): Rendering {
  const { style } = scene;
  const blocks = [[head(run, scene)], made(run, scene), [figures(run, scene)], judged(run, scene)];
  if (run.byStrategy !== undefined) blocks.splice(3, 0, [byStrategy(run.byStrategy, run, scene)]);
  const files = run.files.map((f) => labelled('report', `${style.accent(f.path)}`, style));
  if (files.length > 0) blocks.push(files);
  const html = run.files.some((f) => f.format === 'json');
  const [strategy, ...others] = run.strategy;
  // Without its values it would ask for nothing, and nothing could be checked.
  const heard = (run.sources ?? []).map(({ name, file }) => ` --source ${name}=${file}`).join('');
  const shown = [
    // It takes one strategy, and those of this run have been checked together.
    ...(others.length > 0
      ? []
      : [`tradewright check ${plain(scene.given['strategy'] ?? strategy?.id ?? 'sma-cross')}${heard}`]),
    ...(html || others.length > 0 ? [`tradewright runs show ${run.run}`] : []),
  ];
  const next = run.gate && !run.gate.passed ? `tradewright report ${run.run}` : shown.join('   ·   ');
  return { text: blocks.map((lines) => lines.join('\n')).join('\n\n'), next };
}

function head(run: RunSummary, { style, version, homePath }: Scene): string {
  const parts = [
    style.bold(`tradewright ${version}`),
    `node ${process.versions.node}`,
    `home ${homePath}`,
    'network: not used',
  ];
  const brands = [
    ...(run.data.some((d) => d.synthetic)
      ? [style.warn('SYNTHETIC DATA: made, not recorded; it says nothing about a real market')]
      : []),
    ...(run.status === 'partial' ? [style.warn('PARTIAL: stopped before the data ended')] : []),
  ];
  return [parts.join(style.dim(' · ')), ...brands.map((b) => ` ${b}`)].join('\n');
}

function made(run: RunSummary, { style }: Scene): readonly string[] {
  const data = run.data.map((d, k) =>
    flow(
      k === 0 ? 'data' : '',
      [
        `${style.bold(d.instrument)} ${d.timeframe}`,
        `${day(d.from)} → ${day(d.to)}`,
        counted(d.bars, 'bar'),
        d.gaps === 0 ? 'no gaps' : style.warn(`${counted(d.gaps, 'gap')}, ${counted(d.missingBars, 'bar')} missing`),
        style.dim(d.source),
      ],
      style,
    ),
  );
  const sources = (run.sources ?? []).map((s) =>
    flow(
      'source',
      [style.bold(s.name), `${day(s.from)} → ${day(s.to)}`, counted(s.values, 'value'), style.dim(plain(s.file))],
      style,
    ),
  );
  const strategies = run.strategy.map((s) =>
    flow(
      'strategy',
      [style.bold(strategyName(s)), ...Object.entries(s.params).map(([k, v]) => `${k}=${plain(v)}`)],
      style,
    ),
  );
  const said = (label: string): string => run.conventions.find((c) => c.label === label)?.value ?? '–';
  const costs = [
    `taker fee ${said('taker fee')}`,
    `slippage ${said('slippage')}`,
    `market orders ${said('market orders')}`,
  ];
  const speed =
    run.speed.seconds === 0
      ? ''
      : `${run.speed.seconds.toFixed(2)} s   ${count(run.speed.barsPerSecond / 1000)} k bars/s`;
  return [
    ...data,
    ...sources,
    ...strategies,
    flow('costs', costs, style),
    flow(
      'capital',
      [`${run.cash} ${run.currency} → ${style.bold(`${run.finalEquity} ${run.currency}`)}`, said('account')],
      style,
    ),
    flow('run', [style.bold(run.run), ...(speed === '' ? [] : [speed])], style),
  ];
}

function figures(run: RunSummary, { style }: Scene): string {
  const unit = { currency: run.currency, places: moneyPlaces(Number(run.cash)) };
  const rows = HEADLINES.flatMap(([name, title]) => {
    const metric = run.metrics.find((m) => m.name === name);
    if (!metric) return [];
    const own =
      metric.value === null ? style.dim(`n/a (${reasonText(metric.reason)})`) : metricValue(metric, metric.value, unit);
    const other = typeof metric.benchmark === 'number' ? metricValue(metric, metric.benchmark, unit) : '';
    return [[metric.label || title, own, other, name === 'sharpe' ? sharpeRange(run) : '']];
  });
  // From gross to net, which stand at the ends: they are no costs, whatever their sign. Funding received makes up for costs.
  const paid = run.costs.slice(1, -1).reduce((sum, c) => sum + c.amount, 0);
  rows.push(['Costs', percent(paid / Number(run.cash)), '', 'of the starting capital']);
  const columns = [
    { header: '' },
    { header: 'strategy', align: 'right' as const },
    { header: 'buy & hold', align: 'right' as const },
    { header: '' },
  ];
  return table(
    columns,
    rows.map((r) => [r[0]!, r[1]!, r[2]!, style.dim(r[3]!)]),
    style,
  );
}

/** What each of several strategies did. */
function byStrategy(rows: NonNullable<RunSummary['byStrategy']>, run: RunSummary, { style }: Scene): string {
  const right = { align: 'right' as const };
  const places = moneyPlaces(Number(run.cash));
  const columns = [
    { header: 'by strategy', mayShrink: true },
    { header: 'share', ...right },
    { header: 'trades', ...right },
    { header: 'open', ...right },
    { header: `profit ${run.currency}`, ...right },
    { header: `fees ${run.currency}`, ...right },
  ];
  const cells = rows.map((r) => [
    ...[r.strategy, percent(r.share), count(r.trades), count(r.open)],
    ...[fixed(r.profit, places, 'always'), fixed(r.fees, places)],
  ]);
  return table(columns, cells, style);
}

function sharpeRange(run: RunSummary): string {
  const value = (name: string): number | null => run.metrics.find((m) => m.name === name)?.value ?? null;
  const low = value('sharpeLow95');
  const high = value('sharpeHigh95');
  return low === null || high === null ? '' : `95 % CI ${fixed(low, 2)} … ${fixed(high, 2)}`;
}

function judged(run: RunSummary, { style }: Scene): readonly string[] {
  const lines = [
    flow(
      'checks',
      run.checks.map((c) => `${mark(c.status, style)} ${c.text}`),
      style,
    ),
  ];
  for (const c of run.checks) if (c.status === 'failed' && c.detail) lines.push(labelled('', c.detail, style));
  if (run.interval) {
    const { best, worst } = run.interval;
    lines.push(
      labelled(
        'interval',
        `${percent(worst.totalReturn, 'always')} … ${percent(best.totalReturn, 'always')} by the order of prices inside bars, which the data do not say`,
        style,
      ),
    );
  }
  const refused = run.refusals.reduce((sum, r) => sum + r.count, 0);
  if (refused > 0) {
    const worst = [...run.refusals].sort((a, b) => b.count - a.count).slice(0, 3);
    lines.push(
      labelled(
        'refused',
        `${style.warn(counted(refused, 'order'))} by risk or venue: ${worst.map((r) => `${r.code} ${count(r.count)}`).join(', ')}`,
        style,
      ),
    );
  }
  if (run.gate) {
    const text = run.gate.passed
      ? style.good(`passed: not (${run.gate.expression})`)
      : `${style.bad('failed')}: ${run.gate.because.join(', ')}`;
    lines.push(labelled('gate', text, style));
  }
  return lines;
}

export function renderCheck(output: Output<'check'>, { style, given }: Scene): Rendering {
  const { strategy, data, checks, passed } = output;
  const lines = [
    flow(
      'strategy',
      [
        style.bold(`${strategy.id}@${strategy.version}`),
        ...Object.entries(strategy.params).map(([k, v]) => `${k}=${plain(v)}`),
      ],
      style,
    ),
    ...data.map((d) =>
      flow('data', [`${d.instrument} ${d.timeframe}`, counted(d.bars, 'bar'), style.dim(d.source)], style),
    ),
    '',
    ...checks.flatMap((c) => [
      ` ${mark(c.status, style)} ${c.text}`,
      ...(c.detail ? [labelled('', c.detail, style, 2)] : []),
    ]),
  ];
  const next = passed
    ? `tradewright backtest ${plain(given['strategy'])} --data ${data[0]?.synthetic ? 'synthetic' : (data[0]?.source ?? 'synthetic')}`
    : 'tradewright docs how-to/write-a-strategy';
  return { text: lines.join('\n'), next };
}
