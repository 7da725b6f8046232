import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Desk,
  HOUR_MS,
  hourly,
  NO_LIMITS,
  PERPETUAL,
  type Prices,
  type Script,
  START_MS,
  scripted,
} from '../../../test/scenario.ts';
import { makerTakerFees } from '../exchange/fees.ts';
import { toRate } from '../exchange/rate.ts';
import type { Report } from '../report/report.ts';
import { barsFromRows } from '../vocabulary/market-data.ts';
import { type RunRequest, runReport } from './run-report.ts';

const why = 'scenario';
const FLAT: Prices = [100, 100, 100, 100];

/** A perpetual on margin at 1 % fee that pays 1 % of funding at the hours given, after the first open. */
function reported(script: Script, fundingHours: readonly number[], count = 6, more: Partial<RunRequest> = {}): Report {
  return runReport({
    feeds: [
      {
        instrument: PERPETUAL,
        timeframe: '1h',
        bars: hourly(Array.from({ length: count }, () => FLAT)),
        funding: {
          timesMs: Float64Array.from(fundingHours, (hour) => START_MS + hour * HOUR_MS),
          rates: Float64Array.from(fundingHours, () => 0.01),
        },
      },
    ],
    strategies: [{ strategy: scripted(script) }],
    cash: 10_000,
    account: 'margin',
    costs: { fees: makerTakerFees(0, toRate(0.01)) },
    limits: NO_LIMITS,
    warmUp: 'ready',
    origins: [{ source: 'test', synthetic: false, gaps: 0, missingBars: 0 }],
    interval: true,
    tries: { count: 1 },
    runId: 'bt_1',
    createdAt: '2024-01-01T00:00:00Z',
    version: '0',
    node: '0',
    recipe: {},
    codeHashes: {},
    checks: [],
    elapsed: () => 0,
    ...more,
  }).report;
}

const figure = (report: Report, name: string): number | null | undefined =>
  report.metrics.find((metric) => metric.name === name)?.value;

test('report: funding while trades were held -> in their profit, so that all of them make the net profit', () => {
  const report = reported(
    {
      0: (c) => c.buy({ size: { qty: 10 }, why }),
      2: (c) => c.position.close(why),
      3: (c) => c.sell({ size: { qty: 20 }, why }),
    },
    // Beside the entry; inside a bar; as the long leaves at the open, which still pays; while flat; to the open short.
    [1, 1.5, 3, 3.5, 5],
  );
  assert.deepEqual(
    report.trades.map(({ side, open, fees, funding, profit }) => ({ side, open, fees, funding, profit })),
    [
      { side: 'long', open: false, fees: 20, funding: -20, profit: -40 },
      { side: 'short', open: true, fees: 20, funding: 20, profit: 0 },
    ],
  );
  assert.equal(
    report.trades.reduce((sum, trade) => sum + trade.profit, 0),
    figure(report, 'netProfit'),
  );
  assert.equal(figure(report, 'expectancy'), -40);
});

test('report: less than 90 days -> nothing annualised in its charts either; from there on it is', () => {
  const daily = (days: number): Report['returns'] => {
    const prices = Array.from({ length: 24 * days }, (_, k): Prices => [100 + (k % 7), 107, 99, 100 + ((k + 1) % 7)]);
    const feed = { instrument: PERPETUAL, timeframe: '1h', bars: hourly(prices) } as const;
    return reported({ 0: (c) => c.buy({ size: { qty: 50 }, why }) }, [], 0, { feeds: [feed] }).returns;
  };
  const short = daily(89);
  assert.equal(short.bootstrapSharpe, null);
  assert.deepEqual([short.rolling.timeMs, short.rolling.sharpe, short.rolling.volatility], [[], [], []]);
  const long = daily(91);
  assert.equal(long.bootstrapSharpe?.samples, 1000);
  assert.deepEqual([long.rolling.sharpe.length, long.rolling.volatility.length, long.rolling.windowDays], [2, 2, 90]);
});

