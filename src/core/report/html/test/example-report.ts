import { Random } from '../../../vocabulary/random.ts';
import { civilToMs, DAY_MS, formatTime, HOUR_MS } from '../../../vocabulary/time.ts';
import { deepestDrawdowns, drawdownSeries, drawdowns } from '../../drawdown.ts';
import { dailyReturns, type EquityCurve } from '../../equity-curve.ts';
import { runMetrics } from '../../metrics.ts';
import { monthlyTable } from '../../period-returns.ts';
import { sharpe, volatility } from '../../ratios.ts';
import { REPORT_SCHEMA, type Report } from '../../report.ts';
import { rolling } from '../../rolling.ts';
import type { RoundTrip } from '../../round-trips.ts';

const FROM = civilToMs(2024, 1, 1);
const FEE = 0.001;
const INSTRUMENT = 'SYNTH:ALPHA-USD';

interface Walk {
  readonly timeMs: number[];
  readonly open: number[];
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
}

function walk(random: Random, bars: number): Walk {
  const out: Walk = { timeMs: [], open: [], high: [], low: [], close: [] };
  let price = 42_000;
  let drift = 0;
  for (let i = 0; i < bars; i++) {
    if (i % 600 === 0) drift = (random.uniform() - 0.47) * 0.0005;
    const open = price;
    price = Math.round(open * (1 + drift + 0.005 * random.normal()) * 100) / 100;
    const spread = open * 0.002;
    out.timeMs.push(FROM + i * HOUR_MS);
    out.open.push(open);
    out.high.push(Math.round((Math.max(open, price) + spread * random.uniform()) * 100) / 100);
    out.low.push(Math.round((Math.min(open, price) - spread * random.uniform()) * 100) / 100);
    out.close.push(price);
  }
  return out;
}

/** Moves of price between two bars against the entry price: ≤ 0 and ≥ 0. */
function excursions(prices: Walk, from: number, to: number, sign: number): { mae: number; mfe: number } {
  const entry = prices.open[from]!;
  let mae = 0;
  let mfe = 0;
  for (let i = from; i < to; i++)
    for (const price of [prices.high[i]!, prices.low[i]!]) {
      const move = (sign * (price - entry)) / entry;
      mae = Math.min(mae, move);
      mfe = Math.max(mfe, move);
    }
  return { mae, mfe };
}

export interface ExampleOptions {
  readonly trades?: number;
  readonly seed?: number;
  readonly days?: number;
  readonly synthetic?: boolean;
}

/**
 * A report as a run would write it, over a random walk and a strategy that trades at random: the arithmetic is that of this folder,
 * the figures mean nothing.
 */
