import type { PaperUpdate } from '../../api/operations/sessions.ts';
import { percent } from '../../core/report/html/format.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { count, counted, flow, labelled } from './parts.ts';

export type Book = Pick<
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
  | 'kills'
  | 'paused'
>;

export const right = { align: 'right' as const };

export const signed = (value: number, style: Style): string => {
  const text = `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(2)}`;
  return value >= 0 ? style.good(text) : style.bad(text);
};

export const side = (text: 'buy' | 'sell', style: Style): string =>
  text === 'buy' ? style.good(text) : style.bad(text);

/** `01-31 13:05:09`. */
export const second = (time: string): string => time.slice(5, 19).replace('T', ' ');

/** Equity, positions, open orders and fills, as every view of a session shows them. */
export function bookLines(book: Book, style: Style): readonly string[] {
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
  for (const { scope, target, level, reason } of book.kills)
    lines.push(
      labelled('killed', style.bad(`${level} on ${target === '' ? scope : `${scope} ${target}`}: ${reason}`), style),
    );
  if (book.paused.length > 0) lines.push(labelled('paused', style.warn(book.paused.join(', ')), style));
  if (failure !== null) lines.push(labelled('stopped', style.bad(failure), style));
  if (book.positions.length > 0) lines.push('', positionTable(book.positions, style));
  if (book.openOrders.length > 0) lines.push('', openOrders(book, style));
  if (book.lastFills.length > 0) lines.push('', fillTable(book.lastFills, style));
  return lines;
}

export function positionTable(positions: Book['positions'], style: Style): string {
  return table(
    [
      { header: 'position' },
      { header: 'quantity', ...right },
      { header: 'average', ...right },
      { header: 'price', ...right },
      { header: 'profit', ...right },
    ],
    positions.map((p) => [
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

export function fillTable(fills: Book['lastFills'], style: Style): string {
  return table(
    [
      { header: 'fill', ...right },
      { header: 'filled' },
      { header: '' },
      { header: '' },
      { header: 'quantity', ...right },
      { header: 'price', ...right },
      { header: 'profit', ...right },
      { header: 'why', mayShrink: true },
    ],
    fills.map((f) => [
      String(f.fill),
      second(f.time),
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
