import { percent, signOf } from '../../format/numerals.ts';
import { Panel } from '../../parts/panel.tsx';
import type { Result } from './result-view.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** A month that won or lost so much has the full colour. */
const FULL = 0.1;

/** Returns by month and year: sign, figure and shade. */
export function MonthsPanel({ result: { returns } }: { readonly result: Result }) {
  const largest = Math.max(FULL, ...returns.monthly.flatMap(({ months }) => months.map((each) => Math.abs(each ?? 0))));
  const cell = (value: number | null, isTotal: boolean) => {
    const sign = signOf(value);
    const shade = value === null ? 0 : Math.round((Math.abs(value) / largest) * 45);
    return {
      text: value === null ? '' : percent(value, { isSigned: true }).replace(' %', ''),
      style:
        isTotal || sign === 0
          ? {}
          : { background: `color-mix(in srgb, var(--${sign > 0 ? 'up' : 'down'}) ${shade}%, transparent)` },
    };
  };
  return (
    <Panel title="Returns by month" unit="%" className="min-w-0 xl:col-span-2" isFlush>
      <div className="overflow-x-auto">
        <table className="w-full text-xs">
          <thead>
            <tr className="text-soft">
              <th scope="col" className="px-2 py-1 text-left font-normal">
                Year
              </th>
              {[...MONTHS, 'All'].map((name) => (
                <th key={name} scope="col" className="px-2 py-1 text-right font-normal">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {returns.monthly.map(({ year, months, total }) => (
              <tr key={year}>
                <th scope="row" className="figure px-2 py-1 text-left">
                  {year}
                </th>
                {months.map((value, k) => {
                  const { text, style } = cell(value, false);
                  return (
                    <td key={MONTHS[k]} className="figure px-2 py-1 text-right" style={style}>
                      {text}
                    </td>
                  );
                })}
                <td className="figure px-2 py-1 text-right font-semibold">{cell(total, true).text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