/** A contract of 100 USD that is paid in coins, bought at 100, sold at 125, sold short at 100, held at 80. */
function inverseRun(): Report {
  const prices: Prices[] = [
    [100, 100, 100, 100],
    [100, 125, 100, 125],
    [125, 125, 100, 100],
    [100, 100, 80, 80],
  ];
  return reported(
    {
      0: (c) => c.buy({ size: { qty: 10 }, why }),
      1: (c) => c.position.close(why),
      2: (c) => c.sell({ size: { qty: 10 }, why }),
    },
    [],
    0,
    {
      feeds: [
        {
          instrument: { ...PERPETUAL, kind: 'inverse-perpetual', contractSize: '100' },
          timeframe: '1h',
          bars: hourly(prices),
        },
      ],
    },
  );
}

test('report: inverse contracts -> trades make the net profit in coins, and what was traded is coins too', () => {
  const report = inverseRun();
  // 10 coins in, 8 out, 10 in at a fee of 1 %; the long gained 2 of them, the short 2.5.
  assert.deepEqual(
    report.trades.map(({ open, fees, profit }) => [open, fees, Number(profit.toFixed(9))]),
    [
      [false, 0.18, 1.82],
      [true, 0.1, 2.4],
    ],
  );
  const sum = report.trades.reduce((total, trade) => total + trade.profit, 0);
  assert.ok(Math.abs(sum - figure(report, 'netProfit')!) < 1e-9);
  assert.ok(Math.abs(figure(report, 'costPerTraded')! - 100) < 1e-9);
});

test('report: holding an inverse contract -> coins lost as its price falls, all of them at half of it', () => {
  const { equity } = inverseRun();
  const invested = 10_000 / 1.01;
  equity.benchmark!.forEach((coins, k) => {
    const expected = [invested, invested * (2 - 100 / 125), invested, invested * (2 - 100 / 80)][k]!;
    assert.ok(Math.abs(coins - expected) < 1e-9, `bar ${k}: ${coins}`);
  });
  const halved = reported({}, [], 0, {
    feeds: [
      {
        instrument: { ...PERPETUAL, kind: 'inverse-perpetual', contractSize: '100' },
        timeframe: '1h',
        bars: hourly([FLAT, [100, 100, 45, 45], FLAT]),
      },
    ],
  });
  assert.deepEqual(halved.equity.benchmark!.slice(1), [0, 0], 'what is lost does not come back');
});

test('report: a short -> its net exposure is negative, its leverage is not', () => {
  const report = reported({ 0: (c) => c.sell({ size: { qty: 50 }, why }) }, [], 4);
  const leverage = figure(report, 'averageLeverage')!;
  assert.ok(leverage > 0.3);
  assert.equal(figure(report, 'averageNetExposure'), -leverage);
});

test('report: orders that the venue rejects -> counted with its reason beside what risk refused', () => {
  const report = reported(
    { 0: (c) => c.buy({ size: { qty: 1_000 }, why }), 1: (c) => c.buy({ size: { qty: 0 }, why }) },
    [],
  );
  assert.deepEqual(report.refusals, [
    { code: 'size-below-minimum', count: 1 },
    { code: 'insufficient-balance', count: 1 },
  ]);
});

test('report: a position that is liquidated -> a warning, and how much margin it takes among the conventions', () => {
  const feed = {
    instrument: PERPETUAL,
    timeframe: '1h',
    bars: hourly([FLAT, FLAT, [100, 100, 85, 86], FLAT]),
  } as const;
  const buy: Script = { 0: (c) => c.buy({ size: { qty: 900 }, why }) };
  const levered = reported(buy, [], 0, { feeds: [feed], leverage: 10 });
  assert.deepEqual(
    levered.checks.filter((check) => check.name === 'liquidation').map(({ status, text }) => ({ status, text })),
    [
      {
        status: 'warning',
        text: '1 position was liquidated on 2024-01-01: margin had run out, and the venue closed what was held',
      },
    ],
  );
  assert.equal(
    levered.conventions.find(({ label }) => label === 'maintenance margin')?.value,
    'TEST:ABCPERP: 1 % of the position, else it is liquidated; at most 50 times leverage',
  );
  const plain = reported({ 0: (c) => c.buy({ size: { qty: 10 }, why }) }, [], 0, { feeds: [feed], account: 'cash' });
  assert.deepEqual(
    [
      plain.checks.some(({ name }) => name === 'liquidation'),
      plain.conventions.some(({ label }) => /margin/.test(label)),
    ],
    [false, false],
  );
});

