import type { Output } from '../../api/operations/table.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { flow, labelled } from './parts.ts';
import type { Rendering, Scene } from './render.ts';
import { right } from './session-book.ts';
import { heading } from './session-queries.ts';

type Shown = Output<'limits-show'>;
type LimitsGiven = Output<'limits-set'>;

const text = (value: unknown): string =>
  value === null ? 'off' : Array.isArray(value) ? value.join(',') : JSON.stringify(value);

const number = (value: number | null): string => (value === null ? '' : String(+value.toPrecision(8)));

function usageTable(usage: Shown['usage'], currency: string | null, style: Style): string {
  return table(
    [
      ...[{ header: 'used of' }, { header: 'for' }, { header: 'unit' }],
      ...[
        { header: 'used', ...right },
        { header: 'allowed', ...right },
        { header: 'left', ...right },
      ],
    ],
    usage.map(({ limit, of, unit, used, allowed, headroom }) => [
      limit,
      of,
      unit === 'account currency' ? (currency ?? unit) : unit,
      number(used),
      allowed === null ? 'off' : number(allowed),
      headroom !== null && headroom < 0 ? style.bad(number(headroom)) : number(headroom),
    ]),
    style,
  );
}

export function renderLimits(output: Shown, { style }: Scene): Rendering {
  const { currency, limits, own, usage, changes } = output;
  const all = table(
    [{ header: 'limit' }, { header: 'value', ...right }, { header: 'from' }],
    [
      ...limits.map(({ limit, value, source }) => [
        limit,
        text(value),
        source === 'default' ? '' : style.bold(source === 'began' ? 'as the session began' : source),
      ]),
      ...own.map(({ of, limit, value, source }) => [`${limit} of ${of}`, text(value), style.bold(source)]),
    ],
    style,
  );
  const history = changes.flatMap(({ time, of, actor, reason, changes: each }) => [
    labelled('changed', `${time} ${of}: ${each.map(changeText).join(', ')}; ${actor}: ${reason}`, style),
  ]);
  return {
    text: [
      heading(output, [], style),
      usageTable(usage, currency, style),
      '',
      all,
      ...(history.length > 0 ? ['', ...history] : []),
    ].join('\n'),
    next: `tradewright limits set <limit=value> --session ${output.session} --reason '…'   ·   tradewright docs reference/limits`,
  };
}

const changeText = ({ limit, before, after }: Shown['changes'][number]['changes'][number]): string =>
  `${limit} from ${text(before)} to ${text(after)}`;

const OUTCOMES: { readonly [K in LimitsGiven['sessions'][number]['outcome']]: string } = {
  changed: 'changed',
  unchanged: 'has these limits already',
  refused: 'has refused them: it keeps its limits',
  'not-running': 'does not run: it keeps its limits',
  silent: 'has not answered: look at its events',
};

export function renderLimitsSet({ place, sessions }: LimitsGiven, { style }: Scene): Rendering {
  const lines = sessions.flatMap(({ session, outcome, refusal, changes, above }) => [
    flow('limits', [style.bold(session), OUTCOMES[outcome], place], style),
    ...(refusal === null ? [] : [labelled('refused', style.bad(`${refusal.message} (${refusal.code})`), style)]),
    ...changes.map((each) => labelled('', changeText(each), style)),
    ...(above.length === 0
      ? []
      : [
          labelled(
            'above',
            style.bad('More is used than is allowed now. Nothing is closed by itself; whatever adds risk is refused.'),
            style,
          ),
          usageTable(above, null, style),
        ]),
  ]);
  const [first] = sessions;
  return {
    text: lines.join('\n'),
    next: `tradewright limits show ${first?.session ?? ''}   ·   tradewright positions`,
  };
}
