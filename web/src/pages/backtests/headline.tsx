import { signOf } from '../../format/numerals.ts';
import { Panel } from '../../parts/panel.tsx';
import { metricText } from './metric-text.ts';
import type { Result } from './result-view.ts';

const FIRST = [
  ...['totalReturn', 'cagr', 'maxDrawdownBars', 'sharpe', 'sortino', 'calmar', 'volatility', 'netProfit'],
  ...['trades', 'winRate', 'profitFactor', 'expectancy', 'exposureTime', 'turnover'],
];

/** The figures that are asked for first, beside those of buying and holding. */
export function Headline({ result: { metrics } }: { readonly result: Result }) {
  const rows = FIRST.flatMap((name) => metrics.find((metric) => metric.name === name) ?? []);
  return (
    <Panel title="Strategy and buy & hold" className="xl:col-span-1" isFlush>
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b text-xs text-soft">
            <th scope="col" className="px-3 py-1.5 text-left font-normal">
              Figure
            </th>
            <th scope="col" className="px-3 py-1.5 text-right font-normal">
              Strategy
            </th>
            <th scope="col" className="px-3 py-1.5 text-right font-normal">
              Buy & hold
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, label, value, benchmark, unit, reason }) => (
            <tr key={name} className="border-b border-line/60 last:border-0">
              <th scope="row" className="max-w-40 truncate px-3 py-1 text-left font-normal text-soft" title={label}>
                {label}
              </th>
              <td className="figure px-3 py-1 text-right font-semibold" title={reason}>
                <span className={toneOf(name, value)}>{metricText(value, unit)}</span>
              </td>
              <td className="figure px-3 py-1 text-right text-soft">
                {benchmark === undefined ? '' : metricText(benchmark, unit)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function toneOf(name: string, value: number | null): string {
  if (!['totalReturn', 'cagr', 'netProfit', 'expectancy'].includes(name)) return '';
  const sign = signOf(value);
  return sign > 0 ? 'text-up' : sign < 0 ? 'text-down' : '';
}
