import type { BarColumns } from '../vocabulary/market-data.ts';
import type { Path } from './fill-rules.ts';

/**
 * The assumed way of price through one bar: four points, three straight legs. Where high or low equals open or close, the legs
 * of length zero do no harm. Time is spread evenly over the legs, which only latency reads.
 */
export class BarPath {
  /** Open, first extreme, second extreme, close. */
  readonly point = new Float64Array(4);
  /** 0: at the open; 1–3: on the leg towards that point; 4: over. */
  leg = 4;
  /** Where on the leg we are, 0 … 1. */
  readonly progress = new Float64Array(1);
  openMs = 0;
  closeMs = 0;
  #bars: BarColumns | null = null;
  #row = 0;

  /** Starts at the open of bar `i`, the rest of which is not decided before {@link lay}. */
  begin(bars: BarColumns, i: number): void {
    this.#bars = bars;
    this.#row = i;
    this.point[0] = bars.open[i]!;
    this.leg = 0;
  }

  /** Decides the way from the open to the close. `bias` is the sign of what it must hurt (pessimistic) or please (optimistic): a long is +1. */
  lay(path: Path, bias: number): void {
    const { open, high, low, close } = this.#bars!;
    const i = this.#row;
    const lowFirst =
      path === 'olhc' ||
      (path === 'pessimistic' && bias >= 0) ||
      (path === 'optimistic' && bias < 0) ||
      (path === 'adaptive' && open[i]! - low[i]! < high[i]! - open[i]!);
    const p = this.point;
    p[1] = lowFirst ? low[i]! : high[i]!;
    p[2] = lowFirst ? high[i]! : low[i]!;
    p[3] = close[i]!;
    this.progress[0] = 0;
  }

  /** Back to before the first bar. */
  reset(): void {
    this.leg = 4;
    this.openMs = 0;
    this.closeMs = 0;
  }

  /** Time goes on to `ms`, where no bar is walked. */
  goOnTo(ms: number): void {
    if (this.leg > 3 && ms > this.closeMs) this.closeMs = ms;
  }

  /** Price here. */
  get price(): number {
    const { leg, point } = this;
    if (leg === 0) return point[0]!;
    if (leg > 3) return point[3]!;
    const from = point[leg - 1]!;
    return from + (point[leg]! - from) * this.progress[0]!;
  }

  /** Price at the end of the leg that we are on. */
  get ahead(): number {
    return this.point[this.leg > 3 ? 3 : this.leg]!;
  }

  /** Time here; the close while no bar is being walked. */
  get timeMs(): number {
    const { leg } = this;
    if (leg === 0) return this.openMs;
    if (leg > 3) return this.closeMs;
    return Math.floor(this.openMs + ((this.closeMs - this.openMs) * (leg - 1 + this.progress[0]!)) / 3);
  }

  /** Progress on the current leg at which what was sent at `ms` has arrived: 0 if it was there before, −1 if not on this leg. */
  arrival(ms: number): number {
    if (ms <= this.openMs) return 0;
    if (this.leg === 0) return -1;
    const fraction = ((ms - this.openMs) / (this.closeMs - this.openMs)) * 3 - (this.leg - 1);
    return fraction >= 1 ? -1 : Math.max(0, fraction);
  }

  /**
   * Progress on the current leg at which price first is at or beyond `price` in direction `up`, not before `now`; −1 where it
   * is not on the rest of this leg. At the open (leg 0) only a price already reached counts.
   */
  reach(price: number, up: boolean, now = this.progress[0]!): number {
    const { leg, point } = this;
    if (leg === 0) return (up ? point[0]! >= price : point[0]! <= price) ? 0 : -1;
    const from = point[leg - 1]!;
    const to = point[leg]!;
    const here = from + (to - from) * now;
    if (up ? here >= price : here <= price) return now;
    if (up ? to < price || to <= from : to > price || to >= from) return -1;
    const at = (price - from) / (to - from);
    return at < now ? now : at;
  }

  /** Whether price on this leg, from progress `at` on, goes strictly beyond `price` in direction `up`. */
  goesBeyond(price: number, up: boolean, at: number): boolean {
    const { leg, point } = this;
    const furthest = leg === 0 ? point[0]! : point[leg]!;
    const here = leg === 0 ? point[0]! : point[leg - 1]! + (point[leg]! - point[leg - 1]!) * at;
    return up ? furthest > price || here > price : furthest < price || here < price;
  }

  /** Moves to the next leg; false when the bar is over. */
  advance(): boolean {
    this.leg++;
    this.progress[0] = 0;
    return this.leg <= 3;
  }
}
