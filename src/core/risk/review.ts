import { InvariantError } from '../vocabulary/assert.ts';
import type { TradingState } from '../vocabulary/commands.ts';
import type { Approved, OrderDraft } from '../vocabulary/order.ts';
import { REFUSALS, type Refusal } from '../vocabulary/refusal.ts';
import { assess, assessOpening } from './assessment.ts';
import { explainReview, type RuleLine } from './explain.ts';
import type { Kill } from './kill-ladder.ts';
import { KILL } from './kill-ladder.ts';
import type { CompiledLimits } from './limits.ts';
import { LimitsInForce } from './limits-in-force.ts';
import { NEVER_MS } from './recent-times.ts';
import { bracket } from './rules/bracket.ts';
import { coolDown } from './rules/cool-down.ts';
import { dailyLoss } from './rules/daily-loss.ts';
import { drawdown } from './rules/drawdown.ts';
import { duplicateIntent } from './rules/duplicate-intent.ts';
import { freeCapital } from './rules/free-capital.ts';
import { grossExposure } from './rules/gross-exposure.ts';
import { instrumentExpiry } from './rules/instrument-expiry.ts';
import { instrumentExposure } from './rules/instrument-exposure.ts';
import { instrumentFilters } from './rules/instrument-filters.ts';
import { leverage } from './rules/leverage.ts';
import { messageRate } from './rules/message-rate.ts';
import { netExposure } from './rules/net-exposure.ts';
import { openOrders } from './rules/open-orders.ts';
import { orderSize } from './rules/order-size.ts';
import { orderType } from './rules/order-type.ts';
import { orderValue } from './rules/order-value.ts';
import { portfolioHeat } from './rules/portfolio-heat.ts';
import { position } from './rules/position.ts';
import { priceCollar } from './rules/price-collar.ts';
import { reduceOnly } from './rules/reduce-only.ts';
import { repeatedExecution } from './rules/repeated-execution.ts';
import { selfMatch } from './rules/self-match.ts';
import { shortPermission } from './rules/short-permission.ts';
import { strategyReady } from './rules/strategy-ready.ts';
import { tradingState } from './rules/trading-state.ts';
import { valuation } from './rules/valuation.ts';
import { type RiskSnapshot, RiskState } from './state.ts';
import type { Scope, StateCause, StateTransition } from './trading-state.ts';
import type { RiskView } from './view.ts';

const DAY_MS = 86_400_000;

/** What a review runs. A constant of this module is known to the compiler; what is imported is looked up, and looked at, before every call. */
const RULES = {
  assess,
  tradingState,
  strategyReady,
  instrumentFilters,
  priceCollar,
  bracket,
  orderType,
  shortPermission,
  reduceOnly,
  instrumentExpiry,
  orderValue,
  orderSize,
  position,
  grossExposure,
  netExposure,
  instrumentExposure,
  leverage,
  freeCapital,
  openOrders,
  messageRate,
  duplicateIntent,
  repeatedExecution,
  dailyLoss,
  drawdown,
  portfolioHeat,
  coolDown,
  selfMatch,
  valuation,
} as const;

/**
 * The gate between what strategies want and what leaves: the only maker of {@link Approved}. There is no bypass.
 *
 * A review runs every rule in the order of `REFUSALS` and reports the first that refuses. The calls stand here one after the
 * other, as that is what the engine can inline; nothing is allocated. The engine tells what then happened through `placed`,
 * `filled`, `tripClosed` and `mark`, and collects changes of trading states with `takeTransitions`.
 */
export class Risk {
  declare readonly inForce: LimitsInForce;
  declare readonly state: RiskState;
  /** Number of the last refusal, 0 after an approval. */
  refusal = 0;
  #transitions: StateTransition[] = [];

  constructor(limits: CompiledLimits, strategies: number, instruments: number) {
    this.inForce = new LimitsInForce(limits, strategies, instruments);
    this.state = new RiskState(limits, strategies, instruments);
  }

  /** Those of the account. */
  get limits(): CompiledLimits {
    return this.inForce.account;
  }

