import type { Bars } from '../indicators/bars.ts';
import { Cross, Series } from '../indicators/series.ts';
import type { AnyStrategy, Context, Desk, OrderUpdate } from '../strategy/define-strategy.ts';
import { ALERT_SEVERITIES } from '../vocabulary/alert.ts';
import { EVENT } from '../vocabulary/events.ts';
import { type Json, settledJson } from '../vocabulary/json.ts';
import { InstrumentDesk } from './instrument-desk.ts';
import type { OrderDesk } from './order-desk.ts';
import type { SessionState } from './session-state.ts';
import { refusePromise } from './strategy-error.ts';
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
  declare readonly index: number;
  declare readonly strategy: AnyStrategy;
  readonly params: Readonly<Record<string, Json>>;
  declare readonly allocation: number;
  declare private readonly state: SessionState;
  running = false;
  /** Whether it threw, or acted late, since it was last started. */
  hasFailed = false;
  settled = false;
  /** Event time at which it settled; infinity before. */
  settledAtMs = Number.POSITIVE_INFINITY;
  /** Bars whose closing calls the strategy. */
  declare readonly listens: readonly Bars[];
  declare readonly context: StrategyContext;
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
    this.state = state;
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
    if (!this.strategy.def.onOrder || !this.running) return;
    this.#updates.push(update);
    this.state.hasNews = true;
  }

  /** Hands over what became of orders; what the strategy does about it may add more, up to a bound. One that was stopped since is told nothing. */
  flushUpdates(): void {
    for (let rounds = 0; this.running && this.#updates.length > 0 && rounds < 8; rounds++)
      for (const update of this.#updates.splice(0)) refusePromise(this.strategy.def.onOrder?.(this.context, update));
    this.#updates.splice(0);
  }

  get hasUpdates(): boolean {
    return this.#updates.length > 0;
  }

  /** Back to before the first bar, the strategy's own state excepted. */
  reset(): void {
    this.running = true;
    this.hasFailed = false;
    this.settled = false;
    this.settledAtMs = Number.POSITIVE_INFINITY;
    this.plots.splice(0);
  }
}

/** Every series inside what a strategy's `indicators` returned. */
function seriesIn(value: unknown): Series[] {
  if (value instanceof Series) return [value];
  if (value instanceof Cross) return [value.direction];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(seriesIn);
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

  readonly source = (name: string): Json => {
    const declared = Object.keys(this.#owner.strategy.def.sources ?? {});
    if (!declared.includes(name))
      throw new RangeError(`there is no source "${name}"; declared are ${declared.join(', ') || 'none'}`);
    return this.#sources.get(name) ?? null;
  };

  receive(name: string, value: Json): void {
    this.#sources.set(name, value);
  }

  /** Latest values of its sources, and since which row of its bars each instrument's position is open: what a snapshot adds to `state`. */
  snapshot(): ContextSnapshot {
    return { sources: [...this.#sources], openedRows: this.#others.map((desk) => desk?.openedRow ?? 0) };
  }

  restore(s: ContextSnapshot): void {
    this.#sources.clear();
    for (const [name, value] of s.sources) this.#sources.set(name, settledJson(value));
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
    this.#note('log', EVENT['message-logged'], data === undefined ? message : `${message} ${JSON.stringify(data)}`, 0);
  };

  readonly alert = (level: 'info' | 'warn' | 'page', message: string): void => {
    const rank = ALERT_SEVERITIES.indexOf(level);
    if (rank < 0) throw new TypeError(`alert: expected ${ALERT_SEVERITIES.join(', ')}, found ${JSON.stringify(level)}`);
    this.#note('alert', EVENT['alert-raised'], message, rank);
  };

  readonly plot = (pane: string, series: Readonly<Record<string, number>>): void => {
    this.#refuseLate('plot');
    for (const [name, value] of Object.entries(series)) this.#owner.plots.push({ timeMs: this.now, pane, name, value });
  };

  #refuseLate(call: string): void {
    if (this.#s.calling !== this.#owner.index) this.#s.refuseLate(this.#owner.index, call);
  }

  #note(call: string, type: number, text: string, level: number): void {
    const s = this.#s;
    this.#refuseLate(call);
    s.log.append(type, s.clock[0]!, -1 - s.input, s.input, this.#owner.index, -1, s.texts.push(text) - 1, level);
  }
}
