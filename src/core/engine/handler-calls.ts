import { InvariantError } from '../vocabulary/assert.ts';
import { EVENT } from '../vocabulary/events.ts';
import { type LateFault, lateFault } from '../vocabulary/late-call.ts';
import type { SessionState } from './session-state.ts';
import { refusePromise, StrategyError } from './strategy-error.ts';
import type { StrategySeat } from './strategy-seat.ts';

/** What a strategy did while no handler of its ran. */
export interface Late {
  /** Id of the strategy. */
  readonly strategy: string;
  readonly error: LateFault;
}

const NONE: readonly Late[] = [];

/**
 * What happens around every handler of a strategy: the state says whose it is, so that nothing is asked for at any other time, and what it
 * throws stops the strategy, and what runs the engine, unless that listens: then everything but the strategy goes on.
 */
export class HandlerCalls {
  declare private readonly s: SessionState;
  declare private readonly seats: readonly StrategySeat[];
  /** Hears of each strategy that failed. Where it returns, the input at hand is taken to its end, and all others are told what they would be. */
  failed: (failure: StrategyError) => void = (failure) => {
    throw failure;
  };

  constructor(state: SessionState, seats: readonly StrategySeat[]) {
    this.s = state;
    this.seats = seats;
  }

  /** Calls a handler. Those that are called at every bar or fill do the same where they are called, without a closure. */
  run(seat: StrategySeat, handler: string, call: () => unknown): void {
    const s = this.s;
    s.calling = seat.index;
    try {
      refusePromise(call());
    } catch (error) {
      this.fail(seat, handler, error);
    }
    s.calling = -1;
  }

  /** A strategy that threw is stopped: its orders stay protected, it opens nothing more. */
  fail(seat: StrategySeat, handler: string | null, error: unknown): void {
    const s = this.s;
    s.calling = -1;
    if (error instanceof InvariantError || error instanceof StrategyError) throw error;
    seat.running = false;
    seat.hasFailed = true;
    const failure = new StrategyError(seat.strategy.def.id, handler, s.clock[0]!, error);
    const type = EVENT['strategy-failed'];
    s.log.append(type, s.clock[0]!, -1 - s.input, s.input, seat.index, -1, s.texts.push(failure.message) - 1);
    this.failed(failure);
  }

  /**
   * The first thing that each strategy did while no handler of its ran, and for which it has not failed yet; each is answered once. Whoever runs the
   * engine asks when promises and timers have had a turn, and lets {@link failLate} follow.
   */
  takeLate(): readonly Late[] {
    const { lateFaults } = this.s;
    if (lateFaults.size === 0) return NONE;
    const found = [...lateFaults].filter(([index]) => !this.seats[index]!.hasFailed);
    lateFaults.clear();
    return found.map(([index, error]) => ({ strategy: this.seats[index]!.strategy.def.id, error }));
  }

  /** Code of a strategy threw where nobody catches it, when its handler had returned: {@link takeLate} tells of it. */
  threwLate(strategy: string, thrown: unknown): void {
    this.s.noteLate(this.#seatOf(strategy).index, lateFault(thrown));
  }

  /** A strategy that acted late fails as one that threw. An input, as what it follows from is none. */
  failLate(strategy: string, error: LateFault): void {
    const seat = this.#seatOf(strategy);
    this.s.input++;
    // Of the same fault: what is recorded again is made again.
    this.s.lateFaults.delete(seat.index);
    this.fail(seat, null, error);
  }

  #seatOf(strategy: string): StrategySeat {
    const seat = this.seats.find(({ strategy: { def } }) => def.id === strategy);
    if (!seat) throw new RangeError(`no strategy ${strategy}`);
    return seat;
  }
}
