import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useBook, useSessions } from '../../desk/current-session.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { Button } from '../../parts/button.tsx';
import { OPEN_KILL } from '../../shell/kill-switch.tsx';
import { doneSteps, forgetSteps, noteStep, useSteps } from './steps.ts';

/** The first four things to do; goes away when they are done or put away. */
export function Checklist() {
  const steps = useSteps();
  const book = useBook();
  const sessions = useSessions();
  const runs = useAnswer('runs ls', { limit: 1 });
  const run = runs.phase === 'there' ? runs.data.runs[0] : undefined;
  const [isAway, setAway] = useState(() => doneSteps().includes('put-away'));
  const hasFill = book.phase === 'there' && (book.data.book?.fills ?? 0) > 0;
  const hasNone = sessions.phase === 'there' && sessions.data.sessions.length === 0;
  const isHeld = sessions.phase === 'there' && sessions.data.latches.length > 0;
  useEffect(() => {
    if (hasFill) noteStep('fill');
    if (isHeld) noteStep('kill');
  }, [hasFill, isHeld]);
  const rows = [
    {
      id: 'fill',
      name: 'See a fill',
      how: hasNone ? (
        <>
          Nothing is there to trade yet: start a session on{' '}
          <Link to="/strategies" className="text-accent underline">
            Strategies
          </Link>
          .
        </>
      ) : (
        'It appears under Last fills when the strategy has traded; the demonstration’s does within a minute.'
      ),
    },
    { id: 'why', name: 'Open its why', how: 'Click a fill: bar, indicators, every risk rule, order, reports.' },
    {
      id: 'parameter',
      name: 'Change a parameter',
      how: (
        <>
          Run the strategy with another one on{' '}
          <Link to="/backtests" className="text-accent underline">
            Backtests
          </Link>
          .
        </>
      ),
    },
    {
      id: 'kill',
      name: 'Pull the kill switch',
      how: (
        <>
          Red, top left. Try it:{' '}
          <button type="button" className="text-accent underline" onClick={() => dispatchEvent(new Event(OPEN_KILL))}>
            open it
          </button>
          . Re-arm on{' '}
          <Link to="/risk" className="text-accent underline">
            Risk
          </Link>
          .
        </>
      ),
    },
  ] as const;
  const done = rows.filter(({ id }) => steps.includes(id)).length;
  if (isAway) return null;
  return (
    <section aria-label="First steps" className="rounded-lg border border-accent/60 bg-accent/5 p-3 xl:col-span-3">
      <div className="mb-2 flex items-center gap-3">
        <h2 className="font-semibold">First steps</h2>
        <span className="text-sm text-soft">
          {done} of {rows.length} done
        </span>
        <span className="ml-auto flex flex-wrap items-center gap-2">
          {run === undefined ? null : (
            <a
              className="text-sm text-accent underline"
              href={`/api/runs/${run.id}/report`}
              target="_blank"
              rel="noreferrer"
            >
              Report of the last backtest
            </a>
          )}
          <Button
            size="small"
            kind="quiet"
            onClick={() => {
              noteStep('put-away');
              setAway(true);
            }}
          >
            Put away
          </Button>
          {done > 0 ? (
            <Button size="small" kind="quiet" onClick={forgetSteps}>
              Begin again
            </Button>
          ) : null}
        </span>
      </div>
      <ol className="grid gap-2 sm:grid-cols-2 xl:grid-cols-4">
        {rows.map(({ id, name, how }, k) => {
          const isDone = steps.includes(id);
          return (
            <li key={id} data-step={id} data-done={isDone} className="flex gap-2 rounded-md border bg-panel p-2">
              <span
                className={`flex size-6 shrink-0 items-center justify-center rounded-full border text-xs ${isDone ? 'border-good text-good' : 'border-edge text-soft'}`}
              >
                {isDone ? '✓' : k + 1}
                <span className="sr-only">{isDone ? 'done' : 'to do'}</span>
              </span>
              <span className="min-w-0">
                <strong className="block font-semibold">{name}</strong>
                <span className="text-sm text-soft">{how}</span>
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
