import { KILL } from '../risk/kill-ladder.ts';
import type { Risk } from '../risk/review.ts';
import { RiskView } from '../risk/view.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import { FLAG, ROLE, STATUS, TYPE } from '../vocabulary/order.ts';
import type { OpenOrders } from './open-orders.ts';
import type { SessionState } from './session-state.ts';
import type { StrategyStatus } from './strategy-status.ts';

/** Fills in what risk is told before each review. */
export class RiskPicture {
  readonly view = new RiskView();
  declare private readonly s: SessionState;
  declare private readonly risk: Risk;
  declare private readonly open: OpenOrders;
  declare private readonly status: readonly StrategyStatus[];
  /** Ticks of the stop that came with an entry, by order row. */
  readonly #stops: ReadonlyMap<number, number>;
  readonly #exposure = new Float64Array(2);
  /** Lots that open orders could still fill, by instrument; refilled for each picture. */
  declare private readonly buyLots: Float64Array;
  declare private readonly sellLots: Float64Array;

  constructor(
    state: SessionState,
    risk: Risk,
    open: OpenOrders,
    status: readonly StrategyStatus[],
    stops: ReadonlyMap<number, number>,
  ) {
    this.s = state;
    this.risk = risk;
    this.open = open;
    this.status = status;
    this.#stops = stops;
    this.buyLots = new Float64Array(state.instruments.length);
    this.sellLots = new Float64Array(state.instruments.length);
    this.view.leverage = state.account.leverage;
    this.view.shortAllowed = state.account.kind === 'margin';
    this.view.takerFeeRate = state.account.takerFeeRate;
  }

  /**
   * Describes to an order in `slot` that only reduces what the rules for such orders look at: a third of the picture. `pending`: lots of
   * its side that count as on their way.
   */
  fillExit(slot: number, instrument: Instrument, pending: number): void {
    const v = this.view;
    this.#conditions(slot, instrument);
    v.isWhole = false;
    v.strategyOpenBuyLots = pending;
    v.strategyOpenSellLots = pending;
    v.strategyLegLots = 0;
  }

