import { grownFloats, grownInts } from './price-ladder.ts';

/** What the trades of one command were worth and cost, in columns beside the rows of `BookEvents`; other rows are left as they were. */
export class TradeCharges {
  valueQuanta = new Float64Array(16);
  makerAsset = new Int32Array(16);
  makerQuanta = new Float64Array(16);
  takerAsset = new Int32Array(16);
  takerQuanta = new Float64Array(16);

  /** Makes room for a command of `rows` events. */
  clear(rows: number): void {
    if (rows <= this.valueQuanta.length) return;
    const size = rows * 2;
    this.valueQuanta = grownFloats(this.valueQuanta, size);
    this.makerAsset = grownInts(this.makerAsset, size);
    this.makerQuanta = grownFloats(this.makerQuanta, size);
    this.takerAsset = grownInts(this.takerAsset, size);
    this.takerQuanta = grownFloats(this.takerQuanta, size);
  }

  maker(row: number, asset: number, quanta: number): void {
    this.makerAsset[row] = asset;
    this.makerQuanta[row] = quanta;
  }

  taker(row: number, asset: number, quanta: number): void {
    this.takerAsset[row] = asset;
    this.takerQuanta[row] = quanta;
  }
}
