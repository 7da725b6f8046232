import type { Tool as ToolDefinition } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { shapeOf } from '../field-shape.ts';
import { OPERATION_ROUTES, type Route } from '../http/routes.ts';
import { jsonSchema } from '../json-schema.ts';
import { type Operation, schemaName } from '../operation.ts';
import { agentRule } from './agent-rule.ts';

/** An operation as assistants call it. */
export interface Tool {
  readonly route: Route;
  readonly name: string;
  /** What it takes: the operation's own input, without what no assistant may give. */
  readonly input: z.ZodObject;
  /** Its answer: the envelope of `--json`, with what may come next. */
  readonly output: z.ZodObject;
}

/** A stream that would go on for ever is watched so long at most, and so long if nothing is said. */
const LONGEST_WATCH_S = 60;
const WATCH_S = 5;

/** Words of the name as one: `data_ls`. */
export function toolName({ name }: Pick<Operation, 'name'>): string {
  return name.replaceAll(/[^a-z]/g, '_');
}

/** Files are for who may use the machine, names of persons for persons; and who asks once does not follow. */
function isWithheld(field: string, schema: z.ZodType, operation: Operation): boolean {
  if (field === 'follow' || (field === 'seconds' && 'follow' in operation.input.shape)) return true;
  return field === 'by' || field === 'dryRun' || shapeOf(schema).meta['completes'] === 'file';
}

/** Whether an operation can be asked without what is withheld. */
function isWhole(operation: Operation): boolean {
  return Object.entries(operation.input.shape as Record<string, z.ZodType>).every(
    ([field, schema]) => !isWithheld(field, schema, operation) || schema.safeParse(undefined).success,
  );
}

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'expected up to 255 printable characters')
  .optional()
  .meta({ description: 'A name for this deed: asked again under it within a day, the first answer is given again' });

function inputOf(operation: Operation): z.ZodObject {
  const shape: Record<string, z.ZodType> = {};
  for (const [field, schema] of Object.entries(operation.input.shape as Record<string, z.ZodType>)) {
    if (isWithheld(field, schema, operation)) continue;
    shape[field] =
      field === 'seconds' && operation.kind === 'stream'
        ? z.number().positive().max(LONGEST_WATCH_S).default(WATCH_S).meta({ description: 'How long to watch' })
        : schema;
  }
  if (operation.kind === 'command') shape['idempotencyKey'] = idempotencyKey;
  return z.strictObject(shape);
}

const warning = z.object({ code: z.string(), message: z.string(), hint: z.string() });

/** Whether a stream's newest update says what its sum does not. */
export function tellsUpdate({ kind, update, input }: Operation): boolean {
  return kind === 'stream' && update !== undefined && !('follow' in input.shape);
}

function outputOf(operation: Operation): z.ZodObject {
  return z.object({
    schema: z.literal(schemaName(operation)),
    ok: z.literal(true),
    data: operation.output,
    ...(tellsUpdate(operation) ? { update: operation.update!.nullable() } : {}),
    warnings: z.array(warning),
    next: z.array(z.string()).meta({ description: 'Tools that usually come next' }),
  });
}

const ALL: readonly Tool[] = OPERATION_ROUTES.filter(
  ({ id, operation }) =>
    agentRule(id) !== 'never' && operation.isPage !== true && operation.asksSecrets !== true && isWhole(operation),
).map((route) => ({
  ...{ route, name: toolName(route.operation) },
  ...{ input: inputOf(route.operation), output: outputOf(route.operation) },
}));
const BY_NAME: ReadonlyMap<string, Tool> = new Map(ALL.map((tool) => [tool.name, tool]));

/** Null where there is none, or none for assistants. */
export function findTool(name: string): Tool | null {
  return BY_NAME.get(name) ?? null;
}

export function toolsFor(scopes: ReadonlySet<string>): readonly Tool[] {
  return ALL.filter(({ route }) => scopes.has(route.operation.scope));
}

/** Longest first, so that `runs show` is not taken for `runs`. */
const NAMES = ALL.map(({ route }) => route.operation.name).sort((a, b) => b.length - a.length);
const COMMAND = new RegExp(`\\btradewright (${NAMES.join('|')})(?![a-z-])`, 'g');

/** Words written for who types commands, with the names of tools in place of commands. */
export function forTools(text: string): string {
  return text.replace(COMMAND, (_whole, name: string) => toolName({ name }));
}

const definitions = new Map<string, ToolDefinition>();

/** As `tools/list` tells it. */
export function definitionOf({ route, name, input, output }: Tool): ToolDefinition {
  let definition = definitions.get(name);
  if (definition === undefined) {
    const { operation } = route;
    definition = {
      ...{ name, title: operation.summary, description: descriptionOf(route) },
      inputSchema: plainSchema(input) as ToolDefinition['inputSchema'],
      // As an input, so that it lets further fields pass: a client refuses the whole answer for one that it does not know.
      outputSchema: plainSchema(output) as NonNullable<ToolDefinition['outputSchema']>,
      annotations: annotationsOf(operation),
    };
    definitions.set(name, definition);
  }
  return definition;
}

/** Without what is meant for command lines. 2020-12 is the protocol's dialect, so that it need not be named. */
function plainSchema(schema: z.ZodType): object {
  const { $schema: _dialect, ...plain } = JSON.parse(
    JSON.stringify(jsonSchema(schema, 'input'), (key, value: unknown) =>
      key === 'placeholder' || key === 'completes' ? undefined : value,
    ),
  ) as Record<string, unknown>;
  return plain;
}

function descriptionOf({ id, operation }: Route): string {
  const { kind, summary, details } = operation;
  const told = [`${summary}.`, ...(details === undefined ? [] : [details])];
  if (kind === 'stream') told.push('Called as a tool it answers once.');
  if (agentRule(id) === 'unless-live') told.push('Refused where real money is, or where that is not known.');
  return forTools(told.join(' '));
}

/** What a client may show to the person that it asks. What is enforced is the rule of agents, not this. */
function annotationsOf({ kind, scope, group, input }: Operation): NonNullable<ToolDefinition['annotations']> {
  const changes = kind === 'command';
  const trades = scope === 'trade' || scope === 'risk';
  return {
    readOnlyHint: !changes,
    // Research only adds: runs, bars, reports.
    destructiveHint: changes && trades,
    idempotentHint: !changes,
    openWorldHint: 'venue' in input.shape || (trades && group === 'sessions'),
  };
}
