import type { Algorithm, Child } from '../execution/algorithms/algorithm.ts';
import { Iceberg } from '../execution/algorithms/iceberg.ts';
import { restoreAlgorithm } from '../execution/algorithms/restore-algorithm.ts';
import { Scale } from '../execution/algorithms/scale.ts';
import { Twap } from '../execution/algorithms/twap.ts';
import { type BracketPlan, bracketPlan, stopTicks, targetTicks } from '../execution/brackets.ts';
import { blankDraft, isPrice } from '../execution/draft-order.ts';
import type { Risk } from '../risk/review.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import type { Entry } from '../vocabulary/intent.ts';
import type { Json } from '../vocabulary/json.ts';
import { FLAG, isTerminal, OrderDraft, TIF, TYPE } from '../vocabulary/order.ts';
import { REFUSAL } from '../vocabulary/refusal.ts';
import { REPORT } from '../vocabulary/report.ts';
import type { OrderDispatch, OrderNumber } from './order-dispatch.ts';
import type { RiskPicture } from './risk-picture.ts';
import type { SessionState } from './session-state.ts';
import type { StrategyStatus } from './strategy-status.ts';

type Work = NonNullable<Entry['work']>;

/** One order that is being worked. */
interface Working {
  readonly row: number;
  readonly slot: number;
  readonly algorithm: Algorithm;
  /** Legs that every child brings with it. */
  readonly plan: BracketPlan | null;
  /** Open children. */
  readonly children: number[];
  /** A child that a limit on the rate of orders held up: tried again at the next instant. */
  waiting: Child | null;
  stopped: boolean;
}

/** Refusals that pass with time. */
const PASSING: readonly number[] = [
  REFUSAL['message-rate-limit'],
  REFUSAL['duplicate-intent'],
  REFUSAL['open-order-limit'],
];

/**
 * Orders worked by child orders (`Entry.work`). The parent is a row of the order table that never leaves: it stays `held` while it is
 * worked, its filled quantity is the sum of its children's, and it ends as `filled` (event `order-completed`) or `canceled` with the last
 * child. A strategy follows all of it through the OrderRef that it got, and cancels all of it there. Children are ordinary orders of
 * the same intent (and `why`), caused by the parent, each reviewed by risk and each with its own protective legs.
 */
export class WorkedOrders {
  readonly #s: SessionState;
  readonly #risk: Risk;
  readonly #picture: RiskPicture;
  readonly #dispatch: OrderDispatch;
  readonly #status: readonly StrategyStatus[];
  readonly #atrOf: (slot: number) => number;
  readonly #works = new Map<number, Working>();
  readonly #draft = new OrderDraft();
  readonly #child: Child = { lots: 0, limitTicks: 0 };

  constructor(
    state: SessionState,
    risk: Risk,
    picture: RiskPicture,
    dispatch: OrderDispatch,
    status: readonly StrategyStatus[],
    atrOf: (slot: number) => number,
  ) {
    this.#s = state;
    this.#risk = risk;
    this.#picture = picture;
    this.#dispatch = dispatch;
    this.#status = status;
    this.#atrOf = atrOf;
  }

  /** Whether any order is being worked. */
  get isBusy(): boolean {
    return this.#works.size > 0;
  }

