import { defineIndicator, factor, type Kernel } from '../indicator.ts';

/** The zigzag that follows when the first bar is taken for a low (rising) or for a high. */
class Swings {
  rising: boolean;
  /** [0] last pivot, [1] extreme of the leg since. */
  readonly price: Float64Array;
  /** Rows of both; −1 while there is no pivot. */
  readonly row = Float64Array.of(-1, 0);

  constructor(rising: boolean) {
    this.rising = rising;
    this.price = Float64Array.of(Number.NaN, Number.NaN);
  }

  /** The first bar is the turning point itself: a rising leg begins at its low. */
  begin(high: number, low: number): void {
    this.price[1] = this.rising ? low : high;
  }

  next(row: number, high: number, low: number, threshold: number): void {
    const price = this.price;
    const extreme = price[1]!;
    if (this.rising ? high >= extreme : low <= extreme) {
      price[1] = this.rising ? high : low;
      this.row[1] = row;
      return;
    }
    const retreat = this.rising ? fall(extreme, low) : rise(extreme, high);
    if (!(retreat >= threshold)) return;
    price[0] = extreme;
    this.row[0] = this.row[1]!;
    // The bar that confirms is the furthest of the new leg: all before it stayed within the threshold.
    price[1] = this.rising ? low : high;
    this.row[1] = row;
    this.rising = !this.rising;
  }
}

/** Relative change from a price of zero is nothing, so that it never confirms anything. */
function fall(from: number, to: number): number {
  return from === 0 ? 0 : (from - to) / from;
}

function rise(from: number, to: number): number {
  return from === 0 ? 0 : (to - from) / from;
}

class ZigZag implements Kernel {
  readonly out = new Float64Array(4).fill(Number.NaN);
  readonly #threshold: number;
  /** High and low of the first bar, against which the first trend is decided. */
  readonly #first = new Float64Array(2);
  readonly #fromLow = new Swings(true);
  readonly #fromHigh = new Swings(false);
  #chosen: Swings | null = null;
  #row = 0;

  constructor(percent: number) {
    this.#threshold = percent / 100;
  }

  next(high: number, low: number): number {
    const row = this.#row++;
    const first = this.#first;
    const threshold = this.#threshold;
    if (row === 0) {
      first[0] = high;
      first[1] = low;
      this.#fromLow.begin(high, low);
      this.#fromHigh.begin(high, low);
    }
    if (this.#chosen) this.#chosen.next(row, high, low, threshold);
    else {
      if (row > 0) {
        this.#fromLow.next(row, high, low, threshold);
        this.#fromHigh.next(row, high, low, threshold);
      }
      const up = rise(first[1]!, high);
      const down = fall(first[0]!, low);
      if (up >= threshold && up > down) this.#chosen = this.#fromLow;
      else if (down >= threshold && down > up) this.#chosen = this.#fromHigh;
    }
    this.#report(row, high, low);
    return this.out[0]!;
  }

  #report(row: number, high: number, low: number): void {
    const out = this.out;
    const swings = this.#chosen;
    const confirmed = swings !== null && swings.row[0]! >= 0;
    out[0] = confirmed ? swings.price[0]! : (this.#first[0]! + this.#first[1]!) / 2;
    out[1] = confirmed ? (swings.rising ? -1 : 1) : 0;
    out[2] = confirmed ? row - swings.row[0]! : row;
    out[3] = swings ? swings.price[1]! : (high + low) / 2;
  }
}

/**
 * ZigZag that does not repaint: a swing high is confirmed, and emitted, by the first bar whose low is `percent` below it (and the
 * mirror image for lows). `pivot` is the price of the last confirmed swing, `direction` 1 where that was a high (the market
 * falls since) and −1 where it was a low, `barsSince` how long ago it happened, `extreme` the furthest price since, which
 * becomes the next pivot if it is confirmed. Until the first is confirmed: direction 0, pivot the middle of the first bar.
 * A counter-move inside the retreat that confirms a swing makes no swing of its own. Feed the same series twice for a zigzag of
 * closes.
 */
export const zigZag = defineIndicator({
  name: 'zigzag',
  title: 'ZigZag',
  group: 'trend',
  inputs: ['high', 'low'],
  outputs: ['pivot', 'direction', 'barsSince', 'extreme'],
  params: { percent: factor(5, 0.0001, 1000, 'retreat from an extreme that confirms it') },
  unit: 'price; direction flag, barsSince bars',
  formula: 'high confirmed when (high − low now)/high ≥ percent/100',
  source: 'Murphy, Technical Analysis of the Financial Markets, 1999; first trend as Skender Stock Indicators',
  warmup: () => 0,
  // Two beginnings agree after a common swing, which no number of bars can promise; `direction` 0 says that there was none.
  settle: () => 250,
  create: (p) => new ZigZag(p.percent),
});
