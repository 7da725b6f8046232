import fc from 'fast-check';
import { feeSchedule, makerTakerFees } from '../../src/core/exchange/fees.ts';
import type { CostModel } from '../../src/core/exchange/fill-costs.ts';
import { PATHS } from '../../src/core/exchange/fill-rules.ts';
import { toRate } from '../../src/core/exchange/rate.ts';
import type { SlippageModel } from '../../src/core/exchange/slippage.ts';
import { CAPABILITY_PROFILES, SIMULATED, type VenueCapabilities } from '../../src/core/execution/capabilities.ts';
import type { BacktestConfig, BacktestFeed } from '../../src/core/research/backtest.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import { allocateBars, type BarColumns } from '../../src/core/vocabulary/market-data.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { HOUR_MS, START_MS } from '../scenario.ts';
import { randomTrader } from './random-trader.ts';

/** What one random run is made of; all of it follows from these. */
export interface RunShape {
  readonly seed: number;
  readonly bars: number;
  readonly instruments: number;
  readonly strategies: number;
  readonly account: 'cash' | 'margin';
  readonly leverage: number;
  readonly isolated: boolean;
  readonly path: (typeof PATHS)[number];
  readonly through: boolean;
  readonly atClose: boolean;
  readonly participation: boolean;
  readonly slippage: 'none' | 'ticks' | 'square-root';
  readonly latency: boolean;
  readonly funding: boolean;
  /** Whether a margin account trades spot, and pays interest for what it borrows. */
  readonly borrows: boolean;
  /** Whether instruments expire somewhere in the run. */
  readonly expiry: boolean;
  readonly fees: 'plain' | 'tiers' | 'base' | 'third';
  /** Contracts of a fixed value in quote, settled in base; on margin only. */
  readonly inverse: boolean;
  /** What the venue can do itself. */
  readonly profile: string;
  readonly closesAtEnd: boolean;
}

/** A real venue as sessions rely on it: nothing is amended, legs come after their entry, and trailing stops are watched here. */
const LIVE: VenueCapabilities = {
  ...SIMULATED,
  orderTypes: SIMULATED.orderTypes.filter((type) => type !== 'trailing-stop'),
  amend: false,
  bracket: false,
};

const PROFILES: Readonly<Record<string, VenueCapabilities>> = {
  ...CAPABILITY_PROFILES,
  'live-apart': LIVE,
  'live-paired': { ...LIVE, reduceOnly: false, legs: 'paired' },
  'live-stop-only': { ...LIVE, reduceOnly: false, legs: 'stop-only' },
};

export const runShape: fc.Arbitrary<RunShape> = fc.record({
  seed: fc.integer({ min: 1, max: 1e9 }),
  bars: fc.integer({ min: 2, max: 120 }),
  instruments: fc.integer({ min: 1, max: 2 }),
  strategies: fc.integer({ min: 1, max: 3 }),
  account: fc.constantFrom('cash', 'margin'),
  leverage: fc.constantFrom(1, 3, 10),
  isolated: fc.boolean(),
  path: fc.constantFrom(...PATHS),
  through: fc.boolean(),
  atClose: fc.boolean(),
  participation: fc.boolean(),
  slippage: fc.constantFrom('none', 'ticks', 'square-root'),
  latency: fc.boolean(),
  funding: fc.boolean(),
  borrows: fc.boolean(),
  expiry: fc.boolean(),
  fees: fc.constantFrom('plain', 'tiers', 'base', 'third'),
  inverse: fc.boolean(),
  profile: fc.constantFrom(...Object.keys(PROFILES)),
  closesAtEnd: fc.boolean(),
});

/** A walk at cents with quiet and wild stretches, gaps between bars, bars without volume, and now and then a missing hour. */
function walk(random: Random, count: number): BarColumns {
  const bars = allocateBars(count);
  const cents = (x: number): number => Math.max(1, Math.round(x * 100)) / 100;
  let price = 50 + 100 * random.uniform();
  let time = START_MS;
  for (let i = 0; i < count; i++) {
    if (random.uniform() < 0.1) price *= 1 + 0.1 * (random.uniform() - 0.5);
    if (random.uniform() < 0.05) time += HOUR_MS * (1 + random.integer(3));
    const wild = random.uniform() < 0.2 ? 0.06 : 0.01;
    const open = cents(price);
    const close = cents(price * (1 + wild * random.normal() * 0.4));
    const high = cents(Math.max(open, close) * (1 + wild * random.uniform()));
    const low = cents(Math.min(open, close) * (1 - wild * random.uniform()));
    bars.openTimeMs[i] = time;
    bars.open[i] = open;
    bars.high[i] = Math.max(high, open, close);
    bars.low[i] = Math.min(low, open, close);
    bars.close[i] = close;
    bars.volume[i] = random.uniform() < 0.1 ? 0 : 200 * random.uniform();
    price = close;
    time += HOUR_MS;
  }
  return bars;
}

function instrument(index: number, ofSpot: boolean, expiryMs: number | null): InstrumentDefinition {
  const base = ['AAA', 'BBB'][index]!;
  return {
    id: `TEST:${base}`,
    kind: expiryMs !== null ? 'dated-future' : ofSpot ? 'spot' : 'linear-perpetual',
    base,
    quote: 'USD',
    tick: '0.01',
    lot: '0.001',
    minNotional: '5',
    ...(expiryMs === null ? {} : { expiryMs }),
  };
}

