import { Engine } from '../engine/engine.ts';
import type { StrategyConfig } from '../engine/engine-config.ts';
import type { AccountConfig } from '../engine/session-state.ts';
import { CashAccount } from '../exchange/cash-account.ts';
import { CollateralAccount } from '../exchange/collateral-account.ts';
import { type CostModel, FillCosts } from '../exchange/fill-costs.ts';
import { DEFAULT_FILLS, type FillRules } from '../exchange/fill-rules.ts';
import type { FundingHistory } from '../exchange/funding.ts';
import type { MarginMode } from '../exchange/margin-position.ts';
import { SimulatedVenue } from '../exchange/simulated-venue.ts';
import type { SpotPair } from '../exchange/spot-commission.ts';
import type { VenueAccount } from '../exchange/venue-account.ts';
import { SIMULATED, type VenueCapabilities } from '../execution/capabilities.ts';
import { REQUEST } from '../execution/outbox.ts';
import { compileLimits, type LimitsDefinition } from '../risk/limits.ts';
import type { CalendarName } from '../vocabulary/calendar.ts';
import type { InstrumentDefinition } from '../vocabulary/instrument.ts';
import { timeframe } from '../vocabulary/time.ts';
import { feeSetup } from './fee-setup.ts';

const { place: PLACE, placeNative: PLACE_NATIVE, cancel: CANCEL } = REQUEST;

/** An instrument that is traded, and the bars that come of it. */
export interface DeskFeed {
  readonly instrument: InstrumentDefinition;
  readonly timeframe: string;
  /** Timeframe of strategy feeds that name none; that of the bars where absent. */
  readonly runTimeframe?: string;
  /** When the instrument trades; always where absent. */
  readonly calendar?: CalendarName;
  /** Recorded funding, for perpetuals. */
  readonly funding?: FundingHistory;
}

/** Strategies, account, costs and rules: what backtests and paper sessions are configured with alike. */
export interface DeskConfig {
  readonly strategies: readonly StrategyConfig[];
  readonly cash: number;
  readonly currency?: string;
  /** `cash` by default; `margin` allows shorts and leverage. */
  readonly account?: 'cash' | 'margin';
  readonly leverage?: number;
  /** One pool for all positions, or margin of its own for each. */
  readonly marginMode?: MarginMode;
  /** `at-fill`: market entries in `pctEquity` get their quantity at the price they fill at; else at the decision's price. */
  readonly sizing?: 'at-decision' | 'at-fill';
  /** `none`: positions on margin are never liquidated, whatever they lose; only to compare with backtesters that do so. */
  readonly liquidation?: 'venue' | 'none';
  readonly fills?: FillRules;
  readonly costs?: CostModel;
  readonly limits?: LimitsDefinition;
  readonly capabilities?: VenueCapabilities;
  readonly seed?: number;
  readonly warmUp?: 'settled' | 'ready';
  readonly session?: string;
}

/** An engine and the simulated venue that it trades at. */
export interface SimulatedDesk {
  readonly engine: Engine;
  readonly venue: SimulatedVenue;
}

/** The engine of a run, whatever stands for the exchange. `limits`: those of the run, with its own defaults already in them. */
export function deskEngine(
  config: DeskConfig,
  feeds: readonly DeskFeed[],
  limits: LimitsDefinition,
  session: string,
): Engine {
  const { kind, leverage, currency, setup } = accountTerms(config, feeds);
  const account: AccountConfig = {
    currency,
    cash: config.cash,
    kind,
    leverage,
    takerFeeRate: setup.takerFeeRate,
    feesInBase: setup.feesInBase,
    ...(setup.purse ? { feeAsset: setup.purse } : {}),
  };
  const engine = new Engine({
    session: config.session ?? session,
    instruments: feeds.map((f) => f.instrument),
    account,
    capabilities: config.capabilities ?? SIMULATED,
    limits: compileLimits(limits),
    feeds: feeds.map((f) => ({
      instrument: f.instrument.id,
      timeframe: timeframe(f.timeframe),
      runTimeframe: timeframe(f.runTimeframe ?? f.timeframe),
      ...(f.calendar ? { calendar: f.calendar } : {}),
    })),
    strategies: config.strategies,
    warmUp: config.warmUp ?? 'settled',
  });
  engine.desk.sizeAtFill = config.sizing === 'at-fill';
  return engine;
}

/** The kind of account that was asked for: with leverage one on margin, where it does not say. */
export function accountKind(asked: {
  readonly account?: 'cash' | 'margin' | undefined;
  readonly leverage?: number | undefined;
}): 'cash' | 'margin' {
  return asked.account ?? ((asked.leverage ?? 1) > 1 ? 'margin' : 'cash');
}

