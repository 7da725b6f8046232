import { stopTicks } from '../execution/brackets.ts';
import type { Bars } from '../indicators/bars.ts';
import { Cross, Series } from '../indicators/series.ts';
import type { AnyStrategy, Context, Desk, Fill, OrderRef, OrderUpdate, Position } from '../strategy/define-strategy.ts';
import { EVENT } from '../vocabulary/events.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import type { Entry, Level } from '../vocabulary/intent.ts';
import type { Json } from '../vocabulary/json.ts';
import { isTerminal, ORDER_ROLES, ORDER_STATUSES, type OrderStatus, ROLE, STATUS, TYPE } from '../vocabulary/order.ts';
import { REFUSALS, type Refusal } from '../vocabulary/refusal.ts';
import type { OrderDesk } from './order-desk.ts';
import type { OrderNumber } from './order-dispatch.ts';
import type { SessionState } from './session-state.ts';
import type { StrategyStatus } from './strategy-status.ts';

/** A plotted value: for charts, not part of the state. */
export interface PlottedValue {
  readonly timeMs: number;
  readonly pane: string;
  readonly name: string;
  readonly value: number;
}

/** One strategy's place in the engine: what it sees, and the one way its wishes take. */
export class StrategySeat implements StrategyStatus {
  readonly index: number;
  readonly strategy: AnyStrategy;
  readonly params: Readonly<Record<string, Json>>;
  readonly allocation: number;
  running = false;
  settled = false;
  /** Event time at which it settled; infinity before. */
  settledAtMs = Number.POSITIVE_INFINITY;
  /** Bars whose closing calls the strategy. */
  readonly listens: readonly Bars[];
  readonly context: StrategyContext;
  /** What the strategy is told of its orders after its present call has ended. */
  readonly #updates: OrderUpdate[] = [];
  readonly plots: PlottedValue[] = [];
  /** Series whose values must exist, and have settled, before orders leave. */
  needs: readonly Series[] = [];
  /** Series that the strategy itself reads. */
  shown: readonly Series[] = [];

  constructor(
    state: SessionState,
    desk: () => OrderDesk,
    index: number,
    strategy: AnyStrategy,
    params: Readonly<Record<string, Json>>,
    allocation: number,
    data: Readonly<Record<string, Bars | readonly Bars[]>>,
    instrumentOf: (bars: Bars) => number,
  ) {
    this.index = index;
    this.strategy = strategy;
    this.params = params;
    this.allocation = allocation;
    this.listens = Object.values(data).flat();
    this.context = new StrategyContext(state, desk, this, data, instrumentOf);
  }

  /** Takes what the strategy's `indicators` returned. */
  bind(indicators: unknown): void {
    this.context.ind = indicators;
    this.shown = seriesIn(indicators);
    this.needs = [...new Set(this.shown.flatMap((s) => [s, ...s.foreign]))];
  }

  /** Whether any of its bars closed at this instant. */
  isDue(slice: number): boolean {
    const bars = this.listens;
    for (let i = 0; i < bars.length; i++) if (bars[i]!.closedInSlice === slice) return true;
    return false;
  }

  tell(update: OrderUpdate): void {
    if (this.strategy.def.onOrder) this.#updates.push(update);
  }