function slippage(kind: RunShape['slippage']): SlippageModel {
  const amount = kind === 'ticks' ? 2 : toRate(0.01);
  return { kind, amount: kind === 'none' ? 0 : amount, clampToRange: false };
}

const QUANTA = 100_000_000;

/** Fees of every kind; what is received pays them only where something is received. */
function fees(shape: RunShape): Pick<CostModel, 'fees' | 'feeAsset'> {
  const [maker, taker] = [toRate(0.0002), toRate(0.001)];
  if (shape.fees === 'plain') return { fees: makerTakerFees(maker, taker) };
  const tiers = [
    { fromTradedQuanta: 0, makerRate: maker, takerRate: taker },
    { fromTradedQuanta: 3_000 * QUANTA, makerRate: 0, takerRate: toRate(0.0007) },
    { fromTradedQuanta: 30_000 * QUANTA, makerRate: toRate(-0.0001), takerRate: toRate(0.0013) },
  ];
  if (shape.fees === 'third')
    return {
      fees: feeSchedule({ tiers, payIn: 'third', minimumQuanta: QUANTA / 100 }),
      feeAsset: { code: 'FEE', balance: '0.05', price: '612.35', discountRate: toRate(0.25) },
    };
  const inBase = shape.fees === 'base' && shape.account === 'cash';
  return { fees: feeSchedule({ tiers, payIn: inBase ? 'base' : 'settle' }) };
}

const isInverse = ({ inverse, account, fees }: RunShape): boolean =>
  inverse && account === 'margin' && fees !== 'third';

/** A pair of perpetuals that settle in the same coin: 10 of quote each. */
function inversePerpetual(index: number, expiryMs: number | null): InstrumentDefinition {
  return {
    id: `TEST:AAA${['USD', 'EUR'][index]!}`,
    kind: 'inverse-perpetual',
    base: 'AAA',
    quote: ['USD', 'EUR'][index]!,
    tick: '0.01',
    lot: '1',
    contractSize: '10',
    ...(expiryMs === null ? {} : { expiryMs }),
  };
}

/** Only what is owned is locked by the orders that sell it. */
function profileOf({ profile, account }: RunShape): VenueCapabilities {
  const capabilities = PROFILES[profile]!;
  return account === 'margin' && capabilities.legs !== 'apart' ? LIVE : capabilities;
}

/** The run that a shape stands for. */
export function configOf(shape: RunShape): BacktestConfig {
  const random = new Random(shape.seed);
  const feeds = Array.from({ length: shape.instruments }, (_, i): BacktestFeed => {
    const columns = walk(random, shape.bars);
    const hours = Array.from({ length: Math.ceil(shape.bars / 8) }, (_, k) => START_MS + k * 8 * HOUR_MS);
    const funding = {
      timesMs: Float64Array.from(hours),
      rates: Float64Array.from(hours, () => 0.002 * (random.uniform() - 0.5)),
    };
    // What pays fees in base is received, and does not expire.
    const expires = shape.expiry && !(shape.fees === 'base' && shape.account === 'cash');
    const expiryMs = expires ? START_MS + Math.floor(random.uniform() * shape.bars * 4) * (HOUR_MS / 4) : null;
    return {
      instrument: isInverse(shape)
        ? inversePerpetual(i, expiryMs)
        : instrument(i, shape.account === 'cash' || shape.borrows, expiryMs),
      timeframe: '1h',
      bars: columns,
      ...(shape.funding && shape.account === 'margin' && !shape.borrows ? { funding } : {}),
    };
  });
  return {
    feeds,
    strategies: Array.from({ length: shape.strategies }, (_, k) => ({
      strategy: randomTrader(`t${k}`, shape.seed + k),
    })),
    ...(isInverse(shape) ? { currency: 'AAA', cash: 50 } : { cash: 10_000 }),
    account: shape.account,
    ...(shape.account === 'margin' ? { leverage: shape.leverage } : {}),
    marginMode: shape.isolated ? 'isolated' : 'cross',
    capabilities: profileOf(shape),
    closeAtEnd: shape.closesAtEnd,
    fills: {
      market: shape.atClose ? 'close' : 'next-open',
      path: shape.path,
      limit: shape.through ? 'through' : 'touch',
    },
    costs: {
      ...fees(shape),
      // A percent a day, so that what is wrong shows.
      ...(shape.borrows && shape.account === 'margin' ? { interestRate: toRate(0.01) } : {}),
      slippage: slippage(shape.slippage),
      participation: shape.participation ? 0.1 : 0,
      latency: shape.latency
        ? { orderMs: 60_000, orderJitterMs: 900_000, reportMs: 0, reportJitterMs: 0 }
        : { orderMs: 0, orderJitterMs: 0, reportMs: 0, reportJitterMs: 0 },
    },
    // Conduct limits would silence most of the dice; those of money stay at their strict defaults.
    limits: { dailyLossPct: null, drawdownPct: null, repeatedEntryFills: null, messageOrders: null, selfMatch: null },
  };
}
