import { A_DAY_MS, duration, timeText } from '../../format/times.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { ExportButton } from '../../parts/export-button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { metricText } from './metric-text.ts';
import type { Result } from './result-view.ts';

type Metric = Result['metrics'][number];

const COLUMNS: readonly Column<Metric>[] = [
  { name: 'Group', cell: ({ group }) => group, sortBy: ({ group }) => group, isWide: true, width: '7rem' },
  {
    name: 'Figure',
    cell: ({ label }) => <span title={label}>{label}</span>,
    sortBy: ({ label }) => label,
    width: 'minmax(11rem, 3fr)',
  },
  {
    name: 'Strategy',
    align: 'right',
    cell: ({ value, unit }) => metricText(value, unit),
    width: 'minmax(6.5rem, 1fr)',
  },
  {
    name: 'Buy & hold',
    align: 'right',
    isWide: true,
    cell: ({ benchmark, unit }) => (benchmark === undefined || benchmark === null ? '' : metricText(benchmark, unit)),
    width: 'minmax(6rem, 1fr)',
  },
  {
    name: 'Why none',
    isWide: true,
    cell: ({ reason }) => <span className="text-soft">{reason ?? ''}</span>,
    width: 'minmax(8rem, 1fr)',
  },
];

/** Every figure, what was assumed, and what it was made of. */
export function MetricsPanel({
  result: { metrics, conventions, drawdowns, refusals, hashes, run },
}: {
  readonly result: Result;
}) {
  return (
    <div className="grid items-start gap-3 xl:grid-cols-3">
      <Panel
        title="All figures"
        className="xl:col-span-2"
        isFlush
        actions={<ExportButton name={`${run.id}-figures`} rows={metrics} />}
      >
        <DataTable
          label="All figures"
          rows={metrics}
          columns={COLUMNS}
          rowKey={({ group, name }) => `${group} ${name}`}
          height={640}
        />
      </Panel>
      <div className="space-y-3">
        <Panel title="Assumed">
          <dl className="space-y-1 text-sm">
            {conventions.map(({ label, value }) => (
              <div key={label} className="flex flex-wrap justify-between gap-x-3">
                <dt className="text-soft">{label}</dt>
                <dd className="text-right">{value}</dd>
              </div>
            ))}
          </dl>
        </Panel>
        <Panel title="Deepest falls">
          <ul className="space-y-1 text-sm">
            {drawdowns.slice(0, 5).map(({ depth, peakTimeMs, recoveredTimeMs, days }) => (
              <li key={peakTimeMs} className="figure flex flex-wrap justify-between gap-x-3">
                <span>{metricText(depth, 'percent')}</span>
                <span className="text-soft">
                  {timeText(peakTimeMs, 'utc', 'day')}, {duration(days * A_DAY_MS)}
                  {recoveredTimeMs === null ? ', not recovered' : ''}
                </span>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="Refused orders">
          {refusals.length === 0 ? (
            <p className="text-soft">Risk and venue let every order through.</p>
          ) : (
            <ul className="space-y-1 text-sm">
              {refusals.map(({ code, count }) => (
                <li key={code} className="flex justify-between">
                  <span>{code}</span>
                  <span className="figure">{count}</span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
        <Panel title="Fingerprints">
          <dl className="space-y-1 text-xs">
            {Object.entries(hashes).map(([name, hash]) => (
              <div key={name}>
                <dt className="text-soft">{name}</dt>
                <dd className="font-mono break-all">{hash}</dd>
              </div>
            ))}
          </dl>
        </Panel>
      </div>
    </div>
  );
}