  /** The draft itself, approved, or null with `refusal` set. Changes nothing but `refusal` and the assessment. */
  review(draft: OrderDraft, view: RiskView): Approved<OrderDraft> | null {
    const { state } = this;
    const limits = this.inForce.of(draft.strategy, draft.instrument);
    RULES.assess(draft, view, limits, state);
    const code =
      RULES.tradingState(draft, view, limits, state) ||
      RULES.strategyReady(draft, view, limits, state) ||
      RULES.instrumentFilters(draft, view, limits, state) ||
      RULES.priceCollar(draft, view, limits, state) ||
      RULES.bracket(draft, view, limits, state) ||
      RULES.orderType(draft, view, limits, state) ||
      RULES.shortPermission(draft, view, limits, state) ||
      RULES.reduceOnly(draft, view, limits, state) ||
      // Orders that only reduce pass all of these: never blocked from getting out.
      (state.reducing ? 0 : reviewMoney(draft, view, limits, state) || reviewConduct(draft, view, limits, state)) ||
      RULES.instrumentExpiry(draft, view, limits, state);
    this.refusal = code;
    return code === 0 ? (draft as Approved<OrderDraft>) : null;
  }

  /** Name of the last refusal; `approved` after an approval. */
  get refusalName(): Refusal {
    return REFUSALS[this.refusal]!;
  }

  /** Every rule with its numbers for this draft, passed or not, in precedence order. For people and what-if; allocates. */
  explain(draft: OrderDraft, view: RiskView): readonly RuleLine[] {
    const limits = this.inForce.of(draft.strategy, draft.instrument);
    assess(draft, view, limits, this.state);
    assessOpening(draft, view, limits, this.state);
    return explainReview(draft, view, limits, this.state);
  }

  /** An approved order was sent: it counts in the windows, also if it is rejected or canceled later. */
  placed(draft: OrderDraft, nowMs: number): void {
    this.state.messages.add(draft.strategy, nowMs);
    this.state.orders.add(draft, nowMs);
  }

  /** An entry of the strategy was filled (once an order). Reaching the limit puts the strategy into `reducing`. */
  filled(strategy: number, nowMs: number): void {
    this.state.entries.add(strategy, nowMs);
    this.#latchRepeated(strategy, nowMs);
  }

