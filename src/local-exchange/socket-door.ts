import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Accounts } from './accounts.ts';
import { ApiConnection } from './api-connection.ts';
import type { CallDesk } from './call-desk.ts';
import { DIALECTS, type ProductName } from './dialects.ts';
import type { FaultDesk } from './faults/fault-desk.ts';
import type { KeptConnections } from './kept-connections.ts';
import { readSocketTarget, type SocketTarget } from './socket-paths.ts';
import { StreamConnection } from './stream-connection.ts';
import { readTimeUnit } from './time-unit.ts';
import type { Venue } from './venue.ts';
import { WireSocket } from './wire-socket.ts';

export interface SocketDoorOptions {
  readonly venues: Readonly<Partial<Record<ProductName, Venue>>>;
  readonly calls: CallDesk;
  readonly accounts: Accounts;
  readonly faults: FaultDesk;
  readonly kept: KeptConnections;
  readonly isStrict: boolean;
  readonly onDefect: (error: unknown) => void;
  /** Time of pings and lives of connections. */
  readonly keepingMs: () => number;
}

export type Accepted = (ws: WebSocket, socket: Duplex) => void;

/** Lets WebSockets in: finds what a URL asks for and puts the right connection behind it. */
export class SocketDoor {
  readonly #o: SocketDoorOptions;
  readonly #apis = new Set<ApiConnection>();

  constructor(options: SocketDoorOptions) {
    this.#o = options;
    options.accounts.onRevoked((key) => {
      for (const api of this.#apis) api.keyRevoked(key);
    });
  }

  /** The way in, or the HTTP status that refuses. */
  accept(url: string, address: string): Accepted | { readonly refused: number } {
    const read = readSocketTarget(url);
    const target = read === null ? null : this.#byListenKey(read);
    const venue = target === null ? undefined : this.#o.venues[target.product];
    if (target === null || venue === undefined) return { refused: 404 };
    const { product } = target;
    const isDown =
      this.#o.faults.lasting('connections-dropped', { product }) || this.#o.faults.lasting('maintenance', { product });
    if (isDown) return { refused: 503 };
    const query = new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length));
    const unit = venue.dialect.microseconds ? readTimeUnit(query.get('timeUnit')) : 'ms';
    if (unit === null) return { refused: 400 };
    const tooMany = venue.limits.admitConnection(address);
    if (tooMany) return { refused: tooMany.answer.status };
    if (target.kind === 'socket-api') {
      const limited = venue.limits.admit(address, venue.dialect.connectWeight);
      if (limited) return { refused: limited.answer.status };
    }
    return (ws, socket) => {
      const { calls, kept, isStrict, keepingMs, accounts, onDefect } = this.#o;
      const nowMs = (): number => calls.toldTimeMs(product);
      const isCombined = target.kind === 'streams' && target.combined;
      const wire = new WireSocket(ws, socket, {
        dialect: DIALECTS[product],
        nowMs: keepingMs,
        isStrict,
        onDefect,
        farewell: () => farewell(target.kind, isCombined, nowMs()),
      });
      kept.add(wire);
      wire.onClose(() => kept.remove(wire));
      if (target.kind === 'streams') {
        const { hub, userData, listenKeys } = venue;
        new StreamConnection(wire, { target, unit, hub, userData, listenKeys, nowMs });
        return;
      }
      const { limits, userData, methods, dialect } = venue;
      const returnRateLimits = query.get('returnRateLimits') !== 'false';
      const api = new ApiConnection(wire, {
        dialect,
        calls,
        limits,
        accounts,
        userData,
        methods,
        address,
        unit,
        returnRateLimits,
        nowMs,
      });
      this.#apis.add(api);
      wire.onClose(() => this.#apis.delete(api));
    };
  }

  /** `/ws/<listen key>` without a route is spot's, unless the key is one of futures. */
  #byListenKey(target: SocketTarget): SocketTarget {
    if (target.kind !== 'streams' || target.product !== 'spot') return target;
    const { usdm, spot } = this.#o.venues;
    const isOfFutures = target.names.some(
      (name) => usdm?.listenKeys.accountOf(name) != null && spot?.listenKeys.accountOf(name) == null,
    );
    return isOfFutures ? { ...target, product: 'usdm', route: 'private' } : target;
  }
}

function farewell(kind: SocketTarget['kind'], isCombined: boolean, timeMs: number): string {
  const event = `{"e":"serverShutdown","E":${timeMs}}`;
  if (kind === 'socket-api') return `{"event":${event}}`;
  return isCombined ? `{"stream":"!serverShutdown","data":${event}}` : event;
}
