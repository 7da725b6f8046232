import type { LiveUpdate } from '../../api/operations/live.ts';
import type { PaperUpdate } from '../../api/operations/sessions.ts';
import type { Output } from '../../api/operations/table.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { count, counted, flow, labelled, minute, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';
import { bookLines, right, second } from './session-book.ts';

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
    `${s.running ? style.good('running') : style.dim('ended')} ${s.mode}`,
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
              events.map((e) => [second(e.time), e.type, e.text]),
              style,
            ),
          ]),
    ].join('\n'),
    next: null,
  };
}