export function exampleReport(options: ExampleOptions = {}): Report {
  const { trades = 180, seed = 8, days = 731, synthetic = true } = options;
  const random = new Random(seed);
  const bars = days * 24;
  const prices = walk(random, bars);
  const spacing = Math.floor((bars - 60) / Math.max(1, trades));
  const trips: RoundTrip[] = [];
  const fills: Report['fills'] = [];
  const listed: Report['trades'] = [];
  const equity = new Float64Array(bars);
  const gross = new Float64Array(bars);
  let cash = 10_000;
  let at = 0;
  for (let k = 0; k < trades; k++) {
    const entry = 50 + k * spacing + random.integer(Math.max(1, Math.floor(spacing / 4)));
    const exit = Math.min(bars - 1, entry + 2 + random.integer(Math.max(2, Math.floor(spacing * 0.7))));
    const sign = random.uniform() < 0.8 ? 1 : -1;
    const [entryPrice, exitPrice] = [prices.open[entry]!, prices.open[exit]!];
    const quantity = Math.floor((cash * 0.95 * 1e6) / entryPrice) / 1e6;
    for (; at < entry; at++) equity[at] = cash;
    for (; at < exit; at++) {
      equity[at] = cash + sign * quantity * (prices.close[at]! - entryPrice) - FEE * quantity * entryPrice;
      gross[at] = quantity * prices.close[at]!;
    }
    const fees = FEE * quantity * (entryPrice + exitPrice);
    const grossProfit = sign * quantity * (exitPrice - entryPrice);
    const profit = grossProfit - fees;
    cash += profit;
    const { mae, mfe } = excursions(prices, entry, exit, sign);
    const risk = quantity * entryPrice * 0.05;
    const stopped = mae < -0.045;
    const trip: RoundTrip = {
      side: sign > 0 ? 'long' : 'short',
      open: false,
      quantity,
      entryTimeMs: prices.timeMs[entry]!,
      entryPrice,
      exitTimeMs: prices.timeMs[exit]!,
      exitPrice,
      grossProfit,
      fees,
      funding: 0,
      profit,
      profitRatio: profit / (quantity * entryPrice),
      turnover: quantity * (entryPrice + exitPrice),
      holdingMs: (exit - entry) * HOUR_MS,
      barsHeld: exit - entry,
      risk,
      r: profit / risk,
      mae,
      mfe,
      exitRole: stopped ? 'stop' : 'exit',
      entryOrder: `o${2 * k + 1}`,
      exitOrder: `o${2 * k + 2}`,
      entryWhy: `fast ${(entryPrice * 1.0012).toFixed(2)} crossed ${sign > 0 ? 'above' : 'below'} slow ${entryPrice.toFixed(2)}`,
      exitWhy: stopped
        ? 'stop 5 % from entry'
        : `fast ${(exitPrice * 0.9991).toFixed(2)} crossed back over slow ${exitPrice.toFixed(2)}`,
    };
    trips.push(trip);
    listed.push(tradeOf(trip, k + 1));
    fills.push(fillOf(trip, k, 'entry'), fillOf(trip, k, 'exit'));
  }
  for (; at < bars; at++) equity[at] = cash;
  return assemble({ options: { trades, seed, days, synthetic }, prices, trips, fills, listed, equity, gross });
}

function tradeOf(trip: RoundTrip, id: number): Report['trades'][number] {
  return {
    id,
    strategy: 'sma-cross',
    instrument: INSTRUMENT,
    side: trip.side,
    open: false,
    entryTimeMs: trip.entryTimeMs,
    exitTimeMs: trip.exitTimeMs,
    entryPrice: trip.entryPrice,
    exitPrice: trip.exitPrice,
    quantity: trip.quantity,
    profit: trip.profit,
    profitPct: trip.profitRatio * 100,
    fees: trip.fees,
    r: trip.r,
    maePct: (trip.mae ?? 0) * 100,
    mfePct: (trip.mfe ?? 0) * 100,
    barsHeld: trip.barsHeld ?? 0,
    exitRole: trip.exitRole,
    entryWhy: trip.entryWhy,
    exitWhy: trip.exitWhy,
    entryOrder: trip.entryOrder,
    exitOrder: trip.exitOrder,
  };
}

function fillOf(trip: RoundTrip, k: number, part: 'entry' | 'exit'): Report['fills'][number] {
  const entering = part === 'entry';
  const price = entering ? trip.entryPrice : trip.exitPrice;
  const timeMs = entering ? trip.entryTimeMs : trip.exitTimeMs;
  return {
    seq: 40_000 + k * 9 + (entering ? 0 : 5),
    timeMs,
    strategy: 'sma-cross',
    instrument: INSTRUMENT,
    order: entering ? trip.entryOrder : trip.exitOrder!,
    side: (trip.side === 'long') === entering ? 'buy' : 'sell',
    role: entering ? 'entry' : trip.exitRole!,
    quantity: String(trip.quantity),
    price: price.toFixed(2),
    fee: (trip.quantity * price * FEE).toFixed(8),
    feeAsset: 'USD',
    liquidity: 'taker',
    why: entering ? trip.entryWhy : trip.exitWhy!,
    causes: [
      `order ${entering ? trip.entryOrder : trip.exitOrder} accepted`,
      `bar ${formatTime(timeMs - HOUR_MS)} closed`,
    ],
  };
}

