import type { Engine } from '../../core/engine/engine.ts';
import type { LatencyLine } from '../../core/exchange/latency.ts';
import type { ToldOrders } from '../../core/exchange/told-orders.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';

import { type OrderFill, type OrderStory, orderKey } from './recorded-orders.ts';

/** How much of what was recorded takes the place of the models; every step has those before it. */
export const STEPS = ['model', 'latency', 'prices', 'queue', 'fees', 'rejects'] as const;
export type Step = (typeof STEPS)[number];

/**
 * Tells the simulated venue what became of the recorded orders, up to a {@link Step}. An order of the run that was never recorded is left to the
 * models.
 */
export class RecordedVenue implements ToldOrders {
  readonly #engine: Engine;
  readonly #left: Map<string, OrderStory[]>;
  readonly #step: number;
  readonly #line: LatencyLine | null;
  readonly #storyOf = new Map<number, OrderStory | null>();

  /** `line`: the delays of a simulated exchange, which tells nobody when an order that waits there has arrived. */
  constructor(
    engine: Engine,
    stories: ReadonlyMap<string, readonly OrderStory[]>,
    step: Step,
    line: LatencyLine | null,
  ) {
    this.#engine = engine;
    this.#line = line;
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
    const story = this.#left.get(orderKey(this.#engine, row))?.shift() ?? null;
    this.#storyOf.set(row, story);
    return story;
  }

  rejects(row: number): boolean {
    return (this.#story(row)?.isRejected ?? false) && this.#has('rejects');
  }

  arrivalMs(row: number, sentMs: TimeMs): TimeMs {
    if (!this.#has('latency')) return Number.NaN;
    // Drawn for every message, as it was drawn then.
    const drawnMs = this.#line?.orderArrivalMs(sentMs) ?? Number.NaN;
    const story = this.#story(row);
    if (story === null) return drawnMs;
    const first = story.tookOnArrival ? story.fills[0]?.timeMs : undefined;
    // Fills are told in whole milliseconds, and only where there was something to trade with.
    if (!Number.isNaN(drawnMs) && (first === undefined || drawnMs < first + 1)) return drawnMs;
    const at = first ?? (Number.isNaN(story.acceptedMs) ? story.endedMs : story.acceptedMs);
    // Of one that nobody has heard of when the record ends, that is all that is known.
    if (Number.isNaN(at)) return story.fills.length === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    return Math.max(at, sentMs);
  }

  cancelMs(row: number, sentMs: TimeMs): TimeMs {
    if (!this.#has('latency')) return Number.NaN;
    const drawnMs = this.#line?.orderArrivalMs(sentMs) ?? Number.NaN;
    const story = this.#story(row);
    if (story === null) return drawnMs;
    if (!Number.isNaN(story.endedMs)) return story.endedMs;
    const tooLate = story.fills.length > 0 && story.filledLots >= story.lots;
    return tooLate && this.#has('queue') ? Number.POSITIVE_INFINITY : drawnMs;
  }

  fillsMs(row: number, filled: number): TimeMs {
    const story = this.#story(row);
    if (story === null || story.tookOnArrival || story.isRejected || !this.#has('queue')) return Number.NaN;
    return story.fills[this.#place(story, row, filled)]?.timeMs ?? Number.POSITIVE_INFINITY;
  }

  lots(row: number, filled: number, lots: number): number {
    const story = this.#told(row);
    if (story === null) return lots;
    const place = this.#place(story, row, filled);
    return place < story.fills.length - 1 ? Math.min(lots, this.#until(story, row, place) - filled) : lots;
  }

  ticks(row: number, filled: number, ticks: number): number {
    const story = this.#told(row);
    return story === null ? ticks : this.#fill(story, row, filled).ticks;
  }

  fee(row: number, filled: number, value: number, fee: number, asset: number): number {
    const story = this.#story(row);
    if (story === null || story.fills.length === 0 || !this.#has('fees')) return fee;
    const fill = this.#fill(story, row, filled);
    if (fill.feeAsset !== asset) return fee;
    return fill.value === value ? fill.fee : Math.round((fill.fee * value) / fill.value);
  }

  endsAt(row: number, filled: number): boolean {
    const story = this.#story(row);
    return (
      story?.isCutShort === true &&
      story.fills.length > 0 &&
      this.#has('rejects') &&
      this.#place(story, row, filled) >= story.fills.length
    );
  }

  /** The order's story where its prices are told; those of orders that waited at their limit belong to the queue. */
  #told(row: number): OrderStory | null {
    const story = this.#story(row);
    if (story === null || story.fills.length === 0) return null;
    const isPriced = story.tookOnArrival || !story.hasLimit;
    return this.#has(isPriced ? 'prices' : 'queue') ? story : null;
  }

  /** Lots of this run's order up to the end of a recorded fill: the order may be larger or smaller than it was, its parts are in proportion. */
  #until({ fills, lots }: OrderStory, row: number, place: number): number {
    let recorded = 0;
    for (let k = 0; k <= place; k++) recorded += fills[k]!.lots;
    return Math.round((recorded * this.#engine.state.orders.column.lots[row]!) / lots);
  }

  /** Number of the recorded fill that comes after `filled` lots; the number of fills where there were no more. */
  #place(story: OrderStory, row: number, filled: number): number {
    const { length } = story.fills;
    let place = 0;
    while (place < length && filled >= this.#until(story, row, place)) place++;
    // What rounding left of an order that filled whole goes with its last fill.
    return place === length && story.filledLots >= story.lots ? length - 1 : place;
  }

  /** The fill that comes after `filled` lots, and the last one for what goes beyond them. */
  #fill(story: OrderStory, row: number, filled: number): OrderFill {
    return story.fills[this.#place(story, row, filled)] ?? story.fills.at(-1)!;
  }
}
