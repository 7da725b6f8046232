import type { Output } from '../../api/operations/table.ts';
import { table } from '../table.ts';
import { counted, flow, labelled, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';
import { right, side } from './session-book.ts';

type Standing = Output<'order-cancel'>['standing'];

const UNCONFIRMED = 'not confirmed by the venue yet';

/** Whole quantity and prices, as they are after rounding. */
function measure(standing: Standing): string {
  if (standing === null) return '';
  const { type, quantity, limit, trigger } = standing;
  return [
    trigger === null ? quantity : `${quantity}   ${type}`,
    ...(limit === null ? [] : [`limit ${limit}`]),
    ...(trigger === null ? [] : [`trigger ${trigger}`]),
  ].join('   ');
}

const pieces = (...all: readonly string[]): string[] => all.filter((piece) => piece !== '');

export function renderOrder(
  { session, order, instrument, side: way, standing }: Output<'order-buy'>,
  { style }: Scene,
): Rendering {
  const isRejected = standing?.status === 'rejected';
  const state = standing === null ? '' : standing.isConfirmed ? standing.status : UNCONFIRMED;
  return {
    text: flow(
      isRejected ? 'rejected' : 'ordered',
      pieces(
        style.bold(order),
        side(way, style),
        instrument,
        measure(standing),
        `in ${session}`,
        isRejected ? style.bad(state) : state,
      ),
      style,
    ),
    next: `tradewright orders --all --session ${session}   ·   tradewright order cancel ${order} --session ${session}`,
  };
}

export function renderOrderCancel({ session, order, standing }: Output<'order-cancel'>, { style }: Scene): Rendering {
  const isOver = standing?.status === 'canceled';
  const state = standing === null ? '' : standing.isConfirmed ? standing.status : UNCONFIRMED;
  return {
    text: flow(
      isOver ? 'canceled' : 'asked',
      pieces(style.bold(order), `in ${session}`, isOver ? '' : `to be canceled: ${style.bad(state || UNCONFIRMED)}`),
      style,
    ),
    next: isOver ? `tradewright orders --session ${session}` : `tradewright order show ${order} --session ${session}`,
  };
}

export function renderOrderAmend({ session, order, standing }: Output<'order-amend'>, { style }: Scene): Rendering {
  const isDone = standing?.isConfirmed === true;
  return {
    text: flow(
      isDone ? 'amended' : 'asked',
      isDone
        ? pieces(style.bold(standing.order), measure(standing), `in ${session}`, standing.status)
        : pieces(style.bold(order), `in ${session}`, `to be amended: ${style.bad(UNCONFIRMED)}`),
      style,
    ),
    next: `tradewright order show ${standing?.order ?? order} --session ${session}`,
  };
}

export function renderOrderCancelAll(
  { session, canceled, pending }: Output<'order-cancel-all'>,
  { style }: Scene,
): Rendering {
  const isOver = pending === 0;
  return {
    text: flow(
      isOver ? 'canceled' : 'asked',
      pieces(
        style.bold(counted(canceled, 'order')),
        `in ${session}`,
        isOver ? '' : `to be canceled: ${style.bad(`${pending} ${UNCONFIRMED}`)}`,
      ),
      style,
    ),
    next: `tradewright orders --session ${session}`,
  };
}

export function renderSourceGive(
  { session, source, value, placed, refused }: Output<'source-give'>,
  { style }: Scene,
): Rendering {
  const came = [
    ...(placed.length === 0 ? [] : [`placed ${placed.join(', ')}`]),
    ...(refused.length === 0 ? [] : [style.bad(`refused: ${refused.join(', ')}`)]),
  ];
  const reaction = came.length === 0 ? ['nothing ordered'] : came;
  return {
    text: flow('told', pieces(style.bold(source), plain(value), `in ${session}`, ...reaction), style),
    next: `tradewright orders --session ${session}`,
  };
}

type Commanded = Output<'pause'>;

export const renderPause = ({ session, strategy }: Commanded, { style }: Scene): Rendering => ({
  text: flow('paused', [style.bold(strategy), `in ${session}`], style),
  next: `tradewright resume ${session}`,
});

export const renderResume = ({ session, strategy }: Commanded, { style }: Scene): Rendering => ({
  text: flow('resumed', [style.bold(strategy), `in ${session}`], style),
  next: `tradewright status ${session}`,
});

export const renderStop = ({ session, strategy }: Commanded, { style }: Scene): Rendering => ({
  text: flow('ended', [style.bold(session), strategy], style),
  next: `tradewright status ${session}   ·   the command with which it began goes on with it`,
});

function latchText({ scope, target, level, epoch }: Output<'kill'>['latch']): readonly string[] {
  return [`${scope}${target === '' ? '' : ` ${target}`}`, level === null ? 're-armed' : level, `epoch ${epoch}`];
}

const typed = ({ scope, target }: Output<'kill'>['latch']): string => (target === '' ? scope : `${scope}:${target}`);

/** Who has heard of it. What is left is told of levels that end it: a lower one leaves orders and positions, however many there are. */
function heedTable(
  { latch: { level }, sessions }: Pick<Output<'kill'>, 'latch' | 'sessions'>,
  { style }: Scene,
): string {
  if (sessions.length === 0) return ' no session has it so far';
  const endsPositions = level === 'flatten';
  const endsOrders = endsPositions || level === 'cancel-all';
  return table(
    [
      { header: 'session' },
      { header: '' },
      ...(endsOrders ? [{ header: 'orders left', ...right }] : []),
      ...(endsPositions ? [{ header: 'positions left', ...right }] : []),
    ],
    sessions.map((s) => [
      style.bold(s.session),
      s.answered ? style.good('heeds it') : s.running ? style.bad('has not answered') : style.dim('at its next start'),
      ...(endsOrders ? [String(s.ordersLeft ?? '')] : []),
      ...(endsPositions ? [String(s.positionsLeft ?? '')] : []),
    ]),
    style,
  );
}

export function renderKill(output: Output<'kill'>, scene: Scene): Rendering {
  const { latch, accounts, faults, verified } = output;
  const { style } = scene;
  return {
    text: [
      flow('latched', [style.bold(latch.level ?? ''), ...latchText(latch)], style),
      heedTable(output, scene),
      ...accounts.map((each) =>
        labelled(
          each.account,
          `${each.ordersFound} orders found at ${each.venue}, ${each.ordersLeft} left${each.closed.map(({ symbol, quantity }) => `; closed ${quantity} ${symbol}`).join('')}${each.left.map(({ symbol, quantity, why }) => `; left ${quantity} ${symbol}: ${why}`).join('')}`,
          style,
        ),
      ),
      ...faults.map((fault) => labelled('fault', style.bad(fault), style)),
      ...(verified
        ? []
        : [
            labelled(
              '',
              style.bad(
                'Not all is proven to be done: the latch holds. Look at the venue, and run it again, or tradewright-kill.',
              ),
              style,
            ),
          ]),
    ].join('\n'),
    next: `tradewright status   ·   tradewright rearm --scope ${latch.scope}${latch.target === '' ? '' : ` --target ${latch.target}`} --confirm ${typed(latch)} --reason '…'`,
  };
}

export function renderRearm(output: Output<'rearm'>, scene: Scene): Rendering {
  const { latch, into } = output;
  return {
    text: [flow('re-armed', [...latchText(latch), `into ${into}`], scene.style), heedTable(output, scene)].join('\n'),
    next: 'tradewright status',
  };
}