interface Parts {
  readonly options: Required<ExampleOptions>;
  readonly prices: Walk;
  readonly trips: RoundTrip[];
  readonly fills: Report['fills'];
  readonly listed: Report['trades'];
  readonly equity: Float64Array;
  readonly gross: Float64Array;
}

function assemble({ options, prices, trips, fills, listed, equity, gross }: Parts): Report {
  const closeMs = Float64Array.from(prices.timeMs, (t) => t + HOUR_MS);
  const curve: EquityCurve = { timeMs: closeMs, equity, initialEquity: 10_000, startMs: FROM };
  const held = Float64Array.from(prices.close, (c) => (10_000 * (1 - FEE) * c) / prices.open[0]!);
  const benchmark: EquityCurve = { timeMs: closeMs, equity: held, initialEquity: 10_000, startMs: FROM };
  const own = runMetrics({ curve, benchmark, trips, exposure: { gross, net: gross } });
  const theirs = new Map(
    runMetrics({ curve: benchmark, trips: [] })
      .filter((m) => m.group === 'return' || m.group === 'risk' || m.group === 'ratio')
      .map((m) => [m.name, m.value]),
  );
  const daily = dailyReturns(curve);
  const dailyHeld = dailyReturns(benchmark);
  const window = 90;
  const dates = [...daily.dayMs].slice(window - 1);
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  const dailyCurve: EquityCurve = { timeMs: daily.dayMs.map((d) => d + DAY_MS), equity: daily.equity };
  const fees = trips.reduce((sum, t) => sum + t.fees, 0);
  const net = equity.at(-1)! - 10_000;
  const final = (factor: number): string => (equity.at(-1)! * factor).toFixed(2);
  const total = equity.at(-1)! / 10_000 - 1;
  const deepest = Math.min(0, ...drawdownSeries(dailyCurve));
  return {
    schema: REPORT_SCHEMA,
    run: {
      id: 'bt_7Q4M',
      createdAt: '2026-03-14T09:26:53Z',
      durationMs: 412,
      barsPerSecond: 128_400,
      partial: false,
      version: '0.1.0',
      node: '24.1.0',
    },
    config: {
      account: { currency: 'USD', equity: '10000' },
      strategy: 'sma-cross',
      seed: options.seed,
      costs: { takerFee: '0.001' },
    },
    strategy: [
      {
        id: 'sma-cross',
        version: '1.0.0',
        about: 'Buys when the fast average of closes crosses above the slow one and leaves when it crosses back.',
        codeHash: '9f2c41d07be35a86c1d2e3f405162738',
        params: { fast: 20, slow: 50, stopPct: 5 },
      },
    ],
    data: [
      {
        instrument: INSTRUMENT,
        timeframe: '1h',
        source: 'synthetic-v1 seed 42',
        synthetic: options.synthetic,
        hash: 'f2901dcce1bb37e65300fe2a2e6ae3f6',
        bars: prices.close.length,
        from: formatTime(FROM),
        to: formatTime(closeMs.at(-1)!),
        gaps: 3,
        missingBars: 18,
      },
    ],
    conventions: [
      { label: 'Fees', value: 'taker 0.10 %, maker 0.10 %' },
      { label: 'Slippage', value: '1 tick' },
      { label: 'Fills', value: 'next bar’s open' },
      { label: 'Account', value: '10 000 USD, spot' },
    ],
    checks: [
      {
        name: 'look-ahead',
        status: 'passed',
        text: 'no look-ahead',
        detail: '12 truncations of the data gave the same decisions',
      },
      { name: 'replay', status: 'passed', text: 'a second run gave the same state hash' },
      {
        name: 'tries',
        status: 'warning',
        text: '1 try on this data',
        detail: 'with every further try, luck explains more of the Sharpe ratio',
      },
      { name: 'trades', status: listed.length >= 30 ? 'passed' : 'failed', text: `${listed.length} trades` },
      { name: 'walk-forward', status: 'not-run', text: 'no walk-forward was made' },
    ],
    metrics: own.map((m) => ({ ...m, benchmark: theirs.get(m.name) ?? null })),
    interval: {
      best: {
        totalReturn: total + 0.031,
        maxDrawdown: deepest + 0.012,
        trades: listed.length,
        finalEquity: final(1.021),
      },
      worst: {
        totalReturn: total - 0.052,
        maxDrawdown: deepest - 0.017,
        trades: listed.length + 4,
        finalEquity: final(0.966),
      },
    },
    equity: {
      timeMs: [...dailyCurve.timeMs],
      strategy: [...daily.equity],
      benchmark: [...dailyHeld.equity],
      drawdown: [...drawdownSeries(dailyCurve)],
      exposure: [...daily.dayMs].map((_, i) => gross[i * 24 + 23]! / equity[i * 24 + 23]!),
    },
    returns: {
      daily: { timeMs: [...daily.dayMs], value: [...daily.returns] },
      monthly: monthlyTable(daily).map((y) => ({ year: y.year, months: [...y.months], total: y.total })),
      rolling: {
        windowDays: window,
        timeMs: dates,
        sharpe: rolling(daily.returns, window, (part) => sharpe(part, 365)).map(number),
        volatility: rolling(daily.returns, window, (part) => volatility(part, 365)).map(number),
      },
      bootstrapSharpe: { low: -0.31, high: 2.12, level: 0.95, samples: 2_000 },
    },
    drawdowns: deepestDrawdowns(drawdowns(dailyCurve), 10).map((d) => ({
      depth: d.depth,
      peakTimeMs: d.peakMs,
      troughTimeMs: d.troughMs,
      recoveredTimeMs: d.recoveryMs,
      days: d.durationMs / DAY_MS,
    })),
    trades: listed,
    costs: [
      { label: 'Gross', amount: net + fees * 1.35 },
      { label: 'Fees', amount: -fees },
      { label: 'Spread', amount: -fees * 0.2 },
      { label: 'Slippage', amount: -fees * 0.15 },
      { label: 'Funding', amount: 0 },
      { label: 'Net', amount: net },
    ],
    price: thinned(prices),
    fills,
    refusals: [
      { code: 'warming-up', count: 2 },
      { code: 'notional-below-minimum', count: 1 },
    ],
    regimes: regimes(prices.timeMs.at(-1)! + HOUR_MS),
    hashes: {
      inputs: '5b0c7ad0e6f14f2d9a83b7c6d5e4f301',
      events: 'c3d2e1f0a9b8c7d6e5f4031221304f5e',
      state: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    },
  };
}

