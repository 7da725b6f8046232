import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { LOG_LEVELS } from '../../ports/logs.ts';
import { operation } from '../operation.ts';
import { followFields } from './fields.ts';
import { sessionName } from './session-fields.ts';

const logLine = lazy(() =>
  z.object({
    time: z.string(),
    level: z.enum(LOG_LEVELS),
    module: z.string(),
    what: z.string(),
    /** Which log it stands in: a server, a session, the evaluator of alerts. */
    log: z.string(),
    /** Whatever else the line has. */
    fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  }),
);
export type LogLine = z.output<ReturnType<typeof logLine>>;

const shape = lazy(() =>
  z.object({
    /** Folder of the files; null where logs go to standard error, or nowhere. */
    folder: z.string().nullable(),
    lines: z.array(logLine()),
  }),
);

export const logs = operation({
  name: 'logs',
  group: 'server',
  summary: 'Show the newest lines of the logs',
  details:
    'Of servers, sessions and evaluators of alerts that write into the same folder, the newest last. Only where logs go into files: tradewright help config explain tells how they are set, TRADEWRIGHT_LOG=home is the usual way. What a session did stands whole in its journal: tradewright events.',
  kind: 'stream',
  scope: 'read',
  get input() {
    return z.object({
      level: z.enum(LOG_LEVELS).default('debug').meta({ description: 'Lines of this level and above' }),
      module: z
        .string()
        .min(1)
        .max(50)
        .optional()
        .meta({ description: 'Lines of this module only: http, session, feed, alerts, main', placeholder: 'module' }),
      session: sessionName
        .optional()
        .meta({ description: 'Lines of this session only', placeholder: 'name', completes: 'session' }),
      text: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .meta({ description: 'Lines that have this text', placeholder: 'text' }),
      limit: z
        .number()
        .int()
        .min(1)
        .max(1_000)
        .default(50)
        .meta({ description: 'At most so many lines', placeholder: 'n' }),
      ...followFields(),
    });
  },
  get output() {
    return shape();
  },
  get update() {
    return shape();
  },
  positionals: [],
  examples: [
    { command: 'logs --level warn', does: 'what may need somebody' },
    { command: 'logs --follow', does: 'kept up to date' },
    { command: 'logs --session btc --limit 200 --json', does: 'of one session, for a program' },
  ],
});
