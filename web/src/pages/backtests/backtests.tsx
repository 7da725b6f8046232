import { useNavigate, useSearch } from '@tanstack/react-router';
import { Comparison } from './comparison.tsx';
import { NewRun } from './new-run.tsx';
import { RunResult } from './result.tsx';
import { RunningPanel } from './running-panel.tsx';
import { RunsPanel } from './runs-panel.tsx';

interface BacktestSearch {
  readonly run?: string;
  readonly with?: string;
  readonly tab?: string;
  readonly strategy?: string;
}

/** Runs: asked for, looked at, compared. */
export function Backtests() {
  const { run, with: other, tab = 'summary', strategy } = useSearch({ strict: false }) as BacktestSearch;
  const navigate = useNavigate();
  return (
    <div className="space-y-3">
      <h1 className="sr-only">Backtests</h1>
      <RunningPanel hasDone={run === undefined} />
      {run === undefined ? (
        <div className="grid items-start gap-3 xl:grid-cols-[minmax(20rem,26rem)_minmax(0,1fr)]">
          <NewRun
            strategy={strategy}
            onDone={(id) =>
              void navigate({ to: '/backtests', search: ((known: object) => ({ ...known, run: id })) as never })
            }
          />
          <RunsPanel />
        </div>
      ) : other === undefined ? (
        <RunResult key={run} run={run} tab={tab} />
      ) : (
        <Comparison a={other} b={run} />
      )}
    </div>
  );
}
