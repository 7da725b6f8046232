import type { AlertLine, AlertRunUpdate, RuleLine } from '../../api/operations/alerts.ts';
import type { ChannelLine } from '../../api/operations/channels.ts';
import type { Output } from '../../api/operations/table.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';
import { counted, flow, labelled, minute } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

const NOBODY = ' Nobody evaluates rules now: tradewright serve does, or tradewright alert run.';

export function renderRule({ rule }: Output<'alert-add'>, { style }: Scene): Rendering {
  return { text: ruleTable([rule], style), next: `tradewright alert test ${rule.name}` };
}

export function renderAlerts({ rules, alerts, evaluated }: Output<'alert-ls'>, { style }: Scene): Rendering {
  const parts = [
    rules.length === 0 ? ' no rules' : ruleTable(rules, style),
    alerts.length === 0 ? ' no alerts' : alertTable(alerts, style),
    ...(evaluated || rules.length === 0 ? [] : [style.warn(NOBODY)]),
  ];
  const [open] = alerts.filter(({ state }) => state === 'open');
  const next =
    open !== undefined
      ? `tradewright alert ack ${open.id}`
      : rules.length === 0
        ? 'tradewright alert add pages --channel <name>'
        : null;
  return { text: parts.join('\n\n'), next };
}

export function renderRuleRemoved({ removed }: Output<'alert-rm'>): Rendering {
  return { text: ` rule ${removed} is gone`, next: 'tradewright alert ls' };
}

export function renderAlertTest({ alert, outcome, evaluated }: Output<'alert-test'>, { style }: Scene): Rendering {
  const said = outcome === 'counted' ? ' It was told a moment ago: counted, not told again.' : null;
  const lines = [
    alertTable([alert], style),
    ...(said === null ? [] : [said]),
    ...(evaluated ? [] : [style.warn(NOBODY)]),
  ];
  return { text: lines.join('\n'), next: `tradewright deliveries --alert ${alert.id}` };
}

export function renderAlertAck({ alert }: Output<'alert-ack'>, { style }: Scene): Rendering {
  return { text: alertTable([alert], style), next: 'tradewright alert ls' };
}

export function renderAlertRun(update: AlertRunUpdate, { style }: Scene): string {
  const { time, rules, sessions, raised, delivered, waiting, dead, problems } = update;
  return [
    flow(
      'alerts',
      [
        problems.length === 0 ? style.good('evaluated') : style.bad('in trouble'),
        `${minute(time)} UTC`,
        counted(rules, 'rule'),
        `${counted(sessions, 'session')} followed`,
      ],
      style,
    ),
    flow('', [`${raised} raised`, `${delivered} delivered`, `${waiting} waiting`, `${dead} given up`], style),
    ...problems.map((problem) => labelled('problem', style.bad(problem), style)),
    '',
    style.dim(' Ctrl-C ends it'),
  ].join('\n');
}

export function renderAlertRunEnd({ seconds, raised, delivered }: Output<'alert-run'>, { style }: Scene): Rendering {
  return {
    text: flow('alerts', ['ended', `${seconds.toFixed(0)} s`, `${raised} raised`, `${delivered} delivered`], style),
    next: 'tradewright alert ls',
  };
}

export function renderDeliveries(output: Output<'deliveries'>, { style }: Scene): Rendering {
  const { deliveries, pending, delivered, dead } = output;
  const rows = deliveries.map(({ id, alert, channel, state, due, attempts }) => [
    minute(due),
    String(alert),
    channel,
    state === 'dead' ? style.bad('given up') : state === 'delivered' ? style.good(state) : state,
    String(attempts.length),
    attempts.at(-1)?.reason ?? '',
    id,
  ]);
  const columns = [
    ...[{ header: 'time' }, { header: 'alert', align: 'right' as const }, { header: 'channel' }, { header: 'state' }],
    ...[{ header: 'tries', align: 'right' as const }, { header: 'answer', mayShrink: true }, { header: 'id' }],
  ];
  const gone = deliveries.find(({ state }) => state === 'dead');
  return {
    text: [
      ...(rows.length === 0 ? [' no deliveries'] : [table(columns, rows, style)]),
      flow('in all', [`${pending} pending`, `${delivered} delivered`, `${dead} given up`], style),
    ].join('\n'),
    next: gone === undefined ? null : `tradewright delivery retry ${gone.id}`,
  };
}

export function renderDeliveryRetry({ id }: Output<'delivery-retry'>): Rendering {
  return { text: ` ${id} will be tried again`, next: 'tradewright deliveries' };
}

export function renderChannel({ channel, secret }: Output<'channel-add'>, { style }: Scene): Rendering {
  return {
    text: [
      channelTable([channel], style),
      ...(secret === null
        ? []
        : [
            '',
            flow('secret', [style.accent(secret)], style),
            style.dim(' It is shown this once. Its receiver verifies with it.'),
          ]),
      ...(channel.formerSecret
        ? [style.dim(` Old secrets are valid, too, until tradewright channel rotate ${channel.name} --finish.`)]
        : []),
    ].join('\n'),
    next: `tradewright channel test ${channel.name}`,
  };
}

export function renderChannels({ channels }: Output<'channel-ls'>, { style }: Scene): Rendering {
  return {
    text: channels.length === 0 ? ' no channels' : channelTable(channels, style),
    next: channels.length === 0 ? 'tradewright help channel add' : null,
  };
}

export function renderChannelRemoved({ removed }: Output<'channel-rm'>): Rendering {
  return { text: ` channel ${removed} is gone`, next: 'tradewright channel ls' };
}

export function renderChannelTest(output: Output<'channel-test'>, { style }: Scene): Rendering {
  const { name, outcome, reason, elapsedMs } = output;
  const said = outcome === 'delivered' ? style.good(outcome) : style.bad(outcome === 'retry' ? 'not now' : outcome);
  return { text: flow(name, [said, reason, `${elapsedMs} ms`], style, 12), next: null };
}

function ruleTable(rules: readonly RuleLine[], style: Style): string {
  const of = ({ on, when, sessions, strategies }: RuleLine): string =>
    [when ?? (on.length === 0 ? 'everything' : on.join(' ')), ...sessions, ...strategies].join(', ');
  return table(
    [
      { header: 'rule' },
      { header: 'from' },
      { header: 'about', mayShrink: true },
      { header: 'tells' },
      { header: 'not again for' },
    ],
    rules.map((rule) => [
      rule.name,
      rule.severity,
      of(rule),
      [rule.channels.join(' '), ...rule.escalateTo].join(' > '),
      `${rule.dedupeMinutes} min`,
    ]),
    style,
  );
}

function alertTable(alerts: readonly AlertLine[], style: Style): string {
  return table(
    [
      ...[
        { header: 'alert', align: 'right' as const },
        { header: 'last' },
        { header: 'severity' },
        { header: 'state' },
      ],
      ...[
        { header: 'times', align: 'right' as const },
        { header: 'what', mayShrink: true },
      ],
    ],
    alerts.map(({ id, last, severity, state, count, title }) => [
      ...[String(id), minute(last), severity === 'page' ? style.bad(severity) : severity, state, String(count), title],
    ]),
    style,
  );
}

function channelTable(channels: readonly ChannelLine[], style: Style): string {
  return table(
    [
      { header: 'channel' },
      { header: 'kind' },
      { header: 'to', mayShrink: true },
      { header: 'rules', mayShrink: true },
    ],
    channels.map(({ name, kind, target, rules }) => [name, kind, target, rules.join(' ')]),
    style,
  );
}
