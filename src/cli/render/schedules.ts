import type { ScheduleLine, SessionWork } from '../../api/operations/schedules.ts';
import type { Output } from '../../api/operations/table.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { flow, minute, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

export function renderSchedules({ schedules, sessions }: Output<'schedules-ls'>, { style }: Scene): Rendering {
  const paused = schedules.find((each) => each.paused);
  const jobs = schedules.length === 0 ? ' no schedules' : scheduleTable(schedules, style);
  return {
    text: sessions.length === 0 ? jobs : `${jobs}\n\n${sessionTable(sessions, style)}`,
    next: paused === undefined ? null : `tradewright schedules resume ${paused.name}`,
  };
}

export function renderSchedule({ schedule }: Output<'schedules-add'>, { style }: Scene): Rendering {
  const given = Object.entries(schedule.input).map(([name, value]) => `${name}=${plain(value)}`);
  return {
    text: [
      scheduleTable([schedule], style),
      ...(given.length === 0 ? [] : [flow('input', given, style)]),
      flow('missed', [schedule.missed === 'skip' ? 'left out' : 'made good once'], style),
    ].join('\n'),
    next: `tradewright schedules run ${schedule.name}`,
  };
}

export function renderScheduleRemoved({ removed }: Output<'schedules-remove'>): Rendering {
  return { text: ` schedule ${removed} is gone`, next: 'tradewright schedules ls' };
}

export function renderScheduleRun({ job }: Output<'schedules-run'>, { style }: Scene): Rendering {
  return {
    text: flow('job', [style.bold(job.id), job.operation, job.state], style),
    next: `tradewright jobs show ${job.id} --follow`,
  };
}

function sessionTable(sessions: readonly SessionWork[], style: Style): string {
  const columns = [
    ...[{ header: 'session' }, { header: 'what' }, { header: 'every', align: 'right' as const }],
    ...[{ header: 'next (UTC)' }, { header: 'last (UTC)' }, { header: '', mayShrink: true }],
  ];
  const second = (time: string | null): string => (time === null ? '–' : time.slice(0, 19).replace('T', ' '));
  const rows = sessions.map(({ session, work, everySeconds, next, last, problem }) => [
    ...[style.bold(session), WORKS[work], everySeconds < 60 ? `${everySeconds} s` : `${everySeconds / 60} min`],
    ...[second(next), second(last), problem === null ? '' : style.bad(problem)],
  ]);
  return table(columns, rows, style);
}

const WORKS: Readonly<Record<SessionWork['work'], string>> = {
  'price-updates': 'price updates',
  'funding-rates': 'funding rates',
  'order-monitor': 'order monitor',
  strategy: 'strategy by the clock',
};

function scheduleTable(schedules: readonly ScheduleLine[], style: Style): string {
  const columns = [
    ...[{ header: 'schedule' }, { header: 'what' }, { header: 'times', mayShrink: true }, { header: 'next (UTC)' }],
    ...[{ header: 'last (UTC)' }, { header: '', mayShrink: true }],
  ];
  const rows = schedules.map(({ name, operation, cron, timeZone, paused, next, last, lastJob }) => [
    ...[style.bold(name), operation, timeZone === 'UTC' ? cron : `${cron} ${timeZone}`],
    paused ? style.warn('paused') : next === null ? '–' : minute(next),
    ...[last === null ? '–' : minute(last), lastJob === null ? '' : lastJob.state],
  ]);
  return table(columns, rows, style);
}
