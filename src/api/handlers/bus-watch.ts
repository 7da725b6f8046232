import type { BusFigures } from '../http/metrics.ts';
import type { World } from '../world.ts';

/** A relay that has not said for so long how far it is belongs to a session that does not run. */
const FRESH_MS = 60_000;

/** How the event bus is doing, as a server's metrics tell it. Nothing depends on it, so it is no part of whether the server is ready. */
export class BusWatch {
  readonly #world: World;
  #isUp = true;
  #behind = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** As it was when last looked at. */
  figures(): BusFigures {
    return { isUp: this.#isUp, behindEvents: this.#behind };
  }

  /** Rejects with BusError where the address of the bus is none. */
  async look(): Promise<void> {
    const { clock } = this.#world;
    const bus = await this.#world.eventBus();
    if (!bus.isShared) return;
    this.#isUp = await bus.ping().then(
      () => true,
      () => false,
    );
    try {
      const rows = await (await this.#world.relayPositions()).all();
      this.#behind = rows
        .filter((row) => row.bus === bus.place && clock.nowMs() - row.atMs < FRESH_MS)
        .reduce((sum, row) => sum + row.behind, 0);
    } catch {
      // The probe of latches tells of a home database that cannot be read.
    }
  }
}
