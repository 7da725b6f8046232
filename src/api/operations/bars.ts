import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { cursorField, cursorOutput } from '../page.ts';
import { barColumns, indicatorColumns, indicatorField } from './chart-fields.ts';
import { followFields, timeField, timeframeField } from './fields.ts';

const venue = z.string().min(1).meta({
  description: 'Venue of the series, as the catalogue names it: BINANCE, SYNTH',
  placeholder: 'venue',
  completes: 'venue',
});
const symbol = z
  .string()
  .min(1)
  .transform((text) => text.toUpperCase())
  .meta({ description: 'Symbol of the series', placeholder: 'symbol' });

const decimal = z.string();

export const dataBars = operation({
  name: 'data bars',
  group: 'data',
  summary: 'Show bars of the catalogue',
  details:
    'The newest bars of the period, oldest first; the cursor of an answer asks for those before. With merge, the whole period in bars so wide that there are no more than the limit. Indicators know what was before the first bar that is shown. Answers that no later bar can change are final: caches may keep them for an hour.',
  kind: 'query',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  http: [
    {
      ...{ method: 'GET', path: 'market-data/ohlcv/{exchange}/{symbol}' },
      names: { exchange: 'venue', interval: 'timeframe' },
    },
  ],
  freshForS: ({ final }) => (final ? 3_600 : 0),
  get input() {
    return z.object({
      venue,
      symbol,
      timeframe: timeframeField
        .optional()
        .meta({ description: 'Timeframe of the bars; default the finest that is stored', placeholder: 'tf' }),
      from: timeField.optional().meta({ description: 'First day or time, included', placeholder: 'time' }),
      to: timeField.optional().meta({ description: 'Last day or time, not included', placeholder: 'time' }),
      limit: z
        .number()
        .int()
        .min(1)
        .max(20_000)
        .default(500)
        .meta({ description: 'At most so many, the newest', placeholder: 'n' }),
      merge: z.boolean().default(false).meta({
        description: 'The whole period, in bars so wide that they fit into the limit; the answer says how wide',
      }),
      columns: z.boolean().default(false).meta({
        description: 'Columns of numbers for a chart, in the place of rows of decimals',
      }),
      indicator: indicatorField,
      cursor: cursorField,
    });
  },
  get output() {
    return z.object({
      instrument: z.string(),
      /** Of the bars of this answer; of merged ones it may be wider than asked for. */
      timeframe: z.string(),
      /** The bars, where columns were asked for; `bars` is empty then. */
      columns: barColumns().nullable(),
      /** Row by row beside the bars. */
      indicators: indicatorColumns(),
      /** Oldest first; `time` is when the bar opened. */
      bars: z.array(
        z.object({
          time: z.string(),
          ...{ open: decimal, high: decimal, low: decimal, close: decimal, volume: decimal },
        }),
      ),
      /** Whether there are later bars already, so that none can come in between. */
      final: z.boolean(),
      cursor: cursorOutput,
    });
  },
  positionals: ['venue', 'symbol', 'timeframe'],
  examples: [
    { command: 'data bars SYNTH ALPHA-USD 1h --limit 24', does: 'the last day of a series' },
    {
      command: 'data bars SYNTH ALPHA-USD --merge --limit 100 --indicator ema:length=20',
      does: 'all of it at a glance',
    },
    {
      command: 'data bars BINANCE BTCUSDT 1d --from 2024-01-01 --to 2024-02-01 --json',
      does: 'a month, for a program',
    },
  ],
});

const statusShape = lazy(() =>
  z.object({
    series: z.array(
      z.object({
        ...{ instrument: z.string(), timeframe: z.string(), bars: z.number().int() },
        /** Bars that it would have without gaps, and the share of them that is there. */
        ...{ expected: z.number().int(), coverage: z.number(), gaps: z.number().int() },
        ...{ from: z.string(), to: z.string() },
        /** Null where it was never downloaded. */
        sync: z
          .object({
            status: z.enum(['running', 'done', 'failed']),
            ...{ from: z.string(), to: z.string() },
            /** All before it is stored, as far as the venue had it. */
            doneTo: z.string(),
            added: z.number().int(),
            updated: z.string(),
            failure: z.string().nullable(),
          })
          .nullable(),
      }),
    ),
  }),
);

export const dataStatus = operation({
  name: 'data status',
  group: 'data',
  summary: 'Show how complete each series is, and how its last download went',
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  http: [{ method: 'GET', path: 'market-data/sync/status', names: { exchange: 'venue' } }],
  get input() {
    return z.object({
      venue: venue.optional().meta({ description: 'Only series of this venue', placeholder: 'venue' }),
      symbol: symbol.optional().meta({ description: 'Only series of this symbol', placeholder: 'symbol' }),
      ...followFields(),
    });
  },
  get output() {
    return statusShape();
  },
  get update() {
    return statusShape();
  },
  positionals: ['venue', 'symbol'],
  examples: [
    { command: 'data status', does: 'all series' },
    { command: 'data status --follow', does: 'kept up to date while bars are fetched' },
    { command: 'data status BINANCE BTCUSDT --json', does: 'those of one symbol, for a program' },
  ],
});

export const dataSymbols = operation({
  name: 'data symbols',
  group: 'data',
  summary: 'List the symbols of the catalogue with their timeframes',
  kind: 'query',
  scope: 'read',
  http: [{ method: 'GET', path: 'market-data/symbols', names: { exchange: 'venue' } }],
  get input() {
    return z.object({
      venue: venue.optional().meta({ description: 'Only symbols of this venue', placeholder: 'venue' }),
    });
  },
  get output() {
    return z.object({
      symbols: z.array(
        z.object({
          ...{ instrument: z.string(), venue: z.string(), symbol: z.string(), timeframes: z.array(z.string()) },
          ...{ from: z.string(), to: z.string() },
        }),
      ),
    });
  },
  positionals: ['venue'],
  examples: [
    { command: 'data symbols', does: 'all of them' },
    { command: 'data symbols BINANCE --json', does: 'those of one venue, for a program' },
  ],
});
