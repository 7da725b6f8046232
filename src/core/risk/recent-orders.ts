import type { OrderDraft } from '../vocabulary/order.ts';
import { NEVER_MS } from './recent-times.ts';

/** Orders remembered of a strategy; above the default limit of its open orders. */
const MEMORY = 64;
/** Numbers kept of an order: time, what and which way, lots, limit, trigger. */
const WIDTH = 5;

/** What an order does, as one number. */
function kind(draft: OrderDraft): number {
  return (draft.instrument * 8 + draft.type) * 2 + (draft.side > 0 ? 1 : 0);
}

/** The order that a draft is a part of, as a tip is of an iceberg; −1 for one that stands for itself. */
function whole(draft: OrderDraft): number {
  return draft.parent < 0 ? draft.group : -1;
}

/** The last 64 orders of each strategy, to count equal ones. */
export class RecentOrders {
  declare readonly fields: Float64Array;
  declare readonly next: Int32Array;
  /** What each of them is a part of. */
  declare readonly wholes: Int32Array;

  constructor(strategies: number) {
    this.fields = new Float64Array(strategies * MEMORY * WIDTH).fill(NEVER_MS);
    this.next = new Int32Array(strategies);
    this.wholes = new Int32Array(strategies * MEMORY).fill(-1);
  }

  clear(): void {
    this.fields.fill(NEVER_MS);
    this.next.fill(0);
    this.wholes.fill(-1);
  }

  add(draft: OrderDraft, nowMs: number): void {
    const place = this.next[draft.strategy]!;
    const at = (draft.strategy * MEMORY + place) * WIDTH;
    const { fields } = this;
    fields[at] = nowMs;
    fields[at + 1] = kind(draft);
    fields[at + 2] = draft.lots;
    fields[at + 3] = draft.limitTicks;
    fields[at + 4] = draft.triggerTicks;
    this.wholes[draft.strategy * MEMORY + place] = whole(draft);
    this.next[draft.strategy] = place + 1 === MEMORY ? 0 : place + 1;
  }

  /**
   * Orders equal to `draft` sent at or after `nowMs − windowMs`, newest first until one is older. Parts of one order are meant once,
   * however many they are: they count as one, and not against each other.
   */
  equal(draft: OrderDraft, nowMs: number, windowMs: number): number {
    const { fields } = this;
    const sinceMs = nowMs - windowMs;
    const first = draft.strategy * MEMORY;
    let place = this.next[draft.strategy]!;
    let found = 0;
    for (let i = 0; i < MEMORY; i++) {
      place = place === 0 ? MEMORY - 1 : place - 1;
      if (fields[(first + place) * WIDTH]! < sinceMs) break;
      if (this.#isEqual(draft, place) && this.#isAnother(draft, place, i)) found++;
    }
    return found;
  }

  #isEqual(draft: OrderDraft, place: number): boolean {
    const { fields } = this;
    const at = (draft.strategy * MEMORY + place) * WIDTH;
    return (
      fields[at + 2] === draft.lots &&
      fields[at + 3] === draft.limitTicks &&
      fields[at + 4] === draft.triggerTicks &&
      fields[at + 1] === kind(draft)
    );
  }

  /** Whether the order at `place`, equal to `draft`, is no part of the same whole, nor of that of an equal one among the `newer` after it. */
  #isAnother(draft: OrderDraft, place: number, newer: number): boolean {
    const first = draft.strategy * MEMORY;
    const part = this.wholes[first + place]!;
    if (part < 0) return true;
    if (part === whole(draft)) return false;
    for (let i = 1; i <= newer; i++) {
      const next = (place + i) % MEMORY;
      if (this.wholes[first + next] === part && this.#isEqual(draft, next)) return false;
    }
    return true;
  }
}
