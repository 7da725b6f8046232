import type { Json } from '../../vocabulary/json.ts';
import type { Algorithm, Child } from './algorithm.ts';

/**
 * A ladder: `orders` limit orders of equal size, all at once, their prices evenly spaced from the first to the last and rounded to
 * the tick that is passive; what does not divide evenly goes into the last. A refused rung is left out.
 */
export class Scale implements Algorithm {
  readonly #lots: number;
  readonly #orders: number;
  readonly #fromTicks: number;
  readonly #toTicks: number;
  readonly #side: number;
  #sent = 0;

  /** @param side 1 for buys (prices rounded down), −1 for sells (up) */
  constructor(lots: number, orders: number, fromTicks: number, toTicks: number, side: number) {
    this.#lots = lots;
    this.#orders = orders;
    this.#fromTicks = fromTicks;
    this.#toTicks = toTicks;
    this.#side = side;
  }

  static restore(s: { readonly [key: string]: number }): Scale {
    const scale = new Scale(s.lots!, s.orders!, s.fromTicks!, s.toTicks!, s.side!);
    scale.#sent = s.sent!;
    return scale;
  }

  get isSpent(): boolean {
    return this.#sent === this.#orders;
  }

  get nextMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  next(_nowMs: number, child: Child): boolean {
    if (this.isSpent) return false;
    const each = Math.floor(this.#lots / this.#orders);
    const exact = this.#fromTicks + ((this.#toTicks - this.#fromTicks) * this.#sent) / (this.#orders - 1);
    this.#sent++;
    child.lots = this.isSpent ? this.#lots - each * (this.#orders - 1) : each;
    child.limitTicks = this.#side > 0 ? Math.floor(exact) : Math.ceil(exact);
    return true;
  }

  refused(): void {}

  ended(): void {}

  snapshot(): Json {
    return {
      kind: 'scale',
      lots: this.#lots,
      orders: this.#orders,
      fromTicks: this.#fromTicks,
      toTicks: this.#toTicks,
      side: this.#side,
      sent: this.#sent,
    };
  }
}
