import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { parseTime } from '../../core/vocabulary/time.ts';
import { operation } from '../operation.ts';
import { latencyField, slippageField } from './cost-fields.ts';
import { feeField, fraction } from './fields.ts';
import { paramField } from './run-fields.ts';
import { bookFields, eventLine, sessionName } from './session-fields.ts';

const session = sessionName.meta({ description: 'Name of the session', placeholder: 'session' });

const inspection = lazy(() =>
  z.object({
    indicators: z.array(z.object({ strategy: z.string(), name: z.string(), value: z.number().nullable() })),
    strategies: z.array(
      z.object({ strategy: z.string(), running: z.boolean(), settled: z.boolean(), state: z.json() }),
    ),
  }),
);

/** A session as it stood after a record of its journal. */
const moment = lazy(() =>
  z.object({
    record: z.number(),
    /** Event time; null before the first input. */
    time: z.string().nullable(),
    /** Events up to here. */
    events: z.number(),
    ...bookFields(),
    ...inspection().shape,
  }),
);
export type Moment = z.output<ReturnType<typeof moment>>;

const playedMoment = lazy(() =>
  z.object({
    session: z.string(),
    /** What happened since the moment before. */
    happened: z.array(eventLine()),
    ...moment().shape,
  }),
);
export type PlayedMoment = z.output<ReturnType<typeof playedMoment>>;

const decision = lazy(() =>
  z.object({
    event: z.number(),
    time: z.string(),
    strategy: z.string(),
    instrument: z.string(),
    action: z.string(),
    side: z.enum(['buy', 'sell']).nullable(),
    quantity: z.string().nullable(),
    why: z.string(),
    /** Code of the refusal, where risk refused it. */
    refused: z.string().nullable(),
  }),
);
export type DecisionLine = z.output<ReturnType<typeof decision>>;

const differing = lazy(() =>
  z.object({
    /** Decisions before it that are the same. */
    after: z.number(),
    time: z.string(),
    what: z.enum(['missing', 'extra', 'different', 'size']),
  }),
);

/** What a run came to. */
const outcome = lazy(() => z.object({ profit: z.number(), fees: z.number(), orders: z.number(), fills: z.number() }));

export const replay = operation({
  name: 'replay',
  group: 'sessions',
  summary: 'Run a session again from its journal, and look into it',
  details:
    'Takes every input again, strategy included, and compares the states and hashes that were noted: the same events, byte for byte, or a failure that names the first record that differs. --at shows where it stood, --step and --speed play it from there. --param and --strategy fork it: the same market through the simulated venue with other parameters or other code.',
  kind: 'stream',
  scope: 'research',
  isHeavy: true,
  get input() {
    return z.object({
      session,
      at: z
        .string()
        .transform((text, context): { readonly event: number } | { readonly timeMs: number } => {
          if (/^\d{1,12}$/.test(text)) return { event: Number(text) };
          const timeMs = parseTime(text);
          if (timeMs !== null) return { timeMs };
          context.addIssue({
            code: 'custom',
            message: 'expected a time such as 2024-01-31T13:05Z, or the number of an event',
          });
          return z.NEVER;
        })
        .optional()
        .meta({ description: 'A time, or the number of an event: where to look', placeholder: 'time' }),
      step: z
        .number()
        .int()
        .min(1)
        .max(1000)
        .optional()
        .meta({ description: 'So many instants from --at on, one by one', placeholder: 'n' }),
      speed: z.number().min(0).optional().meta({
        description: 'Play it so many times as fast as it was; 0 for as fast as it can be',
        placeholder: 'times',
      }),
      param: paramField,
      strategy: z.string().min(1).optional().meta({
        description: 'Fork with other code: a strategy by name or file',
        placeholder: 'strategy',
        completes: 'strategy',
      }),
      diff: z.string().min(1).optional().meta({
        description: 'First event that differs from another session, or from a file that --events wrote',
        placeholder: 'other',
        completes: 'file',
      }),
      events: z
        .string()
        .min(1)
        .optional()
        .meta({ description: 'Write every event as a line of JSON', placeholder: 'file', completes: 'file' }),
      force: z.boolean().default(false).meta({ description: 'Overwrite the file of --events' }),
    });
  },
  get output() {
    return z.object({
      session: z.string(),
      strategy: z.string(),
      params: z.record(z.string(), z.json()),
      records: z.number(),
      inputs: z.number(),
      /** Noted states that the replay came to again. */
      statesVerified: z.number(),
      /** Whether the journal ends with a hash of all events, and the replay came to it. */
      eventsVerified: z.boolean(),
      events: z.number(),
      hashes: z.object({ state: z.string(), events: z.string() }),
      /** At the end, or at --at. */
      moment: moment(),
      steps: z.array(playedMoment()),
      fork: z
        .object({
          strategy: z.string(),
          params: z.record(z.string(), z.json()),
          original: outcome(),
          fork: outcome(),
          hashes: z.object({ events: z.string() }),
          /** First decision that differs; `missing`: the fork has not got it. */
          difference: differing().extend({ original: decision().nullable(), fork: decision().nullable() }).nullable(),
        })
        .nullable(),
      diff: z
        .object({
          against: z.string(),
          same: z.boolean(),
          /** Number of the first event that differs, and both sides of it. */
          event: z.number().nullable(),
          session: z.string().nullable(),
          other: z.string().nullable(),
        })
        .nullable(),
      written: z.string().nullable(),
    });
  },
  get update() {
    return playedMoment();
  },
  positionals: ['session'],
  examples: [
    { command: 'replay btc', does: 'the whole session, verified' },
    { command: 'replay btc --at 2024-03-01T12:00Z --step 5', does: 'five instants from noon on' },
    { command: 'replay btc --param fast=5 --param slow=20', does: 'the same market with other parameters' },
  ],
});

