import type { Output } from '../../api/operations/table.ts';
import { table } from '../table.ts';
import { counted, flow, labelled, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

/** Columns of the labels where some are longer than elsewhere. */
const LABEL = 12;

const firstSentence = (text: string): string => /^.*?[.:](?= |$)/.exec(text)?.[0] ?? text;

export function renderNewStrategy(output: Output<'new-strategy'>, { style }: Scene): Rendering {
  return {
    text: output.files.map((file) => labelled('written', style.accent(file), style)).join('\n'),
    next: `tradewright backtest ./${output.files[0]} --data synthetic   ·   npx node --test ${output.files[1]}`,
  };
}

export function renderStrategies(output: Output<'strategies'>, { style, given }: Scene): Rendering {
  const [only] = output.strategies;
  if (given['strategy'] === undefined || !only) {
    const rows = output.strategies.map((s) => [style.bold(s.id), firstSentence(s.about)]);
    return {
      text: table([{ header: 'strategy' }, { header: 'what it does', mayShrink: true }], rows, style),
      next: `tradewright strategies ${only?.id ?? 'sma-cross'}`,
    };
  }
  const lines = [
    flow('strategy', [style.bold(`${only.id}@${only.version}`)], style, LABEL),
    labelled('does', only.about, style, LABEL),
    ...(only.failsWhen === '' ? [] : [labelled('fails when', only.failsWhen, style, LABEL)]),
    ...only.feeds.map((f) => flow('data', [f.name, `${f.bars} bars`, f.symbol ?? ''], style, LABEL)),
    '',
  ];
  const right = { align: 'right' as const };
  const columns = [
    { header: 'parameter' },
    { header: 'kind' },
    { header: 'default', ...right },
    { header: 'least', ...right },
    { header: 'most', ...right },
    { header: 'step', ...right },
    { header: 'options' },
  ];
  const text = (v: number | null): string => (v === null ? '' : String(v));
  lines.push(
    table(
      columns,
      only.params.map((p) => [
        style.bold(p.name),
        p.kind,
        plain(p.default),
        text(p.min),
        text(p.max),
        text(p.step),
        p.options.join(' '),
      ]),
      style,
    ),
  );
  const [first] = only.params;
  return {
    text: lines.join('\n'),
    next: `tradewright backtest ${plain(given['strategy'])} --data synthetic${first ? ` --param ${first.name}=${plain(first.default)}` : ''}`,
  };
}

export function renderIndicators(output: Output<'indicators'>, { style }: Scene): Rendering {
  const [only] = output.indicators;
  if (output.indicators.length === 1 && only) {
    const lines = [
      flow('indicator', [style.bold(only.name), only.title, style.dim(only.group)], style, 12),
      labelled('formula', only.formula, style, 12),
      labelled('source', only.source, style, 12),
      flow('takes', [only.inputs.join(', ')], style, 12),
      flow('gives', [only.outputs.join(', '), style.dim(only.unit)], style, 12),
      flow(
        'warm-up',
        [`${counted(only.warmUpBars, 'bar')} to the first value`, `settled after ${counted(only.settledBars, 'bar')}`],
        style,
        12,
      ),
    ];
    if (only.params.length > 0) {
      const right = { align: 'right' as const };
      const columns = [
        { header: 'parameter' },
        { header: 'default', ...right },
        { header: 'least', ...right },
        { header: 'most', ...right },
        { header: 'what it is', mayShrink: true },
      ];
      lines.push(
        '',
        table(
          columns,
          only.params.map((p) => [style.bold(p.name), plain(p.default), String(p.min), String(p.max), p.about]),
          style,
        ),
      );
    }
    return { text: lines.join('\n'), next: 'tradewright new strategy my-idea' };
  }
  const groups = [...new Set(output.indicators.map((i) => i.group))];
  const blocks = groups.map((group) => {
    const rows = output.indicators
      .filter((i) => i.group === group)
      .map((i) => [style.bold(i.name), i.title, i.params.map((p) => `${p.name} ${p.default}`).join(', ')]);
    return `${style.dim(` ${group}`)}\n${table([{ header: '' }, { header: '', mayShrink: true }, { header: '', mayShrink: true }], rows, style)}`;
  });
  return { text: blocks.join('\n\n'), next: `tradewright indicators ${only?.name ?? 'rsi'}` };
}

export function renderDocs(output: Output<'docs'>, { style }: Scene): Rendering {
  if (output.text !== null) return { text: output.text.trimEnd(), next: null };
  if (output.topics.length === 0)
    return { text: ' No documentation comes with this installation.', next: 'tradewright help' };
  const rows = output.topics.map((t) => [style.bold(t.topic), t.title]);
  return {
    text: table([{ header: 'topic' }, { header: 'title', mayShrink: true }], rows, style),
    next: `tradewright docs ${output.topics[0]!.topic}`,
  };
}
