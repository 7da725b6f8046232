import type { Output } from '../../api/operations/table.ts';
import { type Column, table } from '../table.ts';
import { labelled } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

const right = { align: 'right' as const };
const COLUMNS: readonly Column[] = [
  { header: 'symbol' },
  { header: 'last', ...right },
  { header: 'bid', ...right },
  { header: 'ask', ...right },
  { header: 'age', ...right },
  { header: 'bars under way' },
];

const plain = (value: number | undefined): string => (value === undefined ? '–' : String(value));

export function renderLatest({ venue, symbols, absent }: Output<'latest'>, { style }: Scene): Rendering {
  const rows = symbols.map(({ symbol, last, bid, ask, ageMs, bars }) => [
    style.bold(symbol),
    plain(last?.price),
    plain(bid?.price),
    plain(ask?.price),
    `${(ageMs / 1000).toFixed(1)} s`,
    bars.map(({ timeframe, close, whole }) => `${timeframe} ${close}${whole ? '' : ' ~'}`).join('  '),
  ]);
  const missing =
    absent.length === 0 ? [] : [labelled('absent', style.warn(`nobody watches ${absent.join(', ')}`), style)];
  return {
    text: [...(rows.length === 0 ? [] : [table(COLUMNS, rows, style)]), ...missing].join('\n'),
    next: `tradewright watch ${venue} ${symbols[0]?.symbol ?? absent[0] ?? ''}`,
  };
}
