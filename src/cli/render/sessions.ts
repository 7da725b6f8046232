import type { LiveUpdate } from '../../api/operations/live.ts';
import type { PaperUpdate } from '../../api/operations/sessions.ts';
import type { Output } from '../../api/operations/table.ts';
import { percent } from '../../core/report/html/format.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { count, counted, flow, labelled, minute, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

type Book = Pick<
  PaperUpdate,
  | 'currency'
  | 'cash'
  | 'equity'
  | 'profit'
  | 'fees'
  | 'drawdown'
  | 'orders'
  | 'fills'
  | 'refusals'
  | 'positions'
  | 'openOrders'
  | 'lastFills'
  | 'failure'
>;

const right = { align: 'right' as const };

const signed = (value: number, style: Style): string => {
  const text = `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(2)}`;
  return value >= 0 ? style.good(text) : style.bad(text);
};

const side = (text: 'buy' | 'sell', style: Style): string => (text === 'buy' ? style.good(text) : style.bad(text));

/** Equity, positions, open orders and fills, as every view of a session shows them. */
function bookLines(book: Book, style: Style): readonly string[] {
  const { currency, equity, profit, cash, fees, drawdown, orders, fills, refusals, failure } = book;
  const lines = [
    flow(
      'equity',
      [
        `${style.bold(equity.toFixed(2))} ${currency}`,
        `${signed(profit, style)} (${percent(profit / cash, 'auto', 2)})`,
        `fees ${fees.toFixed(2)}`,
        `drawdown ${percent(drawdown, 'auto', 2)}`,
        `${counted(orders, 'order')}, ${counted(fills, 'fill')}`,
      ],
      style,
    ),
  ];
  if (refusals.length > 0)
    lines.push(
      flow(
        'refused',
        refusals.map(({ code, count: times }) => style.warn(`${code} ${count(times)}×`)),
        style,
      ),
    );
  if (failure !== null) lines.push(labelled('stopped', style.bad(failure), style));
  if (book.positions.length > 0) lines.push('', positions(book, style));
  if (book.openOrders.length > 0) lines.push('', openOrders(book, style));
  if (book.lastFills.length > 0) lines.push('', lastFills(book, style));
  return lines;
}

function positions(book: Book, style: Style): string {
  return table(
    [
      { header: 'position' },
      { header: 'quantity', ...right },
      { header: 'average', ...right },
      { header: 'price', ...right },
      { header: 'profit', ...right },
    ],
    book.positions.map((p) => [
      style.bold(p.instrument),
      p.quantity,
      p.averagePrice.toPrecision(8),
      String(p.price),
      signed(p.unrealized, style),
    ]),
    style,
  );
}

function openOrders(book: Book, style: Style): string {
  return table(
    [
      { header: 'open order' },
      { header: '' },
      { header: 'quantity', ...right },
      { header: 'limit', ...right },
      { header: 'trigger', ...right },
      { header: 'why', mayShrink: true },
    ],
    book.openOrders.map((o) => [
      `${style.bold(o.instrument)} ${o.type}`,
      side(o.side, style),
      o.quantity,
      o.limit ?? '',
      o.trigger ?? '',
      o.why,
    ]),
    style,
  );
}

function lastFills(book: Book, style: Style): string {
  return table(
    [
      { header: 'filled' },
      { header: '' },
      { header: '' },
      { header: 'quantity', ...right },
      { header: 'price', ...right },
      { header: 'profit', ...right },
      { header: 'why', mayShrink: true },
    ],
    book.lastFills.map((f) => [
      f.time.slice(5, 19).replace('T', ' '),
      style.bold(f.instrument),
      side(f.side, style),
      f.quantity,
      f.price,
      Number(f.profit) === 0 ? '' : signed(Number(f.profit), style),
      f.why,
    ]),
    style,
  );
}

export function renderPaper(update: PaperUpdate, { style }: Scene): string {
  return sessionScreen('paper', update, style, ['Play money: no order leaves this machine. Ctrl-C ends it.']);
}

export function renderLive(update: LiveUpdate, { style }: Scene): string {
  const { environment, label, notReady, unknownOrders } = update.account;
  return sessionScreen('live', update, style, [
    ...(notReady === null ? [] : [style.warn(`Nothing that adds risk is sent: ${notReady}.`)]),
    ...(unknownOrders === 0
      ? []
      : [style.bad(`${counted(unknownOrders, 'order')} of unknown fate; exposure is kept.`)]),
    `${environment === 'live' ? style.bad('Real money') : environment === 'testnet' ? 'Test network' : 'Local exchange'}, account ${label}. Ctrl-C ends it: entries are canceled, stops stay.`,
  ]);
}

