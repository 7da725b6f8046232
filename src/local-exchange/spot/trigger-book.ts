import { type SpotOrder, stopDirection } from './spot-order.ts';

/**
 * Orders of one symbol that wait for a trade at their stop price, or for one that moves far enough back from the best price since.
 *
 * A trailing order with a stop price begins to follow at the first trade that meets it, one without at the next trade; that trade is its
 * first extreme. A sell fires when the price has fallen by its delta from the highest, a buy when it has risen from the lowest
 * (Binance, trailing stop FAQ).
 */
export class TriggerBook {
  /** Ascending by stop price: fire at or above it. */
  readonly #above: SpotOrder[] = [];
  /** Descending by stop price: fire at or below it. */
  readonly #below: SpotOrder[] = [];
  readonly #trailing: SpotOrder[] = [];

  add(order: SpotOrder): void {
    if (order.draft.trailingDelta > 0) {
      this.#trailing.push(order);
      return;
    }
    const direction = stopDirection(order.draft.type, order.side);
    const list = direction > 0 ? this.#above : this.#below;
    const key = direction * order.draft.stopTicks;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (direction * list[middle]!.draft.stopTicks <= key) low = middle + 1;
      else high = middle;
    }
    list.splice(low, 0, order);
  }

  remove(order: SpotOrder): void {
    for (const list of [this.#above, this.#below, this.#trailing]) {
      const at = list.indexOf(order);
      if (at >= 0) {
        list.splice(at, 1);
        return;
      }
    }
  }

  /** Takes out the orders that a trade at `ticks` triggers and appends them to `fired`, those it reached first first. */
  trade(ticks: number, timeMs: number, fired: SpotOrder[]): void {
    while (this.#above.length > 0 && this.#above[0]!.draft.stopTicks <= ticks) fired.push(this.#above.shift()!);
    while (this.#below.length > 0 && this.#below[0]!.draft.stopTicks >= ticks) fired.push(this.#below.shift()!);
    for (let i = 0; i < this.#trailing.length; ) {
      const order = this.#trailing[i]!;
      if (follow(order, ticks, timeMs)) {
        this.#trailing.splice(i, 1);
        fired.push(order);
      } else i++;
    }
  }
}

/** Lets a trailing order see a trade; whether it fires. */
function follow(order: SpotOrder, ticks: number, timeMs: number): boolean {
  const { stopTicks, trailingDelta, type } = order.draft;
  if (order.trailingTimeMs < 0) {
    const direction = stopDirection(type, order.side);
    if (stopTicks > 0 && direction * ticks < direction * stopTicks) return false;
    order.trailingTimeMs = timeMs;
    order.extremeTicks = ticks;
    return false;
  }
  if (order.side < 0) {
    order.extremeTicks = Math.max(order.extremeTicks, ticks);
    return ticks * 10_000 <= order.extremeTicks * (10_000 - trailingDelta);
  }
  order.extremeTicks = Math.min(order.extremeTicks, ticks);
  return ticks * 10_000 >= order.extremeTicks * (10_000 + trailingDelta);
}
