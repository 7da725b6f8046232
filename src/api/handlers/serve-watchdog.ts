import type { WatchdogUpdate } from '../operations/watchdog.ts';
import type { World } from '../world.ts';
import { failureOf } from './failure-of.ts';
import { pause } from './pause.ts';

const AGAIN_MS = 5_000;
/** It tells how it does every second; its thread takes a while to begin. */
const SILENT_MS = 30_000;

type TellAlarm = (alarm: { readonly code: string; readonly message: string; readonly session: string | null }) => void;

/** The watchdog over all accounts, in a thread of its own, begun again where it ends. */
export class ServedWatchdog {
  readonly #world: World;
  readonly #policy: WatchdogUpdate['policy'];
  readonly #tell: TellAlarm;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #heardMs: number | null = null;

  constructor(world: World, policy: WatchdogUpdate['policy'], tell: TellAlarm) {
    this.#world = world;
    this.#policy = policy;
    this.#tell = tell;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Rejects where nobody watches. */
  async probe(): Promise<void> {
    const { clock } = this.#world;
    if (this.#heardMs === null || clock.elapsedMs() - this.#heardMs > SILENT_MS)
      throw new Error('the watchdog is silent');
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const stop = this.#stop.signal;
    while (!stop.aborted) {
      try {
        await this.#world.isolate(
          'watchdog',
          { all: true, policy: this.#policy },
          {
            ...{ actor: this.#world.actor, progress() {}, warn() {}, stop, isKept: true },
            update: (update) => {
              this.#heardMs = this.#world.clock.elapsedMs();
              for (const alarm of (update as WatchdogUpdate).alarms) this.#tell(alarm);
            },
          },
        );
      } catch (error) {
        if (stop.aborted) return;
        const { code, message } = failureOf(error);
        this.#tell({ code, message, session: null });
      }
      await pause(this.#world.clock, AGAIN_MS, stop);
    }
  }
}
