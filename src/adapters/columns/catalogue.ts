import { type Dirent, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { endianness } from 'node:os';
import { dirname, join, sep } from 'node:path';
import {
  compareSeries,
  rowsWithin,
  sortedInstruments,
  splitInstrument,
  upsertSeries,
} from '../../core/market/bar-series.ts';
import { DataFileError } from '../../core/market/data-file-error.ts';
import { coverageOf } from '../../core/market/series-coverage.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { sliceBars } from '../../core/vocabulary/market-data.ts';
import { parseTimeframe, type Timeframe, timeframe as timeframeSpec } from '../../core/vocabulary/time.ts';
import { writeWhole } from '../../disk/atomic-write.ts';
import { oneAtATime } from '../../disk/one-at-a-time.ts';
import type { BarStore, DamagedSeries, SeriesInfo, SyncStatus } from '../../ports/bar-store.ts';
import { readSeries, readSeriesInfo, writeSeries } from './column-file.ts';

const FILE_NAME = 'bars.tw';
const RULES_NAME = 'instruments.json';
const RULES_SCHEMA = 'tradewright.instruments/1';
const LOCK_NAME = 'writing.lock';
const SYNC_NAME = 'sync.json';
const SYNC_SCHEMA = 'tradewright.sync/1';

/** A name that no file system takes for something else: other characters than these become %XX, as do names of dots alone. */
function folderName(part: string): string {
  const encoded = encodeURIComponent(part).replace(
    /[!'()*~]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return /^\.+$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded;
}

/** What {@link folderName} was made of; the name itself where it never was. */
function nameOfFolder(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
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
 * import. Whoever writes does so one at a time, and on what is there by then; readers are never in the way, since files are replaced and
 * never changed.
 */
export function openCatalogue(homePath: string): BarStore {
  // The columns are the machine's own memory; every platform Node 24 is published for is little-endian or fails here.
  if (endianness() !== 'LE') throw new Error('the catalogue needs a little-endian machine');
  const root = join(homePath, 'data');
  const lock = join(root, LOCK_NAME);
  const fileOf = (instrument: string, timeframe: Timeframe): string => {
    const [venue, symbol] = splitInstrument(instrument);
    return join(root, folderName(venue), folderName(symbol), timeframeSpec(timeframe).text, FILE_NAME);
  };
  const syncFileOf = (instrument: string, timeframe: Timeframe): string =>
    join(dirname(fileOf(instrument, timeframe)), SYNC_NAME);
  return {
    async load(instrument, timeframe, range) {
      const series = readSeries(fileOf(instrument, timeframe));
      if (series === null || range === undefined) return series;
      const [from, to] = rowsWithin(series.bars.openTimeMs, range.fromMs, range.toMs);
      return { info: series.info, bars: sliceBars(series.bars, from, to) };
    },
    async upsert(instrument, timeframe, bars, options) {
      const file = fileOf(instrument, timeframe);
      while (true) {
        const before = versionOf(file);
        const { write, result } = upsertSeries(readSeries(file), instrument, timeframe, bars, options);
        if (write === null) return result;
        const isWritten = oneAtATime(lock, () => {
          // Another import has come between: what it has stored is not lost, but taken in.
          if (versionOf(file) !== before) return false;
          writeSeries(file, write);
          return true;
        });
        if (isWritten) return result;
      }
    },
    info: async (instrument, timeframe) => readSeriesInfo(fileOf(instrument, timeframe)),
    async list() {
      const found = seriesFolders(root).map(readSeriesIn);
      return found.filter((each): each is SeriesInfo => each !== null && !('error' in each)).sort(compareSeries);
    },
    async damaged() {
      const found = seriesFolders(root).map(readSeriesIn);
      return found.filter((each): each is DamagedSeries => each !== null && 'error' in each);
    },
    async coverage(instrument, timeframe) {
      const series = readSeries(fileOf(instrument, timeframe));
      return series === null ? null : coverageOf(series);
    },
    async remove(instrument, timeframe) {
      const file = fileOf(instrument, timeframe);
      if (readSeriesInfoOrDamage(file) === null) return false;
      return oneAtATime(lock, () => {
        rmSync(file, { force: true });
        rmSync(syncFileOf(instrument, timeframe), { force: true });
        removeEmpty(dirname(file), root);
        return true;
      });
    },
    async keepInstruments(venue, definitions) {
      const sorted = sortedInstruments(venue, definitions);
      writeWhole(
        join(root, folderName(venue), RULES_NAME),
        `${JSON.stringify({ schema: RULES_SCHEMA, instruments: sorted })}\n`,
      );
    },
    async instruments(venue) {
      const kept = readJson<{ instruments: InstrumentDefinition[] }>(
        join(root, folderName(venue), RULES_NAME),
        RULES_SCHEMA,
      );
      return kept?.instruments ?? [];
    },
    async keepSyncStatus(status) {
      writeWhole(
        syncFileOf(status.instrument, status.timeframe),
        `${JSON.stringify({ schema: SYNC_SCHEMA, ...status })}\n`,
      );
    },
    async syncStatus(instrument, timeframe) {
      const kept = readJson<SyncStatus & { schema: string }>(syncFileOf(instrument, timeframe), SYNC_SCHEMA);
      if (kept === null) return null;
      const { schema: _, ...status } = kept;
      return status;
    },
    async close() {},
  };
}

function seriesFolders(root: string): readonly string[] {
  return folders(root).flatMap(folders).flatMap(folders);
}

/** What lies in the folder of a series, whose name it tells where the file does not; null where there is no file. */
function readSeriesIn(folder: string): SeriesInfo | DamagedSeries | null {
  try {
    return readSeriesInfo(join(folder, FILE_NAME));
  } catch (error) {
    const [venue, symbol, text] = folder.split(sep).slice(-3).map(nameOfFolder);
    const spec = parseTimeframe(text ?? '');
    if (!(error instanceof DataFileError) || spec === null) throw error;
    return { instrument: `${venue}:${symbol}`, timeframe: spec.text, error };
  }
}

/** Another text whenever the file has been replaced. */
function versionOf(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? 'absent' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}

/** A small file of ours, or null where it is not there. Throws an error that names the file where it is not one of these. */
function readJson<T>(file: string, schema: string): T | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const found = parsed(text);
  if (found?.schema !== schema)
    throw new DataFileError({
      code: 'file-damaged',
      file,
      found: found === null ? 'text that is no JSON' : `schema ${JSON.stringify(found.schema)}`,
      expected: schema,
      hint: 'Remove the file; it is written anew with the next download.',
    });
  return found as T;
}

function parsed(text: string): { schema?: unknown } | null {
  try {
    return JSON.parse(text) as { schema?: unknown } | null;
  } catch {
    return null;
  }
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
