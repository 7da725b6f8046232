import { CONNECTION_LIFE_MS, type Dialect } from './dialects.ts';

/** A WebSocket that must be kept alive and ended in time. */
export interface KeptConnection {
  readonly dialect: Dialect;
  readonly openedMs: number;
  pingedMs: number;
  /** When the first ping was sent that the peer has not answered; null where it has answered all. */
  unansweredSinceMs: number | null;
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
      const { dialect, openedMs, unansweredSinceMs, pingedMs } = connection;
      // A pong is due so long after the last one, and the ping went out on the way.
      const patienceMs = dialect.pongWithinMs - dialect.pingEveryMs;
      if (nowMs - openedMs >= CONNECTION_LIFE_MS) connection.retire();
      else if (unansweredSinceMs !== null && nowMs - unansweredSinceMs >= patienceMs) connection.kill();
      else if (nowMs - pingedMs >= dialect.pingEveryMs) {
        connection.pingedMs = nowMs;
        connection.unansweredSinceMs ??= nowMs;
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
