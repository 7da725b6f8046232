import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { dateOrderField, keptSymbolField, timeField, timeframeField } from './fields.ts';

const seriesLine = lazy(() =>
  z.object({
    instrument: z.string(),
    timeframe: z.string(),
    bars: z.number().int(),
    from: z.string(),
    to: z.string(),
    source: z.string().nullable(),
    hash: z.string(),
  }),
);

const findingLine = lazy(() =>
  z.object({
    code: z.string(),
    severity: z.enum(['error', 'warning']),
    file: z.string().nullable(),
    line: z.number().nullable(),
    row: z.number(),
    time: z.string().nullable(),
    found: z.string(),
    expected: z.string(),
    hint: z.string(),
  }),
);

const counts = z.record(z.string(), z.number());

const series = z.string().min(1).meta({
  description: 'VENUE:SYMBOL of the catalogue, with @timeframe where there are several',
  placeholder: 'series',
  completes: 'data',
});

const columns = z
  .string()
  .optional()
  .meta({ description: 'Columns by header or position: time=Date,open=O', placeholder: 'mapping' });

export const dataImport = operation({
  name: 'data import',
  group: 'data',
  summary: 'Add bars from files to the catalogue',
  details:
    'All or nothing: where one file has an error in it, nothing of any is stored. Importing twice is importing once. A dry run tells how the file would be read: columns, first rows, findings, and what would change.',
  kind: 'command',
  scope: 'research',
  isHeavy: true,
  isLong: true,
  get input() {
    return z.object({
      files: z
        .array(z.string().min(1))
        .min(1, 'expected at least one file')
        .meta({
          description: 'CSV or Parquet, also gzipped or zipped; at a server also upload:…, as an upload answered it',
          ...{ placeholder: 'file', completes: 'file', takesUploads: true },
        }),
      symbol: keptSymbolField
        .optional()
        .meta({ description: 'VENUE:SYMBOL of the bars; else told from the file name', placeholder: 'symbol' }),
      timeframe: timeframeField
        .optional()
        .meta({ description: 'Timeframe of the bars; else told from their spacing', placeholder: 'tf' }),
      columns,
      dateOrder: dateOrderField,
      sort: z
        .boolean()
        .default(false)
        .meta({ description: 'Put rows that are out of order in order instead of refusing the file' }),
      onConflict: z
        .enum(['replace', 'keep', 'refuse'])
        .default('refuse')
        .meta({ description: 'What a bar does that is stored with other values' }),
    });
  },
  get output() {
    return z.object({
      imports: z.array(
        z.object({
          file: z.string(),
          status: z.enum(['stored', 'unchanged']),
          inserted: z.number(),
          unchanged: z.number(),
          replaced: z.number(),
          merged: z.number(),
          findings: counts,
          series: seriesLine(),
        }),
      ),
    });
  },
  positionals: ['files'],
  examples: [
    { command: 'data import BTCUSDT_1h.csv --symbol BINANCE:BTCUSDT', does: 'a file under a name' },
    {
      command: "data import prices.parquet --symbol NASDAQ:GOOG --columns 'time=Date,close=Adj Close'",
      does: 'columns named by hand',
    },
  ],
});

export const dataLs = operation({
  name: 'data ls',
  group: 'data',
  summary: 'List the catalogue',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({ series: z.array(seriesLine()) });
  },
  positionals: [],
  examples: [
    { command: 'data ls', does: 'what there is to trade on' },
    { command: 'data ls --json', does: 'the same for a program' },
  ],
});

export const dataCheck = operation({
  name: 'data check',
  group: 'data',
  summary: 'Say what is wrong with bars: gaps, duplicates, impossible prices',
  kind: 'query',
  scope: 'read',
  isHeavy: true,
  get input() {
    return z.object({
      source: z
        .string()
        .min(1)
        .meta({ description: 'A file, or VENUE:SYMBOL of the catalogue', placeholder: 'source', completes: 'data' }),
      timeframe: timeframeField
        .optional()
        .meta({ description: 'Timeframe of the bars; else told from their spacing', placeholder: 'tf' }),
      columns,
      dateOrder: dateOrderField,
      strict: z.boolean().default(false).meta({ description: 'End with exit code 10 where there is any finding' }),
    });
  },
  get output() {
    return z.object({
      source: z.string(),
      timeframe: z.string().nullable(),
      bars: z.number(),
      expected: z.number(),
      coverage: z.number().nullable(),
      from: z.string().nullable(),
      to: z.string().nullable(),
      gaps: z.array(z.object({ from: z.string(), to: z.string(), missing: z.number() })),
      counts,
      findings: z.array(findingLine()),
      errors: z.number(),
      warnings: z.number(),
    });
  },
  positionals: ['source'],
  examples: [
    { command: 'data check BTCUSDT_1h.csv', does: 'a file before it is imported' },
    { command: 'data check BINANCE:BTCUSDT@1h --strict', does: 'a stored series, for a pipeline' },
  ],
});