const outcomeOfOrder = lazy(() =>
  z.object({
    time: z.string().nullable(),
    filled: z.string(),
    price: z.number().nullable(),
    fee: z.string().nullable(),
    rejected: z.boolean(),
  }),
);

export const parity = operation({
  name: 'parity',
  group: 'sessions',
  summary: 'Certify that a session did what its backtest would have done',
  details:
    'Runs engine, strategy and simulated venue over the market data that the session recorded, never over its fills, and lays the two beside each other: the first decision that differs with both states, and the gap in profit split into causes that add up to it. Exit code 10 where parity is broken. Bars that the session did not get are asked for at its venue, or taken from --data.',
  kind: 'query',
  scope: 'research',
  isHeavy: true,
  get input() {
    return z.object({
      session,
      data: z.array(z.string().min(1)).default([]).meta({
        description: 'Bars as they were: a file or VENUE:SYMBOL of the catalogue; once for each symbol of the session',
        placeholder: 'source',
        completes: 'data',
      }),
      history: z.boolean().default(true).meta({ description: 'Do not ask the venue for its bars' }),
      fee: feeField
        .optional()
        .meta({ description: 'Fee that is expected; default that of the session', placeholder: 'rate' }),
      slippage: slippageField
        .optional()
        .meta({ description: 'Slippage that is expected; default that of the session', placeholder: 'amount' }),
      latency: latencyField
        .optional()
        .meta({ description: 'Latency that is expected; default that of the session', placeholder: 'ms' }),
      tolerance: z
        .string()
        .transform((text, context): number => {
          const share = fraction(text);
          if (share !== null && share >= 0) return share;
          context.addIssue({ code: 'custom', message: 'expected a share of the capital such as 1%' });
          return z.NEVER;
        })
        .prefault('1%')
        .meta({ description: 'The largest gap that still holds, as a share of the capital', placeholder: 'share' }),
      limit: z
        .number()
        .int()
        .min(0)
        .max(100_000)
        .default(10)
        .meta({ description: 'At most so many orders that fared otherwise', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({
      session: z.string(),
      strategy: z.string(),
      params: z.record(z.string(), z.json()),
      venue: z.string(),
      symbols: z.array(z.string()),
      timeframe: z.string(),
      begun: z.string(),
      time: z.string().nullable(),
      statesVerified: z.number(),
      hashes: z.object({ state: z.string(), events: z.string() }),
      /** The verdict, as gates tell it. */
      gate: z.object({ expression: z.string(), passed: z.boolean(), because: z.array(z.string()) }),
      /** What the expected side's orders were filled by, and which trades the session has kept. */
      filledBy: z.enum(['trades', 'bars']),
      tradesKept: z.enum(['all', 'while-waiting', 'none']),
      currency: z.string(),
      /** Exact decimals. */
      profit: z.object({ expected: z.string(), recorded: z.string(), gap: z.string() }),
      /** They add up to the gap exactly. */
      causes: z.array(
        z.object({
          cause: z.enum(['data', 'latency', 'spread', 'slippage', 'queue', 'fees', 'rejects', 'unexplained']),
          amount: z.string(),
        }),
      ),
      decisions: z.object({ expected: z.number(), recorded: z.number(), same: z.number() }),
      divergence: differing()
        .extend({
          cause: z.enum(['data', 'latency', 'spread', 'slippage', 'queue', 'fees', 'rejects', 'unexplained']),
          expected: decision().nullable(),
          recorded: decision().nullable(),
          /** Both sides as they stood when it was decided. */
          states: z.object({ expected: moment(), recorded: moment() }),
        })
        .nullable(),
      data: z.object({
        /** Whose bars the session's were compared with. */
        reference: z.enum(['venue', 'given', 'kept-trades', 'none']),
        missing: z.number(),
        late: z.number(),
        different: z.number(),
        /** Times that the feed said that it had lost something. */
        gaps: z.number(),
        faults: z.array(
          z.object({ symbol: z.string(), time: z.string(), what: z.enum(['missing', 'late', 'different']) }),
        ),
      }),
      /** Orders that fared otherwise than expected. */
      ordersDiffering: z.number(),
      orders: z.array(
        z.object({
          time: z.string(),
          instrument: z.string(),
          side: z.enum(['buy', 'sell']),
          quantity: z.string(),
          why: z.string(),
          expected: outcomeOfOrder().nullable(),
          recorded: outcomeOfOrder().nullable(),
          laterMs: z.number().nullable(),
          worsePrice: z.number().nullable(),
        }),
      ),
    });
  },
  positionals: ['session'],
  examples: [
    { command: 'parity btc', does: 'the certificate' },
    { command: 'parity btc --latency 0 --slippage 1tick --data btc.csv', does: 'against another model and given bars' },
  ],
});
