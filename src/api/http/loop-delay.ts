import { monitorEventLoopDelay } from 'node:perf_hooks';

const EVERY_MS = 20;
const NS_A_MS = 1e6;

/** How late the event loop of this process comes to what is due. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: EVERY_MS });

  constructor() {
    this.#histogram.enable();
  }

  /** Milliseconds that `percent` of the looks since the last {@link reset} were late by at most. */
  percentileMs(percent: number): number {
    // Node tells how long it was from one look to the next; so long it is where nothing is late.
    return Math.max(0, this.#histogram.percentile(percent) / NS_A_MS - EVERY_MS);
  }

  reset(): void {
    this.#histogram.reset();
  }

  close(): void {
    this.#histogram.disable();
  }
}
