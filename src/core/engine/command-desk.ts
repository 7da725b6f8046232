import { orderOfClientId } from '../execution/client-order-id.ts';
import { LimitsError } from '../risk/limit-changes.ts';
import type { Risk } from '../risk/review.ts';
import type { Command, CommandOutcome, Scope } from '../vocabulary/commands.ts';
import { EVENT } from '../vocabulary/events.ts';
import type { Json } from '../vocabulary/json.ts';
import { FLAG, isTerminal, ORDER_STATUSES, STATUS } from '../vocabulary/order.ts';
import { REFUSALS } from '../vocabulary/refusal.ts';
import type { KillSweep } from './kill-sweep.ts';
import type { OrderDesk } from './order-desk.ts';
import type { OrderNumber } from './order-dispatch.ts';
import type { SessionState } from './session-state.ts';
import type { StrategySeat } from './strategy-seat.ts';

type Of<T extends Command['type']> = Command & { readonly type: T };

/** A command names what is not there, or asks what cannot be; it has changed nothing. */
class CommandRefusal extends RangeError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const DONE: CommandOutcome = { done: true };

/**
 * Carries out commands from outside, through the same risk and the same desk as a strategy's own wishes. A command that cannot be carried out
 * is refused as data: whoever mistypes a name must not end a session.
 */
export class CommandDesk {
  readonly #s: SessionState;
  readonly #risk: Risk;
  readonly #desk: OrderDesk;
  readonly #seats: readonly StrategySeat[];
  readonly #sweep: KillSweep;
  /** Tells strategies a value of a source. */
  readonly #tell: (source: string, value: Json) => void;

  constructor(
    state: SessionState,
    risk: Risk,
    desk: OrderDesk,
    seats: readonly StrategySeat[],
    sweep: KillSweep,
    tell: (source: string, value: Json) => void,
  ) {
    this.#s = state;
    this.#risk = risk;
    this.#desk = desk;
    this.#seats = seats;
    this.#sweep = sweep;
    this.#tell = tell;
  }

  /** `actor`: who gave it. */
  carryOut(command: Command, actor: string): CommandOutcome {
    try {
      return this.#carryOut(command, actor);
    } catch (error) {
      if (error instanceof LimitsError) return { done: false, code: 'limits-invalid', message: error.message };
      if (error instanceof CommandRefusal) return { done: false, code: error.code, message: error.message };
      // More than an instant, an instrument or a number can hold.
      if (error instanceof RangeError) return { done: false, code: 'invalid', message: error.message };
      throw error;
    }
  }

