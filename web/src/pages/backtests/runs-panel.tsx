import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useAnswer, useStream } from '../../desk/use-view.ts';
import { count, percent } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Change } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { ratio } from './metric-text.ts';

export type RunLine = OutputOf<'runs ls'>['runs'][number];

const MOST = 1_000;
const HEIGHT_PX = 520;
const TONES: Readonly<Record<RunLine['status'], Tone>> = {
  finished: 'plain',
  partial: 'warn',
  failed: 'bad',
  started: 'accent',
};
const metric = ({ metrics }: RunLine, name: string): number => metrics[name] ?? Number.NaN;
const rank = (value: number): number => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value);

/** Every run of this installation. */
export function RunsPanel() {
  const { clock } = useAppearance();
  const navigate = useNavigate();
  const [strategy, setStrategy] = useState('');
  const [text, setText] = useState('');
  const strategies = useAnswer('strategies', {}, { staleMs: 60_000 });
  const [first, setFirst] = useState<string | null>(null);
  const view = useStream('runs ls', { limit: MOST, follow: true, ...(strategy === '' ? {} : { strategy }) });
  const columns: readonly Column<RunLine>[] = [
    {
      name: 'Made',
      cell: ({ createdAt }) => timeText(createdAt, clock, 'minute'),
      sortBy: ({ createdAt }) => createdAt,
      width: '9.5rem',
      isWide: true,
    },
    { name: 'Strategy', cell: (run) => run.strategy, sortBy: (run) => run.strategy, width: 'minmax(6rem, 1.5fr)' },
    {
      name: 'On',
      cell: ({ instruments, timeframe, synthetic }) => (
        <span title={`${instruments.join(', ')} ${timeframe}${synthetic ? ', a made market' : ''}`}>
          {instruments.join(', ')} {timeframe}
          {synthetic ? ' ◦ synthetic' : ''}
        </span>
      ),
      isWide: true,
      width: 'minmax(8rem, 2fr)',
    },
    {
      name: 'Return',
      align: 'right',
      width: '6.5rem',
      cell: (run) => (
        <Change value={metric(run, 'totalReturn')} hasArrow={false}>
          {percent(metric(run, 'totalReturn'), { isSigned: true })}
        </Change>
      ),
      sortBy: (run) => rank(metric(run, 'totalReturn')),
    },
    {
      name: 'Sharpe',
      align: 'right',
      cell: (run) => ratio(metric(run, 'sharpe')),
      sortBy: (run) => rank(metric(run, 'sharpe')),
      width: '4.5rem',
    },
    {
      name: 'Drawdown, daily',
      align: 'right',
      width: '8.5rem',
      isWide: true,
      cell: (run) => percent(metric(run, 'maxDrawdown')),
      sortBy: (run) => rank(metric(run, 'maxDrawdown')),
    },
    {
      name: 'Trades',
      align: 'right',
      isWide: true,
      cell: (run) => count(metric(run, 'trades')),
      sortBy: (run) => rank(metric(run, 'trades')),
      width: '4.5rem',
    },
    {
      name: 'State',
      isWide: true,
      cell: ({ status }) => <Badge tone={TONES[status]}>{status}</Badge>,
      sortBy: ({ status }) => status,
      width: '5.5rem',
    },
    {
      name: 'Compare',
      isWide: true,
      width: '5rem',
      cell: ({ id }) => (
        <label className="flex items-center gap-1 text-xs">
          <input
            type="checkbox"
            aria-label={`Compare ${id}`}
            checked={first === id}
            onClick={(event) => event.stopPropagation()}
            onChange={() => {
              if (first === null || first === id) setFirst(first === id ? null : id);
              else open(id, first);
            }}
          />
          {first === id ? 'A' : first === null ? '' : 'B'}
        </label>
      ),
    },
  ];
  const open = (run: string, other?: string): void =>
    void navigate({
      to: '/backtests',
      search: ((known: object) => ({ ...known, run, with: other, tab: undefined })) as never,
    });
  return (
    <Panel
      title="Runs"
      {...(view.phase === 'there' ? { unit: `${count(view.data.total)} in all` } : {})}
      isFlush
      actions={
        <>
          <select
            aria-label="Strategy"
            className="control w-40"
            value={strategy}
            onChange={(event) => setStrategy(event.target.value)}
          >
            <option value="">every strategy</option>
            {strategies.phase === 'there'
              ? strategies.data.strategies.map(({ id }) => <option key={id}>{id}</option>)
              : null}
          </select>
          <input
            type="search"
            aria-label="Search runs"
            placeholder="instrument, id, state"
            className="control w-44"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </>
      }
    >
      <Shown
        view={view}
        lines={8}
        isEmpty={({ runs }) => runs.length === 0}
        empty="No run yet: the form makes the first one, on the synthetic market if there are no other data."
      >
        {({ runs }) => (
          <DataTable
            label="Runs"
            rows={runs.filter((run) => text === '' || JSON.stringify(run).toLowerCase().includes(text.toLowerCase()))}
            columns={columns}
            rowKey={({ id }) => id}
            rowLabel={({ id, strategy: name }) => `Result of run ${id}, ${name}`}
            onRow={({ id }) => open(id)}
            height={HEIGHT_PX}
          />
        )}
      </Shown>
    </Panel>
  );
}
