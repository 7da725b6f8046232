import { DEFAULT_FILLS, type Path } from '../exchange/fill-rules.ts';
import { moneyPlaces } from '../report/money-places.ts';
import type { Report } from '../report/report.ts';
import { Backtest, type BacktestConfig } from './backtest.ts';
import { closedOf, tripsOf } from './trade-sections.ts';

/**
 * The same run under the best and the worst admissible order of prices inside each bar. A bar says four prices and not their
 * order: what lies between the two results is what the data cannot tell.
 */
export function intrabarInterval(config: BacktestConfig): NonNullable<Report['interval']> {
  const end = (path: Path): NonNullable<Report['interval']>['best'] => {
    const backtest = new Backtest({ ...config, fills: { ...(config.fills ?? DEFAULT_FILLS), path } }).run();
    const { state } = backtest.engine;
    return {
      totalReturn: state.clock[1]! / config.cash - 1,
      maxDrawdown: 0 - state.track.extremes[1]!,
      trades: closedOf(tripsOf(backtest)),
      finalEquity: state.clock[1]!.toFixed(moneyPlaces(config.cash)),
    };
  };
  return { best: end('optimistic'), worst: end('pessimistic') };
}
