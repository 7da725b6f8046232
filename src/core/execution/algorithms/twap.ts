import type { Json } from '../../vocabulary/json.ts';
import type { Algorithm, Child } from './algorithm.ts';

/**
 * Time-weighted: `slices` equal children, the first at once and one every `everyMs` of event time after it; what does not divide
 * evenly goes into the last. A slice whose time fell between two instants leaves at the next one; after a gap in the data the
 * slices that it swallowed leave one an instant, never several as one. A refused slice's lots join the last.
 */
export class Twap implements Algorithm {
  readonly #lots: number;
  readonly #slices: number;
  readonly #everyMs: number;
  readonly #limitTicks: number;
  #sent: number;
  #sentLots: number;
  #nextMs: number;
  #lastMs: number;

  /** @param startMs event time of the first slice */
  constructor(lots: number, slices: number, everyMs: number, limitTicks: number, startMs: number) {
    this.#lots = lots;
    this.#slices = slices;
    this.#everyMs = everyMs;
    this.#limitTicks = limitTicks;
    this.#sent = 0;
    this.#sentLots = 0;
    this.#nextMs = startMs;
    this.#lastMs = startMs - 1;
  }

  static restore(s: { readonly [key: string]: number }): Twap {
    const twap = new Twap(s.lots!, s.slices!, s.everyMs!, s.limitTicks!, s.nextMs!);
    twap.#sent = s.sent!;
    twap.#sentLots = s.sentLots!;
    twap.#lastMs = s.lastMs!;
    return twap;
  }

  get isSpent(): boolean {
    return this.#sent === this.#slices;
  }

  get nextMs(): number {
    return this.isSpent ? Number.POSITIVE_INFINITY : this.#nextMs;
  }

  next(nowMs: number, child: Child): boolean {
    if (this.isSpent || nowMs < this.#nextMs || nowMs === this.#lastMs) return false;
    this.#sent++;
    child.lots = this.isSpent ? this.#lots - this.#sentLots : Math.floor(this.#lots / this.#slices);
    child.limitTicks = this.#limitTicks;
    this.#sentLots += child.lots;
    this.#nextMs += this.#everyMs;
    this.#lastMs = nowMs;
    return true;
  }

  refused(lots: number): void {
    this.#sentLots -= lots;
  }

  ended(): void {}

  snapshot(): Json {
    return {
      kind: 'twap',
      lots: this.#lots,
      slices: this.#slices,
      everyMs: this.#everyMs,
      limitTicks: this.#limitTicks,
      sent: this.#sent,
      sentLots: this.#sentLots,
      nextMs: this.#nextMs,
      lastMs: this.#lastMs,
    };
  }
}
