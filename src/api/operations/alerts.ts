import { z } from 'zod';
import { ALERT_KINDS, ALERT_SEVERITIES } from '../../core/vocabulary/alert.ts';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { nameField } from './channels.ts';
import { followFields } from './fields.ts';
import { sessionName } from './session-fields.ts';

const minutes = (description: string) =>
  z.number().positive().max(10_080).meta({ description, placeholder: 'minutes' });

const ruleLine = lazy(() =>
  z.object({
    name: z.string(),
    on: z.array(z.enum(ALERT_KINDS)),
    severity: z.enum(ALERT_SEVERITIES),
    sessions: z.array(z.string()),
    strategies: z.array(z.string()),
    when: z.string().nullable(),
    channels: z.array(z.string()),
    dedupeMinutes: z.number(),
    quiet: z.string().nullable(),
    escalateAfterMinutes: z.number().nullable(),
    escalateTo: z.array(z.string()),
  }),
);
export type RuleLine = z.output<ReturnType<typeof ruleLine>>;

const alertLine = lazy(() =>
  z.object({
    id: z.number(),
    rule: z.string(),
    kind: z.string(),
    severity: z.enum(ALERT_SEVERITIES),
    title: z.string(),
    text: z.string(),
    session: z.string().nullable(),
    strategy: z.string().nullable(),
    instrument: z.string().nullable(),
    first: z.string(),
    last: z.string(),
    count: z.number(),
    state: z.enum(['open', 'acknowledged', 'resolved']),
    acknowledgedBy: z.string().nullable(),
    /** How often it was passed on because nobody acknowledged. */
    step: z.number(),
  }),
);
export type AlertLine = z.output<ReturnType<typeof alertLine>>;

export const alertAdd = operation({
  name: 'alert add',
  group: 'alerts',
  summary: 'Say who is told of what',
  details:
    'A rule is about events of sessions (--on, --severity), or about a condition on the figures of a session that runs (--when), written as for --fail-if: the page Server metrics lists the names. The same again within --dedupe is counted and not told. What is no page waits for the end of --quiet-hours. Where nobody acknowledges, the next of --escalate-to is told each time --escalate-after has passed. An evaluator must run: tradewright serve has one, tradewright alert run is one.',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({
      name: nameField.meta({ description: 'Name of the rule', placeholder: 'name' }),
      channel: z
        .array(nameField)
        .min(1)
        .max(20)
        .meta({ description: 'Who is told; may be repeated', placeholder: 'channel', completes: 'channel' }),
      on: z
        .array(z.enum(ALERT_KINDS))
        .default([])
        .meta({ description: 'Kinds of events; may be repeated; all by default' }),
      severity: z
        .enum(ALERT_SEVERITIES)
        .default('warn')
        .meta({ description: 'The least severity; with --when the severity of the alert' }),
      session: z
        .array(sessionName)
        .default([])
        .meta({ description: 'Of this session only; may be repeated', placeholder: 'name', completes: 'session' }),
      strategyId: z
        .array(z.string().min(1).max(100))
        .default([])
        .meta({ description: 'Of the strategy with this id only; may be repeated', placeholder: 'id' }),
      when: z.string().min(1).max(500).optional().meta({
        description: "Condition, such as 'drawdown > 5% || feed_age_seconds > 60'",
        placeholder: 'expression',
      }),
      dedupe: minutes('The same again within so many minutes is not told').default(15),
      quietHours: z.string().max(30).optional().meta({
        description: 'What is no page waits: 22:00-07:00, UTC, or 22:00-07:00+02:00',
        placeholder: 'hours',
      }),
      escalateAfter: minutes('Passed on where nobody has acknowledged for so many minutes').optional(),
      escalateTo: z
        .array(nameField)
        .max(20)
        .default([])
        .meta({ description: 'Who is told next; may be repeated', placeholder: 'channel', completes: 'channel' }),
    });
  },
  get output() {
    return z.object({ rule: ruleLine() });
  },
  positionals: ['name'],
  examples: [
    { command: 'alert add pages --channel duty --severity page', does: 'everything that is a page' },
    {
      command: "alert add deep --channel chat --when 'drawdown > 5%' --quiet-hours 22:00-07:00+02:00",
      does: 'a condition, not at night',
    },
  ],
});

const listShape = lazy(() =>
  z.object({
    rules: z.array(ruleLine()),
    /** Newest first. */
    alerts: z.array(alertLine()),
    /** Whether an evaluator runs. */
    evaluated: z.boolean(),
  }),
);

export const alertLs = operation({
  name: 'alert ls',
  group: 'alerts',
  summary: 'List rules and alerts',
  kind: 'stream',
  scope: 'read',
  get input() {
    return z.object({
      all: z.boolean().default(false).meta({ description: 'Alerts that were acknowledged or have ceased, too' }),
      limit: z.number().int().min(1).max(1_000).default(50).meta({ description: 'Alerts at most', placeholder: 'n' }),
      ...followFields(),
    });
  },
  get output() {
    return listShape();
  },
  get update() {
    return listShape();
  },
  positionals: [],
  examples: [
    { command: 'alert ls', does: 'rules, and alerts that wait for somebody' },
    { command: 'alert ls --follow', does: 'kept up to date' },
    { command: 'alert ls --all --json', does: 'all of them, for a program' },
  ],
});

const ruleField = nameField.meta({ description: 'Name of the rule', placeholder: 'name', completes: 'rule' });

