import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { timeframeField } from './fields.ts';
import { accountFields, paramField, strategyField } from './run-fields.ts';
import { bookFields, eventLine, sessionMode, sessionName } from './session-fields.ts';

export const keepMarketField = z
  .boolean()
  .default(true)
  .meta({ description: 'Do not keep the trades that no order waits for; parity then knows less' });

/** What a session tells again and again. All of it is durable. */
export const sessionUpdate = lazy(() =>
  z.object({
    session: z.string(),
    time: z.string(),
    venue: z.string(),
    strategy: z.string(),
    /** Whether every indicator has settled; orders are refused before. */
    settled: z.boolean(),
    feed: z.array(
      z.object({
        symbol: z.string(),
        state: z.enum(['live', 'stale', 'syncing', 'down']),
        ageMs: z.number().nullable(),
        rate: z.number(),
        gaps: z.number(),
        price: z.number().nullable(),
      }),
    ),
    ...bookFields(),
  }),
);
export type PaperUpdate = z.output<ReturnType<typeof sessionUpdate>>;

export const symbolsField = z
  .array(z.string().regex(/^[^:\s]+$/, 'expected symbols as the venue writes them, e.g. BTCUSDT,ETHUSDT'))
  .min(1, 'expected at least one symbol')
  .transform((texts) => [...new Set(texts.flatMap((text) => text.toUpperCase().split(',')))].filter((s) => s !== ''))
  .meta({ description: 'Symbols as the venue writes them, with commas between', placeholder: 'symbols' });

/** What a session tells at its end. */
export const sessionEnd = lazy(() =>
  z.object({
    session: z.string(),
    strategy: z.string(),
    venue: z.string(),
    seconds: z.number(),
    /** Whether it went on with a session of before. */
    resumed: z.boolean(),
    inputs: z.number(),
    gaps: z.number(),
    missingBars: z.number(),
    hashes: z.object({ state: z.string(), events: z.string() }),
    ...bookFields(),
  }),
);

export const paper = operation({
  name: 'paper',
  group: 'sessions',
  summary: 'Trade live data with play money',
  details:
    'The engine, the risk limits and the simulated venue of a backtest, on the live bars and trades of a venue. No order is sent to anybody. Everything that comes in is written to a journal; the same command with the same --session goes on where it ended, also after a crash. Ends with Ctrl-C.',
  kind: 'stream',
  scope: 'admin',
  localOnly:
    'A session is a process of its own, which must not end with the server: start it with --detach, then operate it from here. One that servers keep is begun by strategy start.',
  get input() {
    return z.object({
      strategy: strategyField,
      venue: z.string().min(1).meta({
        description: 'Venue as tradewright venues lists it, or replay:<recording>',
        placeholder: 'venue',
        completes: 'venue',
      }),
      symbols: symbolsField,
      timeframe: timeframeField.default('1m').meta({ description: 'Timeframe of the bars', placeholder: 'tf' }),
      session: sessionName
        .optional()
        .meta({ description: 'Name of the session: a new one, or one to go on with', placeholder: 'name' }),
      ...accountFields(),
      param: paramField,
      fillsBy: z
        .enum(['trades', 'bars'])
        .optional()
        .meta({ description: 'What fills orders: each trade of the venue, or closed bars as in a backtest' }),
      keepMarket: keepMarketField,
      seconds: z.number().positive().optional().meta({ description: 'End by itself after so long', placeholder: 'n' }),
    });
  },
  get output() {
    return sessionEnd();
  },
  get update() {
    return sessionUpdate();
  },
  positionals: ['strategy'],
  examples: [
    {
      command: 'paper sma-cross --venue binance --symbols BTCUSDT --timeframe 1m --session btc',
      does: 'a session that can be gone on with',
    },
    {
      command: 'paper sma-cross --venue replay:monday.jsonl.gz --symbols BTCUSDT --cash 5000 --param fast=5',
      does: 'on a recording, with another parameter',
    },
  ],
});

export const sessions = operation({
  name: 'sessions',
  group: 'sessions',
  summary: 'List the sessions with their journals',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({
      sessions: z.array(
        z.object({
          session: z.string(),
          strategy: z.string(),
          venue: z.string(),
          symbols: z.array(z.string()),
          timeframe: z.string(),
          mode: sessionMode,
          account: z.string().nullable(),
          begun: z.string(),
          records: z.number(),
          running: z.boolean(),
        }),
      ),
      /** Journals that cannot be read, and why. */
      unreadable: z.array(z.object({ session: z.string(), error: z.string() })),
    });
  },
  positionals: [],
  examples: [
    { command: 'sessions', does: 'all of them' },
    { command: 'sessions --json', does: 'the same for a program' },
  ],
});

export const sessionShow = operation({
  name: 'session show',
  group: 'sessions',
  summary: 'Show where a session stands, and why',
  details: 'Replays the journal, strategy included, and checks the states that were noted in it on the way.',
  kind: 'query',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  get input() {
    return z.object({
      session: sessionName.meta({ description: 'Name of the session', placeholder: 'session' }),
      limit: z
        .number()
        .int()
        .min(0)
        .max(100_000)
        .default(20)
        .meta({ description: 'At most so many fills and events', placeholder: 'n' }),
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
      /** Event time of the newest input. */
      time: z.string().nullable(),
      records: z.number(),
      inputs: z.number(),
      /** Noted states that the replay came to again. */
      statesVerified: z.number(),
      hashes: z.object({ state: z.string(), events: z.string() }),
      ...bookFields(),
      /** Oldest first. */
      events: z.array(eventLine()),
    });
  },
  positionals: ['session'],
  examples: [
    { command: 'session show btc', does: 'as it stands' },
    { command: 'session show btc --limit 200 --json', does: 'more of it, for a program' },
  ],
});
