import {
  type BarSeries,
  compareSeries,
  rowsWithin,
  sortedInstruments,
  splitInstrument,
  upsertSeries,
} from '../../core/market/bar-series.ts';
import { coverageOf } from '../../core/market/series-coverage.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { sliceBars } from '../../core/vocabulary/market-data.ts';
import { type Timeframe, timeframe as timeframeSpec } from '../../core/vocabulary/time.ts';
import type { BarStore, SyncStatus } from '../../ports/bar-store.ts';

/** A {@link BarStore} that forgets everything with the process: for tests and for backtests straight from a file. */
export function memoryBarStore(): BarStore {
  const series = new Map<string, BarSeries>();
  const rules = new Map<string, readonly InstrumentDefinition[]>();
  const syncs = new Map<string, SyncStatus>();
  const keyOf = (instrument: string, timeframe: Timeframe): string => {
    splitInstrument(instrument);
    return `${instrument} ${timeframeSpec(timeframe).text}`;
  };
  return {
    async load(instrument, timeframe, range) {
      const found = series.get(keyOf(instrument, timeframe));
      if (found === undefined) return null;
      const [from, to] = rowsWithin(found.bars.openTimeMs, range?.fromMs, range?.toMs);
      return { info: found.info, bars: sliceBars(found.bars, from, to) };
    },
    async upsert(instrument, timeframe, bars, options) {
      const key = keyOf(instrument, timeframe);
      const { write, result } = upsertSeries(series.get(key) ?? null, instrument, timeframe, bars, options);
      if (write !== null) series.set(key, { info: write.info, bars: copyOf(write.bars) });
      return result;
    },
    info: async (instrument, timeframe) => series.get(keyOf(instrument, timeframe))?.info ?? null,
    list: async () => [...series.values()].map((each) => each.info).sort(compareSeries),
    damaged: async () => [],
    async coverage(instrument, timeframe) {
      const found = series.get(keyOf(instrument, timeframe));
      return found === undefined ? null : coverageOf(found);
    },
    async remove(instrument, timeframe) {
      const key = keyOf(instrument, timeframe);
      syncs.delete(key);
      return series.delete(key);
    },
    async keepInstruments(venue, definitions) {
      rules.set(venue, sortedInstruments(venue, definitions));
    },
    instruments: async (venue) => rules.get(venue) ?? [],
    async keepSyncStatus(status) {
      syncs.set(keyOf(status.instrument, status.timeframe), status);
    },
    syncStatus: async (instrument, timeframe) => syncs.get(keyOf(instrument, timeframe)) ?? null,
    async close() {},
  };
}

/** The caller may go on writing into its own columns. */
function copyOf(bars: BarSeries['bars']): BarSeries['bars'] {
  return {
    openTimeMs: bars.openTimeMs.slice(),
    open: bars.open.slice(),
    high: bars.high.slice(),
    low: bars.low.slice(),
    close: bars.close.slice(),
    volume: bars.volume.slice(),
  };
}