  /** Begins to work a drafted entry. The whole and a child of it are reviewed first: refused at once is better than half done. */
  begin(d: OrderDraft, slot: number, work: Work, plan: BracketPlan | null): OrderNumber {
    const s = this.#s;
    const instrument = s.instruments[d.instrument]!;
    const sweeps = d.tif === TIF.ioc || d.tif === TIF.fok;
    if ((d.type !== TYPE.market && d.type !== TYPE.limit) || (sweeps && !('twap' in work)))
      return this.#dispatch.refuse(slot, REFUSAL['order-type-unsupported'], d.intent, d.side, d.lots);
    // An iceberg or a ladder is made of limit orders; without a price, the review says what is missing.
    if (!('twap' in work)) d.type = TYPE.limit;
    const whole = d.lots;
    if ('scale' in work && !isPrice(work.scale.to))
      return this.#dispatch.refuse(slot, REFUSAL['price-not-positive'], d.intent, d.side, whole);
    d.lots = childLots(work, whole, instrument);
    if (this.#risk.review(d, this.#picture.view) === null)
      return this.#dispatch.refuse(slot, this.#risk.refusal, d.intent, d.side, whole);
    d.lots = whole;
    d.flags |= FLAG.worked;
    const row = this.#dispatch.submit(d, slot, false, null);
    if (!(row >= 0)) return row;
    const algorithm = this.#algorithm(work, d, instrument);
    const working: Working = { row, slot, algorithm, plan, children: [], waiting: null, stopped: false };
    this.#works.set(row, working);
    this.#pump(working);
    return row;
  }

  #algorithm(work: Work, d: OrderDraft, instrument: Instrument): Algorithm {
    if ('twap' in work) return new Twap(d.lots, work.twap.slices, work.twap.everyMs, d.limitTicks, this.#s.clock[0]!);
    if ('iceberg' in work) return new Iceberg(d.lots, childLots(work, d.lots, instrument), d.limitTicks);
    const to = instrument.ticks(Number(work.scale.to), d.side > 0 ? 'floor' : 'ceil');
    return new Scale(d.lots, work.scale.orders, d.limitTicks, to, d.side);
  }

  /** What is due at this instant; and the end of what its strategy no longer stands behind, or whose time is up. */
  tick(): void {
    const nowMs = this.#s.clock[0]!;
    const c = this.#s.orders.column;
    for (const working of [...this.#works.values()]) {
      const ends = c.expireAtMs[working.row]!;
      if (!this.#status[c.strategy[working.row]!]!.running || (ends > 0 && nowMs >= ends)) this.#stop(working);
      else if (working.waiting !== null || nowMs >= working.algorithm.nextMs) this.#pump(working);
    }
  }

  /** Sends no more children of an order and cancels those that are open. */
  cancel(row: number): void {
    const working = this.#works.get(row);
    if (working) this.#stop(working);
  }

  /** {@link cancel} of every order that a strategy has worked. */
  stopAll(strategy: number): void {
    for (const working of [...this.#works.values()])
      if (this.#s.orders.column.strategy[working.row] === strategy) this.#stop(working);
  }

  /** Hears that a child has filled, by `lots` worth `value`; also long after its parent has ended. */
  filled(child: number, lots: number, value: number): void {
    const c = this.#s.orders.column;
    const parent = this.#parentOf(child);
    if (parent < 0) return;
    c.filledLots[parent]! += lots;
    c.filledValue[parent]! += value;
    this.heard(child);
  }

  /** Hears that something happened to an order: where it is a child that has ended, its parent goes on. */
  heard(child: number): void {
    const c = this.#s.orders.column;
    if (!isTerminal(c.status[child]!)) return;
    const working = this.#works.get(this.#parentOf(child));
    const at = working ? working.children.indexOf(child) : -1;
    if (!working || at < 0) return;
    working.children.splice(at, 1);
    working.algorithm.ended(c.lots[child]!, c.filledLots[child]!);
    this.#pump(working);
  }

  /** A child was replaced by another, as the venue cannot amend: what becomes of that one is heard from now on. */
  replaced(child: number, newer: number): void {
    const working = this.#works.get(this.#parentOf(child));
    const at = working ? working.children.indexOf(child) : -1;
    if (at >= 0) working!.children[at] = newer;
  }

  #parentOf(child: number): number {
    const c = this.#s.orders.column;
    const group = c.group[child]!;
    return group >= 0 && c.flags[group]! & FLAG.worked && c.parent[child]! < 0 ? group : -1;
  }

  #stop(working: Working): void {
    working.stopped = true;
    for (const child of [...working.children]) this.#dispatch.cancel(child);
    this.#pump(working);
  }

  /** Sends what is due, and ends the order when nothing more will come of it. */
  #pump(working: Working): void {
    const { algorithm } = working;
    const child = this.#child;
    while (!working.stopped) {
      if (working.waiting !== null) Object.assign(child, working.waiting);
      else if (!algorithm.next(this.#s.clock[0]!, child)) break;
      working.waiting = null;
      const number = this.#send(working, child);
      if (number >= 0) working.children.push(number);
      else if (PASSING.includes(this.#dispatch.refusals.at(-1)!)) {
        working.waiting = { ...child };
        break;
      } else algorithm.refused(child.lots);
    }
    const spent = working.stopped || (algorithm.isSpent && working.waiting === null);
    if (spent && working.children.length === 0) this.#end(working);
  }

  #send(working: Working, child: Child): OrderNumber {
    const s = this.#s;
    const c = s.orders.column;
    const { row, slot, plan } = working;
    const instrument = s.instruments[c.instrument[row]!]!;
    const side = c.side[row]!;
    const d = this.#draft;
    blankDraft(d, c.strategy[row]!, instrument.index, side, c.intent[row]!);
    d.type = child.limitTicks > 0 ? TYPE.limit : TYPE.market;
    d.tif = c.tif[row]!;
    d.flags = c.flags[row]! & ~FLAG.worked;
    d.lots = child.lots;
    d.limitTicks = child.limitTicks;
    d.expireAtMs = c.expireAtMs[row]!;
    d.group = row;
    const price = child.limitTicks > 0 ? instrument.price(child.limitTicks) : s.price[instrument.index]!;
    const atr = this.#atrOf(slot);
    const stop = plan?.stop ?? plan?.trail;
    if (stop) d.stopTicks = stopTicks(stop, side, price, instrument, atr);
    if (plan?.target) d.targetTicks = targetTicks(plan.target, side, price, d.stopTicks, instrument, atr);
    // What the child takes is the parent's no more, so that the review does not count it twice.
    s.orders.changing(row).budget[row]! += child.lots;
    this.#picture.fill(slot, instrument, side);
    const legs = plan ? bracketPlan(plan.stop ?? undefined, plan.target ?? undefined, plan.trail ?? undefined) : null;
    const number = this.#dispatch.submit(d, slot, false, legs, c.placedSeq[row]!);
    if (number >= 0) return number;
    c.budget[row]! -= child.lots;
    return number;
  }

  #end(working: Working): void {
    const c = this.#s.orders.column;
    this.#works.delete(working.row);
    this.#dispatch.answer(
      c.filledLots[working.row]! >= c.lots[working.row]! ? REPORT.filled : REPORT.canceled,
      working.row,
    );
  }

  snapshot(): Json {
    return [...this.#works.values()].map((w) => ({
      row: w.row,
      slot: w.slot,
      algorithm: w.algorithm.snapshot(),
      plan: w.plan as unknown as Json,
      children: [...w.children],
      waiting: w.waiting === null ? null : { ...w.waiting },
      stopped: w.stopped,
    }));
  }

  restore(snapshot: Json): void {
    this.#works.clear();
    for (const w of snapshot as unknown as readonly (Working & { readonly algorithm: Json })[])
      this.#works.set(w.row, { ...w, children: [...w.children], algorithm: restoreAlgorithm(w.algorithm) });
  }

  reset(): void {
    this.#works.clear();
  }
}

/** Lots of the smallest child that working an order makes. */
function childLots(work: Work, lots: number, instrument: Instrument): number {
  if ('twap' in work) return Math.floor(lots / work.twap.slices);
  if ('scale' in work) return Math.floor(lots / work.scale.orders);
  const visible = Number(work.iceberg.visible);
  if (!(visible > 0)) return 0;
  return visible < instrument.quantity(lots) ? instrument.lots(visible, 'floor') : lots;
}
