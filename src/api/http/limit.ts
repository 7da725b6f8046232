import type { Allowance, BucketSize, RequestLimits } from '../../ports/request-limits.ts';

/** What a limit allows at once, in seconds of it. */
const BURST_S = 10;

/** How often one kind of asker may ask: `perSecond` in the long run, ten times as many at once. */
export class Limit {
  readonly size: BucketSize;
  readonly #limits: RequestLimits;
  readonly #kind: string;

  constructor(limits: RequestLimits, kind: 'address' | 'client', perSecond: number) {
    this.#limits = limits;
    this.#kind = kind;
    this.size = { capacity: perSecond * BURST_S, perSecond };
  }

  take(name: string): Promise<Allowance> {
    return this.#limits.take(`${this.#kind}:${name}`, this.size);
  }
}
