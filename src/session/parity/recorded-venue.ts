import type { ToldOrders } from '../../core/exchange/told-orders.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { SessionCore } from '../session-core.ts';
import { type OrderFill, type OrderStory, orderKey } from './recorded-orders.ts';

/** How much of what was recorded takes the place of the models; every step has those before it. */
export const STEPS = ['model', 'latency', 'prices', 'queue', 'fees', 'rejects'] as const;
export type Step = (typeof STEPS)[number];

/**
 * Tells the simulated venue what became of the recorded orders, up to a {@link Step}. An order of the run that was never recorded is left to the
 * models.
 */
export class RecordedVenue implements ToldOrders {
  readonly #core: SessionCore;
  readonly #left: Map<string, OrderStory[]>;
  readonly #step: number;
  readonly #storyOf = new Map<number, OrderStory | null>();

  constructor(core: SessionCore, stories: ReadonlyMap<string, readonly OrderStory[]>, step: Step) {
    this.#core = core;
    this.#left = new Map([...stories].map(([key, alike]) => [key, [...alike]]));
    this.#step = STEPS.indexOf(step);
  }

  #has(step: Step): boolean {
    return this.#step >= STEPS.indexOf(step);
  }

  /** The recorded order that one of this run is; null for none. Orders are asked about first in the order in which they are placed. */
  #story(row: number): OrderStory | null {
    const known = this.#storyOf.get(row);
    if (known !== undefined) return known;
    const story = this.#left.get(orderKey(this.#core, row))?.shift() ?? null;
    this.#storyOf.set(row, story);
    return story;
  }

  rejects(row: number): boolean {
    return (this.#story(row)?.isRejected ?? false) && this.#has('rejects');
  }

  arrivalMs(row: number, sentMs: TimeMs): TimeMs {
    const story = this.#story(row);
    if (story === null || !this.#has('latency')) return Number.NaN;
    const first = story.tookOnArrival ? story.fills[0]?.timeMs : undefined;
    const at = first ?? (Number.isNaN(story.acceptedMs) ? story.endedMs : story.acceptedMs);
    return Number.isNaN(at) ? Number.NaN : Math.max(at, sentMs);
  }

  cancelMs(row: number, _sentMs: TimeMs): TimeMs {
    const story = this.#story(row);
    if (story === null || !this.#has('latency')) return Number.NaN;
    if (!Number.isNaN(story.endedMs)) return story.endedMs;
    const tooLate = story.fills.length > 0 && story.filledLots >= story.lots;
    return tooLate && this.#has('queue') ? Number.POSITIVE_INFINITY : Number.NaN;
  }

  fillsMs(row: number, filled: number): TimeMs {
    const story = this.#story(row);
    if (story === null || story.tookOnArrival || story.isRejected || !this.#has('queue')) return Number.NaN;
    // One that is larger here than it was, because capital differs, fills its surplus with the last fill.
    const isWhole = story.fills.length > 0 && story.filledLots >= story.lots;
    const fill = isWhole ? this.#at(story, filled) : this.#next(story, filled);
    return fill?.timeMs ?? Number.POSITIVE_INFINITY;
  }

  lots(row: number, filled: number, lots: number): number {
    const story = this.#told(row);
    if (story === null) return lots;
    let until = 0;
    for (const fill of story.fills.slice(0, -1)) {
      until += fill.lots;
      if (filled < until) return Math.min(lots, until - filled);
    }
    return lots;
  }

  ticks(row: number, filled: number, ticks: number): number {
    const story = this.#told(row);
    return story === null ? ticks : (this.#at(story, filled)?.ticks ?? ticks);
  }

  fee(row: number, filled: number, value: number, fee: number, asset: number): number {
    const story = this.#story(row);
    if (story === null || !this.#has('fees')) return fee;
    const fill = this.#at(story, filled);
    if (fill === null || fill.feeAsset !== asset) return fee;
    return fill.value === value ? fill.fee : Math.round((fill.fee * value) / fill.value);
  }

  endsAt(row: number, filled: number): boolean {
    const story = this.#story(row);
    return story?.isCutShort === true && story.fills.length > 0 && this.#has('rejects') && filled >= story.filledLots;
  }

  /** The order's story where its prices are told; those of orders that waited at their limit belong to the queue. */
  #told(row: number): OrderStory | null {
    const story = this.#story(row);
    if (story === null || story.fills.length === 0) return null;
    const isPriced = story.tookOnArrival || !story.hasLimit;
    return this.#has(isPriced ? 'prices' : 'queue') ? story : null;
  }

  /** The fill that comes after `filled` lots; null where there were no more. */
  #next({ fills }: OrderStory, filled: number): OrderFill | null {
    let until = 0;
    for (const fill of fills) {
      until += fill.lots;
      if (filled < until) return fill;
    }
    return null;
  }

  /** The same, and the last one for what goes beyond: an order may be larger than the recorded one. */
  #at(story: OrderStory, filled: number): OrderFill | null {
    return this.#next(story, filled) ?? story.fills.at(-1) ?? null;
  }
}
