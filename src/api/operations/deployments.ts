import { z } from 'zod';
import { operation } from '../operation.ts';
import { live } from './live.ts';
import { sessionName } from './session-fields.ts';

const deploymentLine = z.object({
  session: z.string(),
  account: z.string(),
  strategy: z.string(),
  symbols: z.array(z.string()),
  by: z.string(),
  since: z.string(),
  /** Whether somebody runs it now. */
  running: z.boolean(),
  /** The process whose it is; null where none executes. */
  trader: z.string().nullable(),
});
export type DeploymentLine = z.output<typeof deploymentLine>;

const { seconds: _, ...fields } = live.input.shape;

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
  input: z.object(fields),
  output: z.object({ session: z.string(), account: z.string() }),
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

export const deploymentLs = operation({
  name: 'deployment ls',
  group: 'sessions',
  summary: 'List sessions that servers keep running, and who does',
  kind: 'query',
  scope: 'read',
  input: z.object({}),
  output: z.object({ deployments: z.array(deploymentLine), traders: z.array(z.string()) }),
  positionals: [],
  examples: [
    { command: 'deployment ls', does: 'all of them, with the process that each belongs to' },
    { command: 'deployment ls --json', does: 'the same for a program' },
  ],
});

export const deploymentRm = operation({
  name: 'deployment rm',
  group: 'sessions',
  summary: 'Have a session end, and nobody begin it again',
  details:
    'It ends in order within a second: entries that rest are canceled, stops stay at the venue. Its journal stays.',
  kind: 'command',
  scope: 'admin',
  input: z.object({ session: sessionName.meta({ description: 'Name of the session', placeholder: 'name' }) }),
  output: z.object({ session: z.string() }),
  positionals: ['session'],
  examples: [
    { command: 'deployment rm main-sma-cross', does: 'ends it wherever it runs' },
    { command: 'deployment rm main-sma-cross --json', does: 'the same for a program' },
  ],
});
