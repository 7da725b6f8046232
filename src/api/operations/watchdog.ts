import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';

/** As `src/kill/watchdog.ts` has them. */
export const POLICIES = ['nothing', 'cancel-entries', 'flatten'] as const;

const alarmLine = lazy(() =>
  z.object({
    time: z.string(),
    code: z.string(),
    session: z.string().nullable(),
    message: z.string(),
  }),
);
const watchedSession = lazy(() =>
  z.object({
    session: z.string(),
    beats: z.number(),
    orders: z.number(),
    positions: z.number(),
    silentMs: z.number(),
  }),
);

const watchdogUpdate = lazy(() =>
  z.object({
    time: z.string(),
    policy: z.enum(POLICIES),
    sessions: z.array(watchedSession()),
    alarms: z.array(alarmLine()),
  }),
);
export type WatchdogUpdate = z.output<ReturnType<typeof watchdogUpdate>>;

export const watchdog = operation({
  name: 'watchdog',
  group: 'sessions',
  summary: 'Watch over live sessions, and act when one falls silent',
  details:
    'A session with an account at a venue beats every two seconds while its bars come, are live and are kept; a process that merely exists does not. Who has not beaten for the grace is silent: killed, hung, blind, or without its database. Then the watchdog alarms, latches the account, takes the right to trade away, and by --policy does nothing more (the latch lets only orders pass that reduce), cancels entries and leaves what reduces (cancel-entries), or cancels everything and closes positions (flatten), at the venue itself, verified by asking it. What is not verified is tried again. It acts only on a silence that it has watched itself; where the heartbeats cannot be read, its clock was set or it stood still, it alarms and begins to watch anew. Run it on its own, started by whatever starts services; a session that ended in order is not watched. Alarms are lines of the output, with --json part of the updates.',
  kind: 'stream',
  scope: 'admin',
  localOnly: 'It watches programs, so that it is one of its own.',
  appends: true,
  handlesSecrets: true,
  get input() {
    return z.object({
      account: z
        .string()
        .min(1)
        .optional()
        .meta({ description: 'Label of the account to watch over', placeholder: 'label', completes: 'account' }),
      all: z.boolean().default(false).meta({ description: 'Every account of this home' }),
      policy: z.enum(POLICIES).meta({ description: 'What is done about what a silent session has open' }),
      grace: z
        .number()
        .min(5, 'expected 5 seconds or more: a session beats every two')
        .max(86_400, 'expected at most a day')
        .default(60)
        .meta({ description: 'Seconds without a heartbeat before it acts', placeholder: 'n' }),
      seconds: z.number().positive().optional().meta({ description: 'End by itself after so long', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({
      policy: z.enum(POLICIES),
      seconds: z.number(),
      sessions: z.number(),
      alarms: z.array(alarmLine()),
    });
  },
  get update() {
    return watchdogUpdate();
  },
  positionals: [],
  examples: [
    { command: 'watchdog --all --policy cancel-entries', does: 'every account, after a minute of silence' },
    { command: 'watchdog --account main --policy flatten --grace 30', does: 'one account, out of everything' },
  ],
});
