import { RATE_SCALE } from '../exchange/rate.ts';
import type { EquityCurve } from '../report/equity-curve.ts';
import type { Backtest, BacktestConfig } from './backtest.ts';
import { beganMs } from './curve-sections.ts';
import { DEFAULT_COSTS } from './fee-setup.ts';

/**
 * Equity of buying every instrument of the run in equal parts and holding it: bought at the close of the first bar at which the
 * strategies could have traded (after their warm-up), with the run's taker fee paid once. Null where that bar never came.
 */
export function buyAndHoldCurve(config: BacktestConfig, backtest: Backtest): EquityCurve | null {
  const { track } = backtest.engine.state;
  const count = track.count;
  if (count === 0) return null;
  const feeRate = (config.costs ?? DEFAULT_COSTS).fees.tiers[0]!.takerRate / RATE_SCALE;
  const share = config.cash / config.feeds.length;
  const equity = new Float64Array(count);
  config.feeds.forEach((feed, f) => {
    const { closeMs } = backtest.engine.feeds[f]!;
    const { close } = feed.bars;
    const first = firstTradable(backtest, f);
    const units = first < close.length ? share / (close[first]! * (1 + feeRate)) : 0;
    let row = -1;
    for (let i = 0; i < count; i++) {
      while (row + 1 < closeMs.length && closeMs[row + 1]! <= track.timeMs[i]!) row++;
      equity[i]! += row < first || units === 0 ? share : units * close[row]!;
    }
  });
  return {
    timeMs: track.timeMs.subarray(0, count),
    equity,
    initialEquity: config.cash,
    startMs: beganMs(config),
  };
}

/** Row of the base bar at which the slowest strategy had settled. */
function firstTradable(backtest: Backtest, feed: number): number {
  const { closeMs } = backtest.engine.feeds[feed]!;
  const from = Math.max(
    0,
    ...backtest.engine.seats.map((seat) => (Number.isFinite(seat.settledAtMs) ? seat.settledAtMs : 0)),
  );
  let row = 0;
  while (row < closeMs.length && closeMs[row]! < from) row++;
  return row;
}
