import type { Clock } from '../../ports/clock.ts';
import type { Probes } from '../http/health.ts';

/** One part of a server: started, looked at, ended. */
export interface ServedModule {
  readonly name: string;
  start(): Promise<void> | void;
  /** What acts by itself is let loose, once all parts have started. Absent: it has begun with its start. */
  begin?(): void;
  /** Rejects where it does not do its work now. Absent: nobody asks. */
  probe?(): Promise<unknown>;
  /** Whether the server is not ready while the probe rejects; true by default. */
  readonly decides?: boolean;
  /** Finishes what is under way, within `graceMs`. Absent: nothing is to be ended. */
  stop?(graceMs: number): Promise<void>;
}

/** Least that a part has for its end, however long the others took. */
const LEAST_MS = 1_000;

/** The parts of a server, started one after the other, begun in the same order, and ended the other way round. */
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

  /** Rejects with what kept one from starting; those before it are ended by then, and none of them has begun. */
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
    for (const module of this.#modules) module.begin?.();
  }

  /** Does `work` while all of them are there, and ends them whatever comes of it. Rejects with what failed first. */
  async during(graceMs: number, work: () => Promise<void>): Promise<void> {
    await this.start();
    try {
      await work();
    } catch (error) {
      await this.stop(graceMs).catch(() => undefined);
      throw error;
    }
    await this.stop(graceMs);
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
