import { createHash } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Json } from '../../core/vocabulary/json.ts';
import { FAILURES, type FailureCode } from '../failures.ts';
import type { Client } from '../http/access.ts';
import { type DeedDesk, doOnce } from '../http/deed.ts';
import { problemOf } from '../http/problem.ts';
import { authorize } from '../http/routes.ts';
import type { Envelope, Hooks } from '../http/serving.ts';
import { inputFailure } from '../input-failure.ts';
import { NEXT } from '../operations/next.ts';
import type { World } from '../world.ts';
import { asAgentMay } from './agent-rule.ts';
import { summaryOf } from './summary.ts';
import { findTool, forTools, type Tool, tellsUpdate } from './tools.ts';

type Given = Readonly<Record<string, Json>>;

/** Who calls, and how it is heard. */
export interface Caller {
  /** Whose deeds its keys stand for, with the scopes of an assistant. */
  readonly client: Client;
  readonly correlation: string;
  /** Of the conversation: request ids mean nothing outside it. */
  readonly session: string;
  /** Aborted when nobody can hear the answer any more. */
  readonly hungUp: AbortSignal;
}

/** One `tools/call`. */
export interface ToolCall {
  readonly tool: Tool;
  readonly given: Given;
  readonly requestId: string | number;
  /** Aborted when the client has canceled the call. */
  readonly canceled: AbortSignal;
  readonly progress: Hooks['progress'];
}

export interface McpDesk extends DeedDesk {
  readonly world: World;
}

/** Carries a call out. Never rejects: what fails is told as a result, which the model can read. */
export async function callTool(desk: McpDesk, call: ToolCall, caller: Caller): Promise<CallToolResult> {
  const { tool } = call;
  try {
    return tool.route.method === 'POST' ? await command(desk, call, caller) : await query(desk, call, caller);
  } catch (error) {
    const failure = desk.failureOf(error);
    if (failure.code === 'unexpected') desk.onDefect(error, caller.correlation);
    return failed(problemOf(failure, caller.correlation));
  }
}

/** As commands name it: `0a1b2c3d by mcp by ann@desk`. */
const agentOf = ({ client }: Caller): Client => ({ name: `${client.name} by mcp`, scopes: client.scopes });

async function query(desk: McpDesk, call: ToolCall, caller: Caller): Promise<CallToolResult> {
  const { tool, canceled, progress } = call;
  let newest: unknown = null;
  const given = await asAgentMay(tool.route.id, await taken(call, caller), desk.world);
  const envelope = await desk.serving.run(tool.route, given, agentOf(caller), {
    ...{ progress, stop: AbortSignal.any([canceled, caller.hungUp]) },
    update: (update) => {
      newest = update;
    },
  });
  return told(tool, envelope, caller, { update: newest, isRepeated: false });
}

/** A deed is finished whoever still listens; what takes long can be canceled, and keeps what there is. */
async function command(desk: McpDesk, call: ToolCall, caller: Caller): Promise<CallToolResult> {
  const { tool, canceled, progress } = call;
  const { isLong, runsStrategies } = tool.route.operation;
  const { idempotencyKey, ...given } = await taken(call, caller);
  const { body, status, isRepeated } = await doOnce(desk, {
    ...{ route: tool.route, client: agentOf(caller), owner: caller.client.name, text: JSON.stringify(given) },
    key: (idempotencyKey as string | undefined) ?? keyOf(caller, call.requestId),
    correlation: caller.correlation,
    hooks: { progress, update() {}, stop: isLong || runsStrategies ? canceled : new AbortController().signal },
    prepare: () => asAgentMay(tool.route.id, given, desk.world),
  });
  const answer = JSON.parse(body) as Envelope & Problem;
  return status >= 400 ? failed(answer) : told(tool, answer, caller, { update: null, isRepeated });
}

/** Of a request that brings no key of its own: sent again by the transport it is the same deed, asked anew it is another. */
function keyOf({ session }: Caller, requestId: string | number): string {
  return `mcp-${createHash('sha256')
    .update(JSON.stringify([session, requestId]))
    .digest('hex')}`;
}

/** The input, where the client may give it and the tool takes it. Rejects with `Failure`. */
async function taken({ tool, given }: ToolCall, { client }: Caller): Promise<Given> {
  const { operation } = tool.route;
  await authorize(operation, given, client);
  const parsed = tool.input.safeParse(given);
  if (!parsed.success) throw inputFailure(parsed.error, operation.handlesSecrets ? {} : given, null);
  // A stream that would go on for ever has an end here.
  const seconds = tellsUpdate(operation) && 'seconds' in tool.input.shape ? { seconds: parsed.data['seconds'] } : {};
  return { ...given, ...(seconds as Given) };
}

function told(
  tool: Tool,
  { schema, ok, data, warnings }: Envelope,
  { client }: Caller,
  more: { readonly update: unknown; readonly isRepeated: boolean },
): CallToolResult {
  const next = (NEXT[tool.route.id] ?? [])
    .map((id) => findTool(id.replaceAll('-', '_')))
    .filter((each) => each !== null && client.scopes.has(each.route.operation.scope))
    .map((each) => each!.name);
  const update = tellsUpdate(tool.route.operation) ? { update: more.update } : {};
  const answer = { schema, ok, data, ...update, warnings, next };
  return {
    content: [
      { type: 'text', text: summaryOf(tool, answer, more.isRepeated) },
      // For clients that know no structured content.
      { type: 'text', text: JSON.stringify(answer) },
    ],
    structuredContent: answer,
  };
}

/** What is read of a problem here. */
interface Problem {
  readonly code: FailureCode;
  readonly detail: string;
  readonly hint: string;
  readonly details: object;
  readonly instance: string;
}

const HINTS: { readonly [K in FailureCode]?: string } = {
  'input-invalid': 'The input schema of the tool says what each field takes.',
  'scope-missing': 'A person can allow more: a higher --tier of tradewright mcp, or a key with the scope.',
  'idempotency-conflict': 'Take a new idempotencyKey for each deed.',
};

function failed(problem: object): CallToolResult {
  const { code, detail, hint, details, instance } = problem as Problem;
  const isOfTheDoor = hint === FAILURES[code].hint || code === 'input-invalid';
  const better = forTools((isOfTheDoor ? HINTS[code] : undefined) ?? hint);
  const answer = { code, detail, hint: better, details, instance };
  return {
    isError: true,
    content: [
      { type: 'text', text: forTools(`${code}: ${detail}. ${better}`) },
      { type: 'text', text: JSON.stringify(answer) },
    ],
  };
}
