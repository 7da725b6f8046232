import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { followFields } from './fields.ts';
import { live } from './live.ts';
import { sessionName } from './session-fields.ts';
import { paper } from './sessions.ts';

const deploymentLine = lazy(() =>
  z.object({
    session: z.string(),
    /** What runs it: `live` trades with an account, `paper` with play money. */
    operation: z.enum(['live', 'paper']),
    /** Null for play money. */
    account: z.string().nullable(),
    strategy: z.string(),
    symbols: z.array(z.string()),
    by: z.string(),
    since: z.string(),
    /** Whether somebody runs it now. */
    running: z.boolean(),
    /** Why it does not, as it was found at the last try. */
    problem: z.string().nullable(),
    /** The process whose it is; null where none executes. */
    trader: z.string().nullable(),
  }),
);
export type DeploymentLine = z.output<ReturnType<typeof deploymentLine>>;

export const strategyStart = operation({
  name: 'strategy start',
  group: 'sessions',
  summary: 'Have servers keep a paper session of a strategy running',
  details:
    'Live data and play money: what is given is what tradewright paper takes, and what that refuses is refused here. No order is sent to anybody. A server with the role execution begins it within a second; after a restart, or where that server dies, it goes on where it ended. With the name of a session that has ended, that one goes on. It ends by tradewright stop or tradewright deployment rm; its journal stays.',
  kind: 'command',
  scope: 'trade',
  isHeavy: true,
  http: [{ method: 'POST', path: 'strategies/{strategy}/start' }],
  get input() {
    const { seconds: _, venue, ...paperFields } = paper.input.shape;
    return z.object({
      ...paperFields,
      venue: venue
        .refine((name) => !name.toLowerCase().startsWith('replay:'), 'expected a venue; a recording ends by itself')
        .meta({ description: 'Venue as tradewright venues lists it', placeholder: 'venue', completes: 'venue' }),
    });
  },
  get output() {
    return z.object({
      session: z.string(),
      strategy: z.string(),
      venue: z.string(),
      /** Whether it goes on with a session of before. */
      resumed: z.boolean(),
    });
  },
  positionals: ['strategy'],
  examples: [
    {
      command: 'strategy start sma-cross --venue binance --symbols BTCUSDT --timeframe 1m',
      does: 'kept running by whoever serves with the role execution',
    },
    {
      command: 'strategy start sma-cross --venue binance --symbols BTCUSDT --session btc --param fast=5 --dry-run',
      does: 'whether it would be begun, and as what',
    },
  ],
});

export const deploymentAdd = operation({
  name: 'deployment add',
  group: 'sessions',
  summary: 'Have servers keep a session with an account running',
  details:
    'What is given is what tradewright live takes; it holds no secret. Servers with the role execution share the accounts among them: one of them begins the session and goes on with it wherever it ended; where that one dies another takes over once its lease is over, and at its orderly end at once. Strategy and limits must lie at the same place for all of them. It is named again with --confirm, as nobody can be asked later.',
  kind: 'command',
  scope: 'admin',
  // Real money is traded from then on, and nobody is asked again.
  stepUp: true,
  isHeavy: true,
  get input() {
    return live.input.omit({ seconds: true });
  },
  get output() {
    return z.object({ session: z.string(), account: z.string() });
  },
  positionals: ['strategy'],
  examples: [
    {
      command:
        'deployment add sma-cross --account main --limits limits.json --symbols BTCUSDT --cash 1000 --confirm main',
      does: 'kept running by whoever serves with the role execution',
    },
    {
      command:
        'deployment add /strategies/mine.ts --account desk --limits /strategies/limits.json --symbols BTCUSDT --cash 500 --confirm desk',
      does: 'a strategy file that all of them have',
    },
  ],
});

const listShape = lazy(() => z.object({ deployments: z.array(deploymentLine()), traders: z.array(z.string()) }));

export const deploymentLs = operation({
  name: 'deployment ls',
  group: 'sessions',
  summary: 'List sessions that servers keep running, and who does',
  kind: 'stream',
  scope: 'read',
  get input() {
    return z.object({ ...followFields() });
  },
  get output() {
    return listShape();
  },
  get update() {
    return listShape();
  },
  positionals: [],
  examples: [
    { command: 'deployment ls', does: 'all of them, with the process that each belongs to' },
    { command: 'deployment ls --follow', does: 'kept up to date' },
    { command: 'deployment ls --json', does: 'the same for a program' },
  ],
});

export const deploymentRm = operation({
  name: 'deployment rm',
  group: 'sessions',
  summary: 'Have a session end, and nobody begin it again',
  details:
    'It ends in order within a second: entries that rest are canceled, stops stay at the venue; a paper session keeps its orders, and can be gone on with. Its journal stays.',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({ session: sessionName.meta({ description: 'Name of the session', placeholder: 'name' }) });
  },
  get output() {
    return z.object({ session: z.string() });
  },
  positionals: ['session'],
  examples: [
    { command: 'deployment rm main-sma-cross', does: 'ends it wherever it runs' },
    { command: 'deployment rm main-sma-cross --json', does: 'the same for a program' },
  ],
});
