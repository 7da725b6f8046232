import { DAY_MS } from '../vocabulary/time.ts';
import {
  alpha,
  beta,
  downCapture,
  informationRatio,
  type PairedReturns,
  rSquared,
  trackingError,
  treynor,
  upCapture,
} from './benchmark.ts';
import type { CurveView } from './curve-view.ts';
import { averageDrawdown, deepestDrawdowns, longestDrawdown, maxDrawdownOfEquity, ulcerIndex } from './drawdown.ts';
import { timeWeighted } from './equity-curve.ts';
import { type Figure, type Metric, mapFigure, metric, quotient } from './metric.ts';
import { bestAndWorst, trailingReturn } from './period-returns.ts';
import { gainToPain, martin, omega, returnOverDrawdown, sharpe, sortino, stability, volatility } from './ratios.ts';
import { rawKurtosis, skewness } from './statistics.ts';
import { conditionalValueAtRisk, tailRatio, valueAtRisk } from './tail.ts';

/** Group `return`. */
export function returnMetrics(view: CurveView): Metric[] {
  const { daily } = view;
  const n = daily.returns.length;
  const excess: Figure = mapFigure(view.totalReturn, (own) => mapFigure(view.benchmarkReturn, (other) => own - other));
  const positive = quotient(
    daily.returns.reduce((count, r) => count + (r > 0 ? 1 : 0), 0),
    n,
    'no-data',
  );
  return [
    metric('netProfit', 'Net profit', 'money', view.netProfit),
    metric('totalReturn', 'Total return', 'percent', view.totalReturn),
    metric('cagr', 'CAGR', 'percent', view.cagr, { convention: '365.25 d' }),
    metric('benchmarkReturn', 'Benchmark return', 'percent', view.benchmarkReturn),
    metric('excessReturn', 'Excess return', 'percent', excess),
    ...(['day', 'week', 'month', 'year'] as const).flatMap((period) => {
      const found = bestAndWorst(daily, period);
      const title = period[0]!.toUpperCase() + period.slice(1);
      return [
        metric(`best${title}`, `Best ${period}`, 'percent', found?.best.value ?? 'no-data', { n }),
        metric(`worst${title}`, `Worst ${period}`, 'percent', found?.worst.value ?? 'no-data', { n }),
      ];
    }),
    ...(['MTD', 'YTD', '3M', '6M', '1Y'] as const).map((period) =>
      metric(`return${period}`, period, 'percent', trailingReturn(daily, period)),
    ),
    metric('positiveDays', 'Positive days', 'percent', positive, { n }),
  ];
}

/** Group `risk`. Drawdowns are of daily closes unless the label says otherwise; durations run from peak to recovery or to the end. */
export function riskMetrics(view: CurveView): Metric[] {
  const { returns } = view.daily;
  const n = returns.length;
  const extra = { n };
  const [deepest] = deepestDrawdowns(view.drawdowns, 1);
  const longest = longestDrawdown(view.drawdowns);
  const atClose = { convention: 'daily closes', n };
  const none: Figure = n === 0 ? 'no-data' : 'no-drawdown';
  return [
    metric('volatility', 'Volatility', 'percent', view.annualised(volatility(returns, view.periodsPerYear)), {
      convention: `${view.periodsPerYear} d`,
      n,
    }),
    metric('maxDrawdown', 'Max drawdown', 'percent', n === 0 ? 'no-data' : (deepest?.depth ?? 0), atClose),
    metric('maxDrawdownBars', 'Max drawdown', 'percent', maxDrawdownOfEquity(timeWeighted(view.curve)), {
      convention: 'every bar',
      n: view.curve.equity.length,
    }),
    metric('maxDrawdownPeak', 'Max drawdown: peak', 'time', deepest?.peakMs ?? none),
    metric('maxDrawdownTrough', 'Max drawdown: trough', 'time', deepest?.troughMs ?? none),
    metric('maxDrawdownDuration', 'Max drawdown: duration', 'days', deepest ? deepest.durationMs / DAY_MS : none),
    metric('longestUnderwater', 'Longest underwater', 'days', longest ? longest.durationMs / DAY_MS : none),
    metric('averageDrawdown', 'Average drawdown', 'percent', n === 0 ? 'no-data' : averageDrawdown(view.drawdowns), {
      n: view.drawdowns.length,
    }),
    metric('ulcerIndex', 'Ulcer index', 'percent', ulcerIndex(view.drawdownSeries), extra),
    metric('valueAtRisk95', 'VaR 95', 'percent', valueAtRisk(returns, 0.05), { convention: '1 d, historical', n }),
    metric('valueAtRisk99', 'VaR 99', 'percent', valueAtRisk(returns, 0.01), { convention: '1 d, historical', n }),
    metric('conditionalValueAtRisk95', 'CVaR 95', 'percent', conditionalValueAtRisk(returns, 0.05), {
      convention: '1 d, historical',
      n,
    }),
    metric('skewness', 'Skew', 'ratio', skewness(returns), extra),
    metric(
      'excessKurtosis',
      'Excess kurtosis',
      'ratio',
      mapFigure(rawKurtosis(returns), (k) => k - 3),
      extra,
    ),
    metric('tailRatio', 'Tail ratio', 'ratio', tailRatio(returns), { convention: 'P95 / |P5|', n }),
  ];
}

