import type { Report } from '../report.ts';
import { fixed, money, percent } from './format.ts';
import { moneyUnitOf } from './lookup.ts';
import { html, type Markup } from './markup.ts';
import { table, tone } from './table.ts';

/** What each of several strategies did; nothing for one alone. */
export function strategiesSection(report: Report): Markup | null {
  const rows = report.byStrategy;
  if (rows === undefined) return null;
  const unit = moneyUnitOf(report);
  const inCurrency = unit.currency === '' ? '' : `, ${unit.currency}`;
  return html`<section id="strategies"><h2>By strategy</h2><p class="lead">All on one account, with its limits. Profit is net of fees and funding, and that of open positions is at the last price.</p>
${table(
  [
    { title: 'Strategy', cell: (r) => r.strategy },
    { title: 'Share of the capital', kind: 'number', cell: (r) => percent(r.share) },
    { title: 'Trades', kind: 'number', cell: (r) => fixed(r.trades, 0) },
    { title: 'Open', kind: 'number', cell: (r) => fixed(r.open, 0) },
    {
      title: `Profit${inCurrency}`,
      kind: 'number',
      cell: (r) => money(r.profit, unit, 'always'),
      tone: (r) => tone(r.profit),
    },
    { title: `Fees${inCurrency}`, kind: 'number', cell: (r) => money(r.fees, unit) },
  ],
  rows,
  { caption: 'What each strategy did', quiet: true, rowHeaders: true },
)}</section>`;
}
