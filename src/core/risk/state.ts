import { KillLadder, type KillLadderSnapshot } from './kill-ladder.ts';
import type { CompiledLimits } from './limits.ts';
import type { ChangedLimits } from './limits-in-force.ts';
import { RecentOrders } from './recent-orders.ts';
import { NEVER_MS, RecentTimes, type RecentTimesSnapshot } from './recent-times.ts';
import { type StateTransition, TradingStates, type TradingStatesSnapshot } from './trading-state.ts';

/** What risk remembers, in plain JSON. Null stands for "not known yet". */
export interface RiskSnapshot {
  readonly v: 1;
  readonly states: TradingStatesSnapshot;
  readonly ladder: KillLadderSnapshot;
  /** Limits in force where they were changed; absent where they are those that the session began with. */
  readonly limits?: ChangedLimits;
  /** Changes of trading states that nobody was told yet; absent where there are none. */
  readonly transitions?: readonly StateTransition[];
  readonly messages: RecentTimesSnapshot;
  readonly entries: RecentTimesSnapshot;
  /** `wholes`: absent from snapshots of before parts of one order were told from orders. */
  readonly orders: {
    readonly fields: readonly number[];
    readonly next: readonly number[];
    readonly wholes?: readonly number[];
  };
  readonly repeated: readonly number[];
  readonly losses: readonly number[];
  readonly coolUntilMs: readonly number[];
  readonly lastEquity: number | null;
  readonly peakEquity: number | null;
  readonly dayStartEquity: number | null;
  readonly dayEndMs: number | null;
  readonly dailyLoss: boolean;
  readonly drawdown: boolean;
  readonly drawdownAtMs: number | null;
}

/**
 * What the rules remember between orders, and the assessment of the order under review (see `assessment.ts`), in typed
 * arrays and number fields.
 */
export class RiskState {
  declare readonly states: TradingStates;
  declare readonly ladder: KillLadder;
  declare readonly messages: RecentTimes;
  declare readonly entries: RecentTimes;
  declare readonly orders: RecentOrders;
  /** 1 where a strategy has reached the limit of repeated executions and was not re-armed. */
  declare readonly repeated: Uint8Array;
  /** Losing trips in a row. */
  declare readonly losses: Int32Array;
  declare readonly coolUntilMs: Float64Array;

  lastEquity = Number.NaN;
  peakEquity = Number.NEGATIVE_INFINITY;
  dayStartEquity = Number.NaN;
  dayEndMs = Number.NEGATIVE_INFINITY;
  /** Whether the limit was reached: until the next UTC day, and until re-armed. */
  dailyLoss = false;
  drawdown = false;
  /** When the drawdown limit was reached last. */
  drawdownAtMs = Number.NEGATIVE_INFINITY;
  /**
   * Derived. The highest equity at which a loss limit is reached that is not reached yet; and whether any strategy or the
   * account is held back by a limit on losses or executions (cool-downs also after their end): what spares most reviews the rest.
   */
  watchEquity = Number.NEGATIVE_INFINITY;
  restricted = false;
  /** Equities at which the limits are reached; derived. */
  dailyLossEquity = Number.NEGATIVE_INFINITY;
  drawdownEquity = Number.NEGATIVE_INFINITY;

  /**
   * Assessment: the price that the order works at; the value of one lot there in quote, and in account currency; the same at
   * the last price; and how the order's lots split.
   */
  orderPrice = Number.NaN;
  lotNotional = Number.NaN;
  lotValue = Number.NaN;
  referenceLotValue = Number.NaN;
  closingLots = 0;
  openingLots = 0;
  reducing = false;
  /** Leverage that counts, the lower of limit and view, and equity × leverage. */
  leverage = 1;
  capital = Number.NaN;
  /**
   * How far the strategy's position in this instrument, and the account's, may go to the order's side without it, all open orders filled, and
   * how much farther with it.
   */
  strategySideLots = 0;
  strategyAddedLots = 0;
  accountSideLots = 0;
  accountSideAddedLots = 0;
  /** How much larger the order makes the largest |position| of the account in this instrument, on whichever side. */
  accountAddedLots = 0;
  /** Lots that resting stops and targets of the position may take before the order turns it over. */
  legLots = 0;

