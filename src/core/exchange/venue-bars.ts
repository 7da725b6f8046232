import type { BarColumns } from '../vocabulary/market-data.ts';

type Extremes = Pick<BarColumns, 'volume' | 'low' | 'high'>;

/** What the simulated venue remembers of each instrument's last bar. */
export class VenueBars {
  /** The last price; NaN before the first bar. */
  declare readonly close: Float64Array;
  /** Lots that the bar may still fill. */
  declare readonly roomLots: Float64Array;
  /** Where the rest of it stands, as it is seldom asked for: columns, which nobody changes before the next bar begins, and the row in them. */
  declare private readonly last: (Extremes | null)[];
  declare private readonly row: Int32Array;

  constructor(instruments: number) {
    this.close = new Float64Array(instruments).fill(Number.NaN);
    this.roomLots = new Float64Array(instruments);
    this.last = new Array<Extremes | null>(instruments).fill(null);
    this.row = new Int32Array(instruments);
  }

  /** In the bar's own units. */
  volume(instrument: number): number {
    return this.last[instrument]?.volume[this.row[instrument]!] ?? 0;
  }

  low(instrument: number): number {
    return this.last[instrument]?.low[this.row[instrument]!] ?? 0;
  }

  high(instrument: number): number {
    return this.last[instrument]?.high[this.row[instrument]!] ?? 0;
  }

  /** Takes bar `i`. Columns and a row: a double handed to a function that is not inlined costs an allocation. */
  begin(instrument: number, bars: BarColumns, i: number, roomLots: number): void {
    this.close[instrument] = bars.close[i]!;
    this.roomLots[instrument] = roomLots;
    this.row[instrument] = i;
    if (this.last[instrument] !== bars) this.last[instrument] = bars;
  }

  /** All of it, in the order of snapshots. */
  get columns(): readonly Float64Array[] {
    const all = (of: (instrument: number) => number) => Float64Array.from(this.row, (_, instrument) => of(instrument));
    const volume = all((i) => this.volume(i));
    const low = all((i) => this.low(i));
    const high = all((i) => this.high(i));
    return [this.close, volume, low, high, this.roomLots];
  }

  /** Takes over what {@link columns} gave. */
  restore([close, volume, low, high, roomLots]: readonly Float64Array[]): void {
    this.close.set(close!);
    this.roomLots.set(roomLots!);
    const rows = { volume: volume!, low: low!, high: high! };
    this.last.fill(rows);
    for (let i = 0; i < this.row.length; i++) this.row[i] = i;
  }

  reset(): void {
    this.close.fill(Number.NaN);
    this.roomLots.fill(0);
    this.last.fill(null);
    this.row.fill(0);
  }
}
