import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StrategyConfig } from '../src/core/engine/engine-config.ts';
import { narrate } from '../src/core/engine/narrate.ts';
import { makerTakerFees } from '../src/core/exchange/fees.ts';
import { Backtest, type BacktestConfig, type BacktestFeed } from '../src/core/research/backtest.ts';
import type { LimitsDefinition } from '../src/core/risk/limits.ts';
import { bars } from '../src/core/strategy/data.ts';
import { type Context, defineStrategy } from '../src/core/strategy/define-strategy.ts';
import type { DomainEvent } from '../src/core/vocabulary/events.ts';
import type { InstrumentDefinition } from '../src/core/vocabulary/instrument.ts';
import type { Json } from '../src/core/vocabulary/json.ts';
import { barsFromRows } from '../src/core/vocabulary/market-data.ts';
import { ORDER_ROLES, ORDER_STATUSES } from '../src/core/vocabulary/order.ts';

/** Every limit off: a scenario is about the venue, not about risk. */
export const NO_LIMITS: LimitsDefinition = {
  leverageRatio: null,
  orderValuePct: null,
  positionPct: null,
  instrumentExposurePct: null,
  grossExposurePct: null,
  netExposurePct: null,
  freeCapitalPct: null,
  priceCollarPct: null,
  passivePriceBandPct: null,
  strategyOpenOrders: null,
  accountOpenOrders: null,
  messageOrders: null,
  duplicateOrders: null,
  repeatedEntryFills: null,
  dailyLossPct: null,
  drawdownPct: null,
  portfolioHeatPct: null,
  selfMatch: null,
};

/** A stock of whole pieces at cents. */
export const STOCK: InstrumentDefinition = {
  id: 'TEST:ABC',
  kind: 'spot',
  base: 'ABC',
  quote: 'USD',
  tick: '0.01',
  lot: '1',
};

/** A perpetual of the same steps; 1 % maintenance, leverage up to 50. */
export const PERPETUAL: InstrumentDefinition = {
  id: 'TEST:ABCPERP',
  kind: 'linear-perpetual',
  base: 'ABC',
  quote: 'USD',
  tick: '0.01',
  lot: '1',
  marginTiers: [{ notionalFloor: 0, maintenanceRate: 0.01, maxLeverage: 50 }],
};

/** 2024-01-01T00:00Z, a Monday. */
export const START_MS = 1_704_067_200_000;
export const HOUR_MS = 3_600_000;

/** So many hours after the start. */
export const hour = (hours: number): number => START_MS + hours * HOUR_MS;

/** A future that expires after so many hours. */
export const future = (hours: number, id = 'TEST:ABC3'): InstrumentDefinition => ({
  ...PERPETUAL,
  id,
  kind: 'dated-future',
  expiryMs: hour(hours),
});

/** Open, high, low, close and, where it matters, volume. */
export type Prices = readonly [open: number, high: number, low: number, close: number, volume?: number];
/** What a script is handed: a strategy's context. */
export type Desk = Context<Record<string, never>, Record<string, never>, unknown, Json>;
/** What a strategy does at the close of a bar, by the bar's number. */
export type Script = Readonly<Record<number, (c: Desk) => void>>;

export interface Scenario extends Partial<Omit<BacktestConfig, 'feeds' | 'strategies'>> {
  readonly bars: readonly Prices[];
  /** One script a strategy. */
  readonly strategies: readonly Script[];
  readonly instrument?: InstrumentDefinition;
  readonly funding?: { readonly timesMs: readonly number[]; readonly rates: readonly number[] };
}

export interface Played {
  readonly backtest: Backtest;
  /** `entry buy 10 @ 101 1:00 taker, fee 0.1`, one line a fill, at hours:minutes since the first open; led by the strategy where there are several. */
  readonly fills: readonly string[];
  /** Final status of every order, in the order of placing: `entry: canceled`. */
  readonly orders: readonly string[];
  /** Everything that happened, as it leaves the engine. */
  readonly events: readonly DomainEvent[];
  /** Money in the account at the end, in its currency. */
  readonly equity: number;
}

/** Hourly bars from {@link START_MS}. */
export function hourly(prices: readonly Prices[]) {
  return barsFromRows(prices.map((p, i) => [START_MS + i * HOUR_MS, p[0], p[1], p[2], p[3], p[4] ?? 1e6]));
}