  #latchRepeated(strategy: number, nowMs: number): void {
    const { state, limits } = this;
    if (state.repeated[strategy] === 1 || !state.entries.full(strategy, nowMs, limits.repeatedEntryWindowMs)) return;
    state.repeated[strategy] = 1;
    state.restricted = true;
    this.setState('strategy', strategy, 'reducing', 'repeated-execution-limit');
  }

  /** A round trip of the strategy ended with this profit or loss, fees included, in account currency. */
  tripClosed(strategy: number, pnlQuote: number, nowMs: number): void {
    const { state } = this;
    if (!(pnlQuote < 0)) {
      state.losses[strategy] = 0;
      return;
    }
    state.losses[strategy]!++;
    this.#latchLosses(strategy, nowMs);
  }

  #latchLosses(strategy: number, nowMs: number): void {
    const { state, limits } = this;
    if (state.losses[strategy]! < limits.coolDownLosses) return;
    state.losses[strategy] = 0;
    state.coolUntilMs[strategy] = nowMs + limits.coolDownMs;
    state.restricted = true;
  }

  /**
   * The account's equity at this instant; call on every bar. Returns whether transitions are waiting. Nothing but three
   * comparisons as long as equity makes no new high, reaches no limit and the UTC day goes on. Unknown equity (NaN) is ignored:
   * the valuation rule refuses orders meanwhile.
   */
  mark(equity: number, nowMs: number): boolean {
    const { state } = this;
    if (equity > state.watchEquity && equity <= state.peakEquity && nowMs < state.dayEndMs) {
      state.lastEquity = equity;
      return false;
    }
    if (Number.isNaN(equity)) return false;
    this.#remark(equity, nowMs);
    return this.#transitions.length > 0;
  }

  /** Orders a trading state for a scope; `active` lifts what the same cause demanded before. */
  setState(scope: Scope, index: number, to: TradingState, cause: StateCause = 'operator'): void {
    this.#note(this.state.states.set(scope, index, to, cause));
  }

  /** A kill of a scope: its trading state and its level on the ladder, which never falls. Canceling and closing is the engine's. */
  kill({ scope, index, level, epoch, reason }: Kill): void {
    const held = this.state.ladder.raise(scope, index, KILL[level], epoch, reason);
    if (held >= KILL.reduce) this.setState(scope, index, held >= KILL.halt ? 'halted' : 'reducing', 'kill');
  }

  /**
   * A person re-arms a scope: all causes that held it are lifted, and what had reached its limit is counted anew from now: the account's
   * day, its fall from the highest equity, a strategy's executions, its losses in a row. A limit that was not reached goes on counting:
   * whoever lifts a mere pause has not granted the loss of the day a second time.
   */
  rearm(scope: Scope, index = 0, epoch = 0): void {
    const { state } = this;
    state.ladder.clear(scope, index, epoch);
    if (scope === 'account') {
      // Both are reached by an equity that is known, so that there is a last one.
      if (state.dailyLoss) state.dayStartEquity = state.lastEquity;
      if (state.drawdown) state.peakEquity = state.lastEquity;
      state.dailyLoss = false;
      state.drawdown = false;
      this.#derive();
    }
    if (scope === 'strategy') {
      if (state.repeated[index] === 1) state.entries.forget(index);
      state.repeated[index] = 0;
      // Losses in a row were set to none when the cool-down began.
      state.coolUntilMs[index] = NEVER_MS;
    }
    state.restricted = state.anyRestricted();
    this.#note(state.states.rearm(scope, index));
  }

  /**
   * Changes limits from now on; see {@link LimitsInForce}. What windows have counted stays counted, and a limit that is reached already holds at
   * once. Nothing that is latched is lifted.
   */
  setLimits(scope: Scope, index: number, changes: Readonly<Record<string, unknown>>, nowMs: number): void {
    const { state } = this;
    this.inForce.set(scope, index, changes);
    this.#resize();
    this.#derive();
    for (let strategy = 0; strategy < state.repeated.length; strategy++) {
      this.#latchRepeated(strategy, nowMs);
      this.#latchLosses(strategy, nowMs);
    }
    if (!Number.isNaN(state.lastEquity)) this.#remark(state.lastEquity, nowMs);
  }

  #resize(): void {
    this.state.messages.resize(this.limits.messageOrders);
    this.state.entries.resize(this.limits.repeatedEntryFills);
  }

  /** Changes of trading states since the last call, in order. */
  takeTransitions(): readonly StateTransition[] {
    const taken = this.#transitions;
    if (taken.length > 0) this.#transitions = [];
    return taken;
  }

  /** Forgets everything, changed limits too, keeping memory: an engine is reset, not made anew. */
  reset(): void {
    this.inForce.restore(null);
    this.#resize();
    this.state.clear();
    this.state.restricted = false;
    this.refusal = 0;
    this.#transitions = [];
    this.#derive();
  }

  snapshot(): RiskSnapshot {
    const limits = this.inForce.changed();
    const transitions = [...this.#transitions];
    return {
      ...this.state.snapshot(),
      ...(limits === null ? {} : { limits }),
      ...(transitions.length === 0 ? {} : { transitions }),
    };
  }

  /** Takes over a snapshot made under the same numbers of strategies and instruments, with its limits; else `RangeError`. */
  restore(snapshot: RiskSnapshot): void {
    this.inForce.restore(snapshot.limits ?? null);
    this.#resize();
    this.state.restore(snapshot);
    this.state.restricted = this.state.anyRestricted();
    this.refusal = 0;
    this.#transitions = [...(snapshot.transitions ?? [])];
    this.#derive();
  }

  #remark(equity: number, nowMs: number): void {
    const { state, limits } = this;
    if (nowMs >= state.dayEndMs) {
      state.dayEndMs = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
      // The day begins with what the last one ended with, so that a gap over midnight counts.
      state.dayStartEquity = Number.isNaN(state.lastEquity) ? equity : state.lastEquity;
      if (state.dailyLoss) {
        state.dailyLoss = false;
        state.restricted = state.anyRestricted();
        this.#note(state.states.set('account', 0, 'active', 'daily-loss-limit', 'day-ended'));
      }
    }
    if (state.drawdown && nowMs - state.drawdownAtMs >= limits.drawdownPauseMs) {
      state.drawdown = false;
      state.peakEquity = equity;
      state.restricted = state.anyRestricted();
      this.#note(state.states.set('account', 0, 'active', 'drawdown-limit', 'pause-ended'));
    }
    state.lastEquity = equity;
    if (equity > state.peakEquity) state.peakEquity = equity;
    this.#derive();
    if (!state.dailyLoss && equity <= state.dailyLossEquity) {
      state.dailyLoss = true;
      this.setState('account', 0, 'reducing', 'daily-loss-limit');
    }
    if (!state.drawdown && equity <= state.drawdownEquity) {
      state.drawdown = true;
      state.drawdownAtMs = nowMs;
      this.setState('account', 0, 'reducing', 'drawdown-limit');
    }
    this.#watch();
  }

  #derive(): void {
    const { state, limits } = this;
    state.dailyLossEquity = floorOf(state.dayStartEquity, limits.dailyLossShare);
    state.drawdownEquity = floorOf(state.peakEquity, limits.drawdownShare);
    this.#watch();
  }

  #watch(): void {
    const { state } = this;
    const daily = state.dailyLoss ? Number.NEGATIVE_INFINITY : state.dailyLossEquity;
    const fall = state.drawdown ? Number.NEGATIVE_INFINITY : state.drawdownEquity;
    state.watchEquity = daily > fall ? daily : fall;
    if (state.dailyLoss || state.drawdown) state.restricted = true;
  }

  #note(transition: StateTransition | null): void {
    if (transition) this.#transitions.push(transition);
  }
}

