import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { replacedPlace } from '../../disk/replaced-place.ts';

export interface WriteBarOptions {
  /** `ms` writes epoch milliseconds under `ts` (default), `iso` RFC 3339 text under `time`. */
  readonly time?: 'ms' | 'iso';
}

const ROWS_PER_WRITE = 16_384;

/** Bars as CSV text: a header and one line a bar, every number the shortest text that reads back as the same double. */
export function barsToCsv(bars: BarColumns, options: WriteBarOptions = {}): string {
  return [...csvChunks(bars, options)].join('');
}

function* csvChunks(bars: BarColumns, options: WriteBarOptions): Generator<string> {
  const iso = options.time === 'iso';
  yield `${iso ? 'time' : 'ts'},open,high,low,close,volume\n`;
  const { openTimeMs, open, high, low, close, volume } = bars;
  let text = '';
  for (let i = 0; i < openTimeMs.length; i++) {
    const time = iso ? formatTime(openTimeMs[i]!) : openTimeMs[i];
    text += `${time},${open[i]},${high[i]},${low[i]},${close[i]},${volume[i]}\n`;
    if (i % ROWS_PER_WRITE === ROWS_PER_WRITE - 1) {
      yield text;
      text = '';
    }
  }
  yield text;
}

/** A disk that is nearly full takes a part of what it is given, and says so only with the next. */
function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(fd, bytes, at, bytes.length - at);
}

/** Writes bars to a CSV file, gzipped where the name ends in .gz. The file appears whole or not at all; a device, a pipe or a folder is refused. */
export function writeBarFile(at: string, bars: BarColumns, options: WriteBarOptions = {}): void {
  const path = replacedPlace(at);
  const temporary = `${path}.${process.pid}.tmp`;
  const fd = openSync(temporary, 'w');
  try {
    try {
      if (path.endsWith('.gz')) writeAll(fd, gzipSync(barsToCsv(bars, options)));
      else for (const chunk of csvChunks(bars, options)) writeAll(fd, Buffer.from(chunk));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
