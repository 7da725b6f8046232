import { useMemo } from 'react';
import { percent, shortMoney } from '../../format/numerals.ts';
import { Panel } from '../../parts/panel.tsx';
import { TimeChart } from '../../parts/time-chart.tsx';
import type { Result } from './result-view.ts';

/** Equity beside buying and holding, and how far below its peak it stands. */
export function EquityPanel({ result: { equity } }: { readonly result: Result }) {
  const drawn = useMemo(() => {
    const { timeMs, strategy, benchmark, drawdown } = equity;
    return {
      timesS: timeMs.map((ms) => ms / 1000),
      lines: [
        { name: 'Strategy', token: 'accent', values: strategy },
        ...(benchmark === null ? [] : [{ name: 'Buy & hold', token: 'soft', values: benchmark }]),
      ],
      falls: [{ name: 'Drawdown', token: 'down', values: drawdown, isFilled: true }],
    };
  }, [equity]);
  return (
    <Panel
      title="Equity and drawdown"
      className="xl:col-span-2"
      actions={
        <span className="flex gap-3 text-xs">
          <span className="text-accent">━ strategy</span>
          {equity.benchmark === null ? null : <span className="text-soft">━ buy & hold</span>}
        </span>
      }
    >
      <TimeChart
        timesS={drawn.timesS}
        series={drawn.lines}
        height={270}
        format={shortMoney}
        label={`Equity, ${shortMoney(equity.strategy[0])} to ${shortMoney(equity.strategy.at(-1))}`}
        cursorGroup="run"
      />
      <TimeChart
        timesS={drawn.timesS}
        series={drawn.falls}
        height={110}
        format={(value) => percent(value)}
        label={`Drawdown, at the deepest ${percent(Math.min(...equity.drawdown))}`}
        cursorGroup="run"
      />
    </Panel>
  );
}
