import { isTerminal, ORDER_STATUSES, STATUS } from '../core/vocabulary/order.ts';
import type { Timer } from '../ports/clock.ts';
import type { AccountSink, VenueBalance, VenueFill, VenueOrder, VenuePosition } from '../ports/exchange-gateway.ts';
import type { TimedWork } from '../ports/session-vitals.ts';
import { VenueError } from '../ports/venue-error.ts';
import { AskingPause } from './asking-pause.ts';
import { FateSearch } from './fate-search.ts';
import { FundingHistory } from './funding-history.ts';
import { InFlight } from './in-flight.ts';
import type { KeeperWorld, PendingOrder } from './keeper-world.ts';
import { LastWords } from './last-words.ts';
import { OrderRows } from './order-rows.ts';
import { cancelAgain } from './request-of.ts';
import type { ForeignOrder } from './told-orders.ts';

/** How often each thing is asked for while all is well. */
export const CHECK_MS = { inFlight: 5_000, openOrders: 30_000, account: 60_000 } as const;
/** Trades that the venue counts in an order come by the stream; those that do not are asked for. */
const MISSING_FILLS_MS = 1_000;
/** A lookup may not know the order of a trade for so long. */
const UNNAMED_MS = 120_000;
/** An order of unknown fate is everybody's concern after so long. */
const UNKNOWN_ALARM_MS = 60_000;
/** Trades are asked for from so long before the last one: what is known is not booked again. */
const FILLS_OVERLAP_MS = 3_600_000;
/** Drift of a venue's clock since it was measured. */
const CLOCK_DRIFT_MS = 250;
const BEAT_MS = 500;

/**
 * Keeps the books of a session equal to those of its venue: at the start, after every interruption of the account stream, and all the time.
 * What it asks and what it is told become words for the core; what nobody knows stays as it is until it is proven.
 */
export class AccountKeeper implements AccountSink {
  readonly #world: KeeperWorld;
  readonly #fates: FateSearch;
  readonly #rows: OrderRows;
  readonly #funding: FundingHistory;
  /** Why orders that add risk must wait; null where they need not. */
  notReady: string | null = 'the account has not been read yet';
  readonly #lastWords = new LastWords();
  /** Since when nothing of the account can have been missed. */
  #coveredSinceMs = Number.POSITIVE_INFINITY;
  #timer: Timer | null = null;
  #busy: Promise<void> | null = null;
  #isClosed = false;
  /** What comes before the start is asked for by it. */
  #hasStarted = false;
  readonly #dueMs = { openOrders: 0, account: 0 };
  #missingSinceMs = Number.NaN;
  /** Symbols with trades whose orders the venue could not name yet. */
  readonly #unnamed = new Set<string>();
  readonly #inFlight = new InFlight(CHECK_MS.inFlight, UNKNOWN_ALARM_MS);
  #wantsReconcile = false;
  #hasTold = false;
  /** Orders that were acknowledged and are not known any more. */
  readonly #vanished = new Set<number>();
  readonly #pause = new AskingPause();
  #monitoredAtMs: number | null = null;

  constructor(world: KeeperWorld) {
    this.#world = world;
    this.#fates = new FateSearch(world);
    this.#rows = new OrderRows(world.side);
    this.#funding = new FundingHistory(world);
  }

  /**
   * Reconciles whatever came before, and goes on doing so. `pending`: orders whose request was made durable and never answered. Resolves
   * once books and venue have been compared; where the venue cannot be asked it tries on, and nothing that adds risk leaves meanwhile.
   */
  async start(pending: readonly PendingOrder[]): Promise<void> {
    this.#hasStarted = true;
    this.#setReady(false, 'the account has not been read yet');
    for (const { order, symbol, validUntilMs } of pending) this.#fates.sentBefore(order, symbol, validUntilMs);
    await this.#pass(() => this.#reconcile());
    this.#beat();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#busy;
  }

