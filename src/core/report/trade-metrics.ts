import { DAY_MS } from '../vocabulary/time.ts';
import { type Figure, mapFigure, quotient } from './metric.ts';
import type { RoundTrip } from './round-trips.ts';
import { mean, median, standardDeviation, sum } from './statistics.ts';

/** Statistics of closed round trips; money is net of fees and funding. Open trips are counted and otherwise left out. */
export interface TradeStatistics {
  readonly trades: number;
  readonly longs: number;
  readonly shorts: number;
  readonly stillOpen: number;
  /** Trades with a profit ÷ all trades; a trade without either counts as not won. */
  readonly winRate: Figure;
  readonly longWinRate: Figure;
  readonly shortWinRate: Figure;
  readonly profitFactor: Figure;
  readonly payoff: Figure;
  readonly expectancy: Figure;
  readonly expectancyRatio: Figure;
  readonly expectancyR: Figure;
  /** Trades with an initial stop: those that {@link expectancyR} rests on. */
  readonly withRisk: number;
  readonly averageWin: Figure;
  readonly averageLoss: Figure;
  readonly medianWin: Figure;
  readonly medianLoss: Figure;
  readonly largestWin: Figure;
  readonly largestLoss: Figure;
  readonly maxConsecutiveWins: number;
  readonly maxConsecutiveLosses: number;
  readonly averageHoldingMs: Figure;
  readonly longestHoldingMs: Figure;
  readonly averageBarsHeld: Figure;
  readonly systemQuality: Figure;
  /** In R where every trade has an initial stop, else in money. */
  readonly systemQualityUnit: 'R' | 'money';
  readonly kelly: Figure;
  readonly averageMae: Figure;
  readonly averageMfe: Figure;
  readonly edgeRatio: Figure;
  readonly exitEfficiency: Figure;
  readonly bestFiveShare: Figure;
}

/** What every metric of trades needs, from round trips of any number of strategies and instruments in the order of their exits. */
export function tradeStatistics(trips: readonly RoundTrip[]): TradeStatistics {
  const closed = trips.filter((trip) => !trip.open);
  const profits = closed.map((trip) => trip.profit);
  const wins = profits.filter((p) => p > 0);
  const losses = profits.filter((p) => p < 0);
  const multiples = closed.flatMap((trip) => (trip.r === null ? [] : [trip.r]));
  const allInR = closed.length > 0 && multiples.length === closed.length;
  const winRate = share(wins.length, closed.length);
  const payoff = payoffRatio(wins, losses);
  const ofTrades = (figure: Figure): Figure => (closed.length === 0 ? 'no-trades' : figure);
  const ofWins = (figure: Figure): Figure => ofTrades(wins.length === 0 ? 'no-wins' : figure);
  const ofLosses = (figure: Figure): Figure => ofTrades(losses.length === 0 ? 'no-losses' : figure);
  return {
    trades: closed.length,
    longs: closed.filter((trip) => trip.side === 'long').length,
    shorts: closed.filter((trip) => trip.side === 'short').length,
    stillOpen: trips.length - closed.length,
    winRate,
    longWinRate: sideWinRate(closed, 'long'),
    shortWinRate: sideWinRate(closed, 'short'),
    profitFactor: ofTrades(quotient(sum(wins), -sum(losses), 'no-losses')),
    payoff: ofTrades(payoff),
    expectancy: ofTrades(mean(profits)),
    expectancyRatio: ofTrades(mean(closed.map((trip) => trip.profitRatio))),
    expectancyR: ofTrades(multiples.length === 0 ? 'no-initial-stop' : mean(multiples)),
    withRisk: multiples.length,
    averageWin: ofWins(mean(wins)),
    averageLoss: ofLosses(mean(losses)),
    medianWin: ofWins(median(wins)),
    medianLoss: ofLosses(median(losses)),
    largestWin: ofWins(wins.reduce((a, b) => Math.max(a, b), 0)),
    largestLoss: ofLosses(losses.reduce((a, b) => Math.min(a, b), 0)),
    maxConsecutiveWins: longestRun(profits, (p) => p > 0),
    maxConsecutiveLosses: longestRun(profits, (p) => p < 0),
    averageHoldingMs: ofTrades(mean(closed.map((trip) => trip.holdingMs))),
    longestHoldingMs: ofTrades(closed.reduce((a, trip) => Math.max(a, trip.holdingMs), 0)),
    averageBarsHeld: averageMeasured(closed, (trip) => trip.barsHeld),
    systemQuality: ofTrades(systemQuality(allInR ? multiples : profits)),
    systemQualityUnit: allInR ? 'R' : 'money',
    kelly: ofTrades(kelly(winRate, payoff)),
    averageMae: averageMeasured(closed, (trip) => trip.mae),
    averageMfe: averageMeasured(closed, (trip) => trip.mfe),
    edgeRatio: edgeRatio(closed),
    exitEfficiency: exitEfficiency(closed),
    bestFiveShare: ofTrades(shareOfBest(profits, 5)),
  };
}

