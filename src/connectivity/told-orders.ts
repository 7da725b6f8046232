import type { Clock, Timer } from '../ports/clock.ts';

/** Orders that the stream told of before the answer to their placement came. */
const REMEMBERED = 1_000;

/**
 * Watches that an account stream tells of every order that its venue took. One that is never told of means that the stream is dead, although
 * its pings are answered.
 */
export class ToldOrders {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #untold: (reason: string) => void;
  readonly #expected = new Map<string, Timer>();
  readonly #told = new Set<string>();

  /** `untold` is called once for each order of which nothing was told within the limit. */
  constructor(clock: Clock, limitMs: number, untold: (reason: string) => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#untold = untold;
  }

  /** The venue took an order. */
  expect(clientOrderId: string): void {
    if (this.#told.delete(clientOrderId)) return;
    const limitMs = this.#limitMs;
    const timer = this.#clock.after(limitMs, () => {
      this.#expected.delete(clientOrderId);
      this.#untold(`order ${clientOrderId} was taken ${limitMs} ms ago and never told`);
    });
    this.#expected.set(clientOrderId, timer);
  }

  /** The stream told of an order, ours or not. */
  told(clientOrderId: string): void {
    const timer = this.#expected.get(clientOrderId);
    if (timer !== undefined) {
      timer.cancel();
      this.#expected.delete(clientOrderId);
      return;
    }
    if (this.#told.size >= REMEMBERED) {
      const { value: oldest } = this.#told.values().next();
      if (oldest !== undefined) this.#told.delete(oldest);
    }
    this.#told.add(clientOrderId);
  }

  end(): void {
    for (const timer of this.#expected.values()) timer.cancel();
    this.#expected.clear();
  }
}
