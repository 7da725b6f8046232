import type { KeeperWorld } from './keeper-world.ts';

/** Payments are asked for from so long before the newest that is known: what is known is not booked again. */
const OVERLAP_MS = 3_600_000;
/** How far apart the venue's clock and the time of its history may be. */
const CLOCK_MS = 1_000;

/** Asks a venue for funding that nobody was there to hear of. */
export class FundingHistory {
  readonly #world: KeeperWorld;
  #hasWarned = false;

  constructor(world: KeeperWorld) {
    this.#world = world;
  }

  /** Tells every payment since the newest that the history has told, or since the session began. Rejects with {@link VenueError}. */
  async read(): Promise<void> {
    const { gateway, side, begunAtMs, tell } = this.#world;
    if (gateway.fundingSince === undefined) {
      this.#warn();
      return;
    }
    const begunMs = begunAtMs + (gateway.clockSkew?.skewMs ?? 0) - CLOCK_MS;
    const payments = await gateway.fundingSince(Math.max(begunMs, side.funding.newestMs - OVERLAP_MS));
    const symbols = new Set(side.engine.state.instruments.map(({ symbol }) => symbol));
    for (const { id, symbol, asset, amount, paidAtMs: atMs } of payments)
      if (symbols.has(symbol) && atMs >= begunMs && !side.funding.knows(id))
        tell({ type: 'funding-told', symbol, asset, amount, atMs, id });
  }

  /** Once: a position went through a time in which nobody listened, and this venue does not tell what was paid for it. */
  #warn(): void {
    const { gateway, side, tell } = this.#world;
    const { book } = side.engine.state;
    if (this.#hasWarned || !gateway.capabilities.positions || book.netLots.every((lots) => lots === 0)) return;
    this.#hasWarned = true;
    const message = `${gateway.venue} keeps no history of funding: what fell due while nobody listened is not booked, and shows as a difference of the balance`;
    tell({ type: 'alarm-raised', level: 'warn', message });
  }
}