/** Group `ratio`. */
export function ratioMetrics(view: CurveView): Metric[] {
  const { returns } = view.daily;
  const { periodsPerYear: perYear, riskFreePerPeriod: riskFree, annualised, convention } = view;
  const n = returns.length;
  const labelled = { convention, n };
  const [deepest] = deepestDrawdowns(view.drawdowns, 1);
  const moneyDrawdown = deepestMoney(view.dailyProfit);
  return [
    metric('sharpe', 'Sharpe', 'ratio', annualised(sharpe(returns, perYear, riskFree)), labelled),
    metric('sortino', 'Sortino', 'ratio', annualised(sortino(returns, perYear, riskFree)), labelled),
    metric('calmar', 'Calmar', 'ratio', annualised(returnOverDrawdown(view.cagr, deepest?.depth ?? 0)), {
      convention: 'full period',
      n,
    }),
    metric(
      'martin',
      'Martin',
      'ratio',
      annualised(martin(view.cagr, view.riskFreeAnnual, view.drawdownSeries)),
      labelled,
    ),
    metric('omega', 'Omega', 'ratio', omega(returns), { convention: 'threshold 0 %', n }),
    ...benchmarkMetrics(view),
    metric('recoveryFactor', 'Recovery factor', 'ratio', returnOverDrawdown(view.netProfit, moneyDrawdown), { n }),
    metric('gainToPain', 'Gain / pain', 'ratio', gainToPain(returns), { convention: 'daily', n }),
    metric('stability', 'Stability', 'ratio', stability(returns), { convention: 'R² of log growth', n }),
  ];
}

function benchmarkMetrics(view: CurveView): Metric[] {
  const { paired, periodsPerYear: perYear, riskFreePerPeriod: riskFree, convention } = view;
  const of = (f: (pair: PairedReturns) => Figure): Figure => (paired === null ? 'no-benchmark' : f(paired));
  const yearly = (f: (pair: PairedReturns) => Figure): Figure =>
    paired === null ? 'no-benchmark' : view.annualised(f(paired));
  const n = paired?.returns.length ?? 0;
  const labelled = { convention, n };
  const days = { convention: `${perYear} d`, n };
  return [
    metric(
      'informationRatio',
      'Information ratio',
      'ratio',
      yearly((p) => informationRatio(p, perYear)),
      days,
    ),
    metric(
      'trackingError',
      'Tracking error',
      'percent',
      yearly((p) => trackingError(p, perYear)),
      days,
    ),
    metric(
      'alpha',
      'Alpha',
      'percent',
      yearly((p) => alpha(p, perYear, riskFree)),
      {
        convention: `${convention}, compounded`,
        n,
      },
    ),
    metric('beta', 'Beta', 'ratio', of(beta), { n }),
    metric('rSquared', 'R²', 'ratio', of(rSquared), { n }),
    metric(
      'treynor',
      'Treynor',
      'ratio',
      yearly((p) => treynor(view.cagr, view.riskFreeAnnual, beta(p))),
      labelled,
    ),
    metric(
      'upCapture',
      'Up capture',
      'ratio',
      yearly((p) => upCapture(p, perYear)),
      days,
    ),
    metric(
      'downCapture',
      'Down capture',
      'ratio',
      yearly((p) => downCapture(p, perYear)),
      days,
    ),
  ];
}

/** Deepest fall of accumulated profit from its peak, in money. */
function deepestMoney(dailyProfit: Float64Array): number {
  let profit = 0;
  let peak = 0;
  let deepest = 0;
  for (const day of dailyProfit) {
    profit += day;
    if (profit > peak) peak = profit;
    if (profit - peak < deepest) deepest = profit - peak;
  }
  return deepest;
}
