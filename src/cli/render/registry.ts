import type { CandidateOutput } from '../../api/operations/registry.ts';
import type { Output } from '../../api/operations/table.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { counted, flow, labelled, minute, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

const short = (code: string): string => code.slice(0, 8);
const values = (params: CandidateOutput['params']): string[] =>
  Object.entries(params).map(([name, value]) => `${name}=${plain(value)}`);

export function renderRegistered(output: Output<'strategy-register'>, { style }: Scene): Rendering {
  const { id, code, params, stage, newVersion, newParams } = output;
  const news = newVersion ? 'a new version' : newParams ? 'known code, new parameters' : 'known already';
  return {
    text: flow('registered', [style.bold(id), short(code), ...values(params), stage, news], style, 11),
    next: `tradewright strategy show ${id}`,
  };
}

export function renderVersions(output: Output<'strategy-versions'>, { style }: Scene): Rendering {
  const { id, active, versions } = output;
  const rows = versions.map((v) => [
    style.bold(short(v.code)),
    v.version,
    v.stage,
    String(v.parameterSets),
    minute(v.firstSeen),
    v.path ?? 'built in',
  ]);
  const columns = [
    { header: 'code' },
    { header: 'version' },
    { header: 'stage' },
    { header: 'parameter sets', align: 'right' as const },
    { header: 'first seen' },
    { header: 'from', mayShrink: true },
  ];
  return {
    text: [
      flow('strategy', [style.bold(id), active ? 'active' : style.warn('retired')], style),
      table(columns, rows, style),
    ].join('\n'),
    next: `tradewright strategy show ${id}`,
  };
}

export function renderStrategy(output: Output<'strategy-show'>, { style }: Scene): Rendering {
  const { id, active, candidates } = output;
  const head = flow('strategy', [style.bold(id), active ? 'active' : style.warn('retired')], style);
  const missing = candidates.at(-1)?.next?.missing.length ?? 0;
  const next = candidates.at(-1)?.next?.stage;
  return {
    text: [head, ...candidates.map((each) => candidateText(each, style))].join('\n\n'),
    next: next === undefined || missing > 0 ? null : `tradewright strategy promote ${id} --to ${next} --reason '…'`,
  };
}

function candidateText(
  { code, params, stage, since, next, evidence, breaches }: CandidateOutput,
  style: Style,
): string {
  const lines = [flow(stage, [short(code), ...values(params), `since ${minute(since)}`], style)];
  if (next !== null) {
    const told = next.missing.map(({ what, found, expected }) => `${what}: ${found}, expected ${expected}`);
    if (told.length === 0) lines.push(labelled(next.stage, style.good('nothing is missing'), style));
    for (const [k, text] of told.entries()) lines.push(labelled(k === 0 ? next.stage : '', style.warn(text), style));
  }
  for (const [k, { kind, of, detail, time }] of breaches.entries())
    lines.push(labelled(k === 0 ? 'breaches' : '', style.bad(`${minute(time)} ${kind} in ${of}: ${detail}`), style));
  if (evidence.length > 0)
    lines.push(
      '',
      table(
        [
          { header: 'evidence' },
          { header: '' },
          { header: 'of' },
          { header: 'when' },
          { header: 'figures', mayShrink: true },
        ],
        evidence.map((e) => [
          e.about === '' ? e.kind : `${e.kind} ${e.about}`,
          e.passed ? (e.counts ? style.good('counts') : style.dim('does not count')) : style.bad('not passed'),
          e.of,
          minute(e.time),
          Object.entries(e.numbers)
            .map(([name, value]) => `${name} ${+value.toFixed(3)}`)
            .join(' '),
        ]),
        style,
      ),
    );
  return lines.join('\n');
}

export function renderPromoted(output: Output<'strategy-promote'>, { style }: Scene): Rendering {
  const { id, code, params, from, to } = output;
  const parts = [style.bold(id), short(code), ...values(params), `${from} → ${style.good(to)}`];
  return { text: flow('promoted', parts, style), next: `tradewright strategy show ${id}` };
}

export function renderApproved(output: Output<'strategy-approve'>, { style }: Scene): Rendering {
  const { id, code, params, approved, by } = output;
  const parts = [style.bold(id), short(code), ...values(params), `for ${approved}`, `by ${by}`];
  return { text: flow('approved', parts, style), next: `tradewright strategy show ${id}` };
}

export function renderDemoted(output: Output<'strategy-demote'>, { style }: Scene): Rendering {
  const { id, active, demoted } = output;
  const lines = demoted.map(({ code, params, from, to }) =>
    flow('demoted', [style.bold(id), short(code), ...values(params), `${from} → ${style.warn(to)}`], style),
  );
  const retired = active ? [] : [flow('retired', [style.bold(id), counted(demoted.length, 'candidate')], style)];
  return { text: [...lines, ...retired].join('\n'), next: `tradewright strategy show ${id}` };
}

/** Columns of a screen; the others are told with `--json`. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  strategies: ['id', 'status', 'active', 'versions', 'updated_at_ms'],
  history: ['strategy', 'seq', 'at_ms', 'actor', 'type', 'reason'],
  backtests: ['id', 'strategy', 'status', 'instruments', 'timeframe', 'total_profit', 'win_rate', 'trades'],
  sessions: ['session', 'strategy', 'environment', 'venue', 'begun_at_ms', 'equity', 'profit', 'fills'],
  positions: ['session', 'instrument', 'quantity', 'entry_price', 'price', 'unrealized_profit', 'realized_profit'],
  orders: ['session', 'instrument', 'side', 'type', 'status', 'quantity', 'average_price', 'created_at_ms', 'why'],
  trades: [
    'session',
    'instrument',
    'side',
    'quantity',
    'entry_time_ms',
    'entry_price',
    'exit_price',
    'profit',
    'exit_why',
  ],
  equity: ['session', 'time_ms', 'equity', 'exposure'],
  risk: ['session', 'max_position_percent', 'max_daily_loss_percent', 'max_drawdown_percent', 'leverage'],
};

export function renderQuery(output: Output<'query'>, { style }: Scene): Rendering {
  const shown = output.columns.filter(({ name }) => SHOWN[output.table]?.includes(name) ?? true);
  if (output.rows.length === 0) return { text: ` no rows in ${output.table}`, next: null };
  const isNumber = (kind: string): boolean => kind === 'decimal' || kind === 'real' || kind === 'count';
  return {
    text: table(
      shown.map(({ name, kind }) => ({
        header: name.replace(/_ms$/, '').replaceAll('_', ' '),
        mayShrink: true,
        ...(isNumber(kind) ? { align: 'right' as const } : {}),
      })),
      output.rows.map((row) => shown.map(({ name, kind }) => cell(row[name] ?? null, kind))),
      style,
    ),
    next: null,
  };
}

function cell(value: string | number | boolean | null, kind: string): string {
  if (value === null) return '–';
  if (kind === 'time') return minute(formatTime(Number(value)));
  return kind === 'real' ? String(+Number(value).toPrecision(8)) : String(value).replaceAll('\n', ' ');
}