test('report: a position that is held until its instrument expires -> told, and when that is among the conventions', () => {
  const expiryMs = START_MS + 3 * HOUR_MS;
  const feed = {
    instrument: { ...PERPETUAL, kind: 'dated-future', expiryMs },
    timeframe: '1h',
    bars: hourly([FLAT, FLAT, FLAT, FLAT]),
  } as const;
  const buy: Script = { 0: (c) => c.buy({ size: { qty: 10 }, why }) };
  const report = reported(buy, [], 0, { feeds: [feed], account: 'margin' });
  assert.deepEqual(
    report.checks.filter(({ name }) => name === 'settlement').map(({ status, text }) => ({ status, text })),
    [
      {
        status: 'passed',
        text: '1 position was settled when TEST:ABCPERP expired, at the last close; a venue averages an index',
      },
    ],
  );
  assert.equal(
    report.conventions.find(({ label }) => label === 'expiry')?.value,
    'TEST:ABCPERP: 2024-01-01T03:00:00Z; what is held then is settled at the last close, for the taker fee',
  );
  assert.deepEqual(
    report.trades.map((trade) => trade.exitRole),
    ['settlement'],
  );
});

test('report: a feed that begins before the first one -> growth a year over the whole run, as every other figure', () => {
  const days = 100;
  const rising = hourly(
    Array.from({ length: days * 24 }, (_, k): Prices => [100 + k / 100, 101 + k / 100, 99 + k / 100, 100 + k / 100]),
  );
  const earlierMs = START_MS - 200 * 24 * HOUR_MS;
  const earlier = barsFromRows(Array.from({ length: 24 }, (_, k) => [earlierMs + k * HOUR_MS, 100, 100, 100, 100, 1]));
  const report = reported({ 0: (c) => c.buy({ size: { qty: 50 }, why }) }, [], 0, {
    feeds: [
      { instrument: PERPETUAL, timeframe: '1h', bars: rising },
      { instrument: { ...PERPETUAL, id: 'TEST:XYZPERP', base: 'XYZ' }, timeframe: '1h', bars: earlier },
    ],
    origins: Array.from({ length: 2 }, () => ({ source: 'test', synthetic: false, gaps: 0, missingBars: 0 })),
  });
  const total = figure(report, 'totalReturn')!;
  assert.ok(total > 0.05, String(total));
  const expected = (1 + total) ** (365.25 / (200 + days)) - 1;
  assert.ok(Math.abs(figure(report, 'cagr')! - expected) < 1e-9, `${figure(report, 'cagr')} beside ${expected}`);
});

test('report: a trade that is still open -> counted as a trade by no check and no interval', () => {
  const report = reported({ 0: (c) => c.buy({ size: { qty: 1 }, why }) }, []);
  assert.equal(figure(report, 'openTrades'), 1);
  assert.match(report.checks.find((check) => check.name === 'trades')!.text, /^only 0 trades:/);
  assert.deepEqual([report.interval!.best.trades, report.interval!.worst.trades], [0, 0]);
});

test('report: more fills than it lists -> how many there were, and a check that says so', () => {
  const bars = 20_003;
  const script: Script = Object.fromEntries(
    Array.from({ length: bars - 1 }, (_, k) => [k, (c: Desk) => void c.buy({ size: { qty: 1 }, why })]),
  );
  const report = reported(script, [], bars, { cash: 10_000_000, interval: false });
  assert.equal(report.fills.length, 20_000);
  assert.deepEqual(report.counts, { trades: 1, fills: 20_002 });
  assert.deepEqual(
    report.checks.filter(({ name }) => name === 'lists').map(({ status, text }) => `${status}: ${text}`),
    ['warning: of 20002 fills the first 20000 are listed, in every format; metrics, equity and costs count all'],
  );
  const few = reported({ 0: (c) => c.buy({ size: { qty: 1 }, why }) }, []);
  assert.deepEqual([few.counts, few.checks.some(({ name }) => name === 'lists')], [{ trades: 1, fills: 1 }, false]);
});
