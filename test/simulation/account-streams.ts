import type { Json } from '../../src/core/vocabulary/json.ts';
import type { Socket, SocketDialer } from '../../src/ports/transport.ts';
import type { SimulatedClock } from '../simulated-world/clock.ts';
import { SimulatedDialer, type SimulatedLink } from '../simulated-world/dialer.ts';
import type { Chance } from './chance.ts';
import { type FaultMix, strike } from './fault-mix.ts';
import type { ProcessGate } from './process-gate.ts';
import type { RareEvents } from './rare-events.ts';

const LONGEST_DELAY_MS = 4_000;

/** Account streams of the venue, and what becomes of their events. */
export class AccountStreams {
  readonly dialer: SimulatedDialer;
  readonly #clock: SimulatedClock;
  readonly #chance: Chance;
  readonly #mix: FaultMix;
  readonly #rare: RareEvents;
  isFaulty = true;
  /** True: events go nowhere. */
  isDeaf = false;

  constructor(clock: SimulatedClock, chance: Chance, mix: FaultMix, rare: RareEvents, seed: number) {
    this.#clock = clock;
    this.#chance = chance;
    this.#mix = mix;
    this.#rare = rare;
    this.dialer = new SimulatedDialer(
      {
        dialed: () => (this.isFaulty && mix.stream.has('reset') && chance.is(0.2) ? 'refused' : 'accept'),
        accepted: (link) => {
          if (mix.product === 'usdm') link.notes.set('listens', true);
        },
        received: (link, data) => {
          const { id } = JSON.parse(String(data)) as { readonly id: string };
          link.notes.set('listens', true);
          link.send(JSON.stringify({ id, status: 200, result: { subscriptionId: 0 } }));
        },
      },
      { clock, seed },
    );
  }

  /** An event, on its way to everybody who listens. */
  tell(event: Json): void {
    if (this.isDeaf) return;
    const spot = this.#mix.product === 'spot';
    const text = JSON.stringify(spot ? { subscriptionId: 0, event } : event);
    for (const link of this.dialer.openLinks) if (link.notes.get('listens') === true) this.#deliver(link, text, spot);
  }

  #deliver(link: SimulatedLink, text: string, isSpot: boolean): void {
    if (this.isFaulty && link.notes.get('stalled') === true) return;
    const fault = this.isFaulty ? strike(this.#mix.stream, this.#chance) : null;
    if (fault !== null) this.#rare.count(`stream: ${fault}`);
    switch (fault) {
      case 'lost':
        return;
      case 'duplicated':
        link.send(text);
        this.#clock.after(this.#chance.between(0, LONGEST_DELAY_MS), () => link.send(text));
        return;
      case 'late':
        this.#clock.after(this.#chance.between(50, LONGEST_DELAY_MS), () => link.send(text));
        return;
      case 'stalled':
        link.notes.set('stalled', true);
        return;
      case 'reset':
        link.reset();
        return;
      case 'ended':
        // Nothing more comes, though the connection stays.
        link.notes.set('listens', false);
        link.send(
          isSpot
            ? '{"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1}}'
            : '{"e":"listenKeyExpired","E":1,"listenKey":"key1"}',
        );
        return;
      case 'malformed':
        link.send(text.slice(0, Math.floor(text.length / 2)));
        return;
      default:
        link.send(text);
    }
  }

  /** Sockets as one process has them; gone with it. */
  dialerOf(gate: ProcessGate): SocketDialer & { readonly drop: () => void } {
    const open = new Set<Socket>();
    return {
      open: (url, options, handlers) => {
        const socket = this.dialer.open(url, options, {
          opened: () => gate.enter(() => handlers.opened()),
          pong: () => gate.enter(() => handlers.pong()),
          message: (bytes, isText) => gate.enter(() => handlers.message(bytes, isText)),
          closed: (code, reason, error) => {
            open.delete(socket);
            gate.enter(() => handlers.closed(code, reason, error));
          },
        });
        open.add(socket);
        return socket;
      },
      drop: () => {
        for (const socket of [...open]) socket.kill();
      },
    };
  }
}
