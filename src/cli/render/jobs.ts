import type { JobLine } from '../../api/operations/jobs.ts';
import type { Output } from '../../api/operations/table.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { count, counted, flow, labelled, minute, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

export function renderJobAdded({ job, added }: Output<'jobs-add'>, { style }: Scene): Rendering {
  const said = added ? null : ' It was there already.';
  return {
    text: [jobTable([job], style), ...(said === null ? [] : [said])].join('\n'),
    next: `tradewright jobs show ${job.id} --follow`,
  };
}

export function renderJobsUpdate(update: Output<'jobs-ls'>, scene: Scene): string {
  return `${listText(update, scene.style)}\n\n${scene.style.dim(' Ctrl-C ends it')}`;
}

export function renderJobs(output: Output<'jobs-ls'>, { style }: Scene): Rendering {
  const { jobs } = output;
  const failed = jobs.find(({ state }) => state === 'failed');
  const next =
    failed !== undefined
      ? `tradewright jobs show ${failed.id}`
      : jobs.length === 0
        ? 'tradewright jobs add backtest --input strategy=sma-cross --input data=synthetic'
        : `tradewright jobs show ${jobs[0]!.id}`;
  return { text: listText(output, style), next };
}

export function renderJobUpdate(update: Output<'jobs-show'>, { style }: Scene): string {
  return jobText(update, style);
}

export function renderJob(output: Output<'jobs-show'>, { style }: Scene): Rendering {
  const { job } = output;
  const next =
    job.run !== null
      ? `tradewright runs show ${job.run}`
      : job.state === 'failed' || job.state === 'cancelled'
        ? `tradewright jobs retry ${job.id}`
        : null;
  return { text: jobText(output, style), next };
}

export function renderJobCancelled({ job }: Output<'jobs-cancel'>, { style }: Scene): Rendering {
  const said = job.cancelAsked ? '\n It runs still, and was asked to end.' : '';
  return { text: jobTable([job], style) + said, next: `tradewright jobs show ${job.id}` };
}

export function renderJobRetried({ job }: Output<'jobs-retry'>, { style }: Scene): Rendering {
  return { text: jobTable([job], style), next: `tradewright jobs show ${job.id} --follow` };
}

function listText({ jobs, counts }: Output<'jobs-ls'>, style: Style): string {
  return [
    jobs.length === 0 ? ' no jobs' : jobTable(jobs, style),
    flow(
      'in all',
      Object.entries(counts).map(([state, n]) => `${count(n)} ${state}`),
      style,
    ),
  ].join('\n');
}

function stateText({ state, cancelAsked }: JobLine, style: Style): string {
  if (cancelAsked) return style.warn('to end');
  if (state === 'done') return style.good(state);
  return state === 'failed' ? style.bad(state) : state;
}

/** `bars 42 %  128,000/s  3 s left`. */
function progressText({ progress, failure, state, run }: JobLine): string {
  if (failure !== null && state !== 'done') return failure.message;
  if (run !== null) return run;
  if (progress === null || state !== 'running') return '';
  const { phase, done, total, ratePerS, etaSeconds } = progress;
  const share = total > 0 ? `${Math.floor((done / total) * 100)} %` : count(done);
  return [
    `${phase} ${share}`,
    ...(ratePerS === null ? [] : [`${count(ratePerS)}/s`]),
    ...(etaSeconds === null ? [] : [`${count(etaSeconds)} s left`]),
  ].join('  ');
}

function jobTable(jobs: readonly JobLine[], style: Style): string {
  const columns = [
    ...[{ header: 'job' }, { header: 'what' }, { header: 'added (UTC)' }, { header: 'state' }],
    ...[
      { header: 'try', align: 'right' as const },
      { header: '', mayShrink: true },
    ],
  ];
  const rows = jobs.map((job) => [
    ...[style.bold(job.id), job.operation, minute(job.created), stateText(job, style)],
    ...[`${job.attempt}/${job.attempts}`, progressText(job)],
  ]);
  return table(columns, rows, style);
}

function jobText({ job, input, result, warnings }: Output<'jobs-show'>, style: Style): string {
  const { created, started, ended, actor, schedule, worker, attempt, attempts, failure } = job;
  const times = [
    `added ${minute(created)}`,
    ...(started === null ? [] : [`begun ${minute(started)}`]),
    ...(ended === null ? [] : [`ended ${minute(ended)}`]),
  ];
  const whose = [`for ${actor}`, ...(schedule === null ? [] : [`schedule ${schedule}`])];
  const given = Object.entries(input).map(([name, value]) => `${name}=${plain(value)}`);
  return [
    flow('job', [style.bold(job.id), job.operation, stateText(job, style), progressText(job)].filter(Boolean), style),
    flow('', times, style),
    flow('', whose, style),
    ...(worker === null ? [] : [flow('worker', [worker, `try ${attempt} of ${attempts}`], style)]),
    ...(given.length === 0 ? [] : [labelled('input', given.join('  '), style)]),
    ...(failure === null ? [] : [labelled('failure', style.bad(`${failure.code}: ${failure.message}`), style)]),
    ...(result === null
      ? []
      : [flow('result', [counted(Object.keys(result).length, 'field'), '--json shows it'], style)]),
    ...warnings.map(({ message }) => labelled('warning', style.warn(message), style)),
  ].join('\n');
}
