import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { UpdateOf } from '../../../../src/api/client/client.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { useStream } from '../../desk/use-view.ts';
import { count } from '../../format/numerals.ts';
import { duration, timeText } from '../../format/times.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

type Shape = UpdateOf<'jobs ls'>;
type Job = Shape['jobs'][number];
type State = Job['state'];

const MOST = 100;
export const STATE_TONES: Readonly<Record<State, Tone>> = {
  waiting: 'plain',
  running: 'accent',
  done: 'good',
  failed: 'bad',
  cancelled: 'warn',
};
const STATES = Object.keys(STATE_TONES) as readonly State[];

/** What workers do in the background, how far each is, and what was given up. */
export function JobsPanel() {
  const [state, setState] = useState<State | ''>('');
  const view = useStream('jobs ls', { limit: MOST, follow: true, ...(state === '' ? {} : { state }) });
  return (
    <Panel
      title="Jobs"
      className="xl:col-span-2"
      actions={
        <label className="flex items-center gap-2 text-sm">
          <span className="text-soft">Show</span>
          <select
            className="control w-auto"
            value={state}
            onChange={(event) => setState(event.target.value as State | '')}
          >
            <option value="">all of them</option>
            {STATES.map((each) => (
              <option key={each} value={each}>
                {each === 'failed' ? 'failed: given up' : each}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <Shown
        view={view}
        lines={4}
        isEmpty={({ jobs }) => jobs.length === 0}
        empty={
          state === '' ? (
            <p>
              No job yet: a backtest or a download that is asked for as one stands here.{' '}
              <code className="rounded bg-raised px-1">
                tradewright jobs add backtest --input strategy=sma-cross --input data=synthetic
              </code>
            </p>
          ) : (
            `No job is ${state}.`
          )
        }
      >
        {({ jobs, counts }) => (
          <>
            <p className="mb-2 flex flex-wrap gap-2">
              {STATES.filter((each) => (counts[each] ?? 0) > 0).map((each) => (
                <Badge key={each} tone={STATE_TONES[each]}>
                  {count(counts[each])} {each}
                </Badge>
              ))}
            </p>
            <ul className="max-h-96 divide-y divide-line overflow-y-auto" tabIndex={0} aria-label="Jobs">
              {jobs.map((job) => (
                <JobLine key={job.id} job={job} />
              ))}
            </ul>
          </>
        )}
      </Shown>
    </Panel>
  );
}

function JobLine({ job }: { readonly job: Job }) {
  const { clock } = useAppearance();
  const { at } = useMoment();
  const cancel = useCommand('jobs cancel', {
    done: ({ job: { id, state } }) => (state === 'running' ? `${id} was asked to end.` : `${id} is ${state}.`),
  });
  const retry = useCommand('jobs retry', { done: ({ job: { id } }) => `${id} waits anew, with all its tries.` });
  const { id, state, operation, attempt, attempts, cancelAsked, progress, failure, actor, schedule, run } = job;
  const isOpen = state === 'waiting' || state === 'running';
  return (
    <li className="py-2" aria-label={`${operation} ${id}`}>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={STATE_TONES[state]}>{cancelAsked && state === 'running' ? 'ending' : state}</Badge>
        <strong className="font-medium">{operation}</strong>
        <span className="min-w-0 truncate text-sm text-soft">{id}</span>
        <span className="figure text-xs text-soft">
          try {attempt} of {attempts}
        </span>
        <span className="ml-auto flex gap-2">
          {run === null ? null : (
            <Link
              className="self-center text-sm text-accent underline"
              to="/backtests"
              search={((known: object) => ({ ...known, run })) as never}
            >
              its run
            </Link>
          )}
          {isOpen ? (
            <Button
              size="small"
              disabled={at !== null || cancel.isRunning || cancelAsked}
              onClick={() => void cancel.run({ id })}
            >
              Cancel
            </Button>
          ) : null}
          {state === 'failed' || state === 'cancelled' ? (
            <Button size="small" disabled={at !== null || retry.isRunning} onClick={() => void retry.run({ id })}>
              Try again
            </Button>
          ) : null}
        </span>
      </div>
      {state === 'running' && progress !== null ? <Progress progress={progress} name={`${operation} ${id}`} /> : null}
      {failure === null ? null : (
        <p className="mt-1 text-sm">
          <span className="text-bad">{failure.code}</span> {failure.message}{' '}
          <span className="text-soft">{failure.hint}</span>
        </p>
      )}
      <p className="figure text-xs text-soft">
        {timesText(job, (time) => timeText(time, clock))}, by {schedule === null ? actor : `schedule ${schedule}`}
      </p>
    </li>
  );
}

function timesText({ state, created, due, started, ended }: Job, write: (time: string) => string): string {
  if (ended !== null)
    return started === null
      ? `ended ${write(ended)}`
      : `ended ${write(ended)} after ${duration(Date.parse(ended) - Date.parse(started))}`;
  if (started !== null && state === 'running') return `since ${write(started)}`;
  return due > created ? `not before ${write(due)}` : `waits since ${write(created)}`;
}

/** How far, how fast, how long still. */
function Progress({ progress, name }: { readonly progress: NonNullable<Job['progress']>; readonly name: string }) {
  const { phase, done, total, ratePerS, etaSeconds } = progress;
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const text = [
    `${count(done)} of ${count(total)} ${phase}`,
    ratePerS === null ? null : `${count(ratePerS)} a second`,
    etaSeconds === null ? null : `${duration(etaSeconds * 1_000)} left`,
  ]
    .filter((each) => each !== null)
    .join(', ');
  return (
    <div className="mt-1">
      <div
        role="progressbar"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={text}
        className="h-1.5 overflow-hidden rounded-full bg-raised"
      >
        <div className="h-full bg-accent" style={{ width: `${share * 100}%` }} />
      </div>
      <p className="figure text-xs text-soft">{text}</p>
    </div>
  );
}
