import assert from 'node:assert/strict';
import { Engine } from '../src/core/engine/engine.ts';
import type { EngineConfig } from '../src/core/engine/engine-config.ts';
import { restore, snapshot } from '../src/core/engine/snapshot.ts';
import { SIMULATED, type VenueCapabilities } from '../src/core/execution/capabilities.ts';
import { REQUEST } from '../src/core/execution/outbox.ts';
import { compileLimits } from '../src/core/risk/limits.ts';
import { bars } from '../src/core/strategy/data.ts';
import { defineStrategy } from '../src/core/strategy/define-strategy.ts';
import type { Entry } from '../src/core/vocabulary/intent.ts';
import { allocateBars } from '../src/core/vocabulary/market-data.ts';
import { FLAG, ORDER_ROLES, ORDER_STATUSES, ROLE, STATUS, TIF } from '../src/core/vocabulary/order.ts';
import { type OrderReport, REPORT, type ReportKind } from '../src/core/vocabulary/report.ts';
import { timeframe } from '../src/core/vocabulary/time.ts';
import { NO_LIMITS } from './scenario.ts';

/** A spot venue that takes pairs, and knows neither amendments nor orders that only reduce. */
export const CASH: VenueCapabilities = {
  ...SIMULATED,
  amend: false,
  bracket: false,
  reduceOnly: false,
  legs: 'paired',
};
const quiet = defineStrategy({ id: 'quiet', params: {}, data: { a: bars('1h') }, indicators: () => ({}) });
const CONFIG: Omit<EngineConfig, 'capabilities'> = {
  session: 'test',
  instruments: [{ id: 'X:AUSD', base: 'A', quote: 'USD', tick: '0.01', lot: '1' }],
  account: { currency: 'USD', cash: 1_000_000, kind: 'cash', leverage: 1, takerFeeRate: 0 },
  limits: compileLimits(NO_LIMITS),
  feeds: [{ instrument: 'X:AUSD', timeframe: timeframe('1h') }],
  strategies: [{ strategy: quiet }],
};
const HOUR_MS = 3_600_000;

interface Resting {
  readonly row: number;
  readonly isSell: boolean;
  readonly pair: number;
  left: number;
}

type Ask =
  | { readonly kind: 'place'; readonly rows: readonly number[] }
  | { readonly kind: 'cancel'; readonly row: number };

/** A venue at which a sell locks what it sells, once for a pair; it hears and is heard when the test says. */
export class LockingVenue {
  engine: Engine;
  readonly #capabilities: VenueCapabilities;
  readonly #closes: number[] = [];
  /** On their way to the venue, in order. */
  readonly asked: Ask[] = [];
  /** On their way to the engine. */
  readonly told: OrderReport[] = [];
  readonly resting = new Map<number, Resting>();
  coins = 0;
  /** How many of the next sells are refused. */
  refuses = 0;
  /** How many of the next requests are lost: a cancel has no effect; of a placement nothing is known, and later what became of it. */
  loses = 0;
  #trade = 0;
  #hours = 0;

  /** As a session does: what was to be canceled when its fate became unknown is canceled once it is found. */
  readonly #cancelWanted = new Set<number>();

  constructor(capabilities: VenueCapabilities) {
    this.#capabilities = capabilities;
    this.engine = new Engine({ ...CONFIG, capabilities });
    this.bar(100);
  }

  bar(close: number): void {
    const openTimeMs = this.#hours++ * HOUR_MS;
    this.#closes.push(close);
    this.engine.handle({ type: 'bar-closed', feed: 0, openTimeMs, open: 100, high: 120, low: 90, close, volume: 1 });
    this.engine.handle({ type: 'instant-ended', timeMs: openTimeMs + HOUR_MS });
    this.collect();
  }

