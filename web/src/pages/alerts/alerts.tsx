import { Link } from '@tanstack/react-router';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { useAnswer, useStream } from '../../desk/use-view.ts';
import { timeText } from '../../format/times.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { OperationForm } from '../../parts/operation-form.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

type Alert = OutputOf<'alert ls'>['alerts'][number];
type Rule = OutputOf<'alert ls'>['rules'][number];
type Delivery = OutputOf<'deliveries'>['deliveries'][number];

const SEVERITIES: Readonly<Record<string, Tone>> = { info: 'plain', warn: 'warn', page: 'bad' };

/** What waits for somebody, by which rules, and whether it arrived. The channels themselves are connections. */
export function Alerts() {
  const view = useStream('alert ls', { all: true, limit: 200, follow: true });
  const channels = useAnswer('channel ls', {});
  return (
    <div className="grid items-start gap-3 xl:grid-cols-3">
      <h1 className="sr-only">Alerts</h1>
      <div className="grid gap-3 xl:col-span-2">
        <Inbox view={view} />
        <Rules view={view} />
      </div>
      <Panel title="New rule">
        <Shown
          view={channels}
          again={channels.again}
          isEmpty={({ channels: all }) => all.length === 0}
          empty={
            <>
              A rule tells through a channel, and there is none yet. Add a webhook, mail or a chat on <ToConnections />.
            </>
          }
        >
          {({ channels: all }) => (
            <>
              <OperationForm
                name="alert add"
                fields={[
                  ...['name', 'channel', 'severity', 'on', 'when', 'session', 'strategyId', 'dedupe', 'quietHours'],
                  ...['escalateAfter', 'escalateTo'],
                ]}
                choices={{ channel: all.map(({ name }) => name), escalateTo: all.map(({ name }) => name) }}
                submit="Add rule"
                done={({ rule }) => `Rule ${rule.name} is there.`}
              />
              <p className="mt-3 text-sm break-words text-soft">
                Channels that there are: {all.map(({ name, kind }) => `${name} (${kind})`).join(', ')}. They are added,
                tested and removed on <ToConnections />.
              </p>
            </>
          )}
        </Shown>
      </Panel>
      <Deliveries />
    </div>
  );
}

function ToConnections() {
  return (
    <Link to="/connections" className="text-accent underline">
      Connections
    </Link>
  );
}

type AlertsView = ReturnType<typeof useStream<'alert ls'>>;

function Inbox({ view }: { readonly view: AlertsView }) {
  const { clock } = useAppearance();
  const { at } = useMoment();
  const ack = useCommand('alert ack', { done: ({ alert }) => `Alert ${alert.id} is taken care of.` });
  const columns: readonly Column<Alert>[] = [
    { name: 'Time', cell: ({ last }) => timeText(last, clock), sortBy: ({ last }) => last, width: '12rem' },
    {
      name: 'Severity',
      cell: ({ severity }) => <Badge tone={SEVERITIES[severity] ?? 'plain'}>{severity}</Badge>,
      width: '6rem',
    },
    { name: 'What', cell: ({ title, text }) => <span title={text}>{title}</span>, width: 'minmax(10rem, 3fr)' },
    { name: 'Times', align: 'right', isWide: true, cell: ({ count }) => count, width: '4.5rem' },
    {
      name: 'State',
      isWide: true,
      cell: ({ state, acknowledgedBy }) => <span title={acknowledgedBy ?? ''}>{state}</span>,
      width: '8rem',
    },
    {
      name: 'Deed',
      cell: ({ id, state }) =>
        state === 'open' ? (
          <Button size="small" disabled={at !== null || ack.isRunning} onClick={() => void ack.run({ id })}>
            Acknowledge
          </Button>
        ) : null,
      width: '8rem',
    },
  ];
  return (
    <Panel
      title="Inbox"
      isFlush
      {...(view.phase === 'there' && !view.data.evaluated ? { unit: 'nobody evaluates now' } : {})}
    >
      <Shown view={view} isEmpty={({ alerts }) => alerts.length === 0} empty="Nothing was raised yet.">
        {({ alerts }) => (
          <DataTable label="Alerts" rows={alerts} columns={columns} rowKey={({ id }) => id} height={360} />
        )}
      </Shown>
    </Panel>
  );
}

/** What a rule is about, and of whom. */
function subjectOf({ on, when, sessions, strategies }: Rule): string {
  const of = [...sessions, ...strategies];
  return `${when ?? (on.length === 0 ? 'everything' : on.join(', '))}${of.length === 0 ? '' : ` of ${of.join(', ')}`}`;
}

