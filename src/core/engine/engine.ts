import type { Bars } from '../indicators/bars.ts';
import { fieldsOf, line } from '../indicators/line.ts';
import type { Series } from '../indicators/series.ts';
import { atr } from '../indicators/volatility/atr.ts';
import { gridOfCalendar } from '../market/calendars.ts';
import { Risk } from '../risk/review.ts';
import type { Scope, StateCause } from '../risk/trading-state.ts';
import { resolveParams } from '../strategy/params.ts';
import type { Command, CommandOutcome, TradingState } from '../vocabulary/commands.ts';
import { type DomainEvent, EVENT } from '../vocabulary/events.ts';
import { type Json, jsonOffence, settledJson } from '../vocabulary/json.ts';
import type { BarColumns } from '../vocabulary/market-data.ts';
import type { OrderReport } from '../vocabulary/report.ts';
import { bindData } from './bind-data.ts';
import { CommandDesk } from './command-desk.ts';
import type { EngineConfig, StrategyConfig } from './engine-config.ts';
import { Feed } from './feed.ts';
import { HandlerCalls } from './handler-calls.ts';
import type { Input } from './input.ts';
import { KillSweep } from './kill-sweep.ts';
import { narrate } from './narrate.ts';
import { noteTransitions } from './note-transitions.ts';
import { OrderDesk } from './order-desk.ts';
import { ReportDesk } from './report-desk.ts';
import { SessionState } from './session-state.ts';
import { refusePromise, StateError } from './strategy-error.ts';
import { StrategySeat } from './strategy-seat.ts';
import { Timers } from './timers.ts';

/**
 * The engine: the only place where market, indicators, strategies, risk, execution and portfolio meet. Synchronous and pure: inputs
 * in, {@link SessionState.outbox} and events out.
 *
 * One instant, one order of things: {@link report}s of the venue and {@link take} for every bar that closed at this time, then
 * {@link endSlice}: indicators → valuation → timers → each strategy once, in declared order.
 */
export class Engine {
  declare readonly state: SessionState;
  declare readonly risk: Risk;
  declare readonly desk: OrderDesk;
  declare readonly feeds: readonly Feed[];
  declare readonly seats: readonly StrategySeat[];
  declare readonly handlers: HandlerCalls;
  declare readonly reports: ReportDesk;
  declare readonly timers: Timers;
  declare readonly sweep: KillSweep;
  declare private readonly commands: CommandDesk;
  declare private readonly config: EngineConfig;
  /** Bars with indicators that must be stepped, in declared order. */
  declare private readonly stepped: Bars[];
  readonly #ranges = new Map<number, Series>();
  /** Whether strategies have yet to be started, at the first instant. */
  isPending = true;

  constructor(config: EngineConfig) {
    this.config = config;
    const count = config.strategies.length;
    const state = new SessionState(config.session, config.instruments, config.account, config.capabilities, count);
    this.state = state;
    this.feeds = config.feeds.map((f) => {
      const instrument = state.instruments.find((i) => i.id === f.instrument);
      if (!instrument)
        throw new RangeError(
          `feed ${f.instrument}: no such instrument; there are ${state.instruments.map((i) => i.id).join(', ')}`,
        );
      const grid = gridOfCalendar(f.calendar ?? '24x7', f.timeframe);
      return new Feed(instrument.index, instrument.symbol, f.timeframe, f.runTimeframe, grid);
    });
    this.risk = new Risk(config.limits, count, state.instruments.length);
    const seats: StrategySeat[] = [];
    this.desk = new OrderDesk(state, this.risk, seats);
    for (const [index, s] of config.strategies.entries()) seats.push(this.#seat(index, s, count));
    this.seats = seats;
    this.handlers = new HandlerCalls(state, seats);
    this.reports = new ReportDesk(state, this.risk, this.desk, seats, (seat, error) =>
      this.handlers.fail(seat, 'onFill', error),
    );
    this.desk.dispatch.answer = (kind, row) => this.reports.answer(kind, row);
    this.desk.atrOf = (slot) => this.#averageRange(slot);
    this.sweep = new KillSweep(state, this.risk, this.desk);
    this.commands = new CommandDesk(state, this.risk, this.desk, seats, this.sweep, (name, value) =>
      this.#hear(name, value),
    );
    this.timers = new Timers(seats);
    this.stepped = [];
    this.reset();
  }

  #seat(index: number, config: StrategyConfig, count: number): StrategySeat {
    const { def } = config.strategy;
    const params = resolveParams(def.params, config.params ?? {}, def.id) as Readonly<Record<string, Json>>;
    const valid = def.valid?.(params as never) ?? true;
    if (valid !== true)
      throw new RangeError(
        `${def.id}: the parameters ${JSON.stringify(params)} do not go together${typeof valid === 'string' ? `: ${valid}` : ''}`,
      );
    const data = bindData(def.id, def.data, this.feeds, this.state.instruments, config.instruments);
    const instrumentOf = (bars: Bars): number => this.feeds.find((f) => [...f.all()].includes(bars))!.instrument;
    const seat = new StrategySeat(
      this.state,
      () => this.desk,
      index,
      config.strategy,
      params,
      config.allocation ?? 1 / count,
      data,
      instrumentOf,
    );
    seat.bind(def.indicators({ params: params as never, data: data as never }));
    return seat;
  }