  /** The reading of open orders that comes again and again. */
  monitor(): TimedWork {
    const { clock } = this.#world;
    const inMs = Math.max(0, Math.max(this.#dueMs.openOrders, this.#pause.untilMs) - clock.elapsedMs());
    return {
      ...{ work: 'order-monitor', everyMs: CHECK_MS.openOrders, nextMs: clock.nowMs() + inMs },
      ...{ lastMs: this.#monitoredAtMs, problem: this.#pause.problem },
    };
  }

  order(order: VenueOrder): void {
    // Whoever tells of it: it is there, and its absence can never be proven any more.
    this.#fates.found(order.clientOrderId);
    if (!this.#hasStarted) return;
    const isNew = this.#lastWords.isNew(order);
    // What was told before an order came into doubt ends the doubt when it is told again.
    if (!isNew && !this.#rows.isInDoubt(order)) return;
    this.#world.tell({ type: 'order-told', order });
  }

  fill(fill: VenueFill): void {
    this.#fates.found(fill.clientOrderId);
    if (this.#hasStarted && !this.#world.side.orders.knows(fill)) this.#world.tell({ type: 'fill-told', fill });
  }

  // Totals are asked for while nothing is on its way: a stream's belong to some moment in between.
  balance(_balance: VenueBalance, _atMs: number): void {}
  position(_position: VenuePosition, _atMs: number): void {}

  funding(symbol: string, asset: string, amount: string, atMs: number): void {
    if (!this.#hasStarted) return;
    this.#world.tell({ type: 'funding-told', symbol, asset, amount, atMs });
  }

  liquidation(symbol: string, detail: string, atMs: number): void {
    if (!this.#hasStarted) return;
    this.#world.tell({ type: 'liquidation-told', symbol, detail, atMs });
  }

  resumed(_sinceMs: number): void {
    if (!this.#hasStarted) return;
    this.#setReady(false, 'the account stream was interrupted');
    this.#coveredSinceMs = Number.POSITIVE_INFINITY;
    this.#world.tell({
      type: 'alarm-raised',
      level: 'info',
      message: 'the account stream was interrupted; asking for what it missed',
    });
    this.#pause.untilMs = 0;
    this.#wantsReconcile = true;
  }

  anomaly(code: string, detail: string): void {
    if (!this.#hasStarted) return;
    this.#world.tell({ type: 'alarm-raised', level: 'warn', message: `account stream: ${code}: ${detail}` });
  }

  #beat(): void {
    if (this.#isClosed) return;
    this.#timer = this.#world.clock.after(BEAT_MS, () => {
      this.#busy = this.#watch().finally(() => {
        this.#busy = null;
        this.#beat();
      });
    });
  }

  async #watch(): Promise<void> {
    const nowMs = this.#world.clock.elapsedMs();
    if (nowMs < this.#pause.untilMs) return;
    if (this.#wantsReconcile || this.notReady !== null) {
      await this.#pass(() => this.#reconcile());
      return;
    }
    const flying = this.#flying(nowMs);
    const isMissing = this.#isMissing(nowMs);
    if (flying.length === 0 && !isMissing && nowMs < this.#dueMs.openOrders && nowMs < this.#dueMs.account) return;
    await this.#pass(async () => {
      if (isMissing) for (const symbol of this.missing()) await this.#readFills(symbol);
      for (const row of flying) await this.#lookUp(row);
      const lost = flying.filter((row) => this.#rows.statusOf(row) === STATUS.unknown || this.#vanished.has(row));
      if (nowMs >= this.#dueMs.openOrders || lost.length > 0) await this.#readOpenOrders();
      for (const symbol of new Set(lost.map((row) => this.#rows.symbolOf(row)))) await this.#readFills(symbol);
      if (nowMs >= this.#dueMs.account || lost.length > 0) await this.#readAccount();
    });
  }

  /** One pass of questions; where the venue cannot be asked, the next one waits longer. */
  async #pass(questions: () => Promise<void>): Promise<void> {
    try {
      await questions();
      this.#pause.answered();
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      const isFirst = this.#pause.failed(error, this.#world.clock.elapsedMs());
      const message = `the venue could not be asked: ${this.#pause.problem}`;
      if (isFirst) this.#world.tell({ type: 'alarm-raised', level: 'warn', message });
    }
  }

  /** Everything, from the beginning: orders, trades, holdings. Only then may risk be added. */
  async #reconcile(): Promise<void> {
    this.#wantsReconcile = false;
    await this.#readOpenOrders();
    for (const symbol of this.#rows.symbols()) await this.#readFills(symbol);
    for (const row of this.#rows.open()) if (this.#rows.statusOf(row) !== STATUS.held) await this.#lookUp(row);
    for (const symbol of this.#world.side.orders.missing()) await this.#readFills(symbol);
    await this.#funding.read();
    await this.#readAccount();
    if (this.#wantsReconcile) return;
    this.#coveredSinceMs = this.#world.begunAtMs;
    this.#setReady(true, 'orders, trades and holdings have been compared');
  }

  async #readOpenOrders(): Promise<void> {
    const { gateway, side, clock } = this.#world;
    for (const symbol of this.#rows.symbols()) {
      const askedAtMs = this.#venueNowMs();
      const open = this.#rows.open().filter((row) => this.#rows.symbolOf(row) === symbol);
      const listed = await gateway.openOrders(symbol);
      for (const order of listed) this.order(order);
      const ids = new Set(listed.map(({ clientOrderId }) => clientOrderId));
      this.#fates.listed(symbol, ids, askedAtMs);
      for (const row of open)
        if (this.#rows.statusOf(row) === STATUS.open && !ids.has(this.#rows.idOf(row))) await this.#lookUp(row);
      if (this.#world.foreign === 'cancel')
        for (const order of [...side.orders.foreign.values()]) if (order.symbol === symbol) this.#cancelForeign(order);
    }
    this.#dueMs.openOrders = clock.elapsedMs() + CHECK_MS.openOrders;
    this.#monitoredAtMs = clock.nowMs();
  }

  /** Durable first, as every request. */
  #cancelForeign({ symbol, clientOrderId: order }: ForeignOrder): void {
    const { sender } = this.#world;
    if (sender.isBusyWith(order)) return;
    sender.send([
      {
        ...{ kind: 'cancel', row: -1, order, symbol, placement: null, pair: null, reduces: true },
        ...{ verdict: { code: 'approved', foreign: true }, reservation: null, intent: -1 },
      },
    ]);
  }

  async #readFills(symbol: string): Promise<void> {
    const { gateway, side, clock } = this.#world;
    const askedAtMs = this.#venueNowMs();
    const { newestFillMs } = side.orders;
    const knownMs = Number.isFinite(newestFillMs) ? newestFillMs - FILLS_OVERLAP_MS : this.#world.begunAtMs;
    const fromMs = Math.min(knownMs, this.#fates.oldestSentMs() - FILLS_OVERLAP_MS);
    const fills = await gateway.fills(symbol, { timeMs: Math.max(fromMs, 0) });
    // A lookup that lags leaves trades of ours without a name: they are nobody's only once it had time to catch up, and till then no evidence.
    const isUnnamed = (fill: VenueFill): boolean => fill.clientOrderId === '' && side.orders.ownerOf(fill) < 0;
    this.#unnamed.delete(symbol);
    const offMs = (gateway.clockSkew?.uncertaintyMs ?? 0) + CLOCK_DRIFT_MS;
    const begunMs = this.#world.begunAtMs + askedAtMs - clock.nowMs() - offMs;
    for (const fill of fills) {
      // What was traded before this session was there is nobody's, an earlier session's of the same account perhaps.
      if (fill.tradedAtMs < begunMs && side.orders.ownerOf(fill) < 0) continue;
      if (isUnnamed(fill) && askedAtMs - fill.tradedAtMs < UNNAMED_MS) this.#unnamed.add(symbol);
      else this.fill(fill);
    }
    if (!fills.some(isUnnamed))
      this.#fates.traded(symbol, new Set(fills.map((fill) => this.#rows.ownerOf(fill))), fromMs, askedAtMs);
  }

  async #readAccount(): Promise<void> {
    const { gateway, side, sender, clock, tell } = this.#world;
    const isQuiet = (): boolean =>
      sender.isIdle &&
      this.missing().length === 0 &&
      this.#rows
        .open()
        .every(
          (row) => this.#rows.isAtRest(row) || this.#rows.statusOf(row) === STATUS.unknown || this.#vanished.has(row),
        );
    this.#dueMs.account = clock.elapsedMs() + CHECK_MS.inFlight;
    if (!isQuiet()) return;
    const { fills } = side.engine.state;
    const before = fills.count;
    const askedAtMs = this.#venueNowMs();
    const [balances, positions] = [await gateway.balances(), await gateway.positions()];
    // What happened while we asked makes the answer no comparison.
    if (fills.count !== before || !isQuiet()) return;
    tell({ type: 'account-read', balances: [...balances], positions: [...positions], atMs: askedAtMs });
    if (side.account.isAgreed) this.#fates.agreed(askedAtMs);
    if (!side.account.isAgreed || side.owesFunding) await this.#funding.read();
    // A difference is asked about again soon: one reading proves nothing.
    this.#dueMs.account = clock.elapsedMs() + (side.account.isAgreed ? CHECK_MS.account : CHECK_MS.inFlight);
  }

  /** Asks for one order; where the venue knows none, that is one piece of evidence. */
  async #lookUp(row: number): Promise<void> {
    const { gateway, clock } = this.#world;
    const id = this.#rows.idOf(row);
    this.#inFlight.asked(row, clock.elapsedMs());
    const askedAtMs = this.#venueNowMs();
    const found = await gateway.findOrder(this.#rows.symbolOf(row), id);
    if (isTerminal(this.#rows.statusOf(row))) return;
    if (found !== null) {
      this.#vanished.delete(row);
      this.order(found);
      // The cancel was lost on its way: it may be asked again, as it names what it is about.
      if (this.#rows.statusOf(row) === STATUS['cancel-pending'] && found.status === 'open') this.#cancelAgain(row);
      return;
    }
    if (this.#world.sender.isBusyWith(id)) return;
    const status = this.#rows.statusOf(row);
    const isNew =
      status === STATUS.submitted || (status === STATUS['cancel-pending'] && !this.#world.side.orders.isTold(row));
    if (isNew) this.#lose(id);
    else if (!this.#fates.knows(id)) {
      this.#vanished.add(row);
      const createdAtMs = this.#world.side.engine.state.orders.column.createdAtMs[row]!;
      this.#fates.vanished(id, this.#rows.symbolOf(row), Math.max(createdAtMs, this.#world.begunAtMs), askedAtMs);
      this.#world.tell({
        type: 'alarm-raised',
        level: 'page',
        message: `${id} is ${ORDER_STATUSES[status]} and the venue does not know it; it counts as open until it is found, or proven absent`,
      });
    }
    const proof = this.#fates.notFound(id, askedAtMs, this.#coveredSinceMs);
    if (proof !== null)
      this.#world.tell({ type: 'absence-proven', order: id, evidence: proof, atMs: this.#venueNowMs() });
  }

  #lose(order: string): void {
    this.#world.tell({
      ...{ type: 'request-answered', request: 'place', order, outcome: 'unknown', code: null, told: null },
      message: 'nothing is known of it',
      atMs: this.#venueNowMs(),
    });
  }

  #cancelAgain(row: number): void {
    const { sender, side } = this.#world;
    if (!sender.isBusyWith(this.#rows.idOf(row))) sender.send([cancelAgain(side.engine, row)]);
  }

  /** Rows that wait for an answer for too long. */
  #flying(nowMs: number): number[] {
    const waiting = this.#rows.open().filter((row) => !this.#rows.isAtRest(row) || this.#vanished.has(row));
    const { due, alarming } = this.#inFlight.look(waiting, nowMs);
    for (const row of alarming) {
      if (this.#rows.statusOf(row) !== STATUS.unknown) continue;
      this.#inFlight.alarmed(row);
      const id = this.#rows.idOf(row);
      this.#world.tell({
        type: 'alarm-raised',
        level: 'page',
        message: `nobody knows what became of ${id} for ${UNKNOWN_ALARM_MS / 1000} s; missing: ${this.#fates.lacks(id, this.#coveredSinceMs) ?? 'nothing'}`,
      });
    }
    return due;
  }

  /** Symbols with trades that were not told, or of which nobody knows yet whose they are. */
  missing(): readonly string[] {
    return [...new Set([...this.#world.side.orders.missing(), ...this.#unnamed])];
  }

  #isMissing(nowMs: number): boolean {
    if (this.missing().length === 0) {
      this.#missingSinceMs = Number.NaN;
      return false;
    }
    if (Number.isNaN(this.#missingSinceMs)) this.#missingSinceMs = nowMs;
    if (nowMs - this.#missingSinceMs < MISSING_FILLS_MS) return false;
    this.#missingSinceMs = nowMs;
    return true;
  }

  #setReady(isReady: boolean, reason: string): void {
    if (isReady === (this.notReady === null) && this.#hasTold) return;
    this.#hasTold = true;
    this.notReady = isReady ? null : reason;
    this.#world.tell({
      ...{ type: 'readiness-changed', scope: 'account', target: null, isReady, cause: 'venue-fault', reason },
      atMs: this.#venueNowMs(),
    });
  }

  #venueNowMs(): number {
    return this.#world.clock.nowMs() + (this.#world.gateway.clockSkew?.skewMs ?? 0);
  }
}
