import { z } from 'zod';
import { SCOPES } from '../../core/vocabulary/commands.ts';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { followFields } from './fields.ts';
import { sessionName } from './session-fields.ts';

const change = lazy(() => z.object({ limit: z.string(), before: z.json(), after: z.json(), isLooser: z.boolean() }));

/** One limit that fills up, with all open orders filled. */
const usageLine = lazy(() =>
  z.object({
    limit: z.string(),
    /** `account`, or the strategy, instrument, position or order that it is looked at for. */
    of: z.string(),
    unit: z.string(),
    /** Null where nothing is known yet. */
    used: z.number().nullable(),
    /** Null where it is off. */
    allowed: z.number().nullable(),
    /** What is left of it; below 0 where more is used than is allowed. */
    headroom: z.number().nullable(),
  }),
);

const limitsShape = lazy(() =>
  z.object({
    session: z.string(),
    time: z.string().nullable(),
    currency: z.string(),
    /** Every limit of the account by its name in a limits file; null is off. */
    limits: z.array(
      z.object({
        limit: z.string(),
        value: z.json(),
        isDefault: z.boolean(),
        /** `default`; `began` where the session began so; else who set it. */
        source: z.string(),
      }),
    ),
    /** What strategies and instruments have of their own; the stricter counts. */
    own: z.array(z.object({ of: z.string(), limit: z.string(), value: z.json(), source: z.string() })),
    usage: z.array(usageLine()),
    /** The oldest first. */
    changes: z.array(
      z.object({
        time: z.string(),
        event: z.number(),
        of: z.string(),
        actor: z.string(),
        reason: z.string(),
        changes: z.array(change()),
      }),
    ),
  }),
);

export const limitsShow = operation({
  name: 'limits show',
  http: [{ method: 'GET', path: 'risk/limits' }],
  group: 'sessions',
  summary: 'Show the risk limits of a session and how far they are used',
  details:
    'Limits are those in force now: a session begins with those of its limits file, and tradewright limits set changes them. What is used is reckoned with all open orders filled, as risk does; of an order that turns a position over risk counts, besides, what resting stops and targets may take first. Reads the journal, and not the process: it works while the session runs and after it.',
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  get input() {
    return z.object({
      session: sessionName.optional().meta({
        description: 'Which session; default the only one that runs, else the newest',
        placeholder: 'session',
      }),
      ...followFields(),
    });
  },
  get output() {
    return limitsShape();
  },
  get update() {
    return limitsShape();
  },
  positionals: ['session'],
  examples: [
    { command: 'limits show', does: 'of the session that runs' },
    { command: 'limits show btc --json', does: 'of one of several, for a program' },
    { command: 'limits show btc --follow', does: 'kept up to date' },
  ],
});

export const limitsSet = operation({
  name: 'limits set',
  http: [{ method: 'POST', path: 'risk/limits' }],
  group: 'sessions',
  summary: 'Change risk limits of sessions that run',
  details:
    'Takes effect between two inputs of the session and stands in its journal, with who and why. Names and values are those of a limits file; off switches a limit off. --limits takes a whole file, as when a session begins: what it does not name gets its strict default. What lets more pass than before has to be confirmed by the scope once more, as tradewright rearm asks for it; what is stricter does not. Nothing is closed or canceled by it: where more is held than is allowed now, whatever adds risk is refused. What is latched stays latched. With --scope strategy or instrument these get limits of their own, of orders and positions, beside those of the account: the stricter counts. A session that does not run keeps its limits.',
  kind: 'command',
  scope: 'risk',
  // What lets more pass.
  stepUp: ({ confirm }) => confirm !== undefined,
  isHeavy: true,
  get input() {
    return z.object({
      values: z
        .record(z.string(), z.json())
        .default({})
        .meta({ description: 'Limits with their new values', placeholder: 'limit=value' }),
      limits: z.string().min(1).optional().meta({
        description: 'A limits file in their place',
        placeholder: 'file',
        completes: 'file',
      }),
      scope: z.enum(SCOPES).optional().meta({
        description:
          'Whose limits, in every session that runs and has it; default the account of the only one that runs',
      }),
      target: z.string().min(1).optional().meta({
        description: 'Account, strategy or instrument of the scope',
        placeholder: 'name',
      }),
      session: sessionName.optional().meta({ description: 'In this session only', placeholder: 'name' }),
      confirm: z.string().optional().meta({
        description: 'For what lets more pass: the scope once more, system or scope:target',
        placeholder: 'scope',
      }),
      reason: z.string().min(1).meta({ description: 'Why, for the journal', placeholder: 'text' }),
    });
  },
  get output() {
    return z.object({
      /** As --confirm takes it. */
      place: z.string(),
      sessions: z.array(
        z.object({
          session: z.string(),
          /** `unchanged`: it had these limits already. Of several, one may refuse what all took when tried. */
          outcome: z.enum(['changed', 'unchanged', 'refused', 'not-running', 'silent']),
          /** Why it refused; else null. */
          refusal: z.object({ code: z.string(), message: z.string() }).nullable(),
          changes: z.array(change()),
          /** What is used beyond what is allowed now: nothing of it is closed, and nothing added to it. */
          above: z.array(usageLine()),
        }),
      ),
    });
  },
  positionals: ['values'],
  examples: [
    { command: "limits set positionPct=20 --session btc --reason 'quiet week'", does: 'one limit of one session' },
    {
      command: "limits set dailyLossPct=8 --session btc --confirm account:paper:btc --reason 'agreed with risk'",
      does: 'what lets more pass is confirmed',
    },
    {
      command: "limits set positionPct=10 --scope instrument --target BTCUSDT --reason 'thin book' --dry-run",
      does: 'what it would change, in every session that trades it',
    },
    { command: "limits set --limits limits.json --session btc --reason 'new mandate'", does: 'all of them, by a file' },
  ],
});
