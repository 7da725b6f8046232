import { z } from 'zod';
import { lazy } from '../vocabulary/lazy.ts';

/**
 * The result of a run as one document: what `--report json` writes, what the HTML page is drawn from, and what
 * `--from-report` runs again. Decimals that are money or prices of orders are text; statistics are numbers; times are RFC 3339
 * except in columns, where they are epoch milliseconds. Undefined is null with a reason.
 */
export const REPORT_SCHEMA = 'tradewright.report/1';

export const metricSchema = lazy(() =>
  z.object({
    group: z.string(),
    name: z.string(),
    /** With its convention: `Sharpe (365 d, rf 0 %)`. */
    label: z.string(),
    value: z.number().nullable(),
    /** The benchmark's figure for the same metric, where it has one. */
    benchmark: z.number().nullable().optional(),
    unit: z.string(),
    convention: z.string().optional(),
    n: z.number().optional(),
    reason: z.string().optional(),
  }),
);

export const checkSchema = lazy(() =>
  z.object({
    name: z.string(),
    status: z.enum(['passed', 'failed', 'warning', 'not-run']),
    text: z.string(),
    detail: z.string().optional(),
  }),
);

/** What one of several strategies of a run did; amounts in account currency, `profit` net of fees and funding. */
export const strategyResultSchema = lazy(() =>
  z.object({
    strategy: z.string(),
    /** Part of the capital that its sizes are reckoned with. */
    share: z.number(),
    /** Round trips that have ended. */
    trades: z.number().int(),
    /** Those that had not at the end; their profit is that at the last price. */
    open: z.number().int(),
    profit: z.number(),
    fees: z.number(),
  }),
);

/** Recorded values of one source. */
export const sourceSchema = lazy(() =>
  z.object({
    name: z.string(),
    file: z.string(),
    values: z.number().int(),
    from: z.string(),
    to: z.string(),
    hash: z.string(),
  }),
);

export const roundTripSchema = lazy(() =>
  z.object({
    id: z.number().int(),
    strategy: z.string(),
    instrument: z.string(),
    side: z.enum(['long', 'short']),
    open: z.boolean(),
    entryTimeMs: z.number(),
    exitTimeMs: z.number().nullable(),
    entryPrice: z.number(),
    exitPrice: z.number().nullable(),
    quantity: z.number(),
    /** Net of fees and funding. */
    profit: z.number(),
    /** Percent of the money at entry: 5 is 5 %. So are the excursions. */
    profitPct: z.number(),
    fees: z.number(),
    /** Received less paid while it was held; reports of before it was told have none. */
    funding: z.number().optional(),
    /** Multiple of the initial risk, where a stop was given. */
    r: z.number().nullable(),
    maePct: z.number(),
    mfePct: z.number(),
    barsHeld: z.number(),
    exitRole: z.string().nullable(),
    entryWhy: z.string(),
    exitWhy: z.string().nullable(),
    entryOrder: z.string(),
    exitOrder: z.string().nullable(),
  }),
);

