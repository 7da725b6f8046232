import type { Engine } from '../../core/engine/engine.ts';
import type { CostModel } from '../../core/exchange/fill-costs.ts';
import { LatencyLine } from '../../core/exchange/latency.ts';
import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import type { SessionConfig, SessionCore } from '../session-core.ts';
import { type Decision, type Divergence, decisionsOf, firstDivergence } from './decisions.ts';
import type { MarketItem, MarketRecord } from './market-record.ts';
import { type OrderStory, storiesOf } from './recorded-orders.ts';
import { RecordedVenue, type Step } from './recorded-venue.ts';
import { type WholeMarket, wholeMarket } from './reference-data.ts';
import { type MarketRun, runMarket } from './run-market.ts';
import { spreadCost } from './spread-cost.ts';

/** What a gap is split into, in the order in which the recorded reality replaces the model. */
export const CAUSES = ['data', 'latency', 'spread', 'slippage', 'queue', 'fees', 'rejects'] as const;
export type Cause = (typeof CAUSES)[number];

export interface Comparison {
  /** What was recorded: the session's own core at the end of its journal. */
  readonly recorded: SessionCore;
  readonly market: MarketRecord;
  readonly config: SessionConfig;
  readonly session: string;
  readonly sealed: MarketRun['sealed'];
  /** Costs that the expected side reckons with; those of the session where absent. */
  readonly model?: CostModel;
  /** Bars as they were, by feed; null where nobody knows better than the session. */
  readonly reference?: readonly (BarColumns | null)[];
}

export interface Ladder {
  /** Digits behind the point of every amount of quanta here. */
  readonly scale: number;
  readonly expectedQuanta: number;
  readonly recordedQuanta: number;
  /** They add up to the gap, recorded less expected, to the last quantum. */
  readonly causes: Readonly<Record<Cause | 'unexplained', number>>;
  readonly data: WholeMarket;
  /** What filled the expected side's orders. */
  readonly drivenBy: SessionConfig['drivenBy'];
  readonly expected: readonly Decision[];
  readonly recorded: readonly Decision[];
  readonly divergence: (Divergence & { readonly cause: Cause | 'unexplained' }) | null;
  /** The model's orders on the recorded data. */
  readonly modelled: ReadonlyMap<string, readonly OrderStory[]>;
  readonly stories: ReadonlyMap<string, readonly OrderStory[]>;
  /** Runs the expected side again, to be looked at on its way. */
  readonly again: (isEnough: (core: SessionCore) => boolean) => SessionCore;
}

/**
 * The ladder: the model on the whole data at its foot, the recorded session at its top, and one more thing of the recorded reality on every
 * rung between. A cause is the difference in profit between two neighbouring rungs, so they add up to the gap exactly, whatever follows from
 * them: a fee that makes the next order smaller counts as fee. What is left between the last rung and the record is unexplained.
 *
 * The order matters where causes meet: what two of them do together counts for the later one. Latency comes before slippage because a price
 * that slipped is one that was met late; fees come after prices because they are reckoned of them.
 */
