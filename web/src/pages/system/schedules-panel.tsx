import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { useStream } from '../../desk/use-view.ts';
import { duration, timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { AddSchedule } from './add-schedule.tsx';
import { STATE_TONES } from './jobs-panel.tsx';

type Schedule = OutputOf<'schedules ls'>['schedules'][number];
type Work = OutputOf<'schedules ls'>['sessions'][number];

/** What is done at set times: when it comes next, what became of it last. */
export function SchedulesPanel() {
  const view = useStream('schedules ls', { follow: true });
  return (
    <Panel title="Schedules" className="xl:col-span-2" actions={<AddSchedule />}>
      <Shown
        view={view}
        lines={3}
        isEmpty={({ schedules, sessions }) => schedules.length + sessions.length === 0}
        empty="Nothing is done at set times."
      >
        {({ schedules, sessions }) => (
          <>
            <ul className="divide-y divide-line" aria-label="Schedules">
              {schedules.map((schedule) => (
                <ScheduleLine key={schedule.name} schedule={schedule} />
              ))}
            </ul>
            {sessions.length === 0 ? null : (
              <>
                <h3 className="mt-3 mb-1 text-sm text-soft">By sessions themselves, as inputs of their journals</h3>
                <ul className="divide-y divide-line" aria-label="Done by sessions">
                  {sessions.map((each, k) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a strategy may have several timers that look alike.
                    <SessionWork key={`${each.session} ${each.work} ${k}`} work={each} />
                  ))}
                </ul>
              </>
            )}
          </>
        )}
      </Shown>
    </Panel>
  );
}

const WORKS: Readonly<Record<Work['work'], string>> = {
  'price-updates': 'values what it holds',
  'funding-rates': 'asks for funding rates',
  'order-monitor': 'asks for open orders',
  strategy: 'decides by the clock',
};

function SessionWork({ work: { session, work, everySeconds, next, last, problem } }: { readonly work: Work }) {
  const { clock } = useAppearance();
  return (
    <li className="flex flex-wrap items-center gap-x-2 py-1.5 text-sm">
      <Badge tone={problem === null ? 'good' : 'bad'}>{problem === null ? 'on' : 'fails'}</Badge>
      <strong className="min-w-0 font-medium">{session}</strong>
      <span>{WORKS[work]}</span>
      <span className="text-soft">every {duration(everySeconds * 1000)}</span>
      {problem === null ? null : <span className="text-bad">{problem}</span>}
      <span className="figure ml-auto text-xs text-soft">
        {last === null ? 'not yet done' : `last ${timeText(last, clock)}`}
        {next === null ? '' : `, next ${timeText(next, clock)}`}
      </span>
    </li>
  );
}

function ScheduleLine({ schedule }: { readonly schedule: Schedule }) {
  const { clock } = useAppearance();
  const { at } = useMoment();
  const pause = useCommand('schedules pause', { done: () => `${name} asks for no more jobs.` });
  const resume = useCommand('schedules resume', { done: () => `${name} goes on.` });
  const run = useCommand('schedules run', { done: () => `A job of ${name} was asked for.` });
  const { name, cron, timeZone, operation, paused, next, last, lastJob, skipped } = schedule;
  const remove = useCommand('schedules remove', {
    done: ({ removed }) => `Schedule ${removed} is gone; jobs that it asked for stay.`,
  });
  const isOff = at !== null || [pause, resume, run, remove].some(({ isRunning }) => isRunning);
  return (
    <li className="py-2" aria-label={name}>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={paused ? 'warn' : 'good'}>{paused ? 'paused' : 'on'}</Badge>
        <strong className="min-w-0 font-medium">{name}</strong>
        <span className="text-sm text-soft">{operation}</span>
        <code className="rounded bg-raised px-1 text-sm">{cron}</code>
        <span className="text-sm text-soft">{timeZone}</span>
        <span className="ml-auto flex gap-2">
          <Button size="small" disabled={isOff} onClick={() => void run.run({ name })}>
            Run now
          </Button>
          <Button
            size="small"
            disabled={isOff}
            onClick={() => void (paused ? resume.run({ name }) : pause.run({ name }))}
          >
            {paused ? 'Resume' : 'Pause'}
          </Button>
          <Button size="small" kind="danger" disabled={isOff} onClick={() => void remove.run({ name })}>
            Remove
          </Button>
        </span>
      </div>
      <p className="figure flex flex-wrap items-center gap-x-2 text-xs text-soft">
        <span>
          {next !== null ? `next ${timeText(next, clock)}` : paused ? 'waits until it is resumed' : 'comes no more'}
        </span>
        <span>{last === null ? 'not yet done' : `last ${timeText(last, clock)}`}</span>
        {lastJob === null ? null : <Badge tone={STATE_TONES[lastJob.state]}>{lastJob.state}</Badge>}
        {skipped === 0 ? null : <span>{skipped} times left out</span>}
      </p>
    </li>
  );
}