export const reportSchema = lazy(() =>
  z.object({
    schema: z.literal(REPORT_SCHEMA),
    run: z.object({
      id: z.string(),
      createdAt: z.string(),
      durationMs: z.number(),
      barsPerSecond: z.number(),
      /** True where the run was stopped before the data ended. */
      partial: z.boolean(),
      version: z.string(),
      node: z.string(),
    }),
    /** Everything needed to run it again. */
    config: z.record(z.string(), z.json()),
    strategy: z.array(
      z.object({
        id: z.string(),
        version: z.string(),
        about: z.string(),
        codeHash: z.string(),
        params: z.record(z.string(), z.json()),
        /** Its own id, where it ran under another. */
        of: z.string().optional(),
      }),
    ),
    /** Of runs of several strategies: what each did. */
    byStrategy: z.array(strategyResultSchema()).optional(),
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
        gaps: z.number(),
        missingBars: z.number(),
      }),
    ),
    /** Recorded values from outside that were given to the strategies, by source. */
    sources: z.array(sourceSchema()).optional(),
    /** Costs, fills, account and limits in words, one line each: `taker fee` → `0.10 %`. */
    conventions: z.array(z.object({ label: z.string(), value: z.string() })),
    /** The honesty strip: `{ name: 'look-ahead', status: 'passed', text: 'no look-ahead (12 truncations)' }`. */
    checks: z.array(checkSchema()),
    metrics: z.array(metricSchema()),
    /** The same run under the best and the worst admissible order of prices inside each bar. */
    interval: z
      .object({
        best: z.object({
          totalReturn: z.number(),
          maxDrawdown: z.number(),
          trades: z.number(),
          finalEquity: z.string(),
        }),
        worst: z.object({
          totalReturn: z.number(),
          maxDrawdown: z.number(),
          trades: z.number(),
          finalEquity: z.string(),
        }),
      })
      .nullable(),
    /** Equity at daily closes (or per bar when there are fewer than 5,000 bars), with the benchmark on the same times. */
    equity: z.object({
      timeMs: z.array(z.number()),
      strategy: z.array(z.number()),
      benchmark: z.array(z.number()).nullable(),
      drawdown: z.array(z.number()),
      exposure: z.array(z.number()),
    }),
    returns: z.object({
      daily: z.object({ timeMs: z.array(z.number()), value: z.array(z.number()) }),
      /** Rows of year, then January … December and the year; null where there is no month. */
      monthly: z.array(
        z.object({ year: z.number(), months: z.array(z.number().nullable()).length(12), total: z.number() }),
      ),
      rolling: z.object({
        windowDays: z.number(),
        timeMs: z.array(z.number()),
        sharpe: z.array(z.number().nullable()),
        volatility: z.array(z.number().nullable()),
      }),
      bootstrapSharpe: z
        .object({ low: z.number(), high: z.number(), level: z.number(), samples: z.number() })
        .nullable(),
    }),
    drawdowns: z.array(
      z.object({
        depth: z.number(),
        peakTimeMs: z.number(),
        troughTimeMs: z.number(),
        recoveredTimeMs: z.number().nullable(),
        days: z.number(),
      }),
    ),
    trades: z.array(roundTripSchema()),
    /** Gross to net, in account currency: gross profit, fees, spread, slippage, funding, net. */
    costs: z.array(z.object({ label: z.string(), amount: z.number() })),
    /** Price of the (first) instrument, thinned to at most 2,000 bars, and the fills on it. */
    price: z.object({
      instrument: z.string(),
      timeframe: z.string(),
      timeMs: z.array(z.number()),
      open: z.array(z.number()),
      high: z.array(z.number()),
      low: z.array(z.number()),
      close: z.array(z.number()),
    }),
    fills: z.array(
      z.object({
        seq: z.number(),
        timeMs: z.number(),
        strategy: z.string(),
        instrument: z.string(),
        order: z.string(),
        side: z.enum(['buy', 'sell']),
        role: z.string(),
        quantity: z.string(),
        price: z.string(),
        fee: z.string(),
        feeAsset: z.string(),
        liquidity: z.enum(['maker', 'taker']),
        why: z.string(),
        /** Chain of causes back to the bar: newest first. */
        causes: z.array(z.string()),
      }),
    ),
    /** How many trades and fills there were; `trades` and `fills` list the first 20,000 of each. Absent in reports of earlier versions. */
    counts: z.object({ trades: z.number().int(), fills: z.number().int() }).optional(),
    refusals: z.array(z.object({ code: z.string(), count: z.number() })),
    regimes: z.array(z.object({ label: z.string(), fromMs: z.number(), toMs: z.number() })),
    hashes: z.object({ inputs: z.string(), events: z.string(), state: z.string() }),
  }),
);

export type Report = z.output<ReturnType<typeof reportSchema>>;
export type ReportMetric = z.output<ReturnType<typeof metricSchema>>;
