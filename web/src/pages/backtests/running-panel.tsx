import { Link } from '@tanstack/react-router';
import { count } from '../../format/numerals.ts';
import { duration } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Panel, Problem } from '../../parts/panel.tsx';
import { useTick } from '../../parts/tick.ts';
import { type Asked, forgetBacktest, leaveBacktest, runBacktest, useAsked } from './run-backtest.ts';

const A_SECOND_MS = 1000;

/** Backtests that were asked for here: how far, how fast, how long still. */
export function RunningPanel({ hasDone = true }: { readonly hasDone?: boolean }) {
  const asked = useAsked().filter(({ state }) => hasDone || state !== 'done');
  if (asked.length === 0) return null;
  return (
    <Panel title="Asked for here">
      <ul className="space-y-2">
        {asked.toReversed().map((each) => (
          <li key={each.id}>
            <Running asked={each} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function Running({ asked }: { readonly asked: Asked }) {
  const { id, input, state, phase, done, total, beganAtMs, result, problem, changed } = asked;
  const nowMs = useTick();
  const elapsedMs = Math.max(0, nowMs - beganAtMs);
  const rate = done / Math.max(A_SECOND_MS, elapsedMs);
  const share = total === 0 ? 0 : done / total;
  return (
    <div className="rounded-md border p-2">
      <p className="flex flex-wrap items-center gap-2">
        <strong>{input.strategy}</strong>
        <span className="text-sm text-soft">{(input.data ?? []).join(', ')}</span>
        <Badge tone={state === 'done' ? 'good' : state === 'failed' ? 'bad' : 'accent'}>{state}</Badge>
        <span className="ml-auto flex gap-2">
          {state === 'runs' ? (
            <Button
              size="small"
              title="What the server has begun it ends by itself; the run stands in the list then"
              onClick={() => leaveBacktest(id)}
            >
              Leave it
            </Button>
          ) : (
            <>
              {state === 'done' ? null : (
                <Button size="small" onClick={() => runBacktest(input, changed)}>
                  Try again
                </Button>
              )}
              <Button size="small" kind="quiet" onClick={() => forgetBacktest(id)}>
                Put away
              </Button>
            </>
          )}
        </span>
      </p>
      {state === 'runs' ? (
        <>
          <div
            role="progressbar"
            aria-label={`Backtest of ${input.strategy}`}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(share * 100)}
            className="mt-1.5 h-1.5 overflow-hidden rounded-full bg-raised"
          >
            <div className="h-full bg-accent" style={{ width: `${share * 100}%` }} />
          </div>
          <p className="figure mt-1 text-sm text-soft">
            {phase}
            {total === 0 ? '' : ` ${count(done)} of ${count(total)}`}
            {phase === 'bars' && done > 0
              ? ` · ${count(rate * A_SECOND_MS)} bars/s · ${duration((total - done) / rate)} to go`
              : ` · ${duration(elapsedMs)}`}
          </p>
        </>
      ) : null}
      {result === null ? null : (
        <p className="text-sm">
          <Link
            to="/backtests"
            search={
              ((known: object) => ({
                ...known,
                run: result.run,
                tab: undefined,
                ...(changed === null ? {} : { with: changed }),
              })) as never
            }
            className="text-accent underline"
          >
            {changed === null ? `Result ${result.run}` : `Result ${result.run}, beside ${changed}`}
          </Link>{' '}
          <span className="figure text-soft">
            {count(result.speed.barsPerSecond)} bars/s, {count(result.trades)} trades
          </span>
        </p>
      )}
      {state === 'left' ? (
        <p className="text-sm text-soft">
          It is not waited for any more; what the server had begun may stand in the list.
        </p>
      ) : null}
      {problem === null ? null : <Problem problem={problem} />}
    </div>
  );
}