/** Who is told, and who next where nobody acknowledges. */
function wayOf({ channels, escalateTo, escalateAfterMinutes }: Rule): string {
  const next = escalateAfterMinutes === null ? [] : escalateTo;
  return [channels.join(', '), ...next.map((channel) => `after ${escalateAfterMinutes} min ${channel}`)].join(', ');
}

function Rules({ view }: { readonly view: AlertsView }) {
  const { at } = useMoment();
  const test = useCommand('alert test', {
    done: ({ outcome }) => `A test was ${outcome}; it goes the way of every alert.`,
  });
  const remove = useCommand('alert rm', { done: ({ removed }) => `Rule ${removed} is gone.` });
  const columns: readonly Column<Rule>[] = [
    { name: 'Rule', cell: ({ name }) => name, sortBy: ({ name }) => name },
    {
      name: 'On',
      cell: (rule) => <span title={subjectOf(rule)}>{subjectOf(rule)}</span>,
      width: 'minmax(9rem, 2fr)',
    },
    {
      name: 'Least severity',
      isWide: true,
      cell: ({ severity }) => <Badge tone={SEVERITIES[severity] ?? 'plain'}>{severity}</Badge>,
    },
    {
      name: 'Told through',
      isWide: true,
      cell: (rule) => <span title={wayOf(rule)}>{wayOf(rule)}</span>,
      width: 'minmax(7rem, 1.5fr)',
    },
    { name: 'Quiet', isWide: true, cell: ({ quiet }) => quiet ?? '–' },
    {
      name: 'Deeds',
      width: '9rem',
      cell: ({ name }) => (
        <span className="flex gap-1">
          <Button size="small" disabled={at !== null || test.isRunning} onClick={() => void test.run({ name })}>
            Test
          </Button>
          <Button
            size="small"
            kind="danger"
            disabled={at !== null || remove.isRunning}
            onClick={() => void remove.run({ name })}
          >
            Remove
          </Button>
        </span>
      ),
    },
  ];
  return (
    <Panel title="Rules" isFlush>
      <Shown view={view} isEmpty={({ rules }) => rules.length === 0} empty="No rule: nobody is told of anything.">
        {({ rules }) => <DataTable label="Rules" rows={rules} columns={columns} rowKey={({ name }) => name} />}
      </Shown>
    </Panel>
  );
}

function Deliveries() {
  const view = useStream('deliveries', { limit: 200, follow: true });
  const { clock } = useAppearance();
  const { at } = useMoment();
  const retry = useCommand('delivery retry', { done: () => 'It is tried again.' });
  const columns: readonly Column<Delivery>[] = [
    { name: 'Time', cell: ({ created }) => timeText(created, clock), width: '12rem' },
    { name: 'Alert', align: 'right', cell: ({ alert }) => alert, width: '4.5rem' },
    { name: 'Channel', cell: ({ channel }) => channel },
    {
      name: 'State',
      cell: ({ state }) => (
        <Badge tone={state === 'dead' ? 'bad' : state === 'delivered' ? 'good' : 'plain'}>{state}</Badge>
      ),
      width: '7rem',
    },
    {
      name: 'Attempts',
      isWide: true,
      cell: ({ attempts, state, due }) => (
        <span title={attempts.map(({ outcome, reason }) => `${outcome}: ${reason}`).join('\n')}>
          {attempts.length}: {attempts.at(-1)?.reason ?? (state === 'pending' ? '' : '–')}
          {state === 'pending' ? ` next ${timeText(due, clock)}` : ''}
        </span>
      ),
      width: 'minmax(8rem, 2fr)',
    },
    {
      name: 'Deed',
      cell: ({ id, state }) =>
        state === 'dead' ? (
          <Button size="small" disabled={at !== null || retry.isRunning} onClick={() => void retry.run({ id })}>
            Again
          </Button>
        ) : null,
      width: '5rem',
    },
  ];
  return (
    <Panel title="Deliveries" isFlush className="xl:col-span-3">
      <Shown view={view} isEmpty={({ deliveries }) => deliveries.length === 0} empty="Nothing was sent yet.">
        {({ deliveries }) => (
          <DataTable label="Deliveries" rows={deliveries} columns={columns} rowKey={({ id }) => id} height={300} />
        )}
      </Shown>
    </Panel>
  );
}
