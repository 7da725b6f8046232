import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BarSeries, BarSeriesInfo } from '../../core/market/bar-series.ts';
import { DataFileError } from '../../core/market/data-file-error.ts';
import { BAR_FIELDS, type BarColumns } from '../../core/vocabulary/market-data.ts';
import { makeFolder } from '../../disk/make-folder.ts';

/**
 * One series in one file: 8 bytes magic, the header's length as a little-endian uint32, the header (JSON, padded with blanks so that
 * the columns start on a multiple of 4,096), then six columns of little-endian float64 in the order of `BAR_FIELDS`.
 * Loading is one read into one buffer; the columns are views on it.
 */
const MAGIC = 'TWBARS1\n';
const PREFIX_BYTES = 12;
const PAGE_BYTES = 4_096;
const FORMAT = 'tradewright.bars/1';

function damaged(file: string, found: string): DataFileError {
  return new DataFileError({
    code: 'file-damaged',
    file,
    found,
    expected: `a ${FORMAT} file`,
    hint: 'Remove the series and import it again.',
  });
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function open(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function parseInfo(file: string, start: Buffer, headerBytes: number): BarSeriesInfo {
  let header: { readonly format?: string } & BarSeriesInfo;
  try {
    header = JSON.parse(start.toString('utf8', PREFIX_BYTES, PREFIX_BYTES + headerBytes));
  } catch {
    throw damaged(file, 'a header that is no JSON');
  }
  const { format, ...info } = header;
  if (format !== FORMAT || !Number.isInteger(info.rows)) throw damaged(file, `format ${String(format)}`);
  return info;
}

function headerBytesOf(file: string, start: Buffer): number {
  if (start.length < PREFIX_BYTES || start.toString('latin1', 0, 8) !== MAGIC) throw damaged(file, 'other contents');
  return start.readUInt32LE(8);
}

function readUpTo(fd: number, into: Buffer): number {
  let at = 0;
  while (at < into.length) {
    const count = readSync(fd, into, at, into.length - at, at);
    if (count === 0) break;
    at += count;
  }
  return at;
}

/** The header alone; null where there is no file. Throws {@link DataFileError} `file-damaged`, also where its size does not fit. */
export function readSeriesInfo(file: string): BarSeriesInfo | null {
  const fd = open(file);
  if (fd === null) return null;
  try {
    let start = Buffer.alloc(PAGE_BYTES);
    start = start.subarray(0, readUpTo(fd, start));
    const headerBytes = headerBytesOf(file, start);
    if (PREFIX_BYTES + headerBytes > start.length) {
      start = Buffer.alloc(Math.min(PREFIX_BYTES + headerBytes, fstatSync(fd).size));
      readUpTo(fd, start);
    }
    const info = parseInfo(file, start, headerBytes);
    refuseSize(file, fstatSync(fd).size, PREFIX_BYTES + headerBytes, info);
    return info;
  } finally {
    closeSync(fd);
  }
}

/** Throws where a file has not the bytes that its header speaks of: it was cut off, or is none of ours. */
function refuseSize(file: string, bytes: number, start: number, { rows }: BarSeriesInfo): void {
  const expected = start + rows * 8 * BAR_FIELDS.length;
  if (bytes !== expected || start % 8 !== 0) throw damaged(file, `${bytes} bytes instead of ${expected}`);
}

/** The whole series; null where there is no file. Throws {@link DataFileError} `file-damaged` where its size does not fit. */
export function readSeries(file: string): BarSeries | null {
  const fd = open(file);
  if (fd === null) return null;
  try {
    const size = fstatSync(fd).size;
    const bytes = Buffer.allocUnsafeSlow(size);
    const have = readUpTo(fd, bytes);
    const headerBytes = headerBytesOf(file, bytes);
    const start = PREFIX_BYTES + headerBytes;
    const info = parseInfo(file, bytes, headerBytes);
    refuseSize(file, have, start, info);
    const column = (k: number): Float64Array => new Float64Array(bytes.buffer, start + k * 8 * info.rows, info.rows);
    const [openTimeMs, openPrice, high, low, close, volume] = BAR_FIELDS.map((_, k) => column(k));
    const bars = { openTimeMs, open: openPrice, high, low, close, volume } as BarColumns;
    return { info, bars };
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(fd, bytes, at, bytes.length - at);
}

/** Flushes a folder's own entry where the system allows it, so that a rename survives a power cut. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EPERM' && code !== 'EISDIR' && code !== 'EACCES' && code !== 'EINVAL') throw error;
  }
}

/**
 * Writes a series so that the file is always either the old one or the new one: to a temporary name in the same folder,
 * flushed to the disk, then renamed over it.
 */
export function writeSeries(file: string, series: BarSeries): void {
  const folder = dirname(file);
  makeFolder(folder);
  const json = Buffer.from(JSON.stringify({ format: FORMAT, ...series.info }), 'utf8');
  const start = Math.ceil((PREFIX_BYTES + json.length) / PAGE_BYTES) * PAGE_BYTES;
  const head = Buffer.alloc(start, 0x20);
  head.write(MAGIC, 0, 'latin1');
  head.writeUInt32LE(start - PREFIX_BYTES, 8);
  json.copy(head, PREFIX_BYTES);
  const temporary = `${file}.${process.pid}.tmp`;
  const fd = openSync(temporary, 'w');
  try {
    try {
      writeAll(fd, head);
      for (const field of BAR_FIELDS) {
        const column = series.bars[field];
        writeAll(fd, new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
      }
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}