function share(part: number, whole: number): Figure {
  return quotient(part, whole, 'no-trades');
}

function sideWinRate(closed: readonly RoundTrip[], side: RoundTrip['side']): Figure {
  const those = closed.filter((trip) => trip.side === side);
  return share(those.filter((trip) => trip.profit > 0).length, those.length);
}

function averageMeasured(closed: readonly RoundTrip[], of: (trip: RoundTrip) => number | null): Figure {
  const values = closed.flatMap((trip) => of(trip) ?? []);
  return closed.length === 0 ? 'no-trades' : values.length === 0 ? 'not-measured' : mean(values);
}

/** Average win ÷ |average loss|. */
function payoffRatio(wins: readonly number[], losses: readonly number[]): Figure {
  if (losses.length === 0) return 'no-losses';
  if (wins.length === 0) return 'no-wins';
  return quotient(sum(wins) / wins.length, -sum(losses) / losses.length, 'no-losses');
}

/** System quality number √n·mean/sd (Van Tharp), sample deviation. */
export function systemQuality(results: readonly number[]): Figure {
  return quotient(
    mapFigure(mean(results), (m) => m * Math.sqrt(results.length)),
    standardDeviation(results),
    'zero-variance',
  );
}

/** Kelly fraction of a bet that wins `payoff` with probability `winRate`: W − (1 − W)/payoff (Kelly 1956). Negative: do not bet. */
export function kelly(winRate: Figure, payoff: Figure): Figure {
  return mapFigure(winRate, (w) => mapFigure(payoff, (p) => (p === 0 ? 'no-wins' : w - (1 - w) / p)));
}

/** Edge ratio: mean favourable ÷ mean |adverse| excursion (Faith). */
function edgeRatio(closed: readonly RoundTrip[]): Figure {
  const adverse = averageMeasured(closed, (trip) => trip.mae);
  return quotient(
    averageMeasured(closed, (trip) => trip.mfe),
    mapFigure(adverse, Math.abs),
    'no-losses',
  );
}

/** Of what price offered, how much the exit took: mean of (exit − entry)/MFE over the trades that ever were ahead. */
function exitEfficiency(closed: readonly RoundTrip[]): Figure {
  if (closed.length === 0) return 'no-trades';
  if (closed.every((trip) => trip.mfe === null)) return 'not-measured';
  const ahead = closed.filter((trip) => trip.mfe !== null && trip.mfe > 0);
  const taken = ahead.map((trip) => {
    const move = (trip.exitPrice - trip.entryPrice) / trip.entryPrice;
    return (trip.side === 'long' ? move : -move) / trip.mfe!;
  });
  return taken.length === 0 ? 'no-wins' : mean(taken);
}

/** Share of a total that its `count` largest parts make; above 1 where the rest loses. `'no-profit'` where the total is not positive. */
export function shareOfBest(parts: ArrayLike<number>, count: number): Figure {
  const total = sum(parts);
  if (!(total > 0)) return 'no-profit';
  const descending = Float64Array.from(parts).sort().reverse();
  return sum(descending.subarray(0, count)) / total;
}

function longestRun(values: readonly number[], test: (value: number) => boolean): number {
  let longest = 0;
  let current = 0;
  for (const value of values) {
    current = test(value) ? current + 1 : 0;
    if (current > longest) longest = current;
  }
  return longest;
}

/** Share of [fromMs, toMs] in which at least one trip, open ones included, was held. */
export function exposureTime(trips: readonly RoundTrip[], fromMs: number, toMs: number): Figure {
  if (!(toMs > fromMs)) return 'too-short';
  const spans = [...trips].sort((a, b) => a.entryTimeMs - b.entryTimeMs);
  let held = 0;
  let until = fromMs;
  for (const { entryTimeMs, exitTimeMs } of spans) {
    const from = Math.max(until, entryTimeMs);
    const to = Math.min(toMs, exitTimeMs);
    if (to > from) {
      held += to - from;
      until = to;
    }
  }
  return held / (toMs - fromMs);
}

/** Closed trades per elapsed day. */
export function tradesPerDay(trades: number, fromMs: number, toMs: number): Figure {
  return toMs > fromMs ? trades / ((toMs - fromMs) / DAY_MS) : 'too-short';
}
