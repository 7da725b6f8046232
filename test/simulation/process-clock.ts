import type { Clock, Timer } from '../../src/ports/clock.ts';
import type { ProcessGate } from './process-gate.ts';

/** Clocks of the machine that a process runs on: its wall clock is off, and may be set. */
export class ProcessClock implements Clock {
  readonly #world: Clock;
  readonly #gate: ProcessGate;
  readonly #machine: { offMs: number };

  constructor(world: Clock, gate: ProcessGate, machine: { offMs: number }) {
    this.#world = world;
    this.#gate = gate;
    this.#machine = machine;
  }

  nowMs(): number {
    return this.#world.nowMs() + this.#machine.offMs;
  }

  elapsedMs(): number {
    return this.#world.elapsedMs();
  }

  after(delayMs: number, run: () => void): Timer {
    let isCanceled = false;
    const timer = this.#world.after(delayMs, () =>
      this.#gate.enter(() => {
        if (!isCanceled) run();
      }),
    );
    return {
      cancel: () => {
        isCanceled = true;
        timer.cancel();
      },
    };
  }
}
