import type { Output } from '../../api/operations/table.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { counted, flow, labelled, minute, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';
import { decisionText, momentLines, second } from './replay.ts';
import { right, side } from './session-book.ts';

type Parity = Output<'parity'>;

const KEPT = {
  all: 'on every trade of the time',
  'while-waiting': 'on the trades that orders waited for; others were not kept',
  none: 'on bars; no trades were kept',
};
const REFERENCE = {
  venue: 'the bars that the venue has now',
  given: 'the bars given',
  'kept-trades': 'bars made of the trades that were kept',
  none: 'nothing; what the session did not get is not known',
};

/** The certificate. */
export function renderParity(output: Parity, { style }: Scene): Rendering {
  const { session, strategy, params, venue, symbols, timeframe, begun, time, gate, decisions, divergence, data } =
    output;
  const values = Object.entries(params).map(([name, value]) => `${name}=${plain(value)}`);
  const { missing, late, different, gaps } = data;
  const verdict = gate.passed ? style.good('holds') : `${style.bad('broken')}: ${gate.because.join('; ')}`;
  const lines = [
    flow('parity', [style.bold(session), strategy, ...values], style),
    flow('on', [venue, symbols.join(' '), timeframe, `${minute(begun)} to ${minute(time ?? begun)}`], style),
    labelled('verdict', verdict, style),
    flow(
      'decisions',
      [
        `${counted(decisions.recorded, 'decision')} recorded`,
        `${decisions.expected} expected`,
        `${decisions.same} the same`,
      ],
      style,
    ),
    labelled('filled', output.filledBy === 'trades' ? KEPT[output.tradesKept] : KEPT.none, style),
    flow(
      'data',
      [
        `beside ${REFERENCE[data.reference]}`,
        ...(missing > 0 ? [style.warn(`${counted(missing, 'bar')} missing`)] : []),
        ...(late > 0 ? [style.warn(`${late} late`)] : []),
        ...(different > 0 ? [style.warn(`${different} with other numbers`)] : []),
        ...(gaps > 0 ? [style.warn(counted(gaps, 'gap'))] : []),
        ...(missing + late + different + gaps === 0 ? ['no fault'] : []),
      ],
      style,
    ),
    '',
    causeTable(output, style),
  ];
  if (divergence !== null) lines.push('', ...divergenceLines(divergence, style));
  if (output.orders.length > 0) lines.push('', orderTable(output, style));
  const more = output.ordersDiffering - output.orders.length;
  return {
    text: lines.join('\n'),
    next:
      divergence !== null
        ? `tradewright replay ${session} --at ${divergence.time.slice(0, 19)}Z --step 3`
        : more > 0
          ? `tradewright parity ${session} --limit ${output.ordersDiffering}`
          : null,
  };
}

function causeTable({ causes, profit, currency }: Parity, style: Style): string {
  const gap = Number(profit.gap);
  return table(
    [{ header: `profit in ${currency}` }, { header: '', ...right }, { header: 'of the gap', ...right }],
    [
      ['expected', profit.expected, ''],
      ...causes.map(({ cause, amount }) => [
        `  ${cause}`,
        Number(amount) === 0 ? style.dim('0') : amount,
        Number(amount) === 0 || gap === 0 ? '' : `${((Number(amount) / gap) * 100).toFixed(1)} %`,
      ]),
      ['recorded', style.bold(profit.recorded), ''],
      ['gap', profit.gap, ''],
    ],
    style,
  );
}

function divergenceLines(divergence: NonNullable<Parity['divergence']>, style: Style): readonly string[] {
  const { after, time, cause, expected, recorded, states } = divergence;
  return [
    labelled('diverges', `decision ${after + 1}, ${second(time)}, because of ${cause}`, style),
    labelled('expected', decisionText(expected, style), style),
    ...momentLines({ ...states.expected, lastFills: [] }, style),
    '',
    labelled('recorded', decisionText(recorded, style), style),
    ...momentLines({ ...states.recorded, lastFills: [] }, style),
  ];
}

function orderTable({ orders }: Parity, style: Style): string {
  const price = (outcome: Parity['orders'][number]['expected']): string =>
    outcome === null
      ? 'no order'
      : outcome.rejected
        ? 'rejected'
        : (outcome.price?.toPrecision(9).replace(/\.?0+$/, '') ?? 'unfilled');
  return table(
    [
      { header: 'fared otherwise' },
      { header: '' },
      { header: 'quantity', ...right },
      { header: 'expected', ...right },
      { header: 'recorded', ...right },
      { header: 'later', ...right },
      { header: 'why', mayShrink: true },
    ],
    orders.map((o) => [
      `${o.time.slice(5, 19).replace('T', ' ')} ${o.instrument}`,
      side(o.side, style),
      o.quantity,
      price(o.expected),
      price(o.recorded),
      o.laterMs === null ? '' : `${o.laterMs} ms`,
      o.why,
    ]),
    style,
  );
}
