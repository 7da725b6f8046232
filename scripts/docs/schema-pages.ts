import { z } from 'zod';
import { definitionOf } from '../../src/core/report/html/definitions.ts';
import { reportSchema } from '../../src/core/report/report.ts';
import { playConfig } from '../../src/core/research/play.ts';
import { runReport } from '../../src/core/research/run-report.ts';
import { limitsSchema } from '../../src/core/risk/limits.ts';
import { smaCross } from '../../src/core/strategy/built-in/sma-cross.ts';
import { commandSchema } from '../../src/core/vocabulary/commands.ts';
import { eventSchema } from '../../src/core/vocabulary/events.ts';
import { REFUSALS } from '../../src/core/vocabulary/refusal.ts';
import { REASONS } from './causes.ts';
import { LIMIT_MEANINGS } from './limit-meanings.ts';
import { block, code, type JsonSchema, page, table, typeText } from './markdown.ts';
import { COMMAND_MEANINGS, EVENT_MEANINGS, REFUSAL_MEANINGS } from './meanings.ts';
import { REPORT_PARTS } from './report-parts.ts';

const jsonSchema = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

/** Name, type, and whether it may be left out, of each property that is not in `without`. */
function fieldRows(schema: JsonSchema, without: readonly string[] = []): string[][] {
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => !without.includes(name))
    .map(([name, property]) => [code(name), typeText(property), schema.required?.includes(name) ? '' : 'optional']);
}

export function limitsPage(): string {
  const defaults = limitsSchema.parse({});
  const rows = (Object.keys(limitsSchema.shape) as (keyof typeof defaults)[]).map((name) => {
    const [unit, meaning] = LIMIT_MEANINGS[name];
    return [code(name), code(JSON.stringify(defaults[name])), unit, meaning];
  });
  return page(
    'Risk limits',
    'Every limit of an account with its default and unit. To look things up; how to change them: [set limits](../how-to/set-limits.md).',
    [
      'Limits stand in a JSON file that `--limits` names. A field that is left out keeps its default; `null` switches a limit off, and the report then names it as off. Every order is held to all of them: see [the risk gate](../explanation/risk-gate.md). What a limit says when it refuses: [refusals](refusals.md).',
      block('json', JSON.stringify({ dailyLossPct: 3, requireStop: true, drawdownPct: 15 }, null, 2)),
      table(['limit', 'default', 'unit', 'meaning'], rows),
      'Fields follow the controls that SEC rule 15c3-5 and RTS 6 (Delegated Regulation (EU) 2017/589), Art. 15, name, and the filters of exchanges. Those rules name controls, not values: the defaults are this project’s choice.',
    ],
  );
}

export function refusalsPage(): string {
  const rows = REFUSALS.flatMap((name, number) =>
    name === 'approved'
      ? []
      : [[`<a id="${name}"></a>${code(name)}`, String(number), REFUSAL_MEANINGS[name][0], REFUSAL_MEANINGS[name][1]]],
  );
  return page(
    'Refusals',
    'Why an order did not leave: every code with what it means and what to do. To look things up.',
    [
      'A refusal is data, not an exception: `buy(…)` answers an order whose `status` is `refused` and whose `refusal` is one of these codes, `onOrder` is told, the event log keeps it, and the report counts it. Of several broken rules the first of this list is reported.',
      table(['code', 'no.', 'what it means', 'what to do'], rows),
    ],
  );
}

function unionSections(
  schema: z.ZodType,
  shared: readonly string[],
  meanings: Readonly<Record<string, string>>,
): string[] {
  const whole = jsonSchema(schema);
  return (whole.oneOf ?? whole.anyOf ?? []).map((option) => {
    const name = String(option.properties?.['type']?.const);
    const rows = fieldRows(option, [...shared, 'type']);
    return `### ${name}\n\n${meanings[name]}${rows.length > 0 ? `\n\n${table(['field', 'type', ''], rows)}` : ''}`;
  });
}

const ENVELOPE = ['v', 'seq', 'at', 'causedBy', 'input', 'strategy', 'instrument'];

