import type { Clock } from '../../../src/ports/clock.ts';
import type { SimulatedLink } from '../../simulated-world/dialer.ts';
import type { SimulatedSocketServer } from '../../simulated-world/socket-server.ts';
import { type StandInClient, type StandInOptions, TradingViewStandIn } from './stand-in.ts';

/** The stand-in behind sockets of simulated time. */
export class SimulatedTradingView implements SimulatedSocketServer {
  readonly venue: TradingViewStandIn;
  readonly #clients = new Map<SimulatedLink, StandInClient>();

  constructor(clock: Clock, options: StandInOptions = {}) {
    this.venue = new TradingViewStandIn(clock, options);
  }

  accepted(link: SimulatedLink): void {
    this.#clients.set(link, this.venue.join({ send: (text) => link.send(text), close: () => link.reset() }));
  }

  received(link: SimulatedLink, data: string | Uint8Array): void {
    this.#clients.get(link)?.received(String(data));
  }

  left(link: SimulatedLink): void {
    this.#clients.get(link)?.left();
    this.#clients.delete(link);
  }
}
