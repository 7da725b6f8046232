import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { EVIDENCE_KINDS, STAGES } from '../../core/vocabulary/promotion.ts';
import { TABLE_NAMES } from '../../ports/stored-tables.ts';
import { operation } from '../operation.ts';
import { followFields } from './fields.ts';
import { paramField, strategyField } from './run-fields.ts';

const id = z.string().min(1).meta({ description: 'Id of a strategy that is registered', placeholder: 'id' });
const stage = z.enum(STAGES);

/** Which of a strategy's candidates is meant. */
const candidateFields = lazy(() => ({
  code: z
    .string()
    .regex(/^[0-9a-f]{4,64}$/, 'expected the first digits of a code hash')
    .optional()
    .meta({
      description: 'Its code, by the first digits of the hash; else the version seen last',
      placeholder: 'hash',
    }),
  param: paramField,
}));

const personFields = lazy(() => ({
  reason: z.string().min(3).max(1000).meta({ description: 'Why; it is kept for good', placeholder: 'text' }),
  by: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Who says so; else the user of this machine', placeholder: 'name' }),
}));

const missing = lazy(() => z.object({ gate: stage, what: z.string(), found: z.string(), expected: z.string() }));

const candidate = lazy(() =>
  z.object({
    code: z.string(),
    params: z.record(z.string(), z.json()),
    stage,
    since: z.string(),
    /** Stage that comes next, and what is missing for it; null at the last. */
    next: z.object({ stage, missing: z.array(missing()) }).nullable(),
    /** Newest first. */
    evidence: z.array(
      z.object({
        kind: z.enum(EVIDENCE_KINDS),
        of: z.string(),
        about: z.string(),
        source: z.string(),
        passed: z.boolean(),
        numbers: z.record(z.string(), z.number()),
        time: z.string(),
        by: z.string(),
        /** Whether it still counts for the next stage. */
        counts: z.boolean(),
      }),
    ),
    breaches: z.array(z.object({ kind: z.string(), of: z.string(), detail: z.string(), time: z.string() })),
  }),
);
export type CandidateOutput = z.output<ReturnType<typeof candidate>>;

export const strategyRegister = operation({
  name: 'strategy register',
  group: 'strategies',
  summary: 'Put a strategy and its parameters into the registry',
  details:
    'Backtests on real data and sessions do so by themselves. A strategy that was retired is active again afterwards.',
  kind: 'command',
  scope: 'research',
  get input() {
    return z.object({ strategy: strategyField, param: paramField });
  },
  get output() {
    return z.object({
      id: z.string(),
      code: z.string(),
      params: z.record(z.string(), z.json()),
      stage,
      /** Whether this code, and this code with these parameters, were not known before. */
      newVersion: z.boolean(),
      newParams: z.boolean(),
    });
  },
  positionals: ['strategy'],
  examples: [
    { command: 'strategy register sma-cross', does: 'a built-in strategy with its default parameters' },
    { command: 'strategy register ./my-strategy.ts --param fast=10', does: 'your own, with others' },
  ],
  runsStrategies: true,
});

export const strategyVersions = operation({
  name: 'strategy versions',
  group: 'strategies',
  summary: 'List the versions of a strategy and how far each has come',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({ id });
  },
  get output() {
    return z.object({
      id: z.string(),
      active: z.boolean(),
      versions: z.array(
        z.object({
          code: z.string(),
          version: z.string(),
          path: z.string().nullable(),
          parameterSchema: z.string(),
          firstSeen: z.string(),
          stage,
          parameterSets: z.number(),
        }),
      ),
    });
  },
  positionals: ['id'],
  examples: [
    { command: 'strategy versions sma-cross', does: 'oldest first' },
    { command: 'strategy versions sma-cross --json', does: 'the same for a program' },
  ],
});

