import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { percent } from '../../format/numerals.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { indexAt } from '../../parts/price-chart/marks.ts';
import { TimeChart } from '../../parts/time-chart.tsx';
import { HonestyStrip } from './honesty-strip.tsx';
import { metricText } from './metric-text.ts';
import { type Result, type RoundTrip, useResult } from './result-view.ts';

type MetricLine = OutputOf<'runs diff'>['metrics'][number];

/** Two runs beside each other: what was asked otherwise, and what came of it. `a` is the earlier one. */
export function Comparison({ a, b }: { readonly a: string; readonly b: string }) {
  const diff = useAnswer('runs diff', { a, b });
  const first = useResult(a);
  const second = useResult(b);
  const link = (run: string) => (
    <Link
      to="/backtests"
      search={((known: object) => ({ ...known, run, with: undefined, tab: undefined })) as never}
      className="text-accent underline"
    >
      {run}
    </Link>
  );
  return (
    <div className="grid gap-3 xl:grid-cols-3">
      <Panel
        title="Two runs"
        className="xl:col-span-3"
        actions={
          <Link
            to="/backtests"
            search={((known: object) => ({ ...known, run: undefined, with: undefined, tab: undefined })) as never}
            className="text-sm text-accent underline"
          >
            all runs
          </Link>
        }
      >
        <p className="flex flex-wrap items-center gap-2">
          A {link(a)} and B {link(b)}
          {diff.phase === 'there' ? (
            <>
              <Badge tone={diff.data.sameInputs ? 'good' : 'plain'}>
                {diff.data.sameInputs ? 'same request' : 'other request'}
              </Badge>
              <Badge tone={diff.data.sameEvents ? 'good' : 'plain'}>
                {diff.data.sameEvents ? 'same events, bit by bit' : 'other events'}
              </Badge>
            </>
          ) : null}
        </p>
      </Panel>
      <Panel title="Asked otherwise" isFlush>
        <Shown
          view={diff}
          again={diff.again}
          isEmpty={({ request }) => request.length === 0}
          empty="Both were asked for the same."
        >
          {({ request }) => (
            <table className="w-full text-sm">
              <thead>
                <tr className="border-b text-left text-xs text-soft">
                  {['Field', 'A', 'B'].map((name) => (
                    <th key={name} scope="col" className="px-3 py-1.5 font-normal">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {request.map((row) => (
                  <tr key={row.field} className="border-b border-line/60">
                    <th scope="row" className="px-3 py-1 text-left font-normal text-soft">
                      {row.field}
                    </th>
                    <td className="figure px-3 py-1 break-all">{row.a}</td>
                    <td className="figure px-3 py-1 break-all">{row.b}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Shown>
      </Panel>
      <Panel
        title="Return of both"
        className="xl:col-span-2"
        actions={
          <span className="flex gap-3 text-xs">
            <span className="text-accent">━ A</span>
            <span className="text-violet">━ B</span>
          </span>
        }
      >
        <Shown view={first} again={first.again} lines={8}>
          {(x) => (
            <Shown view={second} again={second.again} lines={8}>
              {(y) => <BothLines a={x} b={y} />}
            </Shown>
          )}
        </Shown>
      </Panel>
      {first.phase === 'there' && second.phase === 'there' ? (
        <div className="space-y-2 xl:col-span-3">
          {[first.data, second.data].map((result, k) => (
            <div key={result.run.id} className="flex items-center gap-2">
              <strong>{k === 0 ? 'A' : 'B'}</strong>
              <HonestyStrip result={result} />
            </div>
          ))}
          <TradeSets a={first.data.trades} b={second.data.trades} />
        </div>
      ) : null}
      <Panel title="Figures that differ" className="xl:col-span-3" isFlush>
        <Shown
          view={diff}
          isEmpty={({ metrics }) => metrics.length === 0}
          empty="Every figure is the same."
          again={diff.again}
        >
          {({ metrics }) => (
            <DataTable
              label="Figures that differ"
              rows={metrics}
              columns={columnsOf(first.phase === 'there' ? first.data : null)}
              rowKey={({ name }) => name}
              height={520}
            />
          )}
        </Shown>
      </Panel>
    </div>
  );
}

function columnsOf(result: Result | null): readonly Column<MetricLine>[] {
  const of = (name: string) => result?.metrics.find((metric) => metric.name === name);
  const text = (name: string, value: number | null): string => metricText(value, of(name)?.unit ?? 'ratio');
  return [
    {
      name: 'Figure',
      cell: ({ name }) => of(name)?.label ?? name,
      sortBy: ({ name }) => name,
      width: 'minmax(10rem, 2fr)',
    },
    { name: 'A', align: 'right', cell: ({ name, a }) => text(name, a) },
    { name: 'B', align: 'right', cell: ({ name, b }) => text(name, b) },
    {
      name: 'B less A',
      align: 'right',
      cell: ({ name, difference }) => (of(name)?.unit === 'time' ? '' : text(name, difference)),
      sortBy: ({ difference }) => difference ?? Number.NEGATIVE_INFINITY,
    },
  ];
}

function BothLines({ a, b }: { readonly a: Result; readonly b: Result }) {
  const drawn = useMemo(() => {
    const timesMs = [...new Set([...a.equity.timeMs, ...b.equity.timeMs])].sort((x, y) => x - y);
    const returns = ({ equity: { timeMs, strategy } }: Result): (number | null)[] =>
      timesMs.map((ms) => {
        const k = indexAt(timeMs, ms);
        return k < 0 || ms > timeMs.at(-1)! ? null : strategy[k]! / strategy[0]! - 1;
      });
    return {
      timesS: timesMs.map((ms) => ms / 1000),
      series: [
        { name: 'A', token: 'accent', values: returns(a) },
        { name: 'B', token: 'violet', values: returns(b) },
      ],
    };
  }, [a, b]);
  return (
    <TimeChart
      timesS={drawn.timesS}
      series={drawn.series}
      height={260}
      format={(value) => percent(value)}
      label={`Return of ${a.run.id} and ${b.run.id}`}
    />
  );
}

/** How many trades both have, by instrument, side and time of entry. */
function TradeSets({ a, b }: { readonly a: readonly RoundTrip[]; readonly b: readonly RoundTrip[] }) {
  const keyOf = ({ instrument, side, entryTimeMs }: RoundTrip): string => `${instrument} ${side} ${entryTimeMs}`;
  const [x, y] = [new Map(a.map((trade) => [keyOf(trade), trade])), new Map(b.map((trade) => [keyOf(trade), trade]))];
  const both = [...x].filter(([key]) => y.has(key));
  const same = both.filter(([key, { exitTimeMs }]) => y.get(key)!.exitTimeMs === exitTimeMs).length;
  return (
    <p className="figure text-sm text-soft">
      Trades: {x.size - both.length} only in A, {y.size - both.length} only in B, {same} in both, {both.length - same}{' '}
      begun alike and ended otherwise.
    </p>
  );
}
