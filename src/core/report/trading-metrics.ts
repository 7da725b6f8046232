import type { CurveView } from './curve-view.ts';
import { DAYS_PER_YEAR } from './growth.ts';
import { type Figure, type Metric, mapFigure, metric, quotient } from './metric.ts';
import type { RoundTrip } from './round-trips.ts';
import { mean } from './statistics.ts';
import { exposureTime, shareOfBest, type TradeStatistics, tradeStatistics, tradesPerDay } from './trade-metrics.ts';

/** What trading cost, in money: paid is positive, received negative. */
export interface TradingCosts {
  readonly fees: number;
  /** Null where the fill model does not tell it apart. */
  readonly spread: number | null;
  readonly slippage: number | null;
  readonly funding: number;
  readonly borrow: number | null;
  /** Value of all fills; without it that of the trips, which lack what a fee in base took out of a buy. */
  readonly traded?: number;
}

/** Gross and net market value held, beside each point of the equity curve, in money. Net is signed. */
export interface ExposureColumns {
  readonly gross: Float64Array;
  readonly net: Float64Array;
}

/** Group `trade`. */
export function tradeMetrics(trips: readonly RoundTrip[], view: CurveView): Metric[] {
  const s = tradeStatistics(trips);
  const all = { n: s.trades };
  const bestDays = Math.ceil(view.dailyProfit.length * 0.05);
  return [
    metric('trades', 'Trades', 'count', s.trades),
    metric('longTrades', 'Long trades', 'count', s.longs),
    metric('shortTrades', 'Short trades', 'count', s.shorts),
    metric('openTrades', 'Open trades', 'count', s.stillOpen),
    metric('winRate', 'Win rate', 'percent', s.winRate, { convention: 'trades', n: s.trades }),
    metric('longWinRate', 'Win rate', 'percent', s.longWinRate, { convention: 'long trades', n: s.longs }),
    metric('shortWinRate', 'Win rate', 'percent', s.shortWinRate, { convention: 'short trades', n: s.shorts }),
    metric('profitFactor', 'Profit factor', 'ratio', s.profitFactor, all),
    metric('payoff', 'Payoff ratio', 'ratio', s.payoff, all),
    metric('expectancy', 'Expectancy', 'money', s.expectancy, all),
    metric('expectancyPercent', 'Expectancy', 'percent', s.expectancyRatio, { convention: 'of entry value', ...all }),
    metric('expectancyR', 'Expectancy', 'R', s.expectancyR, { convention: 'R', n: s.withRisk }),
    ...winsAndLosses(s),
    metric('averageHolding', 'Average holding time', 'ms', s.averageHoldingMs, all),
    metric('longestHolding', 'Longest holding time', 'ms', s.longestHoldingMs, all),
    metric('averageBarsHeld', 'Average bars held', 'count', s.averageBarsHeld, all),
    metric('systemQuality', 'SQN', 'ratio', s.systemQuality, { convention: s.systemQualityUnit, ...all }),
    metric('kelly', 'Kelly', 'percent', s.kelly, all),
    metric('averageMae', 'Average MAE', 'percent', s.averageMae, all),
    metric('averageMfe', 'Average MFE', 'percent', s.averageMfe, all),
    metric('edgeRatio', 'Edge ratio', 'ratio', s.edgeRatio, { convention: 'MFE / |MAE|', ...all }),
    metric('exitEfficiency', 'Exit efficiency', 'percent', s.exitEfficiency, { convention: 'of MFE', ...all }),
    metric('bestFiveTrades', 'P&L from best 5 trades', 'percent', s.bestFiveShare, all),
    metric('bestDays', 'P&L from best 5 % days', 'percent', shareOfBest(view.dailyProfit, bestDays), {
      n: view.dailyProfit.length,
    }),
  ];
}

function winsAndLosses(s: TradeStatistics): Metric[] {
  return [
    metric('averageWin', 'Average win', 'money', s.averageWin),
    metric('averageLoss', 'Average loss', 'money', s.averageLoss),
    metric('medianWin', 'Median win', 'money', s.medianWin),
    metric('medianLoss', 'Median loss', 'money', s.medianLoss),
    metric('largestWin', 'Largest win', 'money', s.largestWin),
    metric('largestLoss', 'Largest loss', 'money', s.largestLoss),
    metric('maxConsecutiveWins', 'Max consecutive wins', 'count', s.maxConsecutiveWins),
    metric('maxConsecutiveLosses', 'Max consecutive losses', 'count', s.maxConsecutiveLosses),
  ];
}

