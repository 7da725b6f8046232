import { Link, useNavigate } from '@tanstack/react-router';
import { ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../../desk/use-view.ts';
import { count } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { CostsPanel } from './costs-panel.tsx';
import { EquityPanel } from './equity-panel.tsx';
import { Headline } from './headline.tsx';
import { HonestyStrip } from './honesty-strip.tsx';
import { MetricsPanel } from './metrics-panel.tsx';
import { MonthsPanel } from './months-panel.tsx';
import { NewRun } from './new-run.tsx';
import { type Result, useResult } from './result-view.ts';
import { StrategiesPanel } from './strategies-panel.tsx';
import { TradesPanel } from './trades-panel.tsx';

/** What a run came to. */
export function RunResult({ run, tab }: { readonly run: string; readonly tab: string }) {
  const show = useAnswer('runs show', { run });
  const view = useResult(
    show.phase === 'there' && show.data.status !== 'started' && show.data.failure === null ? run : null,
  );
  const { clock } = useAppearance();
  return (
    <div className="space-y-3">
      <Panel title={`Run ${run}`} actions={<Actions run={run} />}>
        <Shown view={show} again={show.again} lines={2}>
          {({ status, strategies, data, createdAt, version, failure }) => (
            <div className="space-y-1">
              <p className="flex flex-wrap items-center gap-2">
                <Badge tone={failure !== null ? 'bad' : status === 'finished' ? 'good' : 'warn'}>
                  {failure ?? status}
                </Badge>
                {strategies.map(({ id, of, params }) => (
                  <span key={id}>
                    <strong>{id}</strong>
                    {of === undefined ? ' ' : ` (${of}) `}
                    <span className="figure text-sm text-soft">
                      {Object.entries(params)
                        .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
                        .join(', ')}
                    </span>
                  </span>
                ))}
              </p>
              <p className="text-sm text-soft">
                {data
                  .map(
                    ({ instrument, timeframe, bars, from, to, synthetic }) =>
                      `${instrument} ${timeframe}${synthetic ? ' (synthetic)' : ''}: ${count(bars)} bars, ${timeText(from, clock, 'day')} to ${timeText(to, clock, 'day')}`,
                  )
                  .join(' · ')}{' '}
                · made {timeText(createdAt, clock, 'minute')} by {version}
              </p>
              {failure === null ? null : (
                <p className="text-bad">It failed, so that it has no figures. Run it again from here to see why.</p>
              )}
            </div>
          )}
        </Shown>
      </Panel>
      {show.phase === 'there' && (show.data.failure !== null || show.data.status === 'started') ? (
        tab === 'again' ? (
          <NewRun like={show.data} />
        ) : null
      ) : (
        <Shown view={view} again={view.again} lines={12}>
          {(result) => (
            <>
              <HonestyStrip result={result} />
              <Parts result={result} tab={tab} run={run} />
            </>
          )}
        </Shown>
      )}
    </div>
  );
}

function Actions({ run }: { readonly run: string }) {
  const runs = useAnswer('runs ls', { limit: 200 });
  const navigate = useNavigate();
  return (
    <>
      <a
        className="inline-flex items-center gap-1 text-sm text-accent underline"
        href={`/api/runs/${run}/report`}
        target="_blank"
        rel="noreferrer"
      >
        HTML report <ExternalLink aria-hidden="true" className="size-3.5" />
      </a>
      <select
        aria-label="Compare with"
        className="control w-44"
        value=""
        onChange={(event) =>
          void navigate({
            to: '/backtests',
            search: ((known: object) => ({ ...known, with: event.target.value })) as never,
          })
        }
      >
        <option value="">Compare with …</option>
        {runs.phase === 'there'
          ? runs.data.runs
              .filter(({ id, status }) => id !== run && (status === 'finished' || status === 'partial'))
              .map(({ id, strategy, timeframe }) => (
                <option key={id} value={id}>
                  {id} {strategy} {timeframe}
                </option>
              ))
          : null}
      </select>
      <Link
        to="/backtests"
        search={((known: object) => ({ ...known, run: undefined, with: undefined, tab: undefined })) as never}
        className="text-sm text-accent underline"
      >
        all runs
      </Link>
    </>
  );
}

function Parts({ result, tab, run }: { readonly result: Result; readonly tab: string; readonly run: string }) {
  const navigate = useNavigate();
  const show = useAnswer('runs show', { run });
  const [seen] = useState(() => new Set<string>());
  seen.add(tab);
  const go = (part: Record<string, string | undefined>): void =>
    void navigate({ to: '/backtests', search: ((known: object) => ({ ...known, ...part })) as never, replace: true });
  return (
    <Tabs
      label="Parts of the result"
      value={tab}
      onChange={(id) => go({ tab: id })}
      tabs={[
        {
          id: 'summary',
          name: 'Summary',
          content: (
            <div className="grid gap-3 xl:grid-cols-3">
              <Headline result={result} />
              <EquityPanel result={result} />
              <StrategiesPanel result={result} />
              <CostsPanel result={result} />
              <MonthsPanel result={result} />
            </div>
          ),
        },
        { id: 'trades', name: `Trades ${count(result.trades.length)}`, content: <TradesPanel result={result} /> },
        { id: 'metrics', name: 'All figures', content: <MetricsPanel result={result} /> },
        {
          id: 'again',
          name: 'Run again with a change',
          content:
            show.phase === 'there' ? (
              <NewRun like={show.data} onDone={(next) => go({ run: next, with: run, tab: undefined })} />
            ) : null,
        },
      ]}
    />
  );
}
