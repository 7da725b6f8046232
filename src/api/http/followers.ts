import type { Clock, Timer } from '../../ports/clock.ts';
import type { Client, Gate } from './access.ts';

const LOOK_MS = 2_500;

interface Follower {
  readonly client: Client;
  readonly address: string;
  readonly end: () => void;
}

/** Who follows something over HTTP, looked at now and again: keys expire and are revoked, and sign-ins end. */
export class Followers {
  readonly #gate: Gate;
  readonly #clock: Clock;
  readonly #all = new Set<Follower>();
  #timer: Timer | null = null;

  constructor(gate: Gate, clock: Clock) {
    this.#gate = gate;
    this.#clock = clock;
  }

  /** `end` is called when the client may not ask any more. Answers what to call when it is over by itself. */
  add(client: Client, address: string, end: () => void): () => void {
    const follower: Follower = { client, address, end };
    this.#all.add(follower);
    this.#timer ??= this.#clock.after(LOOK_MS, () => this.#look());
    return () => {
      this.#all.delete(follower);
      if (this.#all.size > 0) return;
      this.#timer?.cancel();
      this.#timer = null;
    };
  }

  #look(): void {
    this.#timer = this.#clock.after(LOOK_MS, () => this.#look());
    for (const follower of this.#all) void this.#lookAt(follower);
  }

  /** Never rejects: keys that cannot be read now are read at the next look. */
  async #lookAt({ client, address, end }: Follower): Promise<void> {
    if (!(await this.#gate.staysOpen(client, address, false).catch(() => true))) end();
  }
}