function sessionScreen(kind: string, update: PaperUpdate, style: Style, last: readonly string[]): string {
  const { session, strategy, venue, time, settled, feed } = update;
  return [
    flow(
      kind,
      [
        style.bold(session),
        strategy,
        venue,
        `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`,
        settled ? '' : style.warn('indicators not settled yet'),
      ].filter((part) => part !== ''),
      style,
    ),
    ...feed.map((line) =>
      flow(
        line.symbol,
        [
          line.price === null ? '' : String(line.price),
          style[line.state === 'live' ? 'good' : line.state === 'syncing' ? 'warn' : 'bad'](line.state),
          line.ageMs === null ? '' : `${(line.ageMs / 1000).toFixed(1)} s ago`,
          line.gaps === 0 ? '' : style.warn(counted(line.gaps, 'gap')),
        ].filter((part) => part !== ''),
        style,
      ),
    ),
    '',
    ...bookLines(update, style),
    '',
    ...last.map((line) => style.dim(` ${line}`)),
  ].join('\n');
}

export function renderPaperEnd(output: Output<'paper'>, { style }: Scene): Rendering {
  return sessionEnded('paper', output, style);
}

export function renderLiveEnd(output: Output<'live'>, { style }: Scene): Rendering {
  return sessionEnded('live', output, style);
}

function sessionEnded(kind: string, output: Output<'paper'>, style: Style): Rendering {
  const { session, strategy, venue, seconds, resumed, bars, gaps, missingBars } = output;
  const odd = [
    ...(gaps > 0 ? [style.warn(counted(gaps, 'gap'))] : []),
    ...(missingBars > 0 ? [style.warn(`${counted(missingBars, 'bar')} missing`)] : []),
  ];
  return {
    text: [
      flow(
        kind,
        [
          style.bold(session),
          strategy,
          venue,
          `${seconds.toFixed(0)} s${resumed ? ', gone on' : ''}`,
          counted(bars, 'bar'),
          ...odd,
        ],
        style,
      ),
      ...bookLines(output, style),
    ].join('\n'),
    next: `tradewright session show ${session}   ·   the same command with --session ${session} goes on`,
  };
}

export function renderSessions(output: Output<'sessions'>, { style }: Scene): Rendering {
  const { sessions, unreadable } = output;
  const rows = sessions.map((s) => [
    style.bold(s.session),
    s.running ? style.good('running') : style.dim('ended'),
    s.strategy,
    `${s.venue} ${s.symbols.join(' ')} ${s.timeframe}`,
    minute(s.begun),
    count(s.records),
  ]);
  const columns = [
    { header: 'session' },
    { header: '' },
    { header: 'strategy' },
    { header: 'on', mayShrink: true },
    { header: 'begun' },
    { header: 'records', ...right },
  ];
  const broken = unreadable.map((u) => labelled(u.session, style.bad(u.error), style, 16));
  if (rows.length === 0 && broken.length === 0)
    return { text: ' no sessions yet', next: 'tradewright paper sma-cross --venue binance --symbols BTCUSDT' };
  return {
    text: [...(rows.length > 0 ? [table(columns, rows, style)] : []), ...broken].join('\n'),
    next: sessions[0] ? `tradewright session show ${sessions[0].session}` : null,
  };
}

export function renderSession(output: Output<'session-show'>, { style }: Scene): Rendering {
  const { session, strategy, params, venue, symbols, timeframe, begun, time, records, statesVerified, hashes, events } =
    output;
  const values = Object.entries(params).map(([name, value]) => `${name}=${plain(value)}`);
  return {
    text: [
      flow('session', [style.bold(session), strategy, ...values], style),
      flow('on', [venue, symbols.join(' '), timeframe, `since ${minute(begun)}`, `now ${minute(time ?? '')}`], style),
      flow(
        'journal',
        [
          counted(records, 'record'),
          `${counted(statesVerified, 'noted state')} reached again`,
          `state ${hashes.state}`,
        ],
        style,
      ),
      ...bookLines(output, style),
      ...(events.length === 0
        ? []
        : [
            '',
            table(
              [{ header: 'time' }, { header: 'event' }, { header: '', mayShrink: true }],
              events.map((e) => [e.time.slice(5, 19).replace('T', ' '), e.type, e.text]),
              style,
            ),
          ]),
    ].join('\n'),
    next: null,
  };
}
