import { Engine } from '../engine/engine.ts';
import type { EngineConfig, StrategyConfig } from '../engine/engine-config.ts';
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
import type { Json } from '../vocabulary/json.ts';
import type { BarColumns } from '../vocabulary/market-data.ts';
import { timeframe } from '../vocabulary/time.ts';
import { feeSetup } from './fee-setup.ts';

/** Bars of one instrument that a run trades on. */
export interface BacktestFeed {
  readonly instrument: InstrumentDefinition;
  readonly timeframe: string;
  /** Timeframe of strategy feeds that name none; that of the bars where absent. */
  readonly runTimeframe?: string;
  readonly bars: BarColumns;
  /** When the instrument trades; always where absent. */
  readonly calendar?: CalendarName;
  /** Recorded funding, for perpetuals. */
  readonly funding?: FundingHistory;
}

export interface BacktestConfig {
  readonly feeds: readonly BacktestFeed[];
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
  /** Whether positions still open after the last bar are closed at its close. */
  readonly closeAtEnd?: boolean;
  /** `none`: positions on margin are never liquidated, whatever they lose; only to compare with backtesters that do so. */
  readonly liquidation?: 'venue' | 'none';
  readonly fills?: FillRules;
  readonly costs?: CostModel;
  readonly limits?: LimitsDefinition;
  readonly capabilities?: VenueCapabilities;
  readonly seed?: number;
  readonly warmUp?: 'settled' | 'ready';
  readonly session?: string;
  /** Recorded values of declared sources (news, a model's answers), oldest first; each arrives with the first instant at or after its time. */
  readonly sources?: readonly { readonly name: string; readonly timeMs: number; readonly value: Json }[];
  /** Bar by bar, with nothing computed in advance, as paper and live run. Slower; for checks. Can run only once. */
  readonly streamed?: boolean;
}

/** How far a run is; called between chunks of bars. Answer false to stop it there. */
export type Progress = (done: number, total: number) => boolean;

/** Bars a chunk: the inner loop is left this often, so that V8 replaces it with optimised code and a run can be stopped. */
const CHUNK = 4096;

/**
 * A backtest: history through the very engine that trades live, against the simulated venue, in one synchronous loop.
 * Construct once, {@link run} as often as wanted: every run starts from a reset engine.
 */
export class Backtest {
  readonly engine: Engine;
  readonly venue: SimulatedVenue;
  readonly config: BacktestConfig;
  readonly #columns: readonly BarColumns[];
  readonly #instrumentOf: readonly number[];
  readonly #next: Int32Array;
  readonly #streamed: boolean;
  #sourcesTaken = 0;
  /** Of a single feed: the bar that the venue has not been shown; −1 for none. */
  #unshown = -1;
  #nextSourceMs = Number.POSITIVE_INFINITY;
  /** Bars handled by the last run, over all feeds. */
  barsDone = 0;