  #carryOut(command: Command, actor: string): CommandOutcome {
    switch (command.type) {
      case 'place-order':
        return this.#place(command);
      case 'amend-order':
        return this.#amend(command);
      case 'cancel-order':
        this.#desk.cancel(this.#openOrder(command.order));
        return { done: true, canceled: 1 };
      case 'cancel-all-orders':
        return { done: true, canceled: this.#cancelAll(command) };
      case 'close-position':
        return this.#ordered(
          this.#desk.close(this.#slot(command.strategy, command.instrument), command.reason),
          `${command.instrument} is flat, or being closed already`,
        );
      case 'give-value':
        return this.#giveValue(command);
      case 'start-strategy':
        return this.#start(this.#seat(command.strategy), command.reason);
      case 'pause-strategy':
      case 'stop-strategy': {
        const seat = this.#seat(command.strategy);
        this.#risk.state.ladder.owed[seat.index] = 0;
        this.#run(seat, false, command.reason);
        return DONE;
      }
      case 'set-trading-state':
        this.#risk.setState(command.scope, this.#index(command.scope, command.target), command.state);
        return DONE;
      case 'kill':
        return this.#kill(command);
      case 'rearm':
        return this.#rearm(command);
      case 'set-limits':
        return this.#setLimits(command, actor);
    }
  }

  #place({ strategy, instrument, side, entry, reason }: Of<'place-order'>): CommandOutcome {
    const slot = this.#slot(strategy, instrument);
    const why = `${entry.why} (${reason})`;
    return this.#ordered(this.#desk.enter(slot, side === 'buy' ? 1 : -1, { ...entry, why }), 'nothing to order');
  }

  #amend({ order, price, quantity }: Of<'amend-order'>): CommandOutcome {
    const row = this.#openOrder(order);
    const { refusals, dispatch } = this.#desk;
    const c = this.#s.orders.column;
    if (c.status[row] === STATUS['cancel-pending'] && dispatch.replacements.asked(row) === undefined)
      throw new CommandRefusal('order-ended', `order ${order} is being canceled`);
    if ((c.flags[row]! & FLAG.worked) !== 0)
      throw new CommandRefusal('invalid', `order ${order} is worked by others; cancel it, and place another`);
    if (price !== undefined && c.limitTicks[row] === 0 && c.triggerTicks[row] === 0)
      throw new CommandRefusal('invalid', `order ${order} is a market order: it has no price`);
    const before = refusals.length;
    this.#desk.amend(row, price ?? null, quantity ?? null);
    return refusals.length > before ? this.#refused(refusals.at(-1)!) : { done: true, order };
  }

  #cancelAll({ strategy, instrument }: Of<'cancel-all-orders'>): number {
    let canceled = 0;
    for (const slot of this.#slots(strategy, instrument))
      for (const row of [...this.#desk.rowsOf(slot)]) {
        this.#desk.cancel(row);
        canceled++;
      }
    return canceled;
  }

  #kill({ level, scope, target, epoch, reason, deferred }: Of<'kill'>): CommandOutcome {
    const index = this.#index(scope, target);
    if (scope === 'instrument' && level === 'pause')
      throw new CommandRefusal(
        'invalid',
        'strategies are paused, not instruments; reduce is the mildest level for one',
      );
    this.#risk.kill({ scope, index, level, epoch: epoch ?? 0, reason });
    const { ladder } = this.#risk.state;
    for (const seat of this.#seats)
      if (seat.running && ladder.pauses(seat.index)) {
        ladder.owed[seat.index] = 1;
        this.#run(seat, false, `kill: ${reason}`);
      }
    return deferred ? DONE : { done: true, canceled: this.#sweep.begin() };
  }

  #rearm({ scope, target, epoch, into, reason }: Of<'rearm'>): CommandOutcome {
    const index = this.#index(scope, target);
    this.#risk.rearm(scope, index, epoch);
    if (into === 'reducing') this.#risk.setState(scope, index, 'reducing');
    const { ladder } = this.#risk.state;
    for (const seat of this.#seats)
      if (ladder.owed[seat.index] === 1 && !ladder.pauses(seat.index)) this.#start(seat, reason);
    return DONE;
  }

  #setLimits({ scope, target, limits, confirmed, reason }: Of<'set-limits'>, actor: string): CommandOutcome {
    const index = this.#index(scope, target);
    const changes = this.#risk.inForce.planned(scope, index, limits);
    if (changes.length === 0)
      throw new CommandRefusal('nothing-to-do', 'these limits are in force already; nothing was changed');
    const looser = changes.filter(({ isLooser }) => isLooser).map(({ limit }) => limit);
    if (looser.length > 0 && confirmed !== true)
      throw new CommandRefusal(
        'not-confirmed',
        `${looser.join(', ')} would let more pass than now, and that was not confirmed; nothing was changed`,
      );
    const s = this.#s;
    this.#risk.setLimits(scope, index, limits, s.clock[0]!);
    const text = JSON.stringify({ scope, changes, actor, reason });
    const [strategy, instrument] = [scope === 'strategy' ? index : -1, scope === 'instrument' ? index : -1];
    const type = EVENT['limits-changed'];
    s.log.append(type, s.clock[0]!, -1 - s.input, s.input, strategy, instrument, s.texts.push(text) - 1);
    return DONE;
  }

  #giveValue({ source, value }: Of<'give-value'>): CommandOutcome {
    const declared = [...new Set(this.#seats.flatMap(({ strategy: { def } }) => Object.keys(def.sources ?? {})))];
    if (!declared.includes(source))
      throw new CommandRefusal(
        'unknown-source',
        `no strategy declares the source ${source}; declared are ${declared.join(', ') || 'none'}`,
      );
    const { orders } = this.#s;
    const { refusals } = this.#desk;
    const [ordersBefore, refusalsBefore] = [orders.count, refusals.length];
    this.#tell(source, value);
    const rows = Array.from({ length: orders.count - ordersBefore }, (_, k) => ordersBefore + k);
    const refused = refusals.slice(refusalsBefore).map((code) => REFUSALS[code]!);
    return { done: true, placed: rows.map((row) => this.#desk.clientId(row)), refused };
  }

  #start(seat: StrategySeat, reason: string): CommandOutcome {
    const { ladder } = this.#risk.state;
    const isHeld = ladder.pauses(seat.index);
    ladder.owed[seat.index] = isHeld ? 1 : 0;
    if (isHeld)
      return {
        done: false,
        code: 'latched',
        message: `a kill holds ${seat.strategy.def.id}; it runs again when re-armed`,
      };
    this.#run(seat, true, reason);
    return DONE;
  }

  #run(seat: StrategySeat, running: boolean, reason: string): void {
    const s = this.#s;
    if (seat.running === running) return;
    seat.running = running;
    seat.hasFailed &&= !running;
    const type = running ? EVENT['strategy-started'] : EVENT['strategy-stopped'];
    s.log.append(type, s.clock[0]!, -1 - s.input, s.input, seat.index, -1, s.texts.push(reason) - 1);
  }

  /** What came of an order; `nothing` where there was none to place. */
  #ordered(number: OrderNumber, nothing: string): CommandOutcome {
    if (Number.isNaN(number)) return { done: false, code: 'nothing-to-do', message: nothing };
    if (number >= 0) return { done: true, order: this.#desk.clientId(number) };
    return this.#refused(this.#desk.refusals[-1 - number]!);
  }

  #refused(refusal: number): CommandOutcome {
    const code = REFUSALS[refusal]!;
    return { done: false, code, message: `refused by risk: ${code}` };
  }

  #seat(id: string): StrategySeat {
    const seat = this.#seats.find((x) => x.strategy.def.id === id);
    if (seat) return seat;
    const all = this.#seats.map((x) => x.strategy.def.id).join(', ');
    throw new CommandRefusal('unknown-strategy', `no strategy ${id}; there is ${all}`);
  }

  #instrument(id: string): number {
    const index = this.#s.instruments.findIndex((i) => i.id === id);
    if (index >= 0) return index;
    const all = this.#s.instruments.map((i) => i.id).join(', ');
    throw new CommandRefusal('unknown-instrument', `no instrument ${id}; there is ${all}`);
  }

  #slot(strategy: string, instrument: string): number {
    return this.#seat(strategy).index * this.#s.instruments.length + this.#instrument(instrument);
  }

  #slots(strategy: string | undefined, instrument: string | undefined): number[] {
    const n = this.#s.instruments.length;
    const wantedStrategy = strategy === undefined ? -1 : this.#seat(strategy).index;
    const wantedInstrument = instrument === undefined ? -1 : this.#instrument(instrument);
    return Array.from({ length: this.#s.book.positions.count }, (_, slot) => slot).filter(
      (slot) =>
        (wantedStrategy < 0 || Math.floor(slot / n) === wantedStrategy) &&
        (wantedInstrument < 0 || slot % n === wantedInstrument),
    );
  }

  /** The newest order that stands for this one, if it has not ended. */
  #openOrder(clientId: string): number {
    const found = orderOfClientId(this.#s.session, clientId);
    if (!found || found.row >= this.#s.orders.count)
      throw new CommandRefusal('unknown-order', `no order ${clientId} in this session`);
    const row = this.#desk.dispatch.replacements.latest(found.row);
    const status = this.#s.orders.column.status[row]!;
    if (isTerminal(status))
      throw new CommandRefusal('order-ended', `order ${clientId} has ended: ${ORDER_STATUSES[status]!}`);
    return row;
  }

  #index(scope: Scope, target: string | undefined): number {
    if (scope === 'strategy') return this.#seat(target ?? '').index;
    return scope === 'instrument' ? this.#instrument(target ?? '') : 0;
  }
}
