import type { BarColumns } from '../src/core/vocabulary/market-data.ts';

/** What a bare loop is asked to trade. */
export type BareStrategy = 'idle' | 'sma-cross' | 'order-every-bar';

const STRATEGIES: readonly BareStrategy[] = ['idle', 'sma-cross', 'order-every-bar'];
const CHUNK = 4096;

/**
 * The least that an event-driven backtest can be: market orders that fill at the next open, a fee, cash, equity and the running
 * drawdown, one instrument, no risk, no rounding, no books. Everything an engine does beyond it is the price of being one, and the
 * ratio to this loop, measured in the same run, says how much that is on any machine.
 */
export class BareLoop {
  readonly #bars: BarColumns;
  readonly #equity: Float64Array;
  readonly #orderSide: Int8Array;
  readonly #orderQuantity: Float64Array;
  readonly #fillPrice: Float64Array;
  readonly #fillFee: Float64Array;
  /** Cash, quantity held, peak of equity, largest drawdown, fast sum, slow sum. */
  readonly #money = new Float64Array(6);
  /** Kind of strategy, orders sent, orders filled. */
  readonly #count = new Int32Array(3);
  readonly #feeRate: number;
  readonly #fast: number;
  readonly #slow: number;

  constructor(bars: BarColumns, feeRate: number, fast = 20, slow = 50) {
    const count = bars.close.length;
    this.#bars = bars;
    this.#feeRate = feeRate;
    this.#fast = fast;
    this.#slow = slow;
    this.#equity = new Float64Array(count);
    this.#orderSide = new Int8Array(count + 1);
    this.#orderQuantity = new Float64Array(count + 1);
    this.#fillPrice = new Float64Array(count + 1);
    this.#fillFee = new Float64Array(count + 1);
  }

  get orders(): number {
    return this.#count[1]!;
  }

  run(strategy: BareStrategy, cash: number): void {
    this.#money.fill(0);
    this.#money[0] = cash;
    this.#money[2] = cash;
    this.#count.fill(0);
    this.#count[0] = STRATEGIES.indexOf(strategy);
    const total = this.#bars.close.length;
    for (let from = 0; from < total; from += CHUNK) this.#chunk(from, Math.min(total, from + CHUNK));
  }

  #chunk(from: number, to: number): void {
    const money = this.#money;
    const count = this.#count;
    const { close, open } = this.#bars;
    for (let i = from; i < to; i++) {
      if (count[2]! < count[1]!) this.#fill(open[i]!);
      const equity = money[0]! + money[1]! * close[i]!;
      this.#equity[i] = equity;
      if (equity > money[2]!) money[2] = equity;
      const drawdown = (money[2]! - equity) / money[2]!;
      if (drawdown > money[3]!) money[3] = drawdown;
      if (count[0] === 1) this.#cross(i);
      else if (count[0] === 2) this.#send(money[1] === 0 ? 1 : -1, money[1] === 0 ? 0.001 : money[1]!);
    }
  }

  #cross(i: number): void {
    const { close } = this.#bars;
    const money = this.#money;
    money[4]! += close[i]! - (i >= this.#fast ? close[i - this.#fast]! : 0);
    money[5]! += close[i]! - (i >= this.#slow ? close[i - this.#slow]! : 0);
    if (i < this.#slow) return;
    const isAbove = money[4]! * this.#slow > money[5]! * this.#fast;
    if (isAbove && money[1] === 0) this.#send(1, (money[0]! * 0.1) / close[i]!);
    else if (!isAbove && money[1]! > 0) this.#send(-1, money[1]!);
  }

  #send(side: number, quantity: number): void {
    const row = this.#count[1]!++;
    this.#orderSide[row] = side;
    this.#orderQuantity[row] = quantity;
  }

  #fill(price: number): void {
    const money = this.#money;
    const row = this.#count[2]!++;
    const quantity = this.#orderSide[row]! * this.#orderQuantity[row]!;
    const fee = Math.abs(quantity) * price * this.#feeRate;
    this.#fillPrice[row] = price;
    this.#fillFee[row] = fee;
    money[0]! -= quantity * price + fee;
    money[1]! += quantity;
  }
}