  /** Hands over what became of orders; what the strategy does about it may add more, up to a bound. */
  flushUpdates(): void {
    for (let rounds = 0; this.#updates.length > 0 && rounds < 8; rounds++)
      for (const update of this.#updates.splice(0)) this.strategy.def.onOrder?.(this.context, update);
    this.#updates.splice(0);
  }

  get hasUpdates(): boolean {
    return this.#updates.length > 0;
  }
}

/** Every series inside what a strategy's `indicators` returned. */
function seriesIn(value: unknown): Series[] {
  if (value instanceof Series) return [value];
  if (value instanceof Cross) return [value.direction];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(seriesIn);
}

/** An order as its strategy sees it. */
export class StrategyOrder implements OrderRef {
  readonly #state: SessionState;
  readonly #desk: OrderDesk;
  readonly #given: OrderNumber;

  constructor(state: SessionState, desk: OrderDesk, number: OrderNumber) {
    this.#state = state;
    this.#desk = desk;
    this.#given = number;
  }

  /** The order that stands for it now, where a venue that cannot amend had it replaced. */
  get #number(): OrderNumber {
    return this.#given >= 0 ? this.#desk.dispatch.replacements.latest(this.#given) : this.#given;
  }

  get clientOrderId(): string {
    return this.#number >= 0 ? this.#desk.clientId(this.#number) : '';
  }

  get status(): OrderStatus | 'refused' {
    return this.#number >= 0 ? ORDER_STATUSES[this.#state.orders.column.status[this.#number]!]! : 'refused';
  }

  get refusal(): Refusal | null {
    return this.#number < 0 ? REFUSALS[this.#desk.refusals[-1 - this.#number]!]! : null;
  }

  get side(): 'buy' | 'sell' {
    return this.#number >= 0 && this.#state.orders.column.side[this.#number]! < 0 ? 'sell' : 'buy';
  }

  get qty(): number {
    return this.#quantity('lots');
  }

  get filledQty(): number {
    return this.#quantity('filledLots');
  }

  get isOpen(): boolean {
    return this.#number >= 0 && !isTerminal(this.#state.orders.column.status[this.#number]!);
  }

  #quantity(name: 'lots' | 'filledLots'): number {
    const row = this.#number;
    if (!(row >= 0)) return 0;
    const c = this.#state.orders.column;
    const before = this.#desk.dispatch.replacements.carried(row);
    return this.#state.instruments[c.instrument[row]!]!.quantity(c[name][row]! + before);
  }