export function compareWithModel(comparison: Comparison): Ladder {
  const { recorded, market, config, session, sealed, model, reference } = comparison;
  const { feeds, state } = recorded.engine;
  const scale = state.assets[0]!.scale;
  const data = wholeMarket(
    market,
    feeds.map((feed) => feed.timeframe),
    reference ?? [],
  );
  // Where no trade was kept there is nothing that a trade could fill.
  const hasTrades = market.kept !== 'none' && (config.drivenBy === 'trades' || config.remote !== undefined);
  const drivenBy = hasTrades ? 'trades' : 'bars';
  const { remote: _remote, ...simulated } = config;
  const modelConfig: SessionConfig = { ...simulated, drivenBy, ...(model ? { costs: model } : {}) };
  const stories = storiesOf(recorded);
  const closing = closingOf(recorded);
  const run = (
    items: readonly MarketItem[],
    step: Step,
    more: Partial<MarketRun> = {},
    costs = modelConfig,
  ): SessionCore =>
    runMarket(
      { items: [...items, ...closing], trades: market.trades },
      {
        ...{ config: costs, session, sealed, ...more },
        ...(step === 'model'
          ? {}
          : { told: (engine: Engine) => new RecordedVenue(engine, stories, step, lineOf(config)) }),
      },
    );
  // What fees do to sizes and limits before they are paid is the session's own reckoning of them.
  const ownFees: SessionConfig =
    model && config.costs ? { ...modelConfig, costs: { ...model, ...feesOf(config.costs) } } : modelConfig;
  const whole = run(data.items, 'model');
  const onRecorded = data.items === market.items ? whole : run(market.items, 'model');
  const delayed = run(market.items, 'latency');
  const priced = run(market.items, 'prices');
  const queued = run(market.items, 'queue');
  const charged = run(market.items, 'fees', {}, ownFees);
  const refused = run(market.items, 'rejects', { isHeld: true }, ownFees);
  const rungs = [whole, onRecorded, delayed, priced, queued, charged, refused, recorded];
  const profit = rungs.map((core) => profitQuanta(core, scale));
  const between = (rung: number): number => profit[rung + 1]! - profit[rung]!;
  // A simulated exchange has no spread to cross.
  // What positions were paid or charged for being held is no fill; of what a real exchange pays the model knows nothing.
  const funding = fundingQuanta(recorded, scale) - fundingQuanta(refused, scale);
  const spread = config.remote ? -spreadCost(stories, market.quotes, state.instruments) : 0;
  const causes = {
    ...{ data: between(0), latency: between(1), spread, slippage: between(2) - spread, queue: between(3) },
    ...{ fees: between(4) + funding, rejects: between(5), unexplained: between(6) - funding },
  };
  const decisions = rungs.map(decisionsOf);
  return {
    ...{ scale, causes, data, drivenBy, stories, modelled: storiesOf(onRecorded) },
    ...{ expectedQuanta: profit[0]!, recordedQuanta: profit.at(-1)! },
    ...{ expected: decisions[0]!, recorded: decisions.at(-1)! },
    divergence: divergenceOf(decisions),
    again: (isEnough) => run(data.items, 'model', { isEnough }),
  };
}

/** The delays of the exchange that the session had, where it was simulated and had any. */
function lineOf({ remote, costs, seed }: SessionConfig): LatencyLine | null {
  const latency = costs?.latency;
  const isDelayed = latency !== undefined && latency.orderMs + latency.orderJitterMs > 0;
  return remote || !isDelayed ? null : new LatencyLine(latency, seed ?? 1);
}

/**
 * What a real exchange filled after the last that the session saw of the market can be filled here at the last price, and not be compared
 * otherwise.
 */
function closingOf({ engine: { state, feeds }, lastMs }: SessionCore): readonly MarketItem[] {
  const { order, timeMs } = state.fills.column;
  return feeds.flatMap(({ instrument }, feed) => {
    let newestMs = lastMs;
    for (let fill = 0; fill < state.fills.count; fill++)
      if (state.orders.column.instrument[order[fill]!] === instrument) newestMs = Math.max(newestMs, timeMs[fill]!);
    const price = state.price[instrument]!;
    return newestMs > lastMs ? [{ kind: 'closing' as const, feed, timeMs: newestMs, price }] : [];
  });
}

function feesOf({ fees, feeAsset }: CostModel): Pick<CostModel, 'fees' | 'feeAsset'> {
  return { fees, ...(feeAsset ? { feeAsset } : {}) };
}

/** Profit at the last prices, in quanta of the account's currency. */
function profitQuanta({ engine: { state } }: SessionCore, scale: number): number {
  return Math.round((state.book.equity(state.price) - state.account.cash) * Number(`1e${scale}`));
}

function fundingQuanta({ engine: { state } }: SessionCore, scale: number): number {
  const { positions } = state.book;
  let sum = 0;
  for (let slot = 0; slot < positions.count; slot++)
    sum += state.instruments[state.instrumentOf[slot]!]!.money(positions.column.funding[slot]!);
  return Math.round(sum * Number(`1e${scale}`));
}

/** Causes that rung after rung took away: the first rung that decides as it was recorded names it. */
const CAUSE_OF_RUNG = ['data', 'latency', 'slippage', 'queue', 'fees', 'rejects'] as const;

function divergenceOf(decisions: readonly (readonly Decision[])[]): Ladder['divergence'] {
  const recorded = decisions.at(-1)!;
  const first = firstDivergence(decisions[0]!, recorded);
  if (first === null) return null;
  const cause = CAUSE_OF_RUNG.find((_, rung) => {
    const later = firstDivergence(decisions[rung + 1]!, recorded);
    return later === null || later.after > first.after;
  });
  return { ...first, cause: cause ?? 'unexplained' };
}
