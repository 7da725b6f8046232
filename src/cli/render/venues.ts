import type { Output } from '../../api/operations/table.ts';
import type { WatchUpdate } from '../../api/operations/venues.ts';
import { percent } from '../../core/report/html/format.ts';
import { pad, type Style } from '../style.ts';
import { type Column, table } from '../table.ts';
import { count, counted, flow, labelled, minute } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

export function renderVenues(output: Output<'venues'>, { style }: Scene): Rendering {
  const yes = (is: boolean): string => (is ? style.good('yes') : style.dim('–'));
  const rows = output.venues.map((v) => [
    style.bold(v.name),
    v.history.length === 0 ? style.dim('–') : v.history.join(', '),
    yes(v.feed),
    v.environments.length === 0 ? style.dim('–') : v.environments.join(', '),
    v.title,
  ]);
  const columns = [
    { header: 'venue' },
    { header: 'history' },
    { header: 'feed' },
    { header: 'accounts' },
    { header: '', mayShrink: true },
  ];
  const notes = output.venues.flatMap((v) => (v.note === null ? [] : [labelled(v.name, v.note, style, 16)]));
  return {
    text: [table(columns, rows, style), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n'),
    next: 'tradewright data get binance BTCUSDT 1h --from 2024-01-01   ·   tradewright watch binance BTCUSDT',
  };
}

export function renderDownload(output: Output<'data-get'>, { style }: Scene): Rendering {
  const { series, timeframe, from, to, fetched, inserted, corrected, known, requests, absent, complete } = output;
  const lines = [
    flow('series', [style.bold(`${series}@${timeframe}`), `${minute(from)} → ${minute(to)}`], style),
    flow(
      'bars',
      [
        `${count(fetched)} fetched in ${counted(requests, 'request')}`,
        `${count(inserted)} new`,
        ...(corrected > 0 ? [style.warn(`${count(corrected)} corrected`)] : []),
        `${count(known)} known before`,
      ],
      style,
    ),
  ];
  if (absent.length > 0) {
    const shown = absent.slice(0, 3).map((p) => `${minute(p.from)} → ${minute(p.to)}`);
    const more = absent.length > 3 ? ` and ${count(absent.length - 3)} more` : '';
    lines.push(labelled('absent', `the venue has no bars ${shown.join(', ')}${more}`, style));
  }
  if (!complete) lines.push(labelled('stopped', style.warn('the same command goes on from here'), style));
  return {
    text: lines.join('\n'),
    next: complete
      ? `tradewright backtest sma-cross --data ${series}@${timeframe}`
      : `tradewright data get … the same again`,
  };
}

type Line = Output<'watch'>['symbols'][number];

const right = { align: 'right' as const };
const COLUMNS: readonly Column[] = [
  { header: 'symbol' },
  { header: 'last', ...right },
  { header: 'bid', ...right },
  { header: 'ask', ...right },
  { header: 'state' },
  { header: 'age', ...right },
  { header: 'msg/s', ...right },
  { header: 'gaps', ...right },
];

/** A number as the venue wrote it: doubles from short decimals print as such. */
const plain = (value: number | undefined): string => (value === undefined ? '' : String(value));

function lineOf(line: Line, style: Style): readonly string[] {
  const { last, bid, ask, bars, state } = line;
  const paint = state === 'live' ? 'good' : state === 'syncing' ? 'warn' : 'bad';
  const price = plain(last?.price ?? bars[0]?.close);
  return [
    style.bold(line.symbol),
    last === null ? price : last.side === 'buy' ? style.good(price) : style.bad(price),
    plain(bid?.price),
    plain(ask?.price),
    style[paint](state),
    line.ageMs === null ? '' : `${(line.ageMs / 1000).toFixed(1)} s`,
    line.rate.toFixed(line.rate < 10 ? 1 : 0),
    line.gaps === 0 ? '0' : style.warn(String(line.gaps)),
  ];
}

const BAR_COLUMNS: readonly Column[] = [
  { header: 'symbol' },
  { header: 'bar' },
  { header: 'open', ...right },
  { header: 'high', ...right },
  { header: 'low', ...right },
  { header: 'volume', ...right },
  { header: 'last 30 closes' },
];

const BLOCKS = '▁▂▃▄▅▆▇█';

/** Values as blocks between the least and the greatest of them; in the middle where all are the same. */
export function sparkline(values: readonly number[]): string {
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  const step = (value: number): number => (range > 0 ? ((value - least) / range) * (BLOCKS.length - 1) : 3);
  return values.map((value) => BLOCKS[Math.round(step(value))]).join('');
}

/** A sum of volumes, without the digits that adding doubles leaves behind. */
const volumeOf = (value: number): string => String(Number(value.toPrecision(12)));

/** The bars of all symbols, and a word on those that are not whole. */
function barTable(symbols: readonly Line[], style: Style): readonly string[] {
  const rows = symbols.flatMap(({ symbol, bars }) =>
    bars.map((bar, k) => [
      k === 0 ? style.bold(symbol) : '',
      `${bar.timeframe}${bar.whole ? '' : style.warn(' ~')}`,
      plain(bar.open),
      plain(bar.high),
      plain(bar.low),
      volumeOf(bar.volume),
      // The bar under way is the last block.
      sparkline(bar.closed ? bar.closes : [...bar.closes.slice(-29), bar.close]),
    ]),
  );
  if (rows.length === 0) return [];
  const isPartial = symbols.some(({ bars }) => bars.some((bar) => !bar.whole));
  const corrected = symbols.filter((line) => line.corrected > 0);
  return [
    '',
    table(BAR_COLUMNS, rows, style),
    ...(isPartial ? [style.dim(' ~ joined midway, or something of it was lost: not the whole bar')] : []),
    ...corrected.map(
      (line) =>
        ` ${line.symbol}: ${style.warn(counted(line.corrected, 'bar'))} of the venue otherwise than its trades made`,
    ),
  ];
}

/** What there is to say of a feed's thread; nothing where all is well. */
function threadParts({ thread }: WatchUpdate, style: Style): readonly string[] {
  if (thread === null) return [];
  const { restarts, lastFault, retryInMs, waits, waitedMs } = thread;
  return [
    ...(waits > 0 ? [style.warn(`feed thread waited ${count(waits)}×, ${count(waitedMs)} ms`)] : []),
    ...(restarts > 0 || lastFault !== null
      ? [style.bad(`feed thread ended: ${lastFault ?? ''}; started again ${count(restarts)}×`)]
      : []),
    ...(retryInMs > 0 ? [`next start in ${(retryInMs / 1000).toFixed(0)} s`] : []),
  ];
}

type Book = NonNullable<Line['book']>;

const total = (side: Book['bids']): number => side.reduce((sum, { quantity }) => sum + quantity, 0);

/** Best levels, best first, under what leans: the excess of bids over asks in all of them, as a share of both. */
function bookLines(symbol: string, { bids, asks }: Book, style: Style): readonly string[] {
  const [bid, ask] = [total(bids), total(asks)];
  const share = (bid - ask) / (bid + ask);
  const lean = bid + ask > 0 ? `   ${share < 0 ? 'asks' : 'bids'} ahead by ${percent(Math.abs(share), 'auto', 0)}` : '';
  const head = `${'quantity'.padStart(14)} ${'bid'.padStart(12)}  ${'ask'.padEnd(12)} quantity`;
  const lines = [` ${style.dim(`${'book'.padEnd(14)}${head}${lean}`)}`];
  for (let k = 0; k < Math.max(bids.length, asks.length); k++) {
    const [b, a] = [bids[k], asks[k]];
    const bought = `${plain(b?.quantity).padStart(14)} ${style.good(plain(b?.price).padStart(12))}`;
    const offered = `${style.bad(plain(a?.price).padEnd(12))} ${plain(a?.quantity)}`;
    lines.push(` ${pad(k === 0 ? style.bold(symbol) : '', 14)}${bought}  ${offered}`);
  }
  return lines;
}

function details({ symbol, mark, book }: Line, style: Style): readonly string[] {
  const lines: string[] = [];
  if (mark !== null)
    lines.push(
      flow(
        symbol,
        [
          `mark ${plain(mark.price)}`,
          mark.fundingRate === null ? '' : `funding ${percent(mark.fundingRate, 'auto', 4)}`,
        ],
        style,
        14,
      ),
    );
  if (book !== null) lines.push('', ...bookLines(symbol, book, style));
  return lines;
}

export function renderWatch(update: WatchUpdate, { style }: Scene): string {
  const { venue, time, symbols, connections, clockSkewMs, rows } = update;
  const open = connections.filter((c) => c.state === 'open').length;
  const lost = connections.filter((c) => c.lastFault !== null && c.state !== 'open');
  return [
    flow(
      venue,
      [
        `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`,
        `${open} of ${counted(connections.length, 'connection')} open`,
        `${counted(
          connections.reduce((sum, c) => sum + c.reconnects, 0),
          'reconnect',
        )}`,
        clockSkewMs === null ? '' : `clock ${clockSkewMs >= 0 ? '+' : ''}${Math.round(clockSkewMs)} ms`,
        rows > 0 ? `${count(rows)} rows recorded` : '',
        ...threadParts(update, style),
      ].filter((part) => part !== ''),
      style,
      14,
    ),
    '',
    table(
      COLUMNS,
      symbols.map((line) => lineOf(line, style)),
      style,
    ),
    ...barTable(symbols, style),
    ...symbols.flatMap((line) => details(line, style)),
    ...lost.map((c) => ` ${style.bad(c.lastFault!)}, next attempt in ${(c.retryInMs / 1000).toFixed(0)} s`),
    '',
    style.dim(' Ctrl-C ends it'),
  ].join('\n');
}

export function renderWatched(output: Output<'watch'>, { style }: Scene): Rendering {
  const { venue, seconds, messages, gaps, anomalies, recording, symbols } = output;
  const lines = [
    table(
      COLUMNS,
      symbols.map((line) => lineOf(line, style)),
      style,
    ),
    ...barTable(symbols, style),
    '',
    flow(
      'watched',
      [
        venue,
        `${seconds.toFixed(0)} s`,
        counted(messages, 'message'),
        gaps === 0 ? 'no gaps' : style.warn(counted(gaps, 'gap')),
      ],
      style,
    ),
    ...anomalies.map((a) => labelled('odd', style.warn(`${a.code} ${count(a.count)}×: ${a.detail}`), style)),
  ];
  if (recording) lines.push(flow('recorded', [style.accent(recording.file), counted(recording.rows, 'row')], style));
  return { text: lines.join('\n'), next: null };
}
