import type { World } from '../world.ts';

/** A relay that has not said for so long how far it is belongs to a session that does not run. */
const FRESH_MS = 60_000;

/** How the event bus is doing, as a server's metrics tell it. Nothing depends on it, so it is no part of whether the server is ready. */
export class BusWatch {
  readonly #world: World;
  #isUp = true;
  #behind = 0;

  readonly gauges = {
    tradewright_event_bus_up: {
      help: 'Whether the event bus answered when it was last asked.',
      read: () => (this.#isUp ? 1 : 0),
    },
    tradewright_event_bus_behind_events: {
      help: 'Events of running sessions of this home that the event bus has not taken.',
      read: () => this.#behind,
    },
  };

  constructor(world: World) {
    this.#world = world;
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
      const rows = (await this.#world.relayPositions()).all();
      this.#behind = rows
        .filter((row) => row.bus === bus.place && clock.nowMs() - row.atMs < FRESH_MS)
        .reduce((sum, row) => sum + row.behind, 0);
    } catch {
      // The probe of latches tells of a home database that cannot be read.
    }
  }
}
