import { CONNECTION_LIFE_MS, type Dialect } from './dialects.ts';

/** A WebSocket that must be kept alive and ended in time. */
export interface KeptConnection {
  readonly dialect: Dialect;
  readonly openedMs: number;
  /** When the peer last answered a ping. */
  heardMs: number;
  pingedMs: number;
  ping(payload: string): void;
  /** Says that it ends, then ends it in order. */
  retire(): void;
  /** Cuts it. */
  kill(): void;
}

/** All open WebSockets: pinged, dropped where they do not answer, ended after a day. One sweep a second for all of them. */
export class KeptConnections {
  readonly #open = new Set<KeptConnection>();

  get size(): number {
    return this.#open.size;
  }

  add(connection: KeptConnection): void {
    this.#open.add(connection);
  }

  remove(connection: KeptConnection): void {
    this.#open.delete(connection);
  }

  sweep(nowMs: number): void {
    for (const connection of [...this.#open]) {
      const { dialect, openedMs, heardMs, pingedMs } = connection;
      if (nowMs - openedMs >= CONNECTION_LIFE_MS) connection.retire();
      else if (nowMs - heardMs >= dialect.pongWithinMs) connection.kill();
      else if (nowMs - pingedMs >= dialect.pingEveryMs) {
        connection.pingedMs = nowMs;
        connection.ping(String(nowMs));
      }
    }
  }

  killAll(isMeant: (connection: KeptConnection) => boolean = () => true): void {
    for (const connection of [...this.#open]) if (isMeant(connection)) connection.kill();
  }

  retireAll(): void {
    for (const connection of [...this.#open]) connection.retire();
  }
}