function accountTerms(config: DeskConfig, feeds: readonly DeskFeed[]) {
  const leverage = config.leverage ?? 1;
  const kind = accountKind(config);
  const instruments = feeds.map((f) => f.instrument);
  const currency = config.currency ?? currencyOf(instruments[0]!);
  return { leverage, kind, currency, setup: feeSetup(config, instruments, currency, kind) } as const;
}

/** Puts engine and venue together; see {@link deskEngine}. */
export function simulatedDesk(
  config: DeskConfig,
  feeds: readonly DeskFeed[],
  limits: LimitsDefinition,
  session: string,
): SimulatedDesk {
  const engine = deskEngine(config, feeds, limits, session);
  const { kind, setup } = accountTerms(config, feeds);
  const fillCosts = new FillCosts(setup.costs, config.seed ?? 1, pairsOf(engine));
  const { state } = engine;
  const venue = new SimulatedVenue(
    state.instruments,
    state.orders,
    config.fills ?? DEFAULT_FILLS,
    fillCosts,
    accountOf(config, engine, kind, fillCosts),
    feeds.map((f) => f.funding ?? null),
    state.capabilities.reduceOnly && config.strategies.length === 1,
  );
  return { engine, venue };
}

/** The assets of each instrument, as fees are paid in them. */
function pairsOf({ state: { instruments, feeAsset, assets } }: Engine): readonly SpotPair[] {
  const indexOf = (code: string): number => assets.findIndex((a) => a.code === code);
  return instruments.map((i) => ({
    baseAsset: indexOf(i.base),
    quoteAsset: indexOf(i.settle),
    ...(feeAsset >= 0 ? { thirdAsset: feeAsset } : {}),
    baseQuantaPerLot: i.baseQuanta(1),
  }));
}

function accountOf(config: DeskConfig, engine: Engine, kind: 'cash' | 'margin', costs: FillCosts): VenueAccount {
  const { state } = engine;
  const indexOf = (code: string): number => state.assets.findIndex((a) => a.code === code);
  const purse = state.account.feeAsset;
  const paidIn = Math.round(state.account.cash * Number(`1e${state.assets[0]!.scale}`));
  const cash = paidIn - (purse?.costQuanta ?? 0);
  const kept = purse ? [{ asset: state.feeAsset, quanta: purse.quanta }] : [];
  if (kind === 'margin') {
    const { leverage } = state.account;
    const mode = config.marginMode ?? 'cross';
    return new CollateralAccount(
      state.orders,
      state.instruments,
      {
        mode,
        leverage,
        cashQuanta: cash,
        liquidates: config.liquidation !== 'none',
        ...(kept[0] ? { feeAsset: kept[0] } : {}),
      },
      (value, lots) => costs.worstFeeQuanta(value, lots),
    );
  }
  return new CashAccount(
    state.orders,
    state.assets.length,
    state.instruments.map((i) => indexOf(i.base)),
    state.instruments.map((i) => indexOf(i.settle)),
    [{ asset: 0, quanta: cash }, ...kept],
    (value, lots) => costs.worstFeeQuanta(value, lots),
  );
}

/** Requests to the venue, reports to the engine, until neither has more to say. */
export function exchangeReports({ engine, venue }: SimulatedDesk): void {
  const { outbox } = engine.state;
  if (outbox.count > 0) sendRequests(engine, venue);
  while (venue.isBusy && venue.step()) {
    engine.report(venue.report);
    if (outbox.count > 0) sendRequests(engine, venue);
  }
}

function sendRequests(engine: Engine, venue: SimulatedVenue): void {
  const { outbox, clock } = engine.state;
  venue.timing.goOnTo(clock[0]!);
  for (let k = 0; k < outbox.count; k++) {
    const row = outbox.row[k]!;
    const kind = outbox.kind[k]!;
    if (kind === PLACE) venue.place(row, clock[0]!, false);
    else if (kind === PLACE_NATIVE) venue.place(row, clock[0]!, true);
    else if (kind === CANCEL) venue.cancel(row, clock[0]!);
    else venue.amend(row, outbox.lots[k]!, outbox.limitTicks[k]!, outbox.triggerTicks[k]!);
  }
  outbox.count = 0;
}

function currencyOf(instrument: InstrumentDefinition): string {
  return instrument.settle ?? (instrument.kind === 'inverse-perpetual' ? instrument.base : instrument.quote);
}
