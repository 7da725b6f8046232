import { type Dirent, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { endianness } from 'node:os';
import { dirname, join } from 'node:path';
import { compareSeries, rowsWithin, splitInstrument, upsertSeries } from '../../core/market/bar-series.ts';
import { coverageOf } from '../../core/market/series-coverage.ts';
import { sliceBars } from '../../core/vocabulary/market-data.ts';
import { type Timeframe, timeframe as timeframeSpec } from '../../core/vocabulary/time.ts';
import type { BarStore, SeriesInfo } from '../../ports/bar-store.ts';
import { readSeries, readSeriesInfo, writeSeries } from './column-file.ts';

const FILE_NAME = 'bars.tw';

/** A name that no file system takes for something else: other characters than these become %XX, as do names of dots alone. */
function folderName(part: string): string {
  const encoded = encodeURIComponent(part).replace(
    /[!'()*~]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return /^\.+$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded;
}

function folders(path: string): readonly string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}

/**
 * The local catalogue: `<home>/data/<VENUE>/<SYMBOL>/<timeframe>/bars.tw`, one file a series. Nothing is created until the first
 * import. One process imports at a time; readers are never in the way, since files are replaced and never changed.
 */
export function openCatalogue(homePath: string): BarStore {
  // The columns are the machine's own memory; every platform Node 24 is published for is little-endian or fails here.
  if (endianness() !== 'LE') throw new Error('the catalogue needs a little-endian machine');
  const root = join(homePath, 'data');
  const fileOf = (instrument: string, timeframe: Timeframe): string => {
    const [venue, symbol] = splitInstrument(instrument);
    return join(root, folderName(venue), folderName(symbol), timeframeSpec(timeframe).text, FILE_NAME);
  };
  return {
    load(instrument, timeframe, range) {
      const series = readSeries(fileOf(instrument, timeframe));
      if (series === null || range === undefined) return series;
      const [from, to] = rowsWithin(series.bars.openTimeMs, range.fromMs, range.toMs);
      return { info: series.info, bars: sliceBars(series.bars, from, to) };
    },
    upsert(instrument, timeframe, bars, options) {
      const file = fileOf(instrument, timeframe);
      const { write, result } = upsertSeries(readSeries(file), instrument, timeframe, bars, options);
      if (write !== null) writeSeries(file, write);
      return result;
    },
    info: (instrument, timeframe) => readSeriesInfo(fileOf(instrument, timeframe)),
    list() {
      const found: SeriesInfo[] = [];
      for (const venue of folders(root)) {
        for (const symbol of folders(venue)) {
          for (const timeframe of folders(symbol)) {
            const info = readSeriesInfo(join(timeframe, FILE_NAME));
            if (info !== null) found.push(info);
          }
        }
      }
      return found.sort(compareSeries);
    },
    coverage(instrument, timeframe) {
      const series = readSeries(fileOf(instrument, timeframe));
      return series === null ? null : coverageOf(series);
    },
    remove(instrument, timeframe) {
      const file = fileOf(instrument, timeframe);
      if (readSeriesInfoOrDamage(file) === null) return false;
      rmSync(file);
      removeEmpty(dirname(file), root);
      return true;
    },
  };
}

/** A damaged file can still be removed. */
function readSeriesInfoOrDamage(file: string): SeriesInfo | 'damaged' | null {
  try {
    return readSeriesInfo(file);
  } catch {
    return 'damaged';
  }
}

function removeEmpty(folder: string, root: string): void {
  for (let at = folder; at !== root && at.startsWith(root); at = dirname(at)) {
    if (readdirSync(at).length > 0) return;
    rmdirSync(at);
  }
}