/** Group `activity`. Leverage and exposure need `exposure`; turnover is money traded ÷ average equity, a year. */
export function activityMetrics(
  trips: readonly RoundTrip[],
  view: CurveView,
  traded: number,
  exposure?: ExposureColumns,
): Metric[] {
  const { curve } = view;
  const n = curve.timeMs.length;
  const fromMs = curve.startMs ?? curve.timeMs[0] ?? 0;
  const toMs = curve.timeMs[n - 1] ?? 0;
  const closed = trips.filter((trip) => !trip.open).length;
  const gross = leverage(exposure?.gross, curve.equity);
  const net = leverage(exposure?.net, curve.equity);
  const years = view.days / DAYS_PER_YEAR;
  const yearly = quotient(
    traded,
    mapFigure(mean(view.daily.equity), (equity) => equity * years),
    'too-short',
  );
  return [
    metric('exposureTime', 'Exposure time', 'percent', exposureTime(trips, fromMs, toMs)),
    metric('averageLeverage', 'Average leverage', 'ratio', gross.average, { convention: 'gross' }),
    metric('peakLeverage', 'Peak leverage', 'ratio', gross.peak, { convention: 'gross' }),
    metric('averageNetExposure', 'Average net exposure', 'ratio', net.average),
    metric('turnover', 'Turnover', 'ratio', view.annualised(yearly), { convention: '× average equity, 365.25 d' }),
    metric('tradesPerDay', 'Trades per day', 'ratio', tradesPerDay(closed, fromMs, toMs)),
  ];
}

/** Average and largest exposure ÷ equity over the points at which equity is positive. */
function leverage(exposure: Float64Array | undefined, equity: Float64Array): { average: Figure; peak: Figure } {
  if (exposure === undefined) return { average: 'not-measured', peak: 'not-measured' };
  let total = 0;
  let peak = 0;
  let count = 0;
  for (let i = 0; i < equity.length; i++) {
    const value = exposure[i]! / equity[i]!;
    if (!(equity[i]! > 0) || !Number.isFinite(value)) continue;
    total += value;
    count++;
    if (Math.abs(value) > Math.abs(peak)) peak = value;
  }
  return count === 0 ? { average: 'no-data', peak: 'no-data' } : { average: total / count, peak };
}

/** Costs that the trips themselves carry: fees paid and funding, nothing else. */
export function costsOfTrips(trips: readonly RoundTrip[]): TradingCosts {
  const fees = trips.reduce((total, trip) => total + trip.fees, 0);
  // Zero less the sum, so that no funding is 0 and not −0.
  const funding = 0 - trips.reduce((total, trip) => total + trip.funding, 0);
  return { fees, spread: null, slippage: null, funding, borrow: null };
}

/** Money traded, by the costs or by the trips. */
export function tradedOf(trips: readonly RoundTrip[], costs: TradingCosts): number {
  return costs.traded ?? trips.reduce((total, trip) => total + trip.turnover, 0);
}

/** Group `cost`. Break-even is the cost per money traded at which net profit would be zero. */
export function costMetrics(costs: TradingCosts, view: CurveView, traded: number): Metric[] {
  const parts = [costs.fees, costs.spread, costs.slippage, costs.funding, costs.borrow];
  const total = parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
  const gross = mapFigure(view.netProfit, (net) => net + total);
  const perTraded = (money: Figure): Figure =>
    mapFigure(quotient(money, traded, 'no-trades'), (share) => share * 10_000);
  return [
    metric('fees', 'Fees', 'money', costs.fees),
    metric('spreadCost', 'Spread', 'money', costs.spread ?? 'not-measured'),
    metric('slippageCost', 'Slippage', 'money', costs.slippage ?? 'not-measured'),
    metric('fundingCost', 'Funding', 'money', costs.funding),
    metric('borrowCost', 'Borrow', 'money', costs.borrow ?? 'not-measured'),
    metric('totalCost', 'Total cost', 'money', total),
    metric('grossProfit', 'Profit before costs', 'money', gross),
    metric(
      'costShare',
      'Cost of gross profit',
      'percent',
      mapFigure(gross, (g) => (g > 0 ? total / g : 'no-profit')),
    ),
    metric('costPerTraded', 'Cost per money traded', 'bps', perTraded(total)),
    metric('breakEvenCost', 'Break-even cost', 'bps', perTraded(gross), { convention: 'per money traded' }),
  ];
}
