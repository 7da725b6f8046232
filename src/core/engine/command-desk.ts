import { orderOfClientId } from '../execution/client-order-id.ts';
import type { Risk } from '../risk/review.ts';
import type { Command } from '../vocabulary/commands.ts';
import { EVENT } from '../vocabulary/events.ts';
import type { OrderDesk } from './order-desk.ts';
import type { SessionState } from './session-state.ts';
import type { StrategySeat } from './strategy-seat.ts';

/** Carries out commands from outside, through the same risk and the same desk as a strategy's own wishes. */
export class CommandDesk {
  readonly #s: SessionState;
  readonly #risk: Risk;
  readonly #desk: OrderDesk;
  readonly #seats: readonly StrategySeat[];

  constructor(state: SessionState, risk: Risk, desk: OrderDesk, seats: readonly StrategySeat[]) {
    this.#s = state;
    this.#risk = risk;
    this.#desk = desk;
    this.#seats = seats;
  }

  /** Throws RangeError where the command names a strategy, instrument or order that is not there. */
  carryOut(command: Command): void {
    switch (command.type) {
      case 'place-order':
        this.#desk.enter(this.#slot(command.strategy, command.instrument), command.side === 'buy' ? 1 : -1, {
          ...command.entry,
          why: `${command.entry.why} (${command.reason})`,
        });
        return;
      case 'amend-order':
        this.#desk.amend(this.#order(command.order), command.price ?? null, command.quantity ?? null);
        return;
      case 'cancel-order':
        this.#desk.cancel(this.#order(command.order));
        return;
      case 'cancel-all-orders':
        for (const slot of this.#slots(command.strategy, command.instrument))
          for (const row of [...this.#desk.rowsOf(slot)]) this.#desk.cancel(row);
        return;
      case 'close-position':
        this.#desk.close(this.#slot(command.strategy, command.instrument), command.reason);
        return;
      case 'start-strategy':
      case 'pause-strategy':
      case 'stop-strategy':
        this.#run(this.#seat(command.strategy), command.type === 'start-strategy', command.reason);
        return;
      case 'set-trading-state':
        this.#risk.setState(command.scope, this.#index(command.scope, command.target), command.state);
        return;
      case 'rearm':
        this.#risk.rearm(command.scope, this.#index(command.scope, command.target));
    }
  }

  #run(seat: StrategySeat, running: boolean, reason: string): void {
    const s = this.#s;
    if (seat.running === running) return;
    seat.running = running;
    const type = running ? EVENT['strategy-started'] : EVENT['strategy-stopped'];
    s.log.append(type, s.clock[0]!, -1 - s.input, s.input, seat.index, -1, s.texts.push(reason) - 1);
  }

  #seat(id: string): StrategySeat {
    const seat = this.#seats.find((x) => x.strategy.def.id === id);
    if (!seat)
      throw new RangeError(`no strategy ${id}; running are ${this.#seats.map((x) => x.strategy.def.id).join(', ')}`);
    return seat;
  }

  #instrument(id: string): number {
    const index = this.#s.instruments.findIndex((i) => i.id === id);
    if (index < 0)
      throw new RangeError(`no instrument ${id}; there are ${this.#s.instruments.map((i) => i.id).join(', ')}`);
    return index;
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

  #order(clientId: string): number {
    const found = orderOfClientId(this.#s.session, clientId);
    if (!found || found.row >= this.#s.orders.count) throw new RangeError(`no order ${clientId} in this session`);
    return found.row;
  }

  #index(scope: string, target: string | undefined): number {
    if (scope === 'strategy') return this.#seat(target ?? '').index;
    return scope === 'instrument' ? this.#instrument(target ?? '') : 0;
  }
}
