import { z } from 'zod';
import { checkSchema, metricSchema, sourceSchema, strategyResultSchema } from '../../core/report/report.ts';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import {
  accountFields,
  borrowedField,
  dataFields,
  expiryField,
  fundingField,
  paramField,
  resultFields,
  runParamsField,
  sourceField,
  strategyField,
} from './run-fields.ts';
import { withField } from './with-field.ts';

const outcome = lazy(() =>
  z.object({
    totalReturn: z.number(),
    maxDrawdown: z.number(),
    trades: z.number(),
    finalEquity: z.string(),
  }),
);

export const dataLine = lazy(() =>
  z.object({
    instrument: z.string(),
    timeframe: z.string(),
    source: z.string(),
    synthetic: z.boolean(),
    hash: z.string(),
    bars: z.number(),
    from: z.string(),
    to: z.string(),
    gaps: z.number(),
    missingBars: z.number(),
  }),
);

export const strategyLine = lazy(() =>
  z.object({
    id: z.string(),
    version: z.string(),
    about: z.string(),
    codeHash: z.string(),
    params: z.record(z.string(), z.json()),
    /** Its own id, where it ran under another. */
    of: z.string().optional(),
  }),
);

/** What a run says of itself: the report without its columns. */
export const runSummary = lazy(() =>
  z.object({
    run: z.string(),
    /** `partial`: stopped before the data ended. */
    status: z.enum(['finished', 'partial']),
    strategy: z.array(strategyLine()),
    data: z.array(dataLine()),
    /** Recorded values that strategies were given. */
    sources: z.array(sourceSchema()).optional(),
    /** Costs, fills, account and limits in words. */
    conventions: z.array(z.object({ label: z.string(), value: z.string() })),
    cash: z.string(),
    currency: z.string(),
    finalEquity: z.string(),
    metrics: z.array(metricSchema()),
    checks: z.array(checkSchema()),
    interval: z.object({ best: outcome(), worst: outcome() }).nullable(),
    costs: z.array(z.object({ label: z.string(), amount: z.number() })),
    /** Of several strategies: what each did. */
    byStrategy: z.array(strategyResultSchema()).optional(),
    trades: z.number().int(),
    fills: z.number().int(),
    refusals: z.array(z.object({ code: z.string(), count: z.number() })),
    hashes: z.object({ inputs: z.string(), events: z.string(), state: z.string() }),
    speed: z.object({ bars: z.number(), seconds: z.number(), barsPerSecond: z.number() }),
    /** Reports written. */
    files: z.array(z.object({ format: z.string(), path: z.string() })),
    gate: z
      .object({
        expression: z.string(),
        /** Whether the run passes: the expression of `failIf` does not hold. */
        passed: z.boolean(),
        /** The comparisons that decided, with their figures. */
        because: z.array(z.string()),
      })
      .nullable(),
  }),
);
export type RunSummary = z.output<ReturnType<typeof runSummary>>;

export const demo = operation({
  name: 'demo',
  group: 'research',
  summary: 'Backtest a strategy on the built-in synthetic market',
  details:
    'Needs no data, no account and no network. The market is made, not recorded: its results say nothing about a real one.',
  kind: 'command',
  scope: 'research',
  get input() {
    return z.object({
      strategy: strategyField.default('sma-cross'),
      param: paramField,
      seed: accountFields().seed,
      report: resultFields().report,
      out: resultFields().out,
    });
  },
  get output() {
    return runSummary();
  },
  positionals: ['strategy'],
  examples: [
    { command: 'demo', does: 'the sample strategy on two years of hourly bars' },
    { command: 'demo sma-cross --param fast=10 --param slow=30 --seed 7', does: 'other parameters on another market' },
  ],
  runsStrategies: true,
});

export const backtest = operation({
  name: 'backtest',
  http: [{ method: 'POST', path: 'backtests', isJob: true }],
  group: 'research',
  summary: 'Run a strategy over history',
  details:
    'The same engine, risk limits and order handling as live trading, against a simulated venue. Runs are counted: how often a strategy was tried on the same data decides how much its Sharpe ratio is worth.',
  kind: 'command',
  scope: 'research',
  get input() {
    return z.object({
      strategy: strategyField.optional(),
      with: withField,
      ...dataFields(),
      param: runParamsField,
      source: sourceField,
      ...accountFields(),
      funding: fundingField,
      interest: borrowedField,
      expiry: expiryField,
      ...resultFields(),
      fromReport: z.string().optional().meta({
        description: 'Repeat the run of a JSON report; further flags change it',
        placeholder: 'file',
        completes: 'file',
      }),
    });
  },
  get output() {
    return runSummary();
  },
  positionals: ['strategy'],
  examples: [
    { command: 'backtest sma-cross --data BTCUSDT_1h.csv', does: 'a built-in strategy on a file' },
    {
      command: 'backtest ./my-strategy.ts --data BINANCE:BTCUSDT --timeframe 4h --param fast=10',
      does: 'your own on the catalogue',
    },
    {
      command: 'backtest sma-cross --with dca,share=0.3 --data synthetic --param dca.every=30',
      does: 'two on one account, three tenths of the capital for the second',
    },
    { command: "backtest sma-cross --data synthetic --fail-if 'sharpe < 1' --json", does: 'a gate for a pipeline' },
    {
      command: 'backtest --from-report .tradewright/reports/bt_0A1B2C.json --fee 0.2%',
      does: 'an earlier run at twice the fee',
    },
  ],
  runsStrategies: true,
});

export const check = operation({
  name: 'check',
  group: 'research',
  summary: 'Look for the faults that make a backtest lie',
  details:
    'Types, look-ahead (the past must not change when the future is cut off), warm-up, state that does not survive a restart, and determinism, also in a second process.',
  kind: 'query',
  scope: 'research',
  get input() {
    return z.object({
      strategy: strategyField,
      ...dataFields(),
      param: paramField,
      source: sourceField,
      strict: z.boolean().default(false).meta({ description: 'End with exit code 10 unless every check passed' }),
      inProcess: z
        .boolean()
        .default(false)
        .meta({ description: 'Leave out what needs a second process: types, and determinism across processes' }),
    });
  },
  get output() {
    return z.object({
      strategy: strategyLine(),
      data: z.array(dataLine()),
      checks: z.array(checkSchema()),
      passed: z.boolean(),
      eventsHash: z.string().meta({ description: 'Hash of every event of the run that was checked' }),
    });
  },
  positionals: ['strategy'],
  examples: [
    { command: 'check sma-cross', does: 'a built-in strategy on the synthetic market' },
    { command: 'check ./my-strategy.ts --data BTCUSDT_1h.csv --strict', does: 'your own on your data, for a pipeline' },
  ],
  runsStrategies: true,
});
