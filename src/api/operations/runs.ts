import { z } from 'zod';
import { reportSchema } from '../../core/report/report.ts';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation, servedOperation } from '../operation.ts';
import { cursorField, cursorOutput } from '../page.ts';
import { followFields } from './fields.ts';
import { REPORT_FORMATS } from './run-fields.ts';

const status = z.enum(['started', 'finished', 'partial', 'failed']);

const runLine = lazy(() =>
  z.object({
    id: z.string(),
    status,
    createdAt: z.string(),
    strategy: z.string(),
    instruments: z.array(z.string()),
    timeframe: z.string(),
    bars: z.number(),
    synthetic: z.boolean(),
    metrics: z.record(z.string(), z.number().nullable()),
  }),
);

const run = z
  .string()
  .min(1)
  .meta({ description: 'Id of a run; the last one: last', placeholder: 'run', completes: 'run' });

const listShape = lazy(() => z.object({ runs: z.array(runLine()), total: z.number(), cursor: cursorOutput }));

export const runsLs = operation({
  name: 'runs ls',
  http: [{ method: 'GET', path: 'runs' }],
  group: 'runs',
  summary: 'List the runs, newest first',
  kind: 'stream',
  scope: 'read',
  get input() {
    return z.object({
      limit: z
        .number()
        .int()
        .min(1)
        .max(100_000)
        .default(20)
        .meta({ description: 'At most so many', placeholder: 'n' }),
      strategy: z
        .string()
        .optional()
        .meta({ description: 'Only runs of this strategy', placeholder: 'name', completes: 'strategy' }),
      cursor: cursorField,
      ...followFields(),
    });
  },
  get output() {
    return listShape();
  },
  get update() {
    return listShape();
  },
  positionals: [],
  examples: [
    { command: 'runs ls', does: 'the last twenty' },
    { command: 'runs ls --strategy sma-cross --limit 100', does: 'those of one strategy' },
    { command: 'runs ls --follow', does: 'kept up to date' },
  ],
});

export const runsShow = operation({
  name: 'runs show',
  http: [{ method: 'GET', path: 'runs/{run}' }],
  group: 'runs',
  summary: 'Show one run: request, figures, hashes, reports',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({ run });
  },
  get output() {
    return z.object({
      ...runLine().shape,
      version: z.string(),
      strategies: z.array(
        z.object({
          id: z.string(),
          version: z.string(),
          codeHash: z.string(),
          params: z.record(z.string(), z.json()),
          of: z.string().optional(),
        }),
      ),
      data: z.array(
        z.object({
          instrument: z.string(),
          timeframe: z.string(),
          source: z.string(),
          synthetic: z.boolean(),
          hash: z.string(),
          bars: z.number(),
          from: z.string(),
          to: z.string(),
        }),
      ),
      config: z.record(z.string(), z.json()),
      hashes: z.record(z.string(), z.string()),
      reports: z.record(z.string(), z.string()),
      failure: z.string().nullable(),
    });
  },
  positionals: ['run'],
  examples: [
    { command: 'runs show last', does: 'the run just made' },
    { command: 'runs show bt_0A1B2C --json', does: 'everything known about one' },
  ],
});

const reportParts = lazy(() => {
  const { schema: _schema, run: madeBy, ...parts } = reportSchema().shape;
  return { madeBy, parts };
});

export const runsResult = operation({
  name: 'runs result',
  group: 'runs',
  summary: 'Show what a run came to: equity, trades, costs, returns, fills',
  details:
    'The parts of its JSON report, as the reference of reports describes them. Times in columns are epoch milliseconds. GET /api/runs/{run}/report answers the HTML report.',
  kind: 'query',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  http: [{ method: 'GET', path: 'runs/{run}/result' }],
  get input() {
    const { parts } = reportParts();
    return z.object({
      run,
      part: z
        .array(z.enum(Object.keys(parts) as (keyof typeof parts)[]))
        .default([])
        .meta({ description: 'A part of it; again for further ones; default all', placeholder: 'part' }),
    });
  },
  get output() {
    const { madeBy, parts } = reportParts();
    return z.object({ run: madeBy, ...z.object(parts).partial().shape });
  },
  positionals: ['run'],
  examples: [
    { command: 'runs result last --part costs', does: 'from gross to net profit' },
    { command: 'runs result bt_0A1B2C --part equity --part trades --json', does: 'its columns, for a program' },
  ],
});

export const runsDiff = operation({
  name: 'runs diff',
  group: 'runs',
  summary: 'Compare two runs: what differed in the request, and in the result',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({ a: run, b: run });
  },
  get output() {
    return z.object({
      a: z.string(),
      b: z.string(),
      sameInputs: z.boolean(),
      sameEvents: z.boolean(),
      request: z.array(z.object({ field: z.string(), a: z.string(), b: z.string() })),
      metrics: z.array(
        z.object({
          name: z.string(),
          a: z.number().nullable(),
          b: z.number().nullable(),
          difference: z.number().nullable(),
        }),
      ),
    });
  },
  positionals: ['a', 'b'],
  examples: [
    { command: 'runs diff bt_0A1B2C last', does: 'an earlier run with the last' },
    { command: 'runs diff bt_0A1B2C bt_0A1B3D --json', does: 'the same for a program' },
  ],
});

export const report = operation({
  name: 'report',
  group: 'runs',
  summary: 'Write the report of a run again, in any format',
  kind: 'command',
  scope: 'research',
  isHeavy: true,
  get input() {
    return z.object({
      run: z
        .string()
        .min(1)
        .meta({ description: 'Id of a run, last, or a JSON report', placeholder: 'run', completes: 'run' }),
      format: z.enum(REPORT_FORMATS).default('html').meta({ description: 'Format to write' }),
      out: z.string().optional().meta({
        description: 'Folder to write to; else reports in the home folder',
        placeholder: 'dir',
        completes: 'file',
      }),
    });
  },
  get output() {
    return z.object({
      run: z.string(),
      files: z.array(z.object({ format: z.string(), path: z.string() })),
      /** The summary as Markdown. */
      markdown: z.string(),
    });
  },
  positionals: ['run'],
  examples: [
    { command: 'report last', does: 'the page of the last run' },
    { command: 'report bt_0A1B2C --format csv --out results', does: 'its tables for a spreadsheet' },
  ],
});

export const runsPage = servedOperation({
  name: 'runs page',
  group: 'runs',
  summary: 'Show the report of a run as one HTML page',
  details: 'Made of the report that the run was kept with, in JSON or as a page.',
  kind: 'query',
  scope: 'read',
  servedOnly: 'tradewright report writes it into a file.',
  isHeavy: true,
  isPage: true,
  http: [{ method: 'GET', path: 'runs/{run}/report', page: 'html' }],
  // What a run has come to does not change, but it may be asked for before.
  freshForS: () => 0,
  get input() {
    return z.object({ run });
  },
  get output() {
    return z.object({ run: z.string(), html: z.string() });
  },
});