export const alertRm = operation({
  name: 'alert rm',
  group: 'alerts',
  summary: 'Remove a rule',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({ name: ruleField });
  },
  get output() {
    return z.object({ removed: z.string() });
  },
  positionals: ['name'],
  examples: [
    { command: 'alert rm deep', does: 'nobody is told by it any more' },
    { command: 'alert rm deep --json', does: 'the same for a program' },
  ],
});

export const alertTest = operation({
  name: 'alert test',
  group: 'alerts',
  summary: 'Raise an alert of a rule, to see whether it arrives',
  details: 'It goes the way of every other: deduplicated, held back in quiet hours, delivered by the evaluator.',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({ name: ruleField });
  },
  get output() {
    return z.object({ alert: alertLine(), outcome: z.enum(['raised', 'repeated', 'counted']), evaluated: z.boolean() });
  },
  positionals: ['name'],
  examples: [
    { command: 'alert test pages', does: 'an alert that says that it is a test' },
    { command: 'alert test pages --json', does: 'the same for a program' },
  ],
});

export const alertAck = operation({
  name: 'alert ack',
  group: 'alerts',
  summary: 'Acknowledge an alert: nobody else is told of it',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({
      id: z
        .number()
        .int()
        .min(1)
        .meta({ description: 'Number, as alert ls and every message show it', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({ alert: alertLine() });
  },
  positionals: ['id'],
  examples: [
    { command: 'alert ack 7', does: 'it is taken care of' },
    { command: 'alert ack 7 --json', does: 'the same for a program' },
  ],
});

const runUpdate = lazy(() =>
  z.object({
    time: z.string(),
    rules: z.number(),
    sessions: z.number(),
    raised: z.number(),
    delivered: z.number(),
    waiting: z.number(),
    dead: z.number(),
    problems: z.array(z.string()),
  }),
);
export type AlertRunUpdate = z.output<ReturnType<typeof runUpdate>>;

export const alertRun = operation({
  name: 'alert run',
  group: 'alerts',
  summary: 'Follow sessions, evaluate rules, deliver alerts',
  details:
    'One program of a home does this at a time. tradewright serve does it by itself, in a thread of its own; this is for machines without a server. What happened while nobody evaluated is told when somebody does again.',
  kind: 'stream',
  scope: 'admin',
  localOnly: 'The server does it by itself.',
  isHeavy: true,
  get input() {
    return z.object({
      seconds: z.number().positive().optional().meta({ description: 'End by itself after so long', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({ seconds: z.number(), raised: z.number(), delivered: z.number() });
  },
  get update() {
    return runUpdate();
  },
  positionals: [],
  examples: [
    { command: 'alert run', does: 'until Ctrl-C' },
    { command: 'alert run --seconds 60 --json', does: 'for a minute' },
  ],
});

const deliveryLine = lazy(() =>
  z.object({
    id: z.string(),
    alert: z.number(),
    channel: z.string(),
    step: z.number(),
    state: z.enum(['pending', 'delivered', 'dead']),
    created: z.string(),
    /** Next attempt, of one that is pending; else when it ended. */
    due: z.string(),
    attempts: z.array(
      z.object({
        time: z.string(),
        elapsedMs: z.number(),
        outcome: z.enum(['delivered', 'retry', 'failed']),
        reason: z.string(),
      }),
    ),
  }),
);
export type DeliveryLine = z.output<ReturnType<typeof deliveryLine>>;

const deliveriesShape = lazy(() =>
  z.object({
    deliveries: z.array(deliveryLine()),
    ...{ pending: z.number(), delivered: z.number(), dead: z.number() },
  }),
);

export const deliveries = operation({
  name: 'deliveries',
  group: 'alerts',
  summary: 'Show what was sent to channels, attempt by attempt',
  details: 'Dead ones were given up: the channel refused, or did not answer for some six hours.',
  kind: 'stream',
  scope: 'read',
  get input() {
    return z.object({
      state: z.enum(['pending', 'delivered', 'dead']).optional().meta({ description: 'Only those' }),
      alert: z.number().int().min(1).optional().meta({ description: 'Of this alert only', placeholder: 'n' }),
      channel: nameField
        .optional()
        .meta({ description: 'Through this channel only', placeholder: 'channel', completes: 'channel' }),
      limit: z.number().int().min(1).max(1_000).default(50).meta({ description: 'At most', placeholder: 'n' }),
      ...followFields(),
    });
  },
  get output() {
    return deliveriesShape();
  },
  get update() {
    return deliveriesShape();
  },
  positionals: [],
  examples: [
    { command: 'deliveries', does: 'the newest' },
    { command: 'deliveries --follow', does: 'kept up to date' },
    { command: 'deliveries --state dead', does: 'those that were given up' },
    { command: 'deliveries --channel desk --limit 1', does: 'the last one through a channel' },
  ],
});

export const deliveryRetry = operation({
  name: 'delivery retry',
  group: 'alerts',
  summary: 'Try a delivery again that was given up',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({
      id: z
        .string()
        .min(1)
        .max(80)
        .meta({ description: 'Id, as deliveries shows it; the newest one: last', placeholder: 'id' }),
    });
  },
  get output() {
    return z.object({ id: z.string() });
  },
  positionals: ['id'],
  examples: [
    { command: 'delivery retry last', does: 'the newest of them; the evaluator tries it' },
    { command: 'delivery retry msg_0a1b2c --json', does: 'the same for a program' },
  ],
});