  /** The engine goes on from a snapshot of itself. */
  restart(): void {
    const history = allocateBars(this.#closes.length);
    for (const [k, close] of this.#closes.entries()) {
      history.openTimeMs[k] = k * HOUR_MS;
      history.open[k] = 100;
      history.high[k] = 120;
      history.low[k] = 90;
      history.close[k] = close;
      history.volume[k] = 1;
    }
    const engine = new Engine({ ...CONFIG, capabilities: this.#capabilities });
    restore(engine, snapshot(this.engine), [history]);
    this.engine = engine;
  }

  enter(lots: number, protection: Partial<Entry>): void {
    const entry: Entry = { size: { qty: lots }, limit: 99, why: 'test', ...protection };
    const at = { reason: 'test', strategy: 'quiet', instrument: 'X:AUSD' };
    this.engine.command({ type: 'place-order', side: 'buy', entry, ...at });
    this.collect();
  }

  close(): void {
    this.engine.command({ type: 'close-position', reason: 'test', strategy: 'quiet', instrument: 'X:AUSD' });
    this.collect();
  }

  /** The strategy cancels an order of its. */
  cancel(dice: number): void {
    const rows = this.engine.desk.rowsOf(0);
    if (rows.length > 0) this.engine.desk.cancel(rows[dice % rows.length]!);
    this.collect();
  }

  moveStop(price: number): void {
    this.engine.desk.dispatch.exits!.moveStop(0, price * 100);
    this.collect();
  }

  /** Takes what the engine asks; a stop and the target behind it are one pair, as a session sends them. */
  collect(): void {
    const { outbox, orders, capabilities } = this.engine.state;
    const { role, group, flags } = orders.column;
    for (let k = 0; k < outbox.count; k++) {
      const row = outbox.row[k]!;
      if (outbox.kind[k] === REQUEST.cancel) {
        this.asked.push({ kind: 'cancel', row });
        continue;
      }
      const next = k + 1 < outbox.count && outbox.kind[k + 1] === REQUEST.place ? outbox.row[k + 1]! : -1;
      const isPair =
        capabilities.legs === 'paired' &&
        role[row] === ROLE.stop &&
        next >= 0 &&
        role[next] === ROLE.target &&
        group[row] === group[next] &&
        ((flags[row]! | flags[next]!) & FLAG.emulated) === 0;
      this.asked.push({ kind: 'place', rows: isPair ? [row, next] : [row] });
      if (isPair) k++;
    }
    outbox.count = 0;
  }

  /** The venue takes the next request. */
  work(): void {
    const ask = this.asked.shift();
    if (ask === undefined) return;
    const isLost = this.loses > 0;
    if (isLost) this.loses--;
    if (ask.kind === 'cancel') {
      if (isLost) return;
      const order = this.resting.get(ask.row);
      if (order) for (const each of [order, this.#other(order)]) if (each) this.#end(each, 'canceled');
      return;
    }
    const { rows } = ask;
    const c = this.engine.state.orders.column;
    const lots = c.lots[rows[0]!]! - c.filledLots[rows[0]!]!;
    const isSell = c.side[rows[0]!]! < 0;
    if (isLost) for (const row of rows) this.#tell('lost', row);
    if (isSell && this.refuses > 0) {
      this.refuses--;
      for (const row of rows) this.#tell('rejected', row);
      return;
    }
    if (isSell)
      assert.ok(lots <= this.coins - this.locked(), `${this.describe().join(', ')}: ${rows.join()} need ${lots} coins`);
    for (const [k, row] of rows.entries()) {
      this.resting.set(row, { row, isSell, pair: rows[1 - k] ?? -1, left: lots });
      this.#tell('accepted', row);
    }
  }

  locked(): number {
    let lots = 0;
    for (const { isSell, left, pair, row } of this.resting.values())
      if (isSell && (pair < 0 || row < pair)) lots += left;
    return lots;
  }

  /** An order trades, as its kind does: the other leg of its pair ends, and what must not rest ends with it. */
  trade(row: number, most: number): void {
    const order = this.resting.get(row);
    if (!order) return;
    const lots = Math.min(order.left, most);
    const other = this.#other(order);
    if (other) this.#end(other, 'expired');
    if (lots > 0) {
      order.left -= lots;
      this.coins += order.isSell ? -lots : lots;
      this.told.push(this.#report(order.left === 0 ? 'filled' : 'partly-filled', row, lots));
    }
    if (order.left === 0) this.resting.delete(row);
    else if (this.isImmediate(row)) this.#end(order, 'expired');
  }

  isImmediate(row: number): boolean {
    const c = this.engine.state.orders.column;
    const isMarket = c.limitTicks[row] === 0 && (c.triggerTicks[row] === 0 || (c.flags[row]! & FLAG.emulated) !== 0);
    return isMarket || c.tif[row] === TIF.ioc;
  }

  /** The engine hears the next word of one of the orders of which there are some. */
  hear(dice: number): void {
    const rows = [...new Set(this.told.map((report) => report.row))];
    if (rows.length === 0) return;
    const row = rows[dice % rows.length]!;
    const [report] = this.told.splice(
      this.told.findIndex((each) => each.row === row),
      1,
    );
    const statusOf = (): number => this.engine.state.orders.column.status[row]!;
    if (report!.kind === REPORT.lost && statusOf() === STATUS['cancel-pending']) this.#cancelWanted.add(row);
    this.engine.report(report!);
    // Venues repeat themselves.
    if (dice % 3 === 0 && report!.kind !== REPORT.lost) this.engine.report(report!);
    if (statusOf() !== STATUS.unknown && this.#cancelWanted.delete(row) && statusOf() === STATUS.open)
      this.engine.desk.cancel(row);
    this.collect();
  }

  /** Everything is heard, here and there; orders that do not rest trade whole, or not at all. */
  settle(fills: boolean): void {
    this.#cancelAgain();
    const fleeting = (): Resting[] => [...this.resting.values()].filter(({ row }) => this.isImmediate(row));
    while (this.asked.length > 0 || this.told.length > 0 || fleeting().length > 0) {
      while (this.told.length > 0) this.hear(0);
      this.work();
      for (const { row } of fleeting()) this.trade(row, fills ? 1e9 : 0);
      if (this.asked.length === 0 && this.told.length === 0) this.#cancelAgain();
    }
  }

  /** What a session asks once more: cancels that had no effect. */
  #cancelAgain(): void {
    const { status } = this.engine.state.orders.column;
    for (const row of this.resting.keys())
      if (status[row] === STATUS['cancel-pending']) this.asked.push({ kind: 'cancel', row });
  }

  get position(): number {
    return this.engine.state.book.positions.column.lots[0]!;
  }

  /** Lots that rest as stops, or are held as such. */
  stopped(): number {
    const c = this.engine.state.orders.column;
    return this.engine.desk
      .rowsOf(0)
      .filter((row) => c.role[row] === ROLE.stop && (this.resting.has(row) || c.status[row] === STATUS.held))
      .reduce((sum, row) => sum + c.lots[row]! - c.filledLots[row]!, 0);
  }

  describe(): string[] {
    const { orders } = this.engine.state;
    const c = orders.column;
    return Array.from(
      { length: orders.count },
      (_, row) =>
        `${row} ${ORDER_ROLES[c.role[row]!]} ${ORDER_STATUSES[c.status[row]!]} ${c.filledLots[row]}/${c.lots[row]}`,
    );
  }

  #other({ pair }: Resting): Resting | undefined {
    return pair < 0 ? undefined : this.resting.get(pair);
  }

  #end(order: Resting, how: 'canceled' | 'expired'): void {
    this.resting.delete(order.row);
    this.#tell(how, order.row);
  }

  #tell(kind: ReportKind, row: number): void {
    this.told.push(this.#report(kind, row, 0));
  }

  #report(kind: ReportKind, row: number, lots: number): OrderReport {
    const ticks = 9_900;
    const value = lots > 0 ? this.engine.state.instruments[0]!.value(ticks, lots) : 0;
    const trade = lots > 0 ? this.#trade++ : -1;
    const amounts = { lots, ticks, referenceTicks: ticks, value, fee: 0, feeAsset: -1, maker: true, rate: 0 };
    return { kind: REPORT[kind], row, instrument: 0, timeMs: HOUR_MS, trade, reason: '', ...amounts };
  }
}