  constructor(limits: CompiledLimits, strategies: number, instruments: number) {
    this.states = new TradingStates(strategies, instruments);
    this.ladder = new KillLadder(strategies, instruments);
    this.messages = new RecentTimes(strategies, limits.messageOrders);
    this.entries = new RecentTimes(strategies, limits.repeatedEntryFills);
    this.orders = new RecentOrders(strategies);
    this.repeated = new Uint8Array(strategies);
    this.losses = new Int32Array(strategies);
    this.coolUntilMs = new Float64Array(strategies).fill(NEVER_MS);
  }

  clear(): void {
    this.states.clear();
    this.ladder.reset();
    this.messages.clear();
    this.entries.clear();
    this.orders.clear();
    this.repeated.fill(0);
    this.losses.fill(0);
    this.coolUntilMs.fill(NEVER_MS);
    this.lastEquity = Number.NaN;
    this.peakEquity = Number.NEGATIVE_INFINITY;
    this.dayStartEquity = Number.NaN;
    this.dayEndMs = Number.NEGATIVE_INFINITY;
    this.dailyLoss = false;
    this.drawdown = false;
    this.drawdownAtMs = Number.NEGATIVE_INFINITY;
    this.dailyLossEquity = Number.NEGATIVE_INFINITY;
    this.drawdownEquity = Number.NEGATIVE_INFINITY;
  }

  /** Whether the account or any strategy is held back, or was since its last re-arm. */
  anyRestricted(): boolean {
    return (
      this.dailyLoss ||
      this.drawdown ||
      this.repeated.includes(1) ||
      this.coolUntilMs.some((untilMs) => untilMs !== NEVER_MS)
    );
  }

  snapshot(): RiskSnapshot {
    return {
      v: 1,
      states: this.states.snapshot(),
      ladder: this.ladder.snapshot(),
      messages: this.messages.snapshot(),
      entries: this.entries.snapshot(),
      orders: {
        fields: Array.from(this.orders.fields),
        next: Array.from(this.orders.next),
        wholes: Array.from(this.orders.wholes),
      },
      repeated: Array.from(this.repeated),
      losses: Array.from(this.losses),
      coolUntilMs: Array.from(this.coolUntilMs),
      lastEquity: known(this.lastEquity),
      peakEquity: known(this.peakEquity),
      dayStartEquity: known(this.dayStartEquity),
      dayEndMs: known(this.dayEndMs),
      dailyLoss: this.dailyLoss,
      drawdown: this.drawdown,
      drawdownAtMs: known(this.drawdownAtMs),
    };
  }

  /** Takes over a snapshot of the same strategies and instruments; throws `RangeError` where it does not fit. */
  restore(snapshot: RiskSnapshot): void {
    if (snapshot.v !== 1) throw new RangeError(`expected a risk snapshot of version 1, found ${String(snapshot.v)}`);
    this.states.restore(snapshot.states);
    this.ladder.restore(snapshot.ladder);
    if (!this.messages.restore(snapshot.messages)) throw unfit('messages');
    if (!this.entries.restore(snapshot.entries)) throw unfit('entries');
    fit(this.orders.fields, snapshot.orders.fields, 'orders');
    fit(this.orders.next, snapshot.orders.next, 'orders');
    fit(this.orders.wholes, snapshot.orders.wholes ?? Array.from(this.orders.wholes, () => -1), 'orders');
    fit(this.repeated, snapshot.repeated, 'repeated');
    fit(this.losses, snapshot.losses, 'losses');
    fit(this.coolUntilMs, snapshot.coolUntilMs, 'cool-downs');
    this.lastEquity = snapshot.lastEquity ?? Number.NaN;
    this.peakEquity = snapshot.peakEquity ?? Number.NEGATIVE_INFINITY;
    this.dayStartEquity = snapshot.dayStartEquity ?? Number.NaN;
    this.dayEndMs = snapshot.dayEndMs ?? Number.NEGATIVE_INFINITY;
    this.dailyLoss = snapshot.dailyLoss;
    this.drawdown = snapshot.drawdown;
    this.drawdownAtMs = snapshot.drawdownAtMs ?? Number.NEGATIVE_INFINITY;
  }
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const unfit = (what: string): RangeError =>
  new RangeError(`the risk snapshot has ${what} of another number of strategies`);

function fit(into: Float64Array | Int32Array | Uint8Array, from: readonly number[], what: string): void {
  if (from.length !== into.length)
    throw new RangeError(`expected ${into.length} numbers of ${what} in the risk snapshot, found ${from.length}`);
  into.set(from);
}
