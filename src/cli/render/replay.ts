import type { DecisionLine, Moment, PlayedMoment } from '../../api/operations/replay.ts';
import type { Output } from '../../api/operations/table.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { counted, flow, labelled, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';
import { bookLines, right, side, signed } from './session-book.ts';

/** `2024-01-31 13:05:07`. */
export const second = (time: string): string => time.slice(0, 19).replace('T', ' ');

/** Books, indicators and the strategies' own states. */
export function momentLines(moment: Moment, style: Style): readonly string[] {
  const { indicators, strategies } = moment;
  const alone = strategies.length === 1;
  const values = indicators.map(
    ({ strategy, name, value }) =>
      `${alone ? '' : `${strategy}.`}${name} ${value === null ? '–' : +value.toPrecision(8)}`,
  );
  return [
    ...bookLines(moment, style),
    ...(values.length === 0 ? [] : [flow('indicators', values, style, 11)]),
    ...strategies
      .filter(({ state }) => state !== null)
      .map(({ strategy, state }) => labelled(alone ? 'state' : strategy, JSON.stringify(state), style)),
  ];
}

function happenedLines(step: PlayedMoment, style: Style): readonly string[] {
  return [
    `${style.bold(second(step.time ?? ''))}  ${signed(step.profit, style)}  record ${step.record}`,
    ...step.happened.flatMap(({ seq, type, text }) => labelled(`${seq}`, `${type}  ${text}`, style)),
  ].map((line, k) => (k === 0 ? ` ${line}` : line));
}

export function renderReplayed(update: PlayedMoment, { style }: Scene): string {
  return [
    flow('replay', [style.bold(update.session), second(update.time ?? ''), counted(update.events, 'event')], style),
    ...momentLines(update, style),
  ].join('\n');
}

export function renderReplay(output: Output<'replay'>, { style }: Scene): Rendering {
  const { session, strategy, params, records, statesVerified, eventsVerified, events, hashes, steps, fork, diff } =
    output;
  const values = Object.entries(params).map(([name, value]) => `${name}=${plain(value)}`);
  const states = `${counted(statesVerified, 'noted state')} reached again`;
  const lines = [
    flow('replay', [style.bold(session), strategy, ...values], style),
    flow(
      'verified',
      [
        counted(records, 'record'),
        style.good(eventsVerified ? `${states}, and the hash of all events` : states),
        counted(events, 'event'),
        `events ${hashes.events}`,
      ],
      style,
    ),
    flow('at', [second(output.moment.time ?? 'the beginning'), `record ${output.moment.record}`], style),
    ...momentLines(output.moment, style),
  ];
  if (steps.length > 0) lines.push('', ...steps.flatMap((step) => happenedLines(step, style)));
  if (fork !== null) lines.push('', ...forkLines(fork, style));
  if (diff !== null) lines.push('', ...diffLines(diff, style));
  if (output.written !== null) lines.push('', labelled('written', output.written, style));
  return { text: lines.join('\n'), next: `tradewright parity ${session}` };
}

function forkLines(fork: NonNullable<Output<'replay'>['fork']>, style: Style): readonly string[] {
  const values = Object.entries(fork.params).map(([name, value]) => `${name}=${plain(value)}`);
  const row = (name: string, o: typeof fork.original): readonly string[] => [
    name,
    signed(o.profit, style),
    o.fees.toFixed(2),
    String(o.orders),
    String(o.fills),
  ];
  const lines = [
    flow('fork', [style.bold(fork.strategy), ...values], style),
    table(
      [
        { header: '' },
        { header: 'profit', ...right },
        { header: 'fees', ...right },
        { header: 'orders', ...right },
        { header: 'fills', ...right },
      ],
      [row('original', fork.original), row('fork', fork.fork)],
      style,
    ),
  ];
  const { difference } = fork;
  if (difference === null) return [...lines, labelled('decisions', 'all the same', style)];
  return [
    ...lines,
    labelled('differs', `decision ${difference.after + 1}, ${second(difference.time)}`, style),
    labelled('original', decisionText(difference.original, style), style),
    labelled('fork', decisionText(difference.fork, style), style),
  ];
}

export function decisionText(decision: DecisionLine | null, style: Style): string {
  if (decision === null) return style.dim('nothing decided');
  const { time, instrument, action, quantity, why, refused } = decision;
  const what = decision.side === null ? action : `${side(decision.side, style)} ${quantity}`;
  return `${second(time)}  ${instrument}  ${what}  ${why}${refused === null ? '' : `  ${style.warn(`refused: ${refused}`)}`}`;
}

function diffLines(diff: NonNullable<Output<'replay'>['diff']>, style: Style): readonly string[] {
  if (diff.same) return [labelled('diff', style.good(`every event is that of ${diff.against}`), style)];
  return [
    labelled('diff', style.bad(`event ${diff.event} is the first that differs from ${diff.against}`), style),
    labelled('session', diff.session ?? 'has no further event', style),
    labelled('other', diff.other ?? 'has no further event', style),
  ];
}
