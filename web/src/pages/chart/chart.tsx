import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import { useCurrentSession } from '../../desk/current-session.ts';
import { useFills } from '../../desk/fills.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { modeOf } from '../../shell/mode.ts';
import { usePageKeys } from '../../shell/shortcuts.tsx';
import { WhyDrawer } from '../../why/why-drawer.tsx';
import { useResult } from '../backtests/result-view.ts';
import { NoSession } from '../overview/no-session.tsx';
import { ChartPane } from './chart-pane.tsx';
import { IndicatorsDialog } from './indicators-dialog.tsx';
import { useSources } from './source.ts';

interface ChartSearch {
  readonly symbol?: string;
  /** One for each chart, with commas between. */
  readonly timeframe?: string;
  readonly fill?: string;
  readonly run?: string;
}

const COUNTS = [1, 2, 4] as const;
const LEAST_PX = 260;
/** What stands above and below a chart. */
const AROUND_PX = 225;
const PANE_PX = 110;
const TWO_COLUMNS_PX = 1024;
const NARROW_PX = 640;
const FILLS = 10_000;

/** Bars with what was traded on them and what waits; up to four of them with one cursor. */
export function Chart() {
  const search = useSearch({ strict: false }) as ChartSearch;
  const navigate = useNavigate();
  const current = useCurrentSession();
  const sources = useSources();
  const run = useResult(search.run ?? null);
  const ofRun = run.phase === 'there' ? run.data : null;
  const source = sources.find(search.symbol ?? ofRun?.price.instrument);
  const go = useCallback(
    (part: { [K in keyof ChartSearch]: string | undefined }): void =>
      void navigate({ to: '/chart', search: ((known: object) => ({ ...known, ...part })) as never, replace: true }),
    [navigate],
  );
  const [active, setActive] = useState(0);
  const [isTable, setTable] = useState(false);
  const [isDialog, setDialog] = useState(false);
  const [isArmed, setArmed] = useState(false);
  const [until, setUntil] = useState('');
  const offered = source?.timeframes ?? [];
  const asked = (search.timeframe ?? '').split(',').filter((each) => offered.includes(each));
  const timeframes = asked.length === 0 ? offered.slice(0, 1) : asked.slice(0, 4);
  const change = (k: number, timeframe: string): void =>
    go({ timeframe: timeframes.map((each, i) => (i === k ? timeframe : each)).join(',') });
  const fills = useFills(FILLS);
  const [why, setWhy] = useState<number | null>(null);
  const known = fills.phase === 'there' ? fills.data : [];
  const chosenFill = known.find(({ fill }) => String(fill) === search.fill) ?? null;
  usePageKeys((key) => {
    const step = key === '[' ? -1 : key === ']' ? 1 : 0;
    if (step !== 0 && known.length > 0) {
      const at = chosenFill === null ? (step > 0 ? -1 : known.length) : known.indexOf(chosenFill);
      go({ fill: String(known[Math.max(0, Math.min(known.length - 1, at + step))]!.fill) });
    }
    const timeframe = /^[1-9]$/.test(key) ? offered[Number(key) - 1] : undefined;
    if (timeframe !== undefined) change(Math.min(active, timeframes.length - 1), timeframe);
  });
  const trips = useMemo(
    () =>
      ofRun?.trades
        .filter(({ instrument }) => source?.kind === 'series' && instrument === `${source.venue}:${source.symbol}`)
        .map(({ id, entryTimeMs, entryPrice, exitTimeMs, exitPrice, profit }) => ({
          ...{ id: `trade ${id}`, fromS: entryTimeMs / 1000, fromPrice: entryPrice, profit },
          ...{ toS: (exitTimeMs ?? entryTimeMs) / 1000, toPrice: exitPrice ?? entryPrice },
        })),
    [ofRun, source],
  );
  const [width, viewHeight] = useWindowSize();
  const rows = timeframes.length === 1 ? 1 : timeframes.length === 2 && width >= TWO_COLUMNS_PX ? 1 : 2;
  // On a telephone what stands above takes more of the height.
  const room = width < NARROW_PX ? viewHeight * 0.7 : viewHeight;
  const height = Math.max(LEAST_PX, Math.floor((room - AROUND_PX - (rows - 1) * PANE_PX) / rows));
  const isLive = modeOf(current).name === 'LIVE';

  if (source === null)
    return (
      <>
        <h1 className="sr-only">Chart</h1>
        <Panel title="Chart">{sources.isLoading ? <p className="text-soft">Loading …</p> : <NoSession />}</Panel>
      </>
    );
  return (
    <div className="space-y-3">
      <h1 className="sr-only">Chart</h1>
      <div className="flex flex-wrap items-center gap-2 rounded-lg border bg-panel px-3 py-2">
        <select
          aria-label="Market"
          className="control w-56"
          value={source.kind === 'session' ? source.symbol : `${source.venue}:${source.symbol}`}
          onChange={(event) =>
            go({ symbol: event.target.value, timeframe: undefined, fill: undefined, run: undefined })
          }
        >
          {sources.session.length === 0 ? null : (
            <optgroup label={`Session ${current?.session ?? ''}`}>
              {sources.session.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </optgroup>
          )}
          {sources.series.length === 0 ? null : (
            <optgroup label="Catalogue">
              {sources.series.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </optgroup>
          )}
        </select>
        <fieldset aria-label="Charts" className="flex gap-1">
          {COUNTS.map((count) => (
            <Button
              key={count}
              size="small"
              aria-pressed={timeframes.length === count}
              className={timeframes.length === count ? 'border-accent' : ''}
              onClick={() => go({ timeframe: spread(timeframes, offered, count).join(',') })}
            >
              {count} {count === 1 ? 'chart' : 'charts'}
            </Button>
          ))}
        </fieldset>
        <Button size="small" onClick={() => setDialog(true)}>
          Indicators
        </Button>
        <Button
          size="small"
          aria-pressed={isTable}
          className={isTable ? 'border-accent' : ''}
          onClick={() => setTable(!isTable)}
        >
          View as table
        </Button>
        {source.kind === 'series' ? (
          <label className="flex items-center gap-1 text-sm text-soft">
            Until
            <input
              type="date"
              className="control w-36"
              min={source.from.slice(0, 10)}
              value={until}
              onChange={(event) => setUntil(event.target.value)}
            />
          </label>
        ) : null}
        {source.kind === 'session' && isLive ? (
          <label className="flex items-center gap-1 text-sm text-warn">
            <input type="checkbox" checked={isArmed} onChange={(event) => setArmed(event.target.checked)} />
            Orders can be moved, with real money
          </label>
        ) : null}
        <span className="ml-auto text-xs text-soft max-md:hidden">
          {source.kind === 'session' ? (
            <>
              [ ] fills · 1 … {Math.min(9, offered.length)} timeframe ·{' '}
              <Link
                to="/trade"
                search={((all: object) => ({ ...all, symbol: source.symbol })) as never}
                className="text-accent underline"
              >
                trade {source.symbol}
              </Link>
            </>
          ) : search.run === undefined ? (
            'earlier bars come as you go back'
          ) : (
            `trades of ${search.run}`
          )}
        </span>
      </div>
      <div className={`grid gap-3 ${timeframes.length > 1 ? 'lg:grid-cols-2' : ''}`}>
        {timeframes.map((timeframe, k) => (
          <ChartPane
            // biome-ignore lint/suspicious/noArrayIndexKey: a chart is its place; two of them may show the same.
            key={k}
            source={source}
            timeframe={timeframe}
            height={height}
            isActive={timeframes.length > 1 && k === active}
            isTable={isTable}
            isMovable={!isLive || isArmed}
            until={until === '' ? null : until}
            chosenFill={chosenFill}
            {...(trips === undefined ? {} : { trips })}
            onActive={() => setActive(k)}
            onTimeframe={(next) => change(k, next)}
            onFill={(fill) => {
              go({ fill: String(fill) });
              setWhy(fill);
            }}
          />
        ))}
      </div>
      {chosenFill === null ? null : (
        <p aria-live="polite" className="flex flex-wrap items-center gap-2 text-sm">
          Fill {chosenFill.fill}: {chosenFill.side} {chosenFill.quantity} at {chosenFill.price}. {chosenFill.why}
          <Button size="small" onClick={() => setWhy(chosenFill.fill)}>
            Why
          </Button>
          <Button size="small" kind="quiet" onClick={() => go({ fill: undefined })}>
            Let go of it
          </Button>
        </p>
      )}
      <WhyDrawer fill={why} onClose={() => setWhy(null)} />
      {isDialog ? <IndicatorsDialog onClose={() => setDialog(false)} /> : null}
    </div>
  );
}

/** So many timeframes, those that there are first, then wider ones. */
function spread(now: readonly string[], offered: readonly string[], count: number): readonly string[] {
  const others = offered.filter((each) => !now.includes(each));
  const wanted = [...now, ...others].slice(0, count);
  return Array.from({ length: count }, (_, k) => wanted[k] ?? offered[0]!);
}

function useWindowSize(): readonly [width: number, height: number] {
  const text = useSyncExternalStore(
    (listener) => {
      addEventListener('resize', listener);
      return () => removeEventListener('resize', listener);
    },
    () => `${innerWidth} ${innerHeight}`,
  );
  const [width = 0, height = 0] = text.split(' ').map(Number);
  return [width, height];
}
