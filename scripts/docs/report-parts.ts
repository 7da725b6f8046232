import type { Report } from '../../src/core/report/report.ts';

/** What each part of a report holds. A part without a sentence does not compile. */
export const REPORT_PARTS: Readonly<Record<keyof Report, string>> = {
  schema: 'Name and version of this format; changes within one version only add.',
  run: 'Id, time, duration and the program that made it. The only part that differs between two equal runs.',
  config: 'The request as it was given: what `--from-report` runs again.',
  strategy:
    'Each strategy with its version, the hash of its code, and the value of every parameter; `of` is its own id where it ran under another.',
  byStrategy:
    'Of runs of several strategies: share of the capital, trades, profit and fees of each. Profits add up to the net profit; what fees in base have left below a lot is nobody’s.',
  data: 'Each series with its source, the hash of its bars, its period and its gaps. `synthetic` where it was made.',
  sources:
    'Of runs that were given recorded values: each source with its file, how many values of which time, and their hash.',
  conventions: 'Costs, fills, account, calendar and limits in words.',
  checks: 'What was checked about the result: look-ahead, replay, warm-up, determinism, tries, number of trades, gaps.',
  metrics: 'Every figure with unit, convention and number of observations, or the reason why it has none.',
  interval: 'The same run under the best and the worst order of prices inside bars; null where it was left out.',
  equity: 'Columns of the equity curve, with the benchmark on the same times. `drawdown` and `exposure` are fractions.',
  returns: 'Daily, monthly and rolling returns, and the bootstrap interval of the Sharpe ratio. Fractions.',
  drawdowns: 'The deepest falls, with peak, trough and recovery.',
  trades:
    'Round trips from entry to exit, with the `why` of both ends. Amounts are in account currency, at the rate of the exit where the instrument settles in another. The `…Pct` fields are percent: 5 is 5 %.',
  costs: 'Gross to net, in account currency; fees and slippage at the rates of their times.',
  price: 'Bars of the first instrument, thinned to at most 2,000.',
  fills: 'Every fill with its order, fee, `why`, and the chain of causes back to the bar.',
  counts:
    'How many trades and fills there were. `trades` and `fills` list the first 20,000 of each; figures count all.',
  refusals: 'How often risk refused, by code.',
  regimes: 'Labelled stretches of synthetic data.',
  hashes: 'Of the inputs, of all events in order, and of the final state. Equal hashes are equal runs.',
};
