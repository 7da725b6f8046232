import type { Clock } from '../../ports/clock.ts';
import type { Probes } from '../http/health.ts';

/** One part of a server: started, looked at, ended. */
export interface ServedModule {
  readonly name: string;
  start(): Promise<void> | void;
  /** Rejects where it does not do its work now. Absent: nobody asks. */
  probe?(): Promise<unknown>;
  /** Whether the server is not ready while the probe rejects; true by default. */
  readonly decides?: boolean;
  /** Finishes what is under way, within `graceMs`. Absent: nothing is to be ended. */
  stop?(graceMs: number): Promise<void>;
}

/** Least that a part has for its end, however long the others took. */
const LEAST_MS = 1_000;

/** The parts of a server, started one after the other and ended the other way round. */
export class ServedModules {
  readonly #modules: readonly ServedModule[];
  readonly #clock: Clock;
  #started: ServedModule[] = [];

  constructor(modules: readonly ServedModule[], clock: Clock) {
    this.#modules = modules;
    this.#clock = clock;
  }

  /** What a report of health asks: each part by its name, also those that were not started yet. */
  probes(): Probes {
    const asked = this.#modules.filter((module) => module.probe !== undefined);
    return Object.fromEntries(
      asked.map((module) => [
        module.name,
        {
          look: () => (this.#started.includes(module) ? module.probe!() : Promise.reject(new Error('not started yet'))),
          decides: module.decides ?? true,
        },
      ]),
    );
  }

  /** Rejects with what kept one from starting; those before it are ended by then. */
  async start(): Promise<void> {
    for (const module of this.#modules) {
      try {
        await module.start();
      } catch (error) {
        await this.stop(LEAST_MS).catch(() => undefined);
        throw error;
      }
      this.#started.push(module);
    }
  }

  /** All of them, within `graceMs` together. Rejects with the first fault once the others are ended. */
  async stop(graceMs: number): Promise<void> {
    const endMs = this.#clock.elapsedMs() + graceMs;
    const faults: unknown[] = [];
    const started = this.#started;
    this.#started = [];
    for (const module of started.reverse()) {
      const left = Math.max(LEAST_MS, endMs - this.#clock.elapsedMs());
      try {
        await module.stop?.(left);
      } catch (error) {
        faults.push(error);
      }
    }
    if (faults.length > 0) throw faults[0];
  }
}