/** A strategy that does at every bar what its script says. */
export function scripted(script: Script, id = 'scripted', extra: object = {}): StrategyConfig['strategy'] {
  return defineStrategy({
    id,
    params: {},
    data: { main: bars() },
    indicators: () => ({}),
    state: (): Json => 0,
    onBar(c) {
      const bar = c.state as number;
      script[bar]?.(c as unknown as Desk);
      c.state = bar + 1;
    },
    ...extra,
  });
}

/** Plays scripts against hourly bars at the simulated venue: 10,000 in the account, no fees, no limits unless said. */
export function play(scenario: Scenario): Played {
  const { bars: prices, strategies, instrument = STOCK, funding, ...config } = scenario;
  const backtest = new Backtest({
    feeds: [
      {
        instrument,
        timeframe: '1h',
        bars: hourly(prices),
        ...(funding
          ? { funding: { timesMs: Float64Array.from(funding.timesMs), rates: Float64Array.from(funding.rates) } }
          : {}),
      },
    ],
    strategies: strategies.map((s, i) => ({ strategy: scripted(s, `s${i}`) })),
    cash: 10_000,
    costs: { fees: makerTakerFees(0, 0) },
    limits: NO_LIMITS,
    warmUp: 'ready',
    ...config,
  }).run();
  return describe(backtest);
}

/** A row of a scenario table: the fills of a scenario, the money in the end where it is given, and books that balance. */
export function scene(
  name: string,
  scenario: Scenario,
  fills: readonly string[],
  equity?: number,
  also?: (p: Played) => void,
): void {
  test(name, () => {
    const played = play(scenario);
    checkPlayed(played, fills, equity);
    also?.(played);
  });
}

/** What every row of a scenario table must be. */
export function checkPlayed(p: Played, fills: readonly string[], equity?: number): void {
  assert.deepEqual(p.fills, fills);
  if (equity !== undefined) assert.ok(Math.abs(p.equity - equity) < 1e-9, `equity ${p.equity}, expected ${equity}`);
  p.backtest.engine.state.book.ledger.verify();
}

/** Several instruments with bars of their own, on 1,000 of margin, ten times levered, unless said: no fees, no limits. */
export function playMarket(
  feeds: readonly BacktestFeed[],
  strategies: BacktestConfig['strategies'],
  more: Partial<BacktestConfig> = {},
): Played {
  const account = { cash: 1_000, account: 'margin', leverage: 10, costs: { fees: makerTakerFees(0, 0) } } as const;
  return describe(new Backtest({ feeds, strategies, ...account, limits: NO_LIMITS, warmUp: 'ready', ...more }).run());
}

/** An instrument's hourly bars. */
export const hourlyFeed = (instrument: InstrumentDefinition, prices: readonly Prices[]): BacktestFeed => ({
  instrument,
  timeframe: '1h',
  bars: hourly(prices),
});

/** What happened in a finished run, in words a trader can check. */
export function describe(backtest: Backtest): Played {
  const { state, seats } = backtest.engine;
  const names = seats.map((s) => s.strategy.def.id);
  const f = state.fills.column;
  const c = state.orders.column;
  const n = state.instruments.length;
  const fills = Array.from({ length: state.fills.count }, (_, i) => {
    const instrument = state.instruments[f.slot[i]! % n]!;
    const role = ORDER_ROLES[c.role[f.order[i]!]!]!;
    const who = seats.length > 1 ? `${names[Math.floor(f.slot[i]! / n)]} ` : '';
    const paid = state.feeText(instrument, state.fills.feeAsset(i), f.fee[i]!);
    const asset = state.fills.feeAsset(i) < 0 ? '' : ` ${state.feeCode(instrument, state.fills.feeAsset(i))}`;
    const fee = f.fee[i] === 0 ? '' : `, fee ${paid}${asset}`;
    return `${who}${role} ${f.side[i]! > 0 ? 'buy' : 'sell'} ${instrument.quantityText(f.lots[i]!)} @ ${instrument.priceText(f.ticks[i]!)} ${clock(f.timeMs[i]!)} ${f.maker[i] ? 'maker' : 'taker'}${fee}`;
  });
  const orders = Array.from(
    { length: state.orders.count },
    (_, row) => `${ORDER_ROLES[c.role[row]!]!}: ${ORDER_STATUSES[c.status[row]!]!}`,
  );
  const events = Array.from({ length: state.log.count }, (_, seq) => narrate(state, names, seq));
  return { backtest, fills, orders, events, equity: state.book.equity(state.price) };
}

/** Hours since the first bar's open with minutes: `2:20`; a bar that opens at 2:00 closes at 3:00. */
function clock(timeMs: number): string {
  const minutes = Math.floor((timeMs - START_MS) / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
