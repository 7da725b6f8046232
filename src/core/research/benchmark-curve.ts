import { RATE_SCALE } from '../exchange/rate.ts';
import type { EquityCurve } from '../report/equity-curve.ts';
import type { Backtest, BacktestConfig } from './backtest.ts';
import { beganMs } from './curve-sections.ts';
import { DEFAULT_COSTS } from './fee-setup.ts';

/**
 * Equity of buying every instrument of the run in equal parts and holding it: bought at the close of the first bar at which the
 * strategies could have traded (after their warm-up), with the run's taker fee paid once. Null where that bar never came. An inverse
 * contract is held for the capital's worth at one times leverage; what it has lost by half its price is all there was.
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
    const { inverse } = backtest.engine.state.instruments[backtest.engine.feeds[f]!.instrument]!;
    const invested = share / (1 + feeRate);
    const units = first < close.length ? invested / close[first]! : 0;
    let row = -1;
    let worth = share;
    for (let i = 0; i < count; i++) {
      while (row + 1 < closeMs.length && closeMs[row + 1]! <= track.timeMs[i]!) {
        row++;
        if (row < first || worth === 0) continue;
        // What an inverse contract gains is counted in coins: those put in, and those that the same quote units buy less of now.
        worth = inverse ? Math.max(0, invested * (2 - close[first]! / close[row]!)) : units * close[row]!;
      }
      equity[i]! += worth;
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