/** Equity at which `from` has lost `share` of itself; −∞ where `from` is unknown or the limit off. */
function floorOf(from: number, share: number): number {
  return Number.isFinite(from) && share !== Number.POSITIVE_INFINITY ? from - from * share : Number.NEGATIVE_INFINITY;
}

/** Limits of value, exposure and capital. */
function reviewMoney(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  if (!view.isWhole) throw new InvariantError('an order that opens something is reviewed on the whole picture');
  return (
    RULES.orderValue(draft, view, limits, state) ||
    RULES.orderSize(draft, view, limits, state) ||
    RULES.position(draft, view, limits, state) ||
    RULES.grossExposure(draft, view, limits, state) ||
    RULES.netExposure(draft, view, limits, state) ||
    RULES.instrumentExposure(draft, view, limits, state) ||
    RULES.leverage(draft, view, limits, state) ||
    RULES.freeCapital(draft, view, limits, state)
  );
}

/** Limits of rates and losses, self-match, and last whether all of it could be valued. */
function reviewConduct(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  return (
    (view.isCounted
      ? 0
      : RULES.openOrders(draft, view, limits, state) ||
        RULES.messageRate(draft, view, limits, state) ||
        RULES.duplicateIntent(draft, view, limits, state)) ||
    // While nothing is latched and no loss limit in reach, these three have nothing to say.
    (state.restricted || !(view.equity > state.watchEquity)
      ? RULES.repeatedExecution(draft, view, limits, state) ||
        RULES.dailyLoss(draft, view, limits, state) ||
        RULES.drawdown(draft, view, limits, state)
      : 0) ||
    RULES.portfolioHeat(draft, view, limits, state) ||
    (state.restricted ? RULES.coolDown(draft, view, limits, state) : 0) ||
    RULES.selfMatch(draft, view, limits, state) ||
    RULES.valuation(draft, view, limits, state)
  );
}
