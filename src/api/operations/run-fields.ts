import { z } from 'zod';
import { CALENDARS } from '../../core/vocabulary/calendar.ts';
import { numberToText, parseDecimal } from '../../core/vocabulary/decimal.ts';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { parseTime } from '../../core/vocabulary/time.ts';
import { feeAssetField, interestField, latencyField, participationField, slippageField } from './cost-fields.ts';
import { dateOrderField, feeField, paramsField, stepField, symbolField, timeField, timeframeField } from './fields.ts';

export const REPORT_FORMATS = ['html', 'json', 'csv', 'md'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

const formats = z.string().transform((text, context): readonly ReportFormat[] => {
  const words = text === 'none' ? [] : text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !(REPORT_FORMATS as readonly string[]).includes(word));
  if (unknown === undefined) return words as ReportFormat[];
  context.addIssue({
    code: 'custom',
    message: `expected any of ${REPORT_FORMATS.join(', ')} with commas between, or none`,
  });
  return z.NEVER;
});

/** The strategy of a run. */
export const strategyField = z.string().min(1).meta({
  description: 'A built-in strategy by name, or a file: ./my-strategy.ts',
  placeholder: 'strategy',
  completes: 'strategy',
});

/** What a run trades on. */
export const dataFields = lazy(() => ({
  data: z.array(z.string().min(1)).default([]).meta({
    description:
      'Bars: a CSV or Parquet file, VENUE:SYMBOL of the catalogue, or synthetic; again for further instruments',
    placeholder: 'source',
    completes: 'data',
  }),
  symbol: z.array(symbolField).default([]).meta({
    description: 'Name of the instrument in a file, or which one of the synthetic market; once for each --data',
    placeholder: 'symbol',
  }),
  timeframe: timeframeField
    .optional()
    .meta({ description: 'Timeframe the strategy sees; finer bars still decide fills', placeholder: 'tf' }),
  from: timeField.optional().meta({ description: 'First day or time, included', placeholder: 'time' }),
  to: timeField.optional().meta({ description: 'Last day or time, not included', placeholder: 'time' }),
  tick: stepField
    .optional()
    .meta({ description: 'Price step of instruments from files; else told from the data', placeholder: 'step' }),
  lot: stepField
    .optional()
    .meta({ description: 'Quantity step of instruments from files; else told from the data', placeholder: 'step' }),
  columns: z
    .string()
    .optional()
    .meta({ description: 'Columns of a file by header or position: time=Date,open=O', placeholder: 'mapping' }),
  dateOrder: dateOrderField,
  calendar: z.enum(CALENDARS).optional().meta({
    description:
      'When the instruments trade: bars of a day and more close with their sessions; default told from the data',
  }),
  sort: z
    .boolean()
    .default(false)
    .meta({ description: 'Put rows that are out of order in order instead of refusing the file' }),
}));

/** Recorded funding of a run's perpetuals. */
export const fundingField = z.array(z.string().min(1)).default([]).meta({
  description: 'Funding rates of perpetuals as a CSV file of time,rate; once for each --data; needs --account margin',
  placeholder: 'file',
  completes: 'file',
});

/** Recorded values of what strategies hear of from outside. */
export const sourceField = z.record(z.string(), z.string().min(1)).default({}).meta({
  description:
    'Recorded values of a source that the strategy declares: a CSV file of time,value, or JSON objects, one a line; again for further ones',
  placeholder: 'name=file',
  completes: 'file',
});

/** What a run pays for what it borrows. */
export const borrowedField = interestField.optional().meta({
  description:
    'Interest for a day on what a margin account borrows, charged by the hour: 0.03%; on spot and shares; default none',
  placeholder: 'rate',
});

/** What of several instruments does not expire. */
export const NEVER = 'never';

const expiry = z.string().transform((text, context): number | typeof NEVER => {
  const time = text === NEVER ? NEVER : parseTime(text);
  if (time !== null) return time;
  context.addIssue({ code: 'custom', message: `expected a time such as 2024-03-29T08:00Z, or ${NEVER}` });
  return z.NEVER;
});