  constructor(config: BacktestConfig) {
    this.config = config;
    const leverage = config.leverage ?? 1;
    const kind = config.account ?? (leverage > 1 ? 'margin' : 'cash');
    const currency = config.currency ?? currencyOf(config.feeds[0]!.instrument);
    const setup = feeSetup(config, currency, kind);
    const account: AccountConfig = {
      currency,
      cash: config.cash,
      kind,
      leverage,
      takerFeeRate: setup.takerFeeRate,
      feesInBase: setup.feesInBase,
      ...(setup.purse ? { feeAsset: setup.purse } : {}),
    };
    const engineConfig: EngineConfig = {
      session: config.session ?? 'bt',
      instruments: config.feeds.map((f) => f.instrument),
      account,
      capabilities: config.capabilities ?? SIMULATED,
      limits: compileLimits(limitsOf(config)),
      feeds: config.feeds.map((f) => ({
        instrument: f.instrument.id,
        timeframe: timeframe(f.timeframe),
        runTimeframe: timeframe(f.runTimeframe ?? f.timeframe),
        ...(f.calendar ? { calendar: f.calendar } : {}),
      })),
      strategies: config.strategies,
      warmUp: config.warmUp ?? 'settled',
    };
    this.engine = new Engine(engineConfig);
    this.engine.desk.sizeAtFill = config.sizing === 'at-fill';
    this.#columns = config.feeds.map((f) => f.bars);
    this.#streamed = config.streamed ?? false;
    if (this.#streamed) for (const [f, feed] of this.engine.feeds.entries()) feed.schedule(this.#columns[f]!);
    else this.engine.preload(this.#columns);
    const { state } = this.engine;
    const fillCosts = new FillCosts(setup.costs, config.seed ?? 1, this.#pairs());
    this.venue = new SimulatedVenue(
      state.instruments,
      state.orders,
      config.fills ?? DEFAULT_FILLS,
      fillCosts,
      this.#account(kind, fillCosts),
      config.feeds.map((f) => f.funding ?? null),
      engineConfig.capabilities.reduceOnly && config.strategies.length === 1,
    );
    this.#instrumentOf = this.engine.feeds.map((f) => f.instrument);
    this.#next = new Int32Array(config.feeds.length);
  }

  /** The assets of each instrument, as fees are paid in them. */
  #pairs(): readonly SpotPair[] {
    const { instruments, feeAsset, assets } = this.engine.state;
    const indexOf = (code: string): number => assets.findIndex((a) => a.code === code);
    return instruments.map((i) => ({
      baseAsset: indexOf(i.base),
      quoteAsset: indexOf(i.settle),
      ...(feeAsset >= 0 ? { thirdAsset: feeAsset } : {}),
      baseQuantaPerLot: i.baseQuanta(1),
    }));
  }

  #account(kind: 'cash' | 'margin', costs: FillCosts): VenueAccount {
    const { state } = this.engine;
    const indexOf = (code: string): number => state.assets.findIndex((a) => a.code === code);
    const purse = state.account.feeAsset;
    const paidIn = Math.round(state.account.cash * Number(`1e${state.assets[0]!.scale}`));
    const cash = paidIn - (purse?.costQuanta ?? 0);
    const kept = purse ? [{ asset: state.feeAsset, quanta: purse.quanta }] : [];
    if (kind === 'margin') {
      const { leverage } = state.account;
      const mode = this.config.marginMode ?? 'cross';
      return new CollateralAccount(
        state.orders,
        state.instruments,
        {
          mode,
          leverage,
          cashQuanta: cash,
          liquidates: this.config.liquidation !== 'none',
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

  /** Total bars over all feeds. */
  get barCount(): number {
    return this.#columns.reduce((sum, c) => sum + c.close.length, 0);
  }

  /** Runs from the first bar to the last, or until `progress` says no. Ends with `onStop` of every strategy and verified books. */
  run(progress: Progress = () => true): this {
    const { engine } = this;
    engine.reset();
    this.venue.reset();
    this.#next.fill(0);
    this.barsDone = 0;
    this.#unshown = -1;
    this.#sourcesTaken = 0;
    this.#nextSourceMs = this.config.sources?.[0]?.timeMs ?? Number.POSITIVE_INFINITY;
    engine.state.track.reserve(this.barCount, this.#columns.length === 1 ? engine.feeds[0]!.closeMs : null);
    const total = this.barCount;
    const single = this.#columns.length === 1;
    while (this.barsDone < total) {
      const end = Math.min(total, this.barsDone + CHUNK);
      if (single) this.#chunk(this.barsDone, end);
      else this.#mergedChunk(end);
      if (!progress(this.barsDone, total)) break;
    }
    engine.stop(this.barsDone < total ? 'interrupted' : 'end of data');
    this.#exchange();
    if (this.config.closeAtEnd && this.barsDone === total) this.#closeAll();
    engine.state.book.ledger.verify();
    return this;
  }

  /** Closes what is still open at the last close, and corrects the last equity by what that cost. */
  #closeAll(): void {
    const { engine, venue } = this;
    const { state, desk } = engine;
    venue.end();
    for (let slot = 0; slot < state.book.positions.count; slot++) {
      for (const row of [...desk.rowsOf(slot)]) desk.cancel(row);
      this.#exchange();
      desk.close(slot, 'the data ended');
      this.#exchange();
    }
    state.clock[1] = state.book.equity(state.price);
    if (state.track.count > 0) state.track.equity[state.track.count - 1] = state.clock[1];
  }

  /** One feed: no merging of times. */
  #chunk(from: number, to: number): void {
    const { engine, venue } = this;
    const feed = engine.feeds[0]!;
    const _c = this.#columns[0]!;
    const { closeMs } = feed;
    const { outbox } = engine.state;
    const instrument = feed.instrument;
    for (let i = from; i < to; i++) {
      const close = closeMs[i]!;
      this.#unshown = i;
      if (venue.concerns(instrument)) this.#exchange();
      if (this.#streamed) this.#append(0, i);
      else engine.take(0, i);
      if (close >= this.#nextSourceMs) this.#receive(close);
      engine.endSlice(close);
      if (outbox.count > 0) this.#exchange();
    }
    this.barsDone = to;
  }

  /** Shows the venue the bar that it has not seen yet. Bars that concern nobody there are shown only once somebody asks. */
  #showBar(): void {
    const i = this.#unshown;
    this.#unshown = -1;
    const feed = this.engine.feeds[0]!;
    this.venue.beginBar(feed.instrument, this.#columns[0]!, i, feed.closeMs);
  }

  /** Hands over the source values that have come by now. */
  #receive(nowMs: number): void {
    const sources = this.config.sources ?? [];
    for (let next = sources[this.#sourcesTaken]; next && next.timeMs <= nowMs; next = sources[++this.#sourcesTaken])
      this.engine.receive(next.name, next.value);
    this.#nextSourceMs = sources[this.#sourcesTaken]?.timeMs ?? Number.POSITIVE_INFINITY;
  }

  #append(feed: number, i: number): void {
    const c = this.#columns[feed]!;
    this.engine.append(feed, c.openTimeMs[i]!, c.open[i]!, c.high[i]!, c.low[i]!, c.close[i]!, c.volume[i]!);
  }

  /** Several feeds: all bars that close at one time form one instant. */
  #mergedChunk(end: number): void {
    const { engine, venue } = this;
    const { outbox } = engine.state;
    const feeds = engine.feeds;
    const next = this.#next;
    while (this.barsDone < end) {
      let time = Number.POSITIVE_INFINITY;
      for (let f = 0; f < feeds.length; f++) {
        const i = next[f]!;
        const closeMs = feeds[f]!.closeMs;
        if (i < closeMs.length && closeMs[i]! < time) time = closeMs[i]!;
      }
      for (let f = 0; f < feeds.length; f++) {
        const i = next[f]!;
        if (i >= feeds[f]!.closeMs.length || feeds[f]!.closeMs[i] !== time) continue;
        venue.beginBar(this.#instrumentOf[f]!, this.#columns[f]!, i, feeds[f]!.closeMs);
        if (venue.isBusy) this.#exchange();
      }
      for (let f = 0; f < feeds.length; f++) {
        const i = next[f]!;
        if (i >= feeds[f]!.closeMs.length || feeds[f]!.closeMs[i] !== time) continue;
        if (this.#streamed) this.#append(f, i);
        else engine.take(f, i);
        next[f] = i + 1;
        this.barsDone++;
      }
      if (time >= this.#nextSourceMs) this.#receive(time);
      engine.endSlice(time);
      if (outbox.count > 0) this.#exchange();
    }
  }

  /** Requests to the venue, reports to the engine, until neither has more to say. */
  #exchange(): void {
    const { engine, venue } = this;
    if (this.#unshown >= 0) this.#showBar();
    const { outbox } = engine.state;
    for (;;) {
      if (outbox.count > 0) this.#send();
      if (!venue.step()) {
        if (outbox.count === 0) return;
        continue;
      }
      engine.report(venue.report);
    }
  }

  #send(): void {
    const { venue } = this;
    const { outbox, clock } = this.engine.state;
    for (let k = 0; k < outbox.count; k++) {
      const row = outbox.row[k]!;
      const kind = outbox.kind[k]!;
      if (kind === REQUEST.place) venue.place(row, clock[0]!, false);
      else if (kind === REQUEST.placeNative) venue.place(row, clock[0]!, true);
      else if (kind === REQUEST.cancel) venue.cancel(row, clock[0]!);
      else venue.amend(row, outbox.lots[k]!, outbox.limitTicks[k]!, outbox.triggerTicks[k]!);
    }
    outbox.count = 0;
  }
}

function currencyOf(instrument: InstrumentDefinition): string {
  return instrument.settle ?? (instrument.kind === 'inverse-perpetual' ? instrument.base : instrument.quote);
}

/**
 * Limits of a backtest: the defaults of every session, but nobody is there to re-arm after the drawdown limit, so it is done after
 * 30 days, and the report says how often.
 */
export function limitsOf(config: BacktestConfig): LimitsDefinition {
  return { leverageRatio: config.leverage ?? 1, drawdownPauseDays: 30, ...config.limits };
}
