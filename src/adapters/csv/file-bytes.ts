import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { unzipEntry, ZipError, zipEntries } from '../../connectivity/zip.ts';
import { DataFileError, type DataFileErrorCode, excerpt } from '../../core/market/data-file-error.ts';

/** The text of a file, unpacked. Ends in a line feed unless empty. */
export interface FileBytes {
  readonly bytes: Buffer;
  readonly fileBytes: number;
  readonly compression: 'gzip' | 'zip' | null;
}

export interface FileLimits {
  /** Most bytes of text, after unpacking; default 2 GiB. */
  readonly maxBytes?: number;
  /** Which file of a zip archive; needed where it holds several. */
  readonly entry?: string;
  /** Where the file lies, where that is not what it is called. */
  readonly at?: string;
}

/** A first line longer than this is no header of columns. */
export const MAX_LINE_BYTES = 65_536;
const DEFAULT_MAX_BYTES = 2 ** 31;
const GZIP_PEEK_BYTES = 4_096;
const LINE_FEED = 10;

function fail(code: DataFileErrorCode, file: string, found: string, expected: string, hint: string): never {
  throw new DataFileError({ code, file, found, expected, hint });
}

function refuseLongLine(file: string, start: Buffer): void {
  if (start.length < MAX_LINE_BYTES || start.subarray(0, MAX_LINE_BYTES).includes(LINE_FEED)) return;
  const found = `${excerpt(start.toString('latin1', 0, 40))} and no line end in the first ${MAX_LINE_BYTES} bytes`;
  fail('header-too-long', file, found, 'lines of text', 'Is this a CSV file with one row a line?');
}

function tooLarge(file: string, found: string, maxBytes: number): never {
  return fail('file-too-large', file, found, `at most ${maxBytes} bytes`, 'Split the file, or raise maxBytes.');
}

/**
 * Reads a file whole and unpacks gzip and zip, told by their first bytes and not by the name. What is too large, or starts
 * with a line that is no header, is refused before the rest of it is read or unpacked.
 * Throws {@link DataFileError}: file-not-found, file-unreadable, file-too-large, header-too-long, file-truncated,
 * file-damaged, format-unsupported.
 */
export function readFileBytes(file: string, limits: FileLimits = {}): FileBytes {
  const maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
  let fd: number;
  try {
    fd = openSync(limits.at ?? file, 'r');
  } catch (error) {
    return unreadable(file, error);
  }
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) fail('file-unreadable', file, 'a folder', 'a file', 'Name the file inside it.');
    if (stat.size > maxBytes) tooLarge(file, `${stat.size} bytes`, maxBytes);
    const start = Buffer.alloc(Math.min(MAX_LINE_BYTES, stat.size));
    const started = fill(fd, start, 0, start.length);
    const kind = packing(start.subarray(0, started));
    if (kind === null) refuseLongLine(file, start.subarray(0, started));
    // One byte more than the file: room for the final line feed.
    const raw = Buffer.allocUnsafeSlow(stat.size + 1);
    start.copy(raw);
    const have = fill(fd, raw, started, stat.size);
    const packed = raw.subarray(0, have);
    const bytes =
      kind === 'gzip' ? gunzip(file, packed, maxBytes) : kind === 'zip' ? unzip(file, packed, limits) : packed;
    if (kind !== null) refuseLongLine(file, bytes);
    return { bytes: endInLineFeed(bytes), fileBytes: stat.size, compression: kind };
  } catch (error) {
    if (error instanceof DataFileError) throw error;
    return unreadable(file, error);
  } finally {
    closeSync(fd);
  }
}

function unreadable(file: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    fail(
      'file-not-found',
      file,
      'nothing there',
      'a data file',
      'Check the path; it is relative to the working folder.',
    );
  }
  const hint = code === 'EACCES' || code === 'EPERM' ? 'Check the permissions.' : 'Check the path.';
  return fail('file-unreadable', file, code ?? String(error), 'a readable file', hint);
}

/** Reads [from, to) of the file; returns how far it came, which is less where the file shrank meanwhile. */
function fill(fd: number, into: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const count = readSync(fd, into, at, to - at, at);
    if (count === 0) break;
    at += count;
  }
  return at;
}

/** First bytes of a zip file with entries, and of one without. */
const ZIP_ENTRY = 0x04034b50;
const ZIP_END = 0x06054b50;

function packing(start: Buffer): 'gzip' | 'zip' | null {
  if (start.length < 4) return null;
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  const magic = start.readUInt32LE(0);
  return magic === ZIP_ENTRY || magic === ZIP_END ? 'zip' : null;
}

function gunzip(file: string, packed: Buffer, maxBytes: number): Buffer {
  try {
    // A look at the first line costs microseconds and spares unpacking gigabytes of nonsense.
    const peek = gunzipSync(packed.subarray(0, GZIP_PEEK_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
    refuseLongLine(file, peek);
    return gunzipSync(packed, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof DataFileError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') tooLarge(file, 'more than that once unpacked', maxBytes);
    const hint = 'Fetch the file again.';
    if (code === 'Z_BUF_ERROR') return fail('file-truncated', file, 'an unexpected end', 'a whole gzip file', hint);
    const message = error instanceof Error ? error.message : String(error);
    return fail('file-damaged', file, message, 'a sound gzip file', hint);
  }
}

function unzip(file: string, archive: Buffer, limits: FileLimits): Buffer {
  const maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
  try {
    // What an archiver of one system says of the files to itself is no content.
    const entries = zipEntries(archive).filter(({ name }) => !name.startsWith('__MACOSX/'));
    const wanted = limits.entry === undefined ? entries : entries.filter((entry) => entry.name === limits.entry);
    const [entry] = wanted;
    if (entries.some(({ name }) => name === '[Content_Types].xml'))
      fail('format-unsupported', file, 'a workbook', 'a table of text', 'Save the sheet as CSV.');
    if (entry === undefined || wanted.length > 1) {
      const names = entries.map((each) => each.name).join(', ');
      const expected = limits.entry === undefined ? 'one file in the archive' : `${limits.entry} in the archive`;
      fail('format-unsupported', file, names || 'no files', expected, 'Unpack it and name its files one by one.');
    }
    if (entry.bytes > maxBytes) tooLarge(file, `${entry.bytes} bytes once unpacked`, maxBytes);
    return unzipEntry(archive, entry);
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    if (error.isUnsupported)
      fail(
        'format-unsupported',
        file,
        error.message,
        'a zip file packed by Deflate, without a password',
        'Pack it again.',
      );
    const code = /cut off|no end/.test(error.message) ? 'file-truncated' : 'file-damaged';
    return fail(code, file, error.message, 'a sound zip file', 'Fetch the file again.');
  }
}

/** The scanner relies on a final line feed; a file without one is copied once. */
function endInLineFeed(bytes: Buffer): Buffer {
  if (bytes.length === 0 || bytes[bytes.length - 1] === LINE_FEED) return bytes;
  const ended = Buffer.allocUnsafeSlow(bytes.length + 1);
  bytes.copy(ended);
  ended[bytes.length] = LINE_FEED;
  return ended;
}