export const dataGenerate = operation({
  name: 'data generate',
  group: 'data',
  summary: 'Put the synthetic market into the catalogue',
  details:
    'Three instruments over two years by the hour and 30 days by the minute, with trends, chop, crashes, gaps and halts. Made, not recorded. All or nothing: one that is interrupted has stored nothing.',
  kind: 'command',
  scope: 'research',
  isHeavy: true,
  isLong: true,
  get input() {
    return z.object({
      seed: z
        .number()
        .int()
        .min(0)
        .max(2 ** 32 - 1)
        .default(2)
        .meta({ description: 'Seed of the market', placeholder: 'n' }),
      from: timeField.optional().meta({ description: 'First day; default 2024-01-01', placeholder: 'day' }),
      to: timeField.optional().meta({ description: 'Last day, not included; default 2026-01-01', placeholder: 'day' }),
    });
  },
  get output() {
    return z.object({ version: z.string(), seed: z.number(), hash: z.string(), series: z.array(seriesLine()) });
  },
  positionals: [],
  examples: [
    { command: 'data generate', does: 'the market of the demo' },
    { command: 'data generate --seed 7 --from 2022-01-01 --to 2023-01-01', does: 'another one' },
  ],
});

export const dataExport = operation({
  name: 'data export',
  group: 'data',
  summary: 'Write bars of the catalogue to a CSV file',
  kind: 'command',
  scope: 'admin',
  isHeavy: true,
  get input() {
    return z.object({
      series,
      file: z
        .string()
        .min(1)
        .meta({ description: 'File to write; gzipped where it ends in .gz', placeholder: 'file', completes: 'file' }),
      from: timeField.optional().meta({ description: 'First day or time, included', placeholder: 'time' }),
      to: timeField.optional().meta({ description: 'Last day or time, not included', placeholder: 'time' }),
      time: z.enum(['ms', 'iso']).default('ms').meta({ description: 'Times as epoch milliseconds or as text' }),
      force: z.boolean().default(false).meta({ description: 'Overwrite the file' }),
    });
  },
  get output() {
    return z.object({ file: z.string(), series: seriesLine(), bars: z.number() });
  },
  positionals: ['series', 'file'],
  examples: [
    { command: 'data export SYNTH:ALPHA-USD@1h alpha.csv', does: 'a whole series' },
    { command: 'data export BINANCE:BTCUSDT btc.csv.gz --from 2024-01-01 --time iso', does: 'a part of one, gzipped' },
  ],
});

export const dataRm = operation({
  name: 'data rm',
  group: 'data',
  summary: 'Remove a series from the catalogue',
  kind: 'command',
  scope: 'admin',
  get input() {
    return z.object({ series });
  },
  get output() {
    return z.object({ removed: z.array(z.object({ instrument: z.string(), timeframe: z.string() })) });
  },
  positionals: ['series'],
  examples: [
    { command: 'data rm SYNTH:ALPHA-USD@1m', does: 'one timeframe' },
    { command: 'data rm SYNTH:ALPHA-USD', does: 'every timeframe of an instrument' },
  ],
});

export const dataSync = operation({
  name: 'data sync',
  group: 'data',
  summary: 'Bring the series of the catalogue up to date from their venues',
  details:
    'Each from where its bars end, as data get does. What comes from files, or from a venue without history, stays as it is. A series that cannot be had keeps no other from it; where none can, it fails.',
  kind: 'command',
  scope: 'research',
  isLong: true,
  get input() {
    return z.object({
      venue: z
        .string()
        .min(1)
        .optional()
        .meta({ description: 'Only those of this venue', placeholder: 'venue', completes: 'venue' }),
    });
  },
  get output() {
    return z.object({
      series: z.array(
        z.object({
          series: z.string(),
          timeframe: z.string(),
          inserted: z.number(),
          corrected: z.number(),
          complete: z.boolean(),
          failure: z.object({ code: z.string(), message: z.string() }).nullable(),
        }),
      ),
      /** Series that come from elsewhere. */
      others: z.number(),
    });
  },
  positionals: [],
  examples: [
    { command: 'data sync', does: 'everything that comes from a venue' },
    { command: 'data sync --venue binance', does: 'what comes from one' },
  ],
});
