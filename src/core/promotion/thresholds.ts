import { z } from 'zod';
import { EVIDENCE_SOURCES } from '../vocabulary/promotion.ts';

const count = (value: number) => z.number().int().min(0).max(100_000).default(value);
const amount = (value: number) => z.number().min(0).max(1_000_000).default(value);

/**
 * What each gate asks for. A field that is left out keeps its default; 0 asks for nothing. The defaults are strict and this project's choice:
 * RTS 6 (Delegated Regulation (EU) 2017/589) Art. 5 to 8 ask for testing, conformance with the venue and controlled deployment, and name no
 * numbers.
 */
export const thresholdsSchema = z.strictObject({
  /** Evidence won on anything else does not count. */
  sources: z.array(z.enum(EVIDENCE_SOURCES)).min(1).default(['market']),
  /** Of one backtest: days from its first bar to its last, round trips, and the lowest annual Sharpe ratio (null: any). */
  backtestDays: amount(180),
  backtestTrades: count(30),
  backtestSharpe: z.number().nullable().default(0),
  /** Whether look-ahead, warm-up, determinism and replay must have been checked, all of them passed. */
  checks: z.boolean().default(true),
  /** Whether a walk-forward must be there. One that is there must have passed in any case. */
  walkForward: z.boolean().default(false),
  /** Hours that sessions took live bars at a testnet, how often they were started again, and accounts read and compared there. */
  testnetHours: amount(72),
  testnetRestarts: count(50),
  testnetReconciliations: count(1),
  /** Days of paper sessions, whole ones. */
  paperDays: count(14),
  /** Share of a day's open hours whose bars were taken live; a day with less is not whole. */
  dayCoverage: z.number().min(0).max(1).default(0.95),
  /** Orders over all those days: a strategy that never ordered has shown nothing. */
  paperOrders: count(1),
  parity: count(1),
  /** Different persons who approve the step to live. */
  approvals: count(1),
});
export type Thresholds = z.output<typeof thresholdsSchema>;
export type ThresholdsDefinition = z.input<typeof thresholdsSchema>;
