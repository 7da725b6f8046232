import type { Json } from '../../vocabulary/json.ts';
import type { Algorithm, Child } from './algorithm.ts';

/**
 * Shows no more than a tip: one limit order of `visible` lots at a time, all at the same price; the next follows when one has filled
 * whole, and queues anew. It ends with a tip that ended otherwise (canceled, expired, rejected, refused).
 */
export class Iceberg implements Algorithm {
  readonly #visible: number;
  readonly #limitTicks: number;
  #left: number;
  #isShown = false;

  constructor(lots: number, visible: number, limitTicks: number) {
    this.#left = lots;
    this.#visible = visible;
    this.#limitTicks = limitTicks;
  }

  static restore(s: { readonly [key: string]: number }): Iceberg {
    const iceberg = new Iceberg(s.left!, s.visible!, s.limitTicks!);
    iceberg.#isShown = s.shown === 1;
    return iceberg;
  }

  get isSpent(): boolean {
    return this.#left === 0;
  }

  get nextMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  next(_nowMs: number, child: Child): boolean {
    if (this.#isShown || this.isSpent) return false;
    child.lots = Math.min(this.#visible, this.#left);
    child.limitTicks = this.#limitTicks;
    this.#left -= child.lots;
    this.#isShown = true;
    return true;
  }

  refused(): void {
    this.#left = 0;
  }

  ended(lots: number, filledLots: number): void {
    this.#isShown = false;
    if (filledLots < lots) this.#left = 0;
  }

  snapshot(): Json {
    return {
      kind: 'iceberg',
      left: this.#left,
      visible: this.#visible,
      limitTicks: this.#limitTicks,
      shown: this.#isShown ? 1 : 0,
    };
  }
}
