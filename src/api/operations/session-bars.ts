import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { cursorField, cursorOutput } from '../page.ts';
import { barColumns, indicatorColumns, indicatorField } from './chart-fields.ts';
import { followFields, timeframeField } from './fields.ts';
import { sessionField, timeOfView } from './session-queries.ts';

const sessionBarsShape = lazy(() =>
  z.object({
    session: z.string(),
    /** Time of the market of the newest input; null before the first. */
    time: z.string().nullable(),
    ...{ instrument: z.string(), timeframe: z.string() },
    /** Smallest step of the instrument's prices. */
    tick: z.string(),
    /** Closed bars, oldest first; of an update, those since the last one. */
    bars: barColumns(),
    /** The bar that has not closed, as far as the session knows it: of wider timeframes than its own. */
    forming: z
      .object({
        time: z.string(),
        ...{ open: z.number(), high: z.number(), low: z.number(), close: z.number(), volume: z.number() },
      })
      .nullable(),
    indicators: indicatorColumns(),
    cursor: cursorOutput,
  }),
);

export const sessionBars = operation({
  name: 'session bars',
  group: 'sessions',
  summary: 'Show the bars of a session as it saw them, with indicators',
  details:
    'History that it was given at its beginning included. Columns instead of rows, for charts. Indicators are computed over all bars that the session has, as its strategy’s are, and then cut to those that are shown. Reads the journal and never the process that runs the session: it says the same while that runs, after its end and after a crash. Needs the code that the session runs with.',
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  appends: true,
  get input() {
    return z.object({
      session: sessionField,
      symbol: z
        .string()
        .min(1)
        .transform((text) => text.toUpperCase())
        .optional()
        .meta({ description: 'Symbol of the bars; default the first of the session', placeholder: 'symbol' }),
      timeframe: timeframeField
        .optional()
        .meta({ description: 'Timeframe of the bars; default that of the session', placeholder: 'tf' }),
      limit: z
        .number()
        .int()
        .min(1)
        .max(20_000)
        .default(500)
        .meta({ description: 'At most so many, the newest', placeholder: 'n' }),
      indicator: indicatorField,
      cursor: cursorField,
      ...timeOfView(),
      ...followFields(),
    });
  },
  get output() {
    return sessionBarsShape();
  },
  get update() {
    return sessionBarsShape();
  },
  positionals: [],
  examples: [
    { command: 'session bars --session btc --limit 24', does: 'the last bars of a session' },
    {
      command: 'session bars --timeframe 1h --indicator ema:length=20 --indicator rsi --json',
      does: 'wider bars with indicators, for a program',
    },
  ],
});
