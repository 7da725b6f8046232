import { moneyScale } from '../../src/core/engine/session-state.ts';
import { feeSchedule } from '../../src/core/exchange/fees.ts';
import { toRate } from '../../src/core/exchange/rate.ts';
import { type RoundTrip, roundTrips } from '../../src/core/report/round-trips.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { barsFromRows } from '../../src/core/vocabulary/market-data.ts';
import { DAY_MS } from '../../src/core/vocabulary/time.ts';
import { NO_MAINTENANCE, referenceRun } from './reference-run.ts';

/** What a strategy does when it is called at a bar: an order with the arguments of their `buy` and `sell`, or `position.close()`. */
export interface PlannedAction {
  readonly bar: number;
  readonly do: 'buy' | 'sell' | 'close';
  /** Units, or a share of what the margin buys where below 1. */
  readonly size?: number;
  readonly limit?: number;
  readonly stop?: number;
  readonly sl?: number;
  readonly tp?: number;
}

/** A run of backtesting.py whose strategy is a list of actions. */
export interface PlannedRun {
  /** `single`: an entry is left out while there is a position or an order; `exclusive`: their `exclusive_orders`; `pyramid`: neither. */
  readonly mode: 'single' | 'exclusive' | 'pyramid';
  /** Open, high, low and close of daily bars. */
  readonly rows: readonly (readonly number[])[];
  readonly plan: readonly PlannedAction[];
  readonly cash: number;
  /** Rate, or a fixed part and a rate. */
  readonly commission: number | readonly [fixed: number, rate: number];
  readonly spread: number;
  readonly margin: number;
  readonly trade_on_close: boolean;
}

/** One trade as their `_trades` has it; `size` is signed. */
export interface PlannedTrade {
  readonly size: number;
  readonly entryBar: number;
  readonly exitBar: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly pnl: number;
}

export interface PlannedResult {
  readonly trades: PlannedTrade[];
  readonly equity: Float64Array;
  readonly refused: string[];
  readonly rejected: string[];
}

function planStrategy(run: PlannedRun): AnyStrategy {
  const actions = new Map(run.plan.map((action) => [action.bar, action]));
  return defineStrategy({
    id: 'planned',
    params: {},
    data: { main: bars() },
    indicators: () => null,
    onBar(c) {
      const bar = c.data.main.cursor;
      const action = actions.get(bar);
      if (action === undefined) return;
      if (action.do === 'close') {
        c.position.close('planned');
        return;
      }
      if (run.mode === 'single' && (c.position.isOpen || c.orders.length > 0)) return;
      if (run.mode === 'exclusive') c.position.close('exclusive orders');
      const size = action.size ?? 0;
      const entry = {
        size: size < 1 ? { pctEquity: size } : { qty: size },
        ...(action.limit === undefined ? {} : { limit: action.limit }),
        ...(action.stop === undefined ? {} : { trigger: action.stop }),
        ...(action.sl === undefined ? {} : { stop: { price: action.sl } }),
        ...(action.tp === undefined ? {} : { target: { price: action.tp } }),
        why: 'planned',
      };
      if (action.do === 'buy') c.buy(entry);
      else c.sell(entry);
    },
    onFill(c) {
      if (run.mode === 'single' && !c.position.isOpen) c.cancelAll('the position is gone');
    },
  });
}

/** The same run on our engine. */
export function runPlan(run: PlannedRun): PlannedResult {
  const columns = barsFromRows(run.rows.map(([o, h, l, c], i) => [i * DAY_MS, o!, h!, l!, c!, 0]));
  const [fixed, rate] = typeof run.commission === 'number' ? [0, run.commission] : run.commission;
  const { backtest, fills, refused, rejected } = referenceRun({
    feeds: [
      {
        instrument: {
          id: 'REFERENCE:STOCK',
          kind: 'equity',
          base: 'STOCK',
          quote: 'USD',
          tick: '0.00000001',
          lot: '1',
          marginTiers: NO_MAINTENANCE,
        },
        // Bars close half a day before the next one opens, so that an instant belongs to one bar.
        timeframe: '12h',
        bars: columns,
      },
    ],
    strategies: [{ strategy: planStrategy(run) }],
    cash: run.cash,
    account: 'margin',
    leverage: 1 / run.margin,
    liquidation: 'none',
    sizing: 'at-fill',
    fills: { market: run.trade_on_close ? 'close' : 'next-open', path: 'pessimistic', limit: 'touch' },
    costs: {
      fees: feeSchedule({
        tiers: [{ fromTradedQuanta: 0, makerRate: toRate(rate), takerRate: toRate(rate) }],
        perOrderQuanta: Math.round(fixed * 10 ** moneyScale(run.cash)),
      }),
      entrySpreadRate: toRate(run.spread),
    },
  });
  const { timeMs } = backtest.engine.state.fills.column;
  const trips = roundTrips(
    fills.map((f, i) => ({ ...f, timeMs: timeMs[i]!, orderId: '' })),
    { accounting: 'fifo', bars: columns },
  );
  const barOf = (ms: number): number => columns.openTimeMs.findLastIndex((open) => open <= ms);
  const trade = (t: RoundTrip): PlannedTrade => ({
    size: t.side === 'long' ? t.quantity : -t.quantity,
    entryBar: barOf(t.entryTimeMs),
    exitBar: barOf(t.exitTimeMs),
    entryPrice: t.entryPrice,
    exitPrice: t.exitPrice,
    pnl: t.profit,
  });
  return {
    trades: trips.map(trade),
    equity: backtest.engine.state.track.equity.slice(0, run.rows.length),
    refused,
    rejected,
  };
}
