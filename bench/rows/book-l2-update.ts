import { OrderBook } from '../../src/core/market/order-book.ts';
import { dataMissing, readShared, sharedData } from '../../test/shared-data.ts';
import { bestMs, bestOfEachMs, nsEach } from '../measure.ts';
import type { BenchRow, BesideFigure } from '../row.ts';
import { type DepthUpdates, syntheticDepth } from '../synthetic-depth.ts';

const UPDATES = 1_000_000;
const RECORDING = 'orderbook/binance_usdm_BTCUSDT_20240808_235415.jsonl.gz';

/**
 * What the ladder is measured against: one side as two typed arrays of rising keys, best last, found by bisection, moved by copyWithin.
 */
class SortedArrays {
  readonly #sign: number;
  readonly #keys = new Float64Array(8_192);
  readonly #quantities = new Float64Array(8_192);
  #count = 0;

  constructor(sign: number) {
    this.#sign = sign;
  }

  get best(): number {
    return this.#count === 0 ? Number.NaN : this.#sign * this.#keys[this.#count - 1]!;
  }

  set(price: number, quantity: number): void {
    const key = this.#sign * price;
    const keys = this.#keys;
    const count = this.#count;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    const isThere = low < count && keys[low] === key;
    if (quantity === 0) {
      if (!isThere) return;
      keys.copyWithin(low, low + 1, count);
      this.#quantities.copyWithin(low, low + 1, count);
      this.#count--;
      return;
    }
    if (!isThere) {
      keys.copyWithin(low + 1, low, count);
      this.#quantities.copyWithin(low + 1, low, count);
      keys[low] = key;
      this.#count++;
    }
    this.#quantities[low] = quantity;
  }
}

/** A run of all updates through a book, both best prices read after each; answers the sum of the spreads. */
function throughBook({ side, price, quantity }: DepthUpdates, book: OrderBook): number {
  let spreads = 0;
  for (let i = 0; i < side.length; i++) {
    book.set(side[i]!, price[i]!, quantity[i]!);
    spreads += book.bestAsk - book.bestBid || 0;
  }
  return spreads;
}

function throughArrays({ side, price, quantity }: DepthUpdates, bids: SortedArrays, asks: SortedArrays): number {
  let spreads = 0;
  for (let i = 0; i < side.length; i++) {
    (side[i]! > 0 ? bids : asks).set(price[i]!, quantity[i]!);
    spreads += asks.best - bids.best || 0;
  }
  return spreads;
}

interface Measured {
  readonly ladder: number;
  readonly arrays: number;
  readonly levels: string;
  readonly spreads: number;
}

/** Times the ladder and the plain arrays in turn, after both gave the same spreads; or says that they did not. */
function compare(updates: DepthUpdates, tick: string): Measured | string {
  const book = new OrderBook({ tick });
  const bids = new SortedArrays(1);
  const asks = new SortedArrays(-1);
  const spreads = throughBook(updates, book);
  const plain = throughArrays(updates, bids, asks);
  if (spreads !== plain) return `the sum of spreads is ${spreads} with the ladder and ${plain} with sorted arrays`;
  const [ladder, arrays] = bestOfEachMs(
    [() => void throughBook(updates, book), () => void throughArrays(updates, bids, asks)],
    10,
  ).map((ms) => nsEach(ms, updates.side.length));
  const levels = `${book.bids.count} bids, ${book.asks.count} asks`;
  return { ladder: ladder!, arrays: arrays!, levels, spreads };
}

const timesAsFast = ({ ladder, arrays }: Measured): string =>
  `${(arrays / ladder).toFixed(1)} times as fast as a sorted typed array, which takes ${arrays.toFixed(1)} ns`;

/** The level changes of a recording, its snapshot among them; null where it is not on this machine. */
function recordedDepth(): DepthUpdates | null {
  if (sharedData(RECORDING) === null) return null;
  const side: number[] = [];
  const price: number[] = [];
  const quantity: number[] = [];
  for (const line of readShared(RECORDING).split('\n')) {
    if (!line.includes('"depthUpdate"') && !line.includes('"lastUpdateId"')) continue;
    const frame = JSON.parse(line.slice(line.indexOf(' ') + 1)) as { readonly data?: Levels } & Levels;
    const { b, a, bids = b, asks = a } = frame.data ?? frame;
    for (const [sign, levels] of [
      [1, bids],
      [-1, asks],
    ] as const) {
      for (const [at, size] of levels ?? []) {
        side.push(sign);
        price.push(Number(at));
        quantity.push(Number(size));
      }
    }
  }
  return { side: Int8Array.from(side), price: Float64Array.from(price), quantity: Float64Array.from(quantity) };
}

type WireLevels = readonly (readonly [string, string])[];
interface Levels {
  readonly b?: WireLevels;
  readonly a?: WireLevels;
  readonly bids?: WireLevels;
  readonly asks?: WireLevels;
}

function recordedFigure(): BesideFigure {
  const figure = { name: 'book-l2-update: recorded USD-M book', unit: 'ns/update' };
  const updates = recordedDepth();
  if (updates === null) return { ...figure, value: null, note: dataMissing(RECORDING) || '' };
  const measured = compare(updates, '0.1');
  if (typeof measured === 'string') return { ...figure, value: null, note: measured };
  return { ...figure, value: measured.ladder, note: `${measured.levels}; ${timesAsFast(measured)}` };
}

/** Our own book for instruments without a tick. Measured last: a process with both kinds of book is the rarer one. */
function sortedFigure(updates: DepthUpdates, spreads: number): BesideFigure {
  const figure = { name: 'book-l2-update: without a tick', unit: 'ns/update' };
  const book = new OrderBook({ tick: null });
  const own = throughBook(updates, book);
  if (own !== spreads) return { ...figure, value: null, note: `the sum of spreads is ${own} instead of ${spreads}` };
  return {
    ...figure,
    value: nsEach(
      bestMs(() => void throughBook(updates, book), 5),
      UPDATES,
    ),
  };
}

/** One level changed and both best prices read, a million times; beside it a plain sorted array, a recorded book, our sorted columns. */
export const row: BenchRow = {
  name: 'book-l2-update',
  unit: 'ns/update',
  target: 40,
  measure: () => {
    const updates = syntheticDepth(UPDATES);
    const measured = compare(updates, '0.01');
    if (typeof measured === 'string') return { value: null, note: measured };
    return {
      value: measured.ladder,
      note: `${measured.levels}; best bid and ask read after each`,
      beside: [
        {
          name: 'book-l2-update: of a sorted typed array',
          value: measured.ladder / measured.arrays,
          unit: 'ratio',
          target: 1 / 3,
          note: timesAsFast(measured),
        },
        recordedFigure(),
        sortedFigure(updates, measured.spreads),
      ],
    };
  },
};