  /** What every rule may look at: time, price, states, and the strategy's position. */
  #conditions(slot: number, instrument: Instrument): void {
    const s = this.s;
    const v = this.view;
    const { index } = instrument;
    const strategy = s.strategyOf[slot]!;
    const status = this.status[strategy]!;
    v.nowMs = s.clock[0]!;
    v.instrument = instrument;
    v.state = this.risk.state.states.strictest(strategy, index);
    const { ladder } = this.risk.state;
    v.killed = ladder.isSweeping && ladder.strictest(strategy, index) >= KILL['cancel-all'];
    v.price = s.price[index]!;
    v.settled = status.settled;
    v.running = status.running;
    v.strategyLots = s.book.positions.column.lots[slot]!;
  }

  /** Describes the world to an order on `side` in `slot`; 0 for a leg, and where no order is meant. */
  fill(slot: number, instrument: Instrument, side: number): void {
    this.#conditions(slot, instrument);
    const s = this.s;
    const v = this.view;
    const open = this.open;
    const index = instrument.index;
    const strategy = s.strategyOf[slot]!;
    const status = this.status[strategy]!;
    v.isWhole = true;
    v.settleRate = s.book.settleRate(index, s.price);
    v.equity = s.clock[1]!;
    v.strategyEquity = s.strategies === 1 ? v.equity : s.strategyEquity(strategy, status.allocation);
    v.netLots = s.book.netLots[index]!;
    v.openBuyLots = 0;
    v.openSellLots = 0;
    v.strategyOpenBuyLots = 0;
    v.strategyOpenSellLots = 0;
    v.strategyLegLots = 0;
    v.strategyOpenOrders = 0;
    v.accountOpenOrders = open.total;
    s.book.exposure(s.price, this.#exposure);
    v.grossExposure = this.#exposure[0]!;
    v.netExposure = this.#exposure[1]!;
    v.openOrderExposure = 0;
    v.openBuyExposure = 0;
    v.openSellExposure = 0;
    v.heat = 0;
    v.ownBestBidTicks = 0;
    v.ownBestAskTicks = 0;
    let locked = 0;
    if (open.total > 0) {
      this.#openLots(slot, index, side);
      v.strategyOpenOrders = open.countOf(strategy);
      locked = this.#exposures();
      this.#orders(index);
    }
    v.freeCapital =
      s.account.kind === 'cash'
        ? s.book.wallet[0]! - locked * (1 + s.account.takerFeeRate)
        : s.clock[1]! - s.feePurseWorth() - (v.grossExposure + v.openOrderExposure) / s.account.leverage;
    // Less than nothing is nothing: a limit that is off (infinity × free capital) must not refuse because of the sign.
    if (v.freeCapital < 0) v.freeCapital = 0;
  }

  /** What open orders could still add to a slot and to an instrument. */
  #openLots(slot: number, instrument: number, side: number): void {
    const v = this.view;
    const { open, buyLots, sellLots } = this;
    open.sum(buyLots, sellLots);
    v.openBuyLots = buyLots[instrument]!;
    v.openSellLots = sellLots[instrument]!;
    v.strategyOpenBuyLots = open.lotsOf(slot, 1);
    v.strategyOpenSellLots = open.lotsOf(slot, -1);
    v.strategyLegLots = side * v.strategyLots < 0 ? this.#legLots(slot) : 0;
  }

  /**
   * What resting legs may still take from a slot's position, beside orders that may only reduce. Of a stop and a target that cancel each other
   * only one fills. What was there for a position on the other side is on its way out.
   */
  #legLots(slot: number): number {
    const c = this.s.orders.column;
    const held = this.view.strategyLots;
    let stops = 0;
    let targets = 0;
    let bound = 0;
    const rows = this.open.rowsOf(slot);
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k]!;
      if (c.side[row]! * held >= 0) continue;
      const lots = c.lots[row]! - c.filledLots[row]!;
      if (c.role[row] === ROLE.target) targets += lots;
      else if (c.role[row] === ROLE.stop || c.role[row] === ROLE.trail) stops += lots;
      else if ((c.flags[row]! & FLAG.reduceOnly) !== 0) bound += lots;
    }
    const left = Math.abs(held) - bound;
    return left > 0 ? Math.min(left, Math.max(stops, targets)) : 0;
  }

  /** {@link fill} for an order that is there already, as if it were not. */
  fillWithout(row: number): void {
    const s = this.s;
    const c = s.orders.column;
    const instrument = s.instruments[c.instrument[row]!]!;
    const slot = c.strategy[row]! * s.instruments.length + instrument.index;
    const lots = c.lots[row]!;
    const asked = this.open.askedLots(row);
    c.lots[row] = c.filledLots[row]!;
    this.open.settle(row);
    this.fill(slot, instrument, c.side[row]!);
    c.lots[row] = lots;
    if (asked > 0) this.open.ask(row, asked);
    this.view.strategyOpenOrders--;
    this.view.accountOpenOrders--;
  }

  /** Tells of a leg how much its entry has filled: what it may close. */
  protect(entry: number): void {
    const c = this.s.orders.column;
    this.view.parentLots = entry >= 0 ? c.side[entry]! * c.filledLots[entry]! : 0;
  }

  /** What open orders would add to exposures, by the sums of {@link #openLots}; answers the value that open buys have locked. */
  #exposures(): number {
    const s = this.s;
    const v = this.view;
    let locked = 0;
    for (let i = 0; i < s.instruments.length; i++) {
      const buy = this.buyLots[i]!;
      const sell = this.sellLots[i]!;
      if (buy === 0 && sell === 0) continue;
      const held = s.book.netLots[i]!;
      const unit = s.instruments[i]!.valueAt(s.price[i]!, 1) * s.book.settleRate(i, s.price);
      // What orders would add at worst: buys beyond what a short would give back, and the mirror.
      v.openOrderExposure += Math.max(buy - Math.max(0, -held), sell - Math.max(0, held), 0) * unit;
      v.openBuyExposure += buy * unit;
      v.openSellExposure += sell * unit;
      locked += Math.max(0, buy - Math.max(0, -held)) * unit;
    }
    return locked;
  }

  /** Own best resting limits in the instrument under review, and the heat of all protective stops. */
  #orders(instrument: number): void {
    const s = this.s;
    const v = this.view;
    const slots = s.strategies * s.instruments.length;
    for (let slot = 0; slot < slots; slot++) {
      const rows = this.open.rowsOf(slot);
      for (let k = 0; k < rows.length; k++) {
        const row = rows[k]!;
        v.heat += this.#heatOf(row);
        if (s.instrumentOf[slot]! === instrument) this.#quote(row);
      }
    }
  }

  #quote(row: number): void {
    const c = this.s.orders.column;
    if (c.type[row] !== TYPE.limit || c.status[row] === STATUS.held) return;
    const v = this.view;
    const ticks = c.limitTicks[row]!;
    if (c.side[row]! > 0) {
      if (ticks > v.ownBestBidTicks) v.ownBestBidTicks = ticks;
    } else if (v.ownBestAskTicks === 0 || ticks < v.ownBestAskTicks) v.ownBestAskTicks = ticks;
  }

  /**
   * What an open order's protective stop would lose from here: a stop or trailing leg on what it protects, an entry's own stop on
   * what has not filled yet. Of two stops of one entry the farther counts, as only one of them can be hit.
   */
  #heatOf(row: number): number {
    const s = this.s;
    const c = s.orders.column;
    const role = c.role[row]!;
    if (role === ROLE.stop) return this.#loss(row, c.triggerTicks[row]!, s.price[c.instrument[row]!]!);
    if (role === ROLE.trail) {
      const loss = this.#loss(row, c.triggerTicks[row]!, s.price[c.instrument[row]!]!);
      const other = s.brackets.get(c.group[row]!)?.stopRow ?? -1;
      if (other < 0) return loss;
      return Math.max(0, loss - this.#loss(other, c.triggerTicks[other]!, s.price[c.instrument[other]!]!));
    }
    const stop = role === ROLE.entry && !(c.flags[row]! & FLAG.worked) ? (this.#stops.get(row) ?? 0) : 0;
    if (stop === 0) return 0;
    const instrument = s.instruments[c.instrument[row]!]!;
    const ticks = c.limitTicks[row]! || c.triggerTicks[row]!;
    return this.#loss(row, stop, ticks > 0 ? instrument.price(ticks) : s.price[instrument.index]!);
  }

  /** Account currency lost between `price` and a stop on what is left of an order; 0 where the stop is on the winning side. */
  #loss(row: number, stopTicks: number, price: number): number {
    const s = this.s;
    const c = s.orders.column;
    const instrument = s.instruments[c.instrument[row]!]!;
    const lots = c.lots[row]! - c.filledLots[row]!;
    // An entry loses against its own side, a leg protects the other.
    const side = c.role[row] === ROLE.entry ? c.side[row]! : -c.side[row]!;
    const there = instrument.valueAt(instrument.price(stopTicks), lots);
    const here = instrument.valueAt(price, lots);
    const loss = (here - there) * side * (instrument.inverse ? -1 : 1) * s.book.settleRate(instrument.index, s.price);
    return loss > 0 ? loss : 0;
  }
}