/** When a run's futures expire. */
export const expiryField = z.array(expiry).default([]).meta({
  description:
    'When futures from files expire: what is held then is settled; once for each --data, never for what does not expire',
  placeholder: 'time',
});

/** Money that a session begins with: an amount that the books can hold to the last digit. */
export const capitalField = z
  .number()
  .positive('expected capital above 0')
  .max(1e12, 'expected at most 1e12')
  .refine((amount) => parseDecimal(numberToText(amount)) !== null, 'expected at most 18 digits after the point');

/** The account and its costs. */
export const accountFields = lazy(() => ({
  cash: capitalField.default(10_000).meta({ description: 'Capital in the quote currency', placeholder: 'amount' }),
  fee: feeField
    .prefault('0.1%')
    .meta({ description: 'Fee of the traded value: 0.1%, 10bps, 0.001, or maker/taker', placeholder: 'rate' }),
  slippage: slippageField.prefault('1tick').meta({
    description: 'How much worse than aimed at a taking fill is: 1tick, 5bps, 0.05%, sqrt:50bps, linear:1%, none',
    placeholder: 'amount',
  }),
  feeSchedule: z.string().optional().meta({
    description: 'Fee tiers and flat fees as a JSON file, in place of --fee',
    placeholder: 'file',
    completes: 'file',
  }),
  feeAsset: feeAssetField.optional().meta({
    description: 'What pays the fees: quote, base, or BNB,price=600,balance=2,discount=25%; default quote',
    placeholder: 'asset',
  }),
  latency: latencyField.optional().meta({
    description: 'Delay of orders and cancels in milliseconds: 250, or 250±100 drawn evenly; default none',
    placeholder: 'ms',
  }),
  participation: participationField.optional().meta({
    description: 'Most of a bar’s volume that fills for you: 10%; the rest waits for the next; default no limit',
    placeholder: 'share',
  }),
  fills: z.string().default('next-open,pessimistic,touch').meta({
    description: 'Fill rules: next-open or close; pessimistic, optimistic, ohlc, olhc or adaptive; touch or through',
    placeholder: 'rules',
  }),
  leverage: z
    .number()
    .min(1, 'expected 1 or more')
    .max(125, 'expected at most 125')
    .default(1)
    .meta({ description: 'Above 1 the account borrows on margin', placeholder: 'times' }),
  account: z
    .enum(['cash', 'margin'])
    .optional()
    .meta({ description: 'cash borrows nothing and holds no shorts; margin does; default by leverage' }),
  limits: z.string().optional().meta({
    description: 'Risk limits as a JSON file; unnamed ones keep their strict defaults',
    placeholder: 'file',
    completes: 'file',
  }),
  venueProfile: z
    .enum(['simulated', 'binance-spot', 'binance-usdm', 'plain'])
    .default('simulated')
    .meta({ description: 'Whose abilities the simulated venue has: what it lacks is emulated' }),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(2)
    .meta({ description: 'Seed of everything random', placeholder: 'n' }),
}));

/** What becomes of the result. */
export const resultFields = lazy(() => ({
  report: formats
    .prefault('html,json')
    .meta({ description: 'Report files to write: html, json, csv, md, or none', placeholder: 'formats' }),
  out: z.string().optional().meta({
    description: 'Folder of the reports; else reports in the home folder',
    placeholder: 'dir',
    completes: 'file',
  }),
  failIf: z.string().optional().meta({
    description: "End with exit code 10 where this holds: 'sharpe < 1 || maxDrawdown < -0.3'",
    placeholder: 'expr',
  }),
  interval: z
    .boolean()
    .default(true)
    .meta({ description: 'Leave out the runs under the best and worst order of prices inside bars' }),
  checks: z
    .boolean()
    .default(true)
    .meta({ description: 'Leave out the checks for look-ahead, warm-up and determinism' }),
}));

export const paramField = paramsField.default({}).meta({
  description: 'A parameter of the strategy; again for further ones',
  placeholder: 'name=value',
  completes: 'param',
});

/** Parameters of a run that may hold several strategies. */
export const runParamsField = paramsField.default({}).meta({
  description: 'A parameter of the strategy, or as id.name=value of the one with that id; again for further ones',
  placeholder: 'name=value',
  completes: 'param',
});
