import type { Thresholds } from '../../src/core/promotion/thresholds.ts';

/** Gate and meaning of each threshold. A threshold without a sentence does not compile. */
export const THRESHOLD_MEANINGS: Readonly<Record<keyof Thresholds, readonly [gate: string, meaning: string]>> = {
  sources: [
    'all',
    'What evidence may be won on: `market` (a real venue, or data of one), `local` (the local exchange), `recording`, `synthetic`. Evidence of other sources is kept and does not count.',
  ],
  backtestDays: ['testnet', 'Days from the first bar of the newest backtest to its last.'],
  backtestTrades: ['testnet', 'Round trips of the newest backtest.'],
  backtestSharpe: ['testnet', 'Lowest annualised Sharpe ratio of the newest backtest; `null` asks for none.'],
  checks: [
    'testnet',
    'Whether look-ahead, warm-up, determinism and replay must have been checked in the newest run, all of them passed.',
  ],
  walkForward: ['testnet', 'Whether a walk-forward must be there. One that is there must have passed in any case.'],
  testnetHours: ['paper', 'Hours of which sessions at a testnet took every bar as it came, on days that are over.'],
  testnetRestarts: ['paper', 'How often those sessions were started again.'],
  testnetReconciliations: ['paper', 'How often the account was read there and compared with the books.'],
  paperDays: ['live', 'Whole days (UTC) of paper sessions. A day of two sessions is one day.'],
  dayCoverage: [
    'live',
    'Share of the day’s 24 hours of which a session took every bar as it came; a day with less is not whole. Lower it for markets that close.',
  ],
  paperOrders: ['live', 'Orders on those days.'],
  parity: ['live', 'Certificates that a session decided as its model does. The newest must be in parity.'],
  approvals: ['live', 'Different persons who have approved the step to live.'],
};