  cancel(_why: string): void {
    if (this.#number >= 0) this.#desk.cancel(this.#number);
  }

  amend(change: { price?: number | string; qty?: number | string }): void {
    if (!(this.#number >= 0)) return;
    this.#desk.amend(
      this.#number,
      change.price === undefined ? null : Number(change.price),
      change.qty === undefined ? null : Number(change.qty),
    );
  }
}

/** Trading in one instrument, for one strategy. */
class InstrumentDesk implements Desk, Position {
  readonly #state: SessionState;
  readonly #desk: () => OrderDesk;
  readonly #seat: StrategySeat;
  readonly #slot: number;
  readonly #instrument: Instrument;
  readonly #bars: Bars;
  /** Row of the strategy's bars at which the position was opened. */
  openedRow = 0;
  readonly position: Position = this;
  readonly buy = (entry: Entry): OrderRef => this.#enter(1, entry);
  readonly sell = (entry: Entry): OrderRef => this.#enter(-1, entry);

  constructor(state: SessionState, desk: () => OrderDesk, seat: StrategySeat, instrument: Instrument, bars: Bars) {
    this.#state = state;
    this.#desk = desk;
    this.#seat = seat;
    this.#instrument = instrument;
    this.#slot = seat.index * state.instruments.length + instrument.index;
    this.#bars = bars;
  }

  get symbol(): string {
    return this.#instrument.symbol;
  }

  get price(): number {
    return this.#state.price[this.#instrument.index]!;
  }

  get orders(): readonly OrderRef[] {
    return this.#desk()
      .rowsOf(this.#slot)
      .map((row) => new StrategyOrder(this.#state, this.#desk(), row));
  }

  get isOpen(): boolean {
    return this.#state.book.positions.column.lots[this.#slot] !== 0;
  }

  get side(): 'long' | 'short' | 'flat' {
    const lots = this.#state.book.positions.column.lots[this.#slot]!;
    return lots > 0 ? 'long' : lots < 0 ? 'short' : 'flat';
  }

  get qty(): number {
    return Math.abs(this.#instrument.quantity(this.#state.book.positions.column.lots[this.#slot]!));
  }

  get avgPrice(): number {
    return this.#state.book.positions.averagePrice(this.#slot, this.#instrument);
  }

  get unrealized(): number {
    return this.#state.book.positions.unrealized(this.#slot, this.#instrument, this.price);
  }

  get realized(): number {
    return this.#instrument.money(this.#state.book.positions.column.realized[this.#slot]!);
  }

  get barsHeld(): number {
    return this.isOpen ? this.#bars.cursor - this.openedRow : 0;
  }

  /** Called when a fill opened the position. */
  opened(): void {
    this.openedRow = this.#bars.cursor;
  }

  readonly close = (why: string): void => {
    this.#settle(this.#desk().close(this.#slot, why));
  };

  readonly target = (pctOfEquity: number, why: string): void => {
    this.#settle(this.#desk().target(this.#slot, pctOfEquity, why));
  };

  readonly cancelAll = (_why: string): void => {
    for (const row of [...this.#desk().rowsOf(this.#slot)]) this.#desk().cancel(row);
  };

  readonly moveStop = (to: Level): void => {
    const s = this.#state;
    const lots = s.book.positions.column.lots[this.#slot]!;
    if (lots === 0) return;
    const side = lots > 0 ? 1 : -1;
    const ticks = stopTicks(to, side, this.avgPrice, this.#instrument, this.#desk().atrOf(this.#slot));
    const c = s.orders.column;
    const stop = this.#desk()
      .rowsOf(this.#slot)
      .find((row) => c.role[row] === ROLE.stop && !isTerminal(c.status[row]!));
    if (stop !== undefined) {
      if (c.triggerTicks[stop] !== ticks)
        this.#desk().amendTicks(stop, this.#desk().dispatch.wholeLots(stop), 0, ticks);
    } else
      this.#settle(
        this.#desk().leg(
          this.#slot,
          -side,
          ROLE.stop,
          TYPE['stop-market'],
          ticks,
          Math.abs(lots),
          -1,
          null,
          this.#desk().standingIntent(this.#slot),
        ),
      );
  };

  #enter(side: number, entry: Entry): OrderRef {
    return this.#settle(this.#desk().enter(this.#slot, side, entry));
  }

  /** Tells the strategy of a refusal once its present call has ended. */
  #settle(number: OrderNumber): OrderRef {
    const order = new StrategyOrder(this.#state, this.#desk(), number);
    if (number < 0) this.#seat.tell({ order, symbol: this.symbol, status: 'refused', reason: order.refusal ?? '' });
    return order;
  }
}

export interface ContextSnapshot {
  readonly sources: readonly (readonly [name: string, value: Json])[];
  readonly openedRows: readonly number[];
}

/** What a strategy is handed at every call: the same object each time. */
class StrategyContext extends InstrumentDesk implements Context<unknown, Record<string, never>, unknown, Json> {
  readonly params: never;
  readonly data: never;
  ind: unknown = null;
  state: Json = null;
  readonly #s: SessionState;
  readonly #owner: StrategySeat;
  readonly #data: Readonly<Record<string, Bars | readonly Bars[]>>;
  readonly #instrumentOf: (bars: Bars) => number;
  readonly #others: (InstrumentDesk | null)[];
  readonly #sources = new Map<string, Json>();

  constructor(
    state: SessionState,
    desk: () => OrderDesk,
    seat: StrategySeat,
    data: Readonly<Record<string, Bars | readonly Bars[]>>,
    instrumentOf: (bars: Bars) => number,
  ) {
    const first = Object.values(data).flat()[0]!;
    super(state, desk, seat, state.instruments[instrumentOf(first)]!, first);
    this.params = seat.params as never;
    this.data = data as never;
    this.#s = state;
    this.#owner = seat;
    this.#data = data;
    this.#instrumentOf = instrumentOf;
    this.#others = state.instruments.map((instrument) => {
      const bars = Object.values(data)
        .flat()
        .find((b) => instrumentOf(b) === instrument.index);
      if (!bars) return null;
      return instrumentOf(first) === instrument.index ? this : new InstrumentDesk(state, desk, seat, instrument, bars);
    });
  }

  get equity(): number {
    const s = this.#s;
    return s.strategies === 1 ? s.clock[1]! : s.strategyEquity(this.#owner.index, this.#owner.allocation);
  }

  get now(): number {
    return this.#s.clock[0]!;
  }

  readonly closed = (feed: string): boolean => {
    const bars = this.#data[feed];
    if (bars === undefined)
      throw new RangeError(`there is no feed "${feed}"; declared are ${Object.keys(this.#data).join(', ')}`);
    return [bars].flat().some((b) => b.closedInSlice === this.#s.slice);
  };

  readonly on = (feed: string | Bars): Desk => {
    const bars = typeof feed === 'string' ? [this.#data[feed]].flat()[0] : feed;
    const desk = bars && this.#others[this.#instrumentOf(bars)];
    if (!desk)
      throw new RangeError(
        `there is no feed ${JSON.stringify(feed)}; declared are ${Object.keys(this.#data).join(', ')}`,
      );
    return desk;
  };

  readonly source = (name: string): Json => this.#sources.get(name) ?? null;

  receive(name: string, value: Json): void {
    this.#sources.set(name, value);
  }

  /** Latest values of its sources, and since which row of its bars each instrument's position is open: what a snapshot adds to `state`. */
  snapshot(): ContextSnapshot {
    return { sources: [...this.#sources], openedRows: this.#others.map((desk) => desk?.openedRow ?? 0) };
  }

  restore(s: ContextSnapshot): void {
    this.#sources.clear();
    for (const [name, value] of s.sources) this.#sources.set(name, value);
    this.#others.forEach((desk, i) => {
      if (desk) desk.openedRow = s.openedRows[i]!;
    });
  }

  /** The first of the strategy's bars on an instrument. */
  barsOf(instrument: number): Bars | undefined {
    return Object.values(this.#data)
      .flat()
      .find((b) => this.#instrumentOf(b) === instrument);
  }

  /** The desk of an instrument that the strategy trades. */
  deskOf(instrument: number): InstrumentDesk | null {
    return this.#others[instrument]!;
  }

  readonly log = (message: string, data?: Json): void => {
    this.#note(EVENT['message-logged'], data === undefined ? message : `${message} ${JSON.stringify(data)}`, 0);
  };

  readonly alert = (level: 'info' | 'warn' | 'page', message: string): void => {
    this.#note(EVENT['alert-raised'], message, level === 'info' ? 0 : level === 'warn' ? 1 : 2);
  };

  readonly plot = (pane: string, series: Readonly<Record<string, number>>): void => {
    for (const [name, value] of Object.entries(series)) this.#owner.plots.push({ timeMs: this.now, pane, name, value });
  };

  #note(type: number, text: string, level: number): void {
    const s = this.#s;
    s.log.append(type, s.clock[0]!, -1 - s.input, s.input, this.#owner.index, -1, s.texts.push(text) - 1, level);
  }
}

/** A fill as its strategy sees it. */
export function strategyFill(state: SessionState, desk: OrderDesk, fill: number): Fill {
  const f = state.fills.column;
  const row = f.order[fill]!;
  const instrument = state.instruments[state.orders.column.instrument[row]!]!;
  return {
    order: new StrategyOrder(state, desk, row),
    symbol: instrument.symbol,
    side: f.side[fill]! > 0 ? 'buy' : 'sell',
    role: ORDER_ROLES[state.orders.column.role[row]!]!,
    price: instrument.price(f.ticks[fill]!),
    qty: instrument.quantity(f.lots[fill]!),
    fee: instrument.money(f.fee[fill]!),
    realized: instrument.money(f.realized[fill]!),
  };
}

/** Whether an order status number is one after which the strategy is told. */
export function isEnd(status: number): boolean {
  return status === STATUS.canceled || status === STATUS.rejected || status === STATUS.expired;
}
