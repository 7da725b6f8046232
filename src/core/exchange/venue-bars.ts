import type { BarColumns } from '../vocabulary/market-data.ts';

/** What the simulated venue remembers of each instrument's last bar. */
export class VenueBars {
  /** The last price; NaN before the first bar. */
  readonly close: Float64Array;
  /** In the bar's own units. */
  readonly volume: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Lots that the bar may still fill. */
  readonly roomLots: Float64Array;

  constructor(instruments: number) {
    this.close = new Float64Array(instruments).fill(Number.NaN);
    this.volume = new Float64Array(instruments);
    this.low = new Float64Array(instruments);
    this.high = new Float64Array(instruments);
    this.roomLots = new Float64Array(instruments);
  }

  /** Takes bar `i`. Columns and a row: a double handed to a function that is not inlined costs an allocation. */
  begin(instrument: number, bars: BarColumns, i: number, roomLots: number): void {
    this.high[instrument] = bars.high[i]!;
    this.low[instrument] = bars.low[i]!;
    this.close[instrument] = bars.close[i]!;
    this.volume[instrument] = bars.volume[i]!;
    this.roomLots[instrument] = roomLots;
  }

  /** All of it, in the order of snapshots. */
  get columns(): readonly Float64Array[] {
    return [this.close, this.volume, this.low, this.high, this.roomLots];
  }

  reset(): void {
    for (const column of this.columns) column.fill(0);
    this.close.fill(Number.NaN);
  }
}
