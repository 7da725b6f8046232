import type { Output } from '../../api/operations/table.ts';
import { percent } from '../../core/report/html/format.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { count, flow } from './parts.ts';
import type { Rendering, Scene } from './render.ts';
import { right, second, signed } from './session-book.ts';

interface Heading {
  readonly session: string;
  readonly time: string | null;
}

function heading({ session, time }: Heading, parts: readonly string[], style: Style): string {
  return flow(
    'session',
    [style.bold(session), time === null ? 'no bar yet' : `at ${second(time)} UTC`, ...parts],
    style,
  );
}

const money = (value: number | null): string => (value === null ? 'unknown' : value.toFixed(2));

export function renderBalances(output: Output<'balances'>, { style }: Scene): Rendering {
  const { equity, currency, balances, session } = output;
  const columns = [{ header: 'asset' }, { header: 'amount', ...right }, { header: `in ${currency}`, ...right }];
  const rows = balances.map((b) => [style.bold(b.asset), b.amount, money(b.value)]);
  return {
    text: [heading(output, [`equity ${money(equity)} ${currency}`], style), table(columns, rows, style)].join('\n'),
    next: `tradewright profit --session ${session}`,
  };
}

const equityRow = (p: Output<'equity'>['points'][number]): readonly string[] => [
  second(p.time),
  p.equity.toFixed(2),
  percent(p.exposure, 'auto', 1),
];

export const renderEquityUpdate = ({ points }: Output<'equity'>): string =>
  points.map((p) => ` ${equityRow(p).join('  ')}`).join('\n');

export function renderEquity(output: Output<'equity'>, { style, given }: Scene): Rendering {
  const { points, currency, cursor, session } = output;
  if (given['follow'] === true) return { text: heading(output, ['followed'], style), next: null };
  const columns = [{ header: 'time' }, { header: `equity ${currency}`, ...right }, { header: 'exposure', ...right }];
  const rows = points.map(equityRow);
  return {
    text: [heading(output, [], style), rows.length === 0 ? ' no bars yet' : table(columns, rows, style)].join('\n'),
    next: cursor === null ? null : `tradewright equity ${session} --cursor ${cursor}`,
  };
}

export function renderProfit(output: Output<'profit'>, { style }: Scene): Rendering {
  const { profit, currency, instruments, session } = output;
  const columns = [
    ...[{ header: 'instrument' }, { header: 'strategy', mayShrink: true }],
    ...['booked', 'open', 'fees', 'funding', 'fills'].map((header) => ({ header, ...right })),
  ];
  const rows = instruments.map((i) => [
    style.bold(i.instrument),
    i.strategy,
    signed(Number(i.realized), style),
    i.unrealized === null ? 'unknown' : signed(i.unrealized, style),
    Number(i.fees).toFixed(2),
    Number(i.funding).toFixed(2),
    count(i.fills),
  ]);
  const total = profit === null ? 'unknown' : `${signed(profit, style)} ${currency}`;
  return {
    text: [heading(output, [total], style), rows.length === 0 ? ' no fills yet' : table(columns, rows, style)].join(
      '\n',
    ),
    next: `tradewright equity ${session}`,
  };
}
