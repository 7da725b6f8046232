import { bootstrapSharpe } from './bootstrap.ts';
import type { CurveView } from './curve-view.ts';
import { DAYS_PER_YEAR } from './growth.ts';
import { type Figure, type Metric, mapFigure, metric } from './metric.ts';
import { normalQuantile } from './normal.ts';
import {
  deflatedSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  type SharpeSample,
  sharpeSample,
  sharpeStandardError,
  sharpeVarianceOf,
  type Tries,
} from './significance.ts';

/** Group `significance`: how far luck alone explains the Sharpe ratio. `tries` of 1 deflates nothing. */
export function significanceMetrics(view: CurveView, tries: Tries, seed: number): Metric[] {
  const { returns } = view.daily;
  const { periodsPerYear, riskFreePerPeriod: riskFree, annualised } = view;
  const n = returns.length;
  const perYear = Math.sqrt(periodsPerYear);
  const daysPerPeriod = view.daily.calendar.days === 'every-day' ? 1 : DAYS_PER_YEAR / periodsPerYear;
  const sample = sharpeSample(returns, riskFree);
  const of = (f: (s: SharpeSample) => Figure): Figure => (typeof sample === 'string' ? sample : f(sample));
  const bound = (sign: 1 | -1): Figure =>
    of((s) =>
      mapFigure(sharpeStandardError(s), (error) => (s.sharpe + sign * normalQuantile(0.975) * error) * perYear),
    );
  const boot = bootstrapSharpe(returns, { periodsPerYear, riskFree, seed });
  const booted = (f: (b: Exclude<typeof boot, string>) => number): Figure =>
    typeof boot === 'string' ? boot : f(boot);
  const labelled = { convention: view.convention, n };
  const blocks =
    typeof boot === 'string'
      ? { n }
      : { convention: `stationary blocks of ${boot.blockLength} d, ${boot.resamples} resamples`, n };
  const minimum = of((s) => minimumTrackRecord(s));
  return [
    metric(
      'sharpeStandardError',
      'Sharpe standard error',
      'ratio',
      annualised(of((s) => mapFigure(sharpeStandardError(s), (error) => error * perYear))),
      labelled,
    ),
    metric('sharpeLow95', 'Sharpe 95 % low', 'ratio', annualised(bound(-1)), labelled),
    metric('sharpeHigh95', 'Sharpe 95 % high', 'ratio', annualised(bound(1)), labelled),
    metric(
      'probabilisticSharpe',
      'PSR',
      'probability',
      of((s) => probabilisticSharpe(s)),
      { convention: 'SR* 0', n },
    ),
    metric(
      'deflatedSharpe',
      'DSR',
      'probability',
      of((s) => deflatedSharpe(s, tries.count, sharpeVarianceOf(s, tries))),
      {
        convention: tries.count === 1 ? '1 try' : `${tries.count} tries`,
        n,
      },
    ),
    metric(
      'minimumTrackRecord',
      'MinTRL',
      'days',
      mapFigure(minimum, (periods) => periods * daysPerPeriod),
      {
        convention: '95 %, SR* 0',
        n,
      },
    ),
    metric('bootstrapSharpeLow', 'Sharpe bootstrap 95 % low', 'ratio', annualised(booted((b) => b.low)), blocks),
    metric('bootstrapSharpeHigh', 'Sharpe bootstrap 95 % high', 'ratio', annualised(booted((b) => b.high)), blocks),
    metric(
      'probabilitySharpePositive',
      'P(Sharpe > 0)',
      'probability',
      booted((b) => b.probabilityPositive),
      blocks,
    ),
  ];
}