export function eventsPage(): string {
  return page('Events', 'Everything that can happen in a session, with its fields. To look things up.', [
    'The engine writes an event for everything that happens; equal runs have equal events, and `hashes.events` of a report is the hash of all of them in order. Decimals that must be exact are text.',
    '## What every event carries',
    table(
      ['field', 'meaning'],
      [
        ['`v`', 'Version of the envelope: 1. Changes within one version only add.'],
        ['`seq`', 'Counts the session’s events from 0, without gaps.'],
        ['`at`', 'Event time, epoch milliseconds.'],
        [
          '`causedBy`',
          '`{ "event": seq }` or `{ "input": n }`: follow it, and any fill leads back to the bar behind it.',
        ],
        ['`input`', 'Number of the input that was being handled.'],
        ['`strategy`, `instrument`', 'Where it concerns one.'],
        ['`type`', 'One of those below.'],
      ],
    ),
    '## Types',
    ...unionSections(eventSchema, ENVELOPE, EVENT_MEANINGS),
  ]);
}

export function commandsPage(): string {
  return page(
    'Commands to a session',
    'What can be ordered from outside a running session, with its fields. To look things up.',
    [
      'The engine takes these as inputs like any other, through the same risk. The commands of the shell that operate a session ([operate a session](../how-to/operate-a-session.md), [cli](cli.md)) put them into the session’s box; what becomes of each is data: done, or refused with a code. Every command carries `reason`: who ordered it and why.',
      ...unionSections(commandSchema, ['reason'], COMMAND_MEANINGS),
    ],
  );
}

export function metricsPage(): string {
  const { metrics } = runReport({
    ...playConfig(smaCross, { bars: 'mixed' }),
    origins: [{ source: 'docs', synthetic: true, gaps: 0, missingBars: 0 }],
    interval: false,
    tries: { count: 1 },
    runId: 'docs',
    createdAt: '',
    version: '',
    node: '',
    recipe: {},
    codeHashes: {},
    checks: [],
    elapsed: () => 0,
  }).report;
  const groups = [...new Set(metrics.map((m) => m.group))];
  return page('Metrics', 'Every figure of a report: name, unit, definition. To look things up.', [
    `## Conventions

1. **r** is the daily return of equity marked to market, flat days included, whatever the size of the bars; **n** the number of days.
2. **N**, the days of a year, comes from the account’s calendar: 365 for markets that never close, 252 where bars leave out days every week. Labels carry it: \`Sharpe (365 d, rf 0 %)\`.
3. Growth uses elapsed time, a year being 365.25 days. Below 90 days nothing is annualised.
4. A figure without a value is \`null\` with a reason; there are no stand-in numbers.
5. Figures of trades and figures of days never share a name: \`winRate\` counts trades, \`positiveDays\` counts days.
6. \`percent\` metrics are fractions in JSON (0.12 is 12 %). Names are what \`--fail-if\` takes.`,
    ...groups.flatMap((group) => [
      `## ${group.charAt(0).toUpperCase()}${group.slice(1)}`,
      table(
        ['name', 'label', 'unit', 'definition'],
        metrics.filter((m) => m.group === group).map((m) => [code(m.name), m.label, m.unit, definitionOf(m)]),
      ),
    ]),
    `## Why a figure has no value`,
    table(
      ['reason', 'meaning'],
      Object.entries(REASONS).map(([name, text]) => [code(name), text]),
    ),
  ]);
}

/** Rows of a nested schema: `metrics[].value`. */
function deepRows(schema: JsonSchema, path: string): string[][] {
  const inner = schema.anyOf?.find((s) => s.properties ?? s.items) ?? schema;
  const nullable = schema.anyOf?.some((s) => s.type === 'null') ? ' or null' : '';
  if (inner.type === 'array' && inner.items?.properties) return deepRows(inner.items, `${path}[]`);
  if (!inner.properties) return [[code(path), `${typeText(inner)}${inner === schema ? '' : nullable}`]];
  return Object.entries(inner.properties).flatMap(([name, property]) => deepRows(property, `${path}.${name}`));
}

export function reportSchemaPage(): string {
  const schema = jsonSchema(reportSchema());
  return page('Report document', 'The JSON report field by field: what other programs read. To look things up.', [
    'The schema’s name is `tradewright.report/1`. Times are RFC 3339 text, except fields ending in `Ms`, which are epoch milliseconds. Money and prices of orders are text, statistics are numbers. There is no NaN and no infinity: what has no value is `null` with a `reason`.',
    ...Object.entries(schema.properties ?? {}).map(
      ([name, property]) =>
        `## ${name}\n\n${REPORT_PARTS[name as keyof typeof REPORT_PARTS]}\n\n${table(['field', 'type'], deepRows(property, name))}`,
    ),
  ]);
}