export const strategyShow = operation({
  name: 'strategy show',
  group: 'strategies',
  summary: 'Show a strategy’s stage, its evidence, and what is missing',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({
      id,
      ...candidateFields(),
      limit: z
        .number()
        .int()
        .min(0)
        .max(100_000)
        .default(10)
        .meta({ description: 'At most so many pieces of evidence of each candidate', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({ id: z.string(), active: z.boolean(), candidates: z.array(candidate()) });
  },
  positionals: ['id'],
  examples: [
    { command: 'strategy show sma-cross', does: 'every set of parameters of the newest version' },
    { command: 'strategy show sma-cross --param fast=10 --json', does: 'those with one value' },
  ],
});

export const strategyPromote = operation({
  name: 'strategy promote',
  group: 'strategies',
  summary: 'Let a strategy go one stage further, if its evidence is complete',
  details:
    'Stages are research, testnet, paper and live. Each gate asks for evidence (docs how-to/promote-a-strategy); a refusal names all that is missing. What is promoted is one version with one set of parameters.',
  kind: 'command',
  scope: 'risk',
  // From there on it is real money.
  stepUp: ({ to }) => to === 'live',
  get input() {
    return z.object({
      id,
      to: z.enum(['testnet', 'paper', 'live']).meta({ description: 'Stage to promote to: the next one' }),
      ...candidateFields(),
      ...personFields(),
    });
  },
  get output() {
    return z.object({
      id: z.string(),
      code: z.string(),
      params: z.record(z.string(), z.json()),
      from: stage,
      to: stage,
    });
  },
  positionals: ['id'],
  examples: [
    { command: "strategy promote sma-cross --to testnet --reason 'backtests hold'", does: 'the first step' },
    { command: "strategy promote sma-cross --to live --param fast=10 --reason 'two weeks on paper'", does: 'the last' },
  ],
});

export const strategyApprove = operation({
  name: 'strategy approve',
  group: 'strategies',
  summary: 'Say, as a person, that a strategy may take the next step',
  details:
    'An approval is evidence for one stage of one version with one set of parameters; it is void after a breach.',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({ id, ...candidateFields(), ...personFields() });
  },
  get output() {
    return z.object({
      id: z.string(),
      code: z.string(),
      params: z.record(z.string(), z.json()),
      /** Stage that was approved. */
      approved: stage,
      by: z.string(),
    });
  },
  positionals: ['id'],
  examples: [
    { command: "strategy approve sma-cross --reason 'reviewed code and paper days'", does: 'in your own name' },
    { command: "strategy approve sma-cross --by ann --reason 'second pair of eyes'", does: 'in that of somebody else' },
  ],
});

export const strategyDemote = operation({
  name: 'strategy demote',
  group: 'strategies',
  summary: 'Take a strategy back to an earlier stage, or retire it',
  details: 'Evidence for later stages is void from then on and must be won anew. A breach does the same by itself.',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({
      id,
      to: z.enum(['research', 'testnet', 'paper']).default('research').meta({ description: 'Stage to go back to' }),
      retire: z
        .boolean()
        .default(false)
        .meta({ description: 'Demote all its versions and promote none of them again' }),
      ...candidateFields(),
      ...personFields(),
    });
  },
  get output() {
    return z.object({
      id: z.string(),
      active: z.boolean(),
      demoted: z.array(z.object({ code: z.string(), params: z.record(z.string(), z.json()), from: stage, to: stage })),
    });
  },
  positionals: ['id'],
  examples: [
    { command: "strategy demote sma-cross --to paper --reason 'slippage beyond the model'", does: 'back to paper' },
    { command: "strategy demote sma-cross --retire --reason 'replaced'", does: 'all of it, for good' },
  ],
});

const rowsShape = lazy(() =>
  z.object({
    table: z.string(),
    columns: z.array(z.object({ name: z.string(), kind: z.string() })),
    /** Newest first; decimals as text, times as epoch milliseconds. */
    rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  }),
);

export const query = operation({
  name: 'query',
  group: 'runs',
  summary: 'Read a stored table: trades, positions, orders, backtests …',
  details:
    'The tables are for SQL and dashboards as well; columns stand in docs reference/stored-tables. Rows of a running session are a few seconds old; those of one that has ended are made from its journal where they are missing or behind.',
  kind: 'stream',
  scope: 'read',
  get input() {
    return z.object({
      table: z.enum(TABLE_NAMES as [(typeof TABLE_NAMES)[number], ...(typeof TABLE_NAMES)[number][]]).meta({
        description: 'Table to read',
        placeholder: 'table',
      }),
      session: z.string().min(1).optional().meta({ description: 'Only rows of this session', placeholder: 'session' }),
      where: z.array(z.string().min(1)).default([]).meta({
        description: 'Condition such as profit<0 or strategy=sma-cross; all of them must hold',
        placeholder: 'condition',
      }),
      limit: z
        .number()
        .int()
        .min(1)
        .max(100_000)
        .default(20)
        .meta({ description: 'At most so many', placeholder: 'n' }),
      ...followFields(),
    });
  },
  get output() {
    return rowsShape();
  },
  get update() {
    return rowsShape();
  },
  positionals: ['table'],
  examples: [
    { command: 'query trades --session btc', does: 'round trips with entry, exit and profit' },
    { command: 'query trades --session btc --follow', does: 'kept up to date' },
    { command: "query orders --where status=filled --where 'created_at_ms>=2024-01-31' --json", does: 'for a program' },
  ],
});
