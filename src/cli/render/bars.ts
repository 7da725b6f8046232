import type { Output } from '../../api/operations/table.ts';
import { table } from '../table.ts';
import { count, flow, labelled } from './parts.ts';
import type { Rendering, Scene } from './render.ts';
import { right } from './session-book.ts';

const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');
/** When a bar opened, as closely as its timeframe has it: `1s` has seconds. */
const opened = (time: string, timeframe: string): string =>
  time.slice(0, /^\d+s$/.test(timeframe) ? 19 : 16).replace('T', ' ');

type Indicators = Output<'session-bars'>['indicators'];

const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const;

/** What indicators say of one bar; nothing before their first value. */
const told = (indicators: Indicators, row: number): string[] =>
  indicators
    .flatMap(({ lines }) => lines)
    .map(({ values }) => (values[row] == null ? '' : String(Number(values[row]!.toPrecision(8)))));

const chartHeaders = (indicators: Indicators) =>
  [{ header: 'time UTC' }].concat(
    [
      ...PRICES,
      ...indicators.flatMap(({ indicator, lines }) => lines.map(({ name }) => (lines.length === 1 ? indicator : name))),
    ].map((header) => ({ header, ...right })),
  );

export function renderBars(output: Output<'data-bars'>, { style, given }: Scene): Rendering {
  const { instrument, timeframe, bars, indicators, cursor } = output;
  const name = `${instrument}@${timeframe}`;
  const rows = bars.map((bar, row) => [
    opened(bar.time, timeframe),
    ...PRICES.map((price) => bar[price]),
    ...told(indicators, row),
  ]);
  const [venue, symbol] = [instrument.slice(0, instrument.indexOf(':')), instrument.slice(instrument.indexOf(':') + 1)];
  // The catalogue has no series of bars that were merged.
  const check = given['merge'] === true ? null : `tradewright data check ${name}`;
  return {
    text: [
      flow('series', [style.bold(name)], style),
      rows.length === 0 ? ' no bars' : table(chartHeaders(indicators), rows, style),
    ].join('\n'),
    next: cursor === null ? check : `tradewright data bars ${venue} ${symbol} ${timeframe} --cursor ${cursor}`,
  };
}

type Chart = Output<'session-bars'>;

/** One line a bar: times, prices, and what indicators say. */
function chartRows({ bars, indicators, timeframe }: Pick<Chart, 'bars' | 'indicators' | 'timeframe'>): string[][] {
  return bars.time.map((time, row) => [
    opened(time, timeframe),
    ...PRICES.map((price) => String(bars[price][row])),
    ...told(indicators, row),
  ]);
}

export const renderSessionBarsUpdate = (update: Chart): string =>
  chartRows(update)
    .map((row) => ` ${row.join('  ')}`)
    .join('\n');

export function renderSessionBars(output: Chart, { style, given }: Scene): Rendering {
  const { session, instrument, timeframe, indicators, cursor } = output;
  const head = flow('session', [style.bold(session), `${instrument}@${timeframe}`], style);
  if (given['follow'] === true) return { text: head, next: null };
  const rows = chartRows(output);
  const shown = rows.length === 0 ? ' no bars' : table(chartHeaders(indicators), rows, style);
  return {
    text: `${head}\n${shown}`,
    next: cursor === null ? null : `tradewright session bars --session ${session} --cursor ${cursor}`,
  };
}

export function renderDataStatus({ series }: Output<'data-status'>, { style }: Scene): Rendering {
  if (series.length === 0) return { text: ' no such series', next: 'tradewright data ls' };
  const columns = [
    ...[{ header: 'series', mayShrink: true }, { header: 'tf' }],
    ...['bars', 'of', 'gaps'].map((header) => ({ header, ...right })),
    ...[{ header: 'to' }, { header: 'download' }],
  ];
  const rows = series.map((s) => [
    style.bold(s.instrument),
    s.timeframe,
    ...[s.bars, s.expected, s.gaps].map(count),
    minute(s.to),
    s.sync === null ? '' : s.sync.status === 'failed' ? style.bad('failed') : s.sync.status,
  ]);
  const failures = series.flatMap(({ instrument, sync }) =>
    sync?.failure ? [labelled(instrument, style.bad(sync.failure), style, 20)] : [],
  );
  return { text: [table(columns, rows, style), ...failures].join('\n'), next: 'tradewright data check <series>' };
}

export function renderSymbols({ symbols }: Output<'data-symbols'>, { style }: Scene): Rendering {
  if (symbols.length === 0) return { text: ' no symbols', next: 'tradewright data get binance BTCUSDT 1h --bars 500' };
  const columns = [{ header: 'symbol' }, { header: 'venue' }, { header: 'timeframes', mayShrink: true }];
  const rows = symbols.map((s) => [
    style.bold(s.symbol),
    s.venue,
    s.timeframes.join(' '),
    minute(s.from),
    minute(s.to),
  ]);
  const [first] = symbols;
  return {
    text: table([...columns, { header: 'from' }, { header: 'to' }], rows, style),
    next: `tradewright data bars ${first!.venue} ${first!.symbol} ${first!.timeframes[0]}`,
  };
}

export function renderQuote(output: Output<'quote'>, { style }: Scene): Rendering {
  const { venue, symbol, bid, bidQuantity, ask, askQuantity, last, time } = output;
  return {
    text: [
      flow('quote', [style.bold(symbol), venue, time === null ? '' : `${time.slice(11, 19)} UTC`], style),
      ...(bid === null ? [] : [flow('bid', [style.good(bid), bidQuantity ?? ''], style)]),
      ...(ask === null ? [] : [flow('ask', [style.bad(ask), askQuantity ?? ''], style)]),
      ...(last === null ? [] : [flow('last', [last], style)]),
    ].join('\n'),
    next: `tradewright watch ${venue} ${symbol}`,
  };
}