/** Groups of ten bars, as a run thins the price to at most 2,000. */
function thinned(prices: Walk): Report['price'] {
  const size = Math.ceil(prices.close.length / 2_000);
  const out: Report['price'] = {
    instrument: INSTRUMENT,
    timeframe: `${size}h`,
    timeMs: [],
    open: [],
    high: [],
    low: [],
    close: [],
  };
  for (let from = 0; from < prices.close.length; from += size) {
    const to = Math.min(prices.close.length, from + size);
    out.timeMs.push(prices.timeMs[from]!);
    out.open.push(prices.open[from]!);
    out.high.push(Math.max(...prices.high.slice(from, to)));
    out.low.push(Math.min(...prices.low.slice(from, to)));
    out.close.push(prices.close[to - 1]!);
  }
  return out;
}

function regimes(toMs: number): Report['regimes'] {
  const labels = [
    'chop',
    'trend-up',
    'gap',
    'chop',
    'trend-down',
    'crash',
    'trend-up',
    'halt',
    'chop',
    'trend-up',
  ] as const;
  const shares = [0.1, 0.16, 0.002, 0.15, 0.1, 0.004, 0.2, 0.001, 0.12, 0.163];
  const out: Report['regimes'] = [];
  let fromMs = FROM;
  labels.forEach((label, i) => {
    const end = i === labels.length - 1 ? toMs : Math.min(toMs, fromMs + shares[i]! * (toMs - FROM));
    out.push({ label, fromMs, toMs: end });
    fromMs = end;
  });
  return out;
}
