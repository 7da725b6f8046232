import { loadPushType } from '../../../src/adapters/mexc/push-decoder.ts';
import type { HttpRequest } from '../../../src/ports/transport.ts';
import type { SimulatedClock } from '../../simulated-world/clock.ts';
import type { SimulatedLink } from '../../simulated-world/dialer.ts';
import type { SimulatedReply } from '../../simulated-world/http.ts';
import type { SimulatedSocketServer } from '../../simulated-world/socket-server.ts';
import type { Listener } from './mexc-streams.ts';
import { MexcVenue } from './mexc-venue.ts';

/** What makes venues in simulated time, once protobufjs is loaded. */
export async function loadSimulatedMexc(): Promise<(clock: SimulatedClock) => SimulatedMexc> {
  const type = await loadPushType();
  return (clock) => new SimulatedMexc(new MexcVenue(clock, type));
}

/** {@link MexcVenue} in simulated time. */
class SimulatedMexc implements SimulatedSocketServer {
  readonly venue: MexcVenue;
  isRestDown = false;
  readonly #links = new Map<SimulatedLink, Listener>();

  constructor(venue: MexcVenue) {
    this.venue = venue;
  }

  reply({ method, url, body, headers }: HttpRequest): SimulatedReply {
    if (this.isRestDown) return { status: 503, body: '<html>' };
    const { pathname, search } = new URL(url);
    const { status, json } = this.venue.answer(
      method,
      pathname + search,
      String(body ?? ''),
      headers?.['x-mexc-apikey'],
    );
    return { status, body: json };
  }

  accepted(link: SimulatedLink): void {
    const { pathname, search } = new URL(link.url);
    const account = this.venue.accountOf(pathname + search);
    if (account === undefined) {
      link.send('Invalid listen key');
      link.close();
      return;
    }
    const socket = { send: (data: string | Uint8Array) => link.send(data), terminate: () => link.reset() };
    this.#links.set(link, this.venue.streams.accept(socket, account));
  }

  received(link: SimulatedLink, data: string | Uint8Array): void {
    const listener = this.#links.get(link);
    if (listener) this.venue.streams.received(listener, String(data));
  }

  left(link: SimulatedLink): void {
    const listener = this.#links.get(link);
    if (listener) this.venue.streams.left(listener);
    this.#links.delete(link);
  }

  resetAll(): void {
    for (const link of this.#links.keys()) link.reset();
  }

  freezeAll(): void {
    for (const link of this.#links.keys()) link.isFrozen = true;
  }

  shout(data: string | Uint8Array): void {
    for (const link of this.#links.keys()) link.send(data);
  }
}