  /** Average true range (14) of a slot's bars, for levels given in ATRs; NaN while warming up. Computed from the first use on. */
  #averageRange(slot: number): number {
    const n = this.state.instruments.length;
    const known = this.#ranges.get(slot);
    if (known) return known.value;
    const seat = this.seats[Math.floor(slot / n)]!;
    const bars = seat.context.barsOf(slot % n);
    if (!bars) return Number.NaN;
    const range = line(atr, fieldsOf(atr, bars), { length: 14 });
    this.#ranges.set(slot, range);
    return range.value;
  }

  /** Hands over the histories of all feeds, in the order of the configuration. */
  preload(histories: readonly BarColumns[]): void {
    this.feeds.forEach((feed, i) => {
      feed.preload(histories[i]!);
    });
    this.#findStepped();
  }

  #findStepped(): void {
    this.stepped.splice(0);
    for (const feed of this.feeds) for (const bars of feed.all()) if (bars.needsStep) this.stepped.push(bars);
  }

  /** Back to before the first input; memory and compiled code are kept, which is why engines are reset and not made anew. */
  reset(): void {
    this.state.reset();
    this.risk.reset();
    this.desk.reset();
    this.reports.reset();
    this.timers.reset();
    this.sweep.reset();
    this.isPending = true;
    for (const feed of this.feeds) feed.rewind();
    for (const seat of this.seats) {
      seat.reset();
      seat.context.state = seat.strategy.def.state?.() ?? null;
      const offence = jsonOffence(seat.context.state);
      if (offence) throw new TypeError(`strategy ${seat.strategy.def.id}: ${new StateError(offence).message}`);
    }
  }

  /** Takes preloaded bar `i` of a feed as the next input of this instant. */
  take(feed: number, i: number): void {
    const f = this.feeds[feed]!;
    const s = this.state;
    s.input++;
    f.take(i, s.slice + 1);
    s.price[f.instrument] = f.columns!.close[i]!;
  }

  /** Takes one bar of a stream; see {@link take}. */
  append(
    feed: number,
    openTimeMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void {
    const f = this.feeds[feed]!;
    const s = this.state;
    s.input++;
    const slice = s.slice + 1;
    f.append(openTimeMs, open, high, low, close, volume, slice);
    s.price[f.instrument] = close;
    f.note(s.input, slice);
    if (slice === 0) this.#findStepped();
  }

  /**
   * Takes recorded bars again into a fresh engine, in the instants and the order in which they came, for their indicators alone: nobody is
   * called and nothing is decided.
   */
  replay(histories: readonly BarColumns[], arrivals: readonly Feed['arrivals'][]): void {
    const s = this.state;
    const order = arrivals
      .flatMap(({ inputs, slices }, feed) => inputs.map((input, i) => ({ feed, i, input, slice: slices[i]! })))
      .sort((a, b) => a.input - b.input);
    for (const [at, { feed, i, input, slice }] of order.entries()) {
      const c = histories[feed]!;
      s.slice = slice - 1;
      s.input = input - 1;
      this.append(feed, c.openTimeMs[i]!, c.open[i]!, c.high[i]!, c.low[i]!, c.close[i]!, c.volume[i]!);
      if (order[at + 1]?.slice !== slice) this.passSlice();
    }
  }

  /** Ends an instant that is past: indicators step, nobody is called and nothing is decided. */
  passSlice(): void {
    this.state.slice++;
    this.desk.makeRoom(this.state.slice);
    if (this.stepped.length > 0) this.#step(this.state.slice);
  }

  /** Ends the instant `timeMs`: everything that follows from what was taken happens now, in its one order. */
  endSlice(timeMs: number): void {
    const s = this.state;
    s.clock[0] = timeMs;
    this.passSlice();
    const equity = s.book.equity(s.price);
    s.clock[1] = equity;
    s.track.append(timeMs, equity, s.book.exposures(s.price));
    if (this.risk.mark(equity, timeMs)) noteTransitions(s, this.risk);
    if (this.isPending) this.#start();
    if (this.desk.dispatch.held.isBusy || this.desk.worked.isBusy) this.#attend();
    if (this.risk.state.ladder.isSweeping) this.sweep.run();
    if (timeMs >= this.timers.nextMs) this.timers.run(timeMs, this);
    const seats = this.seats;
    for (let i = 0; i < seats.length; i++) {
      const seat = seats[i]!;
      if (!seat.running || !seat.isDue(s.slice)) continue;
      if (!seat.settled) this.#settle(seat);
      const onBar = seat.strategy.def.onBar;
      if (onBar !== undefined) {
        s.calling = i;
        try {
          refusePromise(onBar(seat.context));
        } catch (error) {
          this.handlers.fail(seat, 'onBar', error);
        }
        s.calling = -1;
      }
      if (s.hasNews && seat.hasUpdates) this.#flush(seat);
    }
    if (s.hasNews) this.#tellNews();
  }

  /** Orders that the engine itself keeps: those that wait for a trigger or a deadline, and those that are worked over time. */
  #attend(): void {
    this.desk.dispatch.held.watch();
    this.desk.worked.tick();
    if (this.state.hasNews) this.#tellNews();
  }

  /** Before every input ends: nothing is left to be told that a snapshot would have to know. */
  #tellNews(): void {
    for (const seat of this.seats) if (seat.hasUpdates) this.#flush(seat);
    this.state.hasNews = this.seats.some((seat) => seat.hasUpdates);
  }

  /** Indicators that were not computed in advance: shallow ones first, over all bars that closed at this instant. */
  #step(slice: number): void {
    const stepped = this.stepped;
    let deepest = 0;
    for (const bars of stepped) if (bars.closedInSlice === slice && bars.depth > deepest) deepest = bars.depth;
    for (let depth = 0; depth <= deepest; depth++)
      for (const bars of stepped) if (bars.closedInSlice === slice) bars.step(depth);
  }

  /** Takes what the venue says. Reactions of strategies are in the outbox afterwards. */
  report(report: OrderReport): void {
    this.state.input++;
    this.reports.take(report);
    if (this.risk.state.ladder.isSweeping) this.sweep.close();
    if (this.state.hasNews) this.#tellNews();
  }

  /** A command from outside: an input like any other, through the same risk. Answers what became of it. `actor`: who gave it. */
  command(command: Command, actor = ''): CommandOutcome {
    this.state.input++;
    const outcome = this.commands.carryOut(command, actor);
    noteTransitions(this.state, this.risk);
    if (this.state.hasNews) this.#tellNews();
    return outcome;
  }

  /** Holds a scope back, or lets it go, for a cause that lies outside: data, venue, books. An input as a command is. */
  hold(scope: Scope, index: number, to: TradingState, cause: StateCause): void {
    this.state.input++;
    this.risk.setState(scope, index, to, cause);
    noteTransitions(this.state, this.risk);
  }

  /** Values the account at prices (by instrument) between two instants, for limits on losses; strategies and sizes keep to closed bars. */
  mark(prices: Float64Array, timeMs: number): void {
    if (this.risk.mark(this.state.book.equity(prices), timeMs)) noteTransitions(this.state, this.risk);
  }

  /** Tells people what they must know. `level`: 0 info, 1 warn, 2 page. */
  raise(level: number, message: string, instrument = -1): void {
    const s = this.state;
    const text = s.texts.push(message) - 1;
    s.log.append(EVENT['alert-raised'], s.clock[0]!, -1 - s.input, s.input, -1, instrument, text, level);
  }

  /**
   * Takes any input and answers what happened and what must be sent: the shell's way to call the engine, which allocates. Requests
   * stay in the outbox for whoever sends them, and are counted here.
   */
  handle(input: Input): { readonly events: readonly DomainEvent[]; readonly requests: number } {
    const { state } = this;
    const from = state.log.count;
    if (input.type === 'bar-closed')
      this.append(input.feed, input.openTimeMs, input.open, input.high, input.low, input.close, input.volume);
    else if (input.type === 'instant-ended') this.endSlice(input.timeMs);
    else if (input.type === 'order-reported') this.report(input.report);
    else if (input.type === 'source-received') this.receive(input.name, input.value);
    else this.command(input.command);
    const names = this.seats.map((seat) => seat.strategy.def.id);
    const events = Array.from({ length: state.log.count - from }, (_, k) => narrate(state, names, from + k));
    return { events, requests: state.outbox.count };
  }

  /** A value of a declared source. What came before the first instant is found by `source`; no strategy has started that could be told of it. */
  receive(name: string, value: Json): void {
    this.state.input++;
    this.#hear(name, value);
    if (this.state.hasNews) this.#tellNews();
  }

  #hear(name: string, value: Json): void {
    const settled = settledJson(value);
    for (const seat of this.seats)
      if (seat.strategy.def.sources && Object.hasOwn(seat.strategy.def.sources, name)) {
        seat.context.receive(name, settled);
        if (seat.running && !this.isPending)
          this.handlers.run(seat, 'onSource', () => seat.strategy.def.onSource?.(seat.context, name, settled));
      }
  }

  #flush(seat: StrategySeat): void {
    this.handlers.run(seat, 'onOrder', () => seat.flushUpdates());
  }

  /** Calls onStop and ends every strategy, and what is still worked for it. */
  stop(reason: string): void {
    // Before the first bar it is the first input itself: no event is its own cause.
    if (this.state.input < 0) this.state.input = 0;
    for (const seat of this.seats) {
      if (seat.running) this.#stop(seat, reason);
      this.desk.worked.stopAll(seat.index);
    }
    if (this.state.hasNews) this.#tellNews();
  }

  #stop(seat: StrategySeat, reason: string): void {
    const s = this.state;
    this.handlers.run(seat, 'onStop', () => {
      refusePromise(seat.strategy.def.onStop?.(seat.context));
      const offence = jsonOffence(seat.context.state);
      if (offence) throw new StateError(offence);
    });
    if (!seat.running) return;
    seat.running = false;
    const text = s.texts.push(reason) - 1;
    s.log.append(EVENT['strategy-stopped'], s.clock[0]!, -1 - s.input, s.input, seat.index, -1, text);
  }

  #start(): void {
    this.isPending = false;
    const s = this.state;
    for (const seat of this.seats) {
      // One that a kill has paused before the first bar is told of the start, and runs when it is re-armed.
      if (seat.running) s.log.append(EVENT['strategy-started'], s.clock[0]!, -1 - s.input, s.input, seat.index, -1, -1);
      this.handlers.run(seat, 'onStart', () => seat.strategy.def.onStart?.(seat.context));
    }
  }

  #settle(seat: StrategySeat): void {
    const ready = this.config.warmUp === 'ready';
    for (const need of seat.needs) if (need.owner.cursor < (ready ? need.readyAfter : need.settledAfter)) return;
    seat.settled = true;
    seat.settledAtMs = this.state.clock[0]!;
  }
}
