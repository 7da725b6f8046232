import { count, money, percent, signOf } from '../../format/numerals.ts';
import { Panel } from '../../parts/panel.tsx';
import type { Result } from './result-view.ts';

const COLUMNS = ['Share', 'Trades', 'Open', 'Profit', 'Fees'] as const;

/** What each of several strategies did; nothing for one alone. */
export function StrategiesPanel({ result: { byStrategy } }: { readonly result: Result }) {
  if (byStrategy === undefined) return null;
  return (
    <Panel title="By strategy" className="xl:col-span-3" isFlush>
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b text-xs text-soft">
            <th scope="col" className="px-3 py-1.5 text-left font-normal">
              Strategy
            </th>
            {COLUMNS.map((name) => (
              <th key={name} scope="col" className="px-3 py-1.5 text-right font-normal">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byStrategy.map(({ strategy, share, trades, open, profit, fees }) => (
            <tr key={strategy} className="border-b border-line/60 last:border-0">
              <th scope="row" className="px-3 py-1 text-left font-normal text-soft">
                {strategy}
              </th>
              <td className="figure whitespace-nowrap px-3 py-1 text-right">{percent(share)}</td>
              <td className="figure whitespace-nowrap px-3 py-1 text-right">{count(trades)}</td>
              <td className="figure whitespace-nowrap px-3 py-1 text-right">{count(open)}</td>
              <td className="figure whitespace-nowrap px-3 py-1 text-right font-semibold">
                <span className={TONES[signOf(profit)]}>{money(profit, { isSigned: true })}</span>
              </td>
              <td className="figure whitespace-nowrap px-3 py-1 text-right">{money(fees)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

const TONES = { '-1': 'text-down', '0': '', '1': 'text-up' } as const;
