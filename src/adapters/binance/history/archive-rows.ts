import { createHash } from 'node:crypto';
import { toMs } from '../../../connectivity/record-scanner.ts';
import { unzipEntry, ZipError, zipEntries } from '../../../connectivity/zip.ts';
import { DataFileError, type DataFileErrorCode } from '../../../core/market/data-file-error.ts';
import { allocateBars, type BarColumns, type TradeColumns } from '../../../core/vocabulary/market-data.ts';
import type { ArchiveKind } from './archive-files.ts';

/** Trades of an archive with their ids; those of aggregates on `aggTrades`. */
export interface ArchiveTrades extends TradeColumns {
  readonly id: Float64Array;
}

/** Columns of the archive's CSV by position. Futures have a header since 2022, spot has none. Quote amounts are left out. */
const COLUMNS = {
  klines: { count: 12, time: 0, price: [1, 2, 3, 4, 5] },
  trades: { count: 6, time: 4, price: [0, 1, 2], maker: 5 },
  aggTrades: { count: 7, time: 5, price: [0, 1, 2], maker: 6 },
} as const;

const DECIMAL = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Whether a file is what its checksum file says. Throws DataFileError `file-damaged` where not, and where the checksum is of another file.
 */
export function checkArchive(zip: Uint8Array, checksumText: string, name: string): void {
  const [expected = '', of = ''] = checksumText.trim().split(/\s+\*?/);
  const found = createHash('sha256').update(zip).digest('hex');
  if (of === name && expected.toLowerCase() === found) return;
  throw new DataFileError({
    code: 'file-damaged',
    file: name,
    found: of === name ? `SHA-256 ${found}` : `a checksum of ${of || 'nothing'}`,
    expected: of === name ? `SHA-256 ${expected}` : `a checksum of ${name}`,
    hint: 'Fetch the file and its .CHECKSUM again.',
  });
}

/** Bars of a zip of klines. Times in ms, whether the file has ms or, as spot since 2025, µs. Throws DataFileError that names the line. */
export function archiveBars(zip: Uint8Array, name: string): BarColumns {
  const rows = rowsOf(zip, name, 'klines');
  const bars = allocateBars(rows.length);
  rows.forEach(([time, open, high, low, close, volume], i) => {
    bars.openTimeMs[i] = time!;
    bars.open[i] = open!;
    bars.high[i] = high!;
    bars.low[i] = low!;
    bars.close[i] = close!;
    bars.volume[i] = volume!;
  });
  return bars;
}

/** Trades of a zip of `trades` or `aggTrades`. */
export function archiveTrades(zip: Uint8Array, name: string, kind: 'trades' | 'aggTrades'): ArchiveTrades {
  const rows = rowsOf(zip, name, kind);
  const trades = {
    id: new Float64Array(rows.length),
    timeMs: new Float64Array(rows.length),
    price: new Float64Array(rows.length),
    quantity: new Float64Array(rows.length),
    side: new Int8Array(rows.length),
  };
  rows.forEach(([time, id, price, quantity, side], i) => {
    trades.timeMs[i] = time!;
    trades.id[i] = id!;
    trades.price[i] = price!;
    trades.quantity[i] = quantity!;
    trades.side[i] = side!;
  });
  return trades;
}

/** Time first, then the numbers, then the taker's side where there is one. */
function rowsOf(zip: Uint8Array, name: string, kind: ArchiveKind): number[][] {
  const columns = COLUMNS[kind];
  const rows: number[][] = [];
  textOf(zip, name)
    .split('\n')
    .forEach((line, i) => {
      const text = line.endsWith('\r') ? line.slice(0, -1) : line;
      // A header is told by its first letter, as a row begins with a digit.
      if (text === '' || (i === 0 && /^[a-z]/i.test(text))) return;
      const fields = text.split(',');
      const fail = (code: DataFileErrorCode, found: string, expected: string): never => {
        const hint = 'Fetch the file again; the archive is sometimes mended.';
        throw new DataFileError({ code, file: name, line: i + 1, found, expected, hint });
      };
      if (fields.length < columns.count) fail('columns-wrong', `${fields.length} columns`, `${columns.count}`);
      const numberAt = (k: number): number => {
        const cell = fields[k]!;
        return DECIMAL.test(cell) && Number.isFinite(Number(cell))
          ? Number(cell)
          : fail('bad-number', cell, `a number in column ${k + 1}`);
      };
      const row = [toMs(numberAt(columns.time)), ...columns.price.map(numberAt)];
      if ('maker' in columns) {
        const cell = fields[columns.maker]!.toLowerCase();
        row.push(cell === 'true' ? -1 : cell === 'false' ? 1 : fail('bad-side', cell, 'true or false'));
      }
      rows.push(row);
    });
  return rows;
}

function textOf(zip: Uint8Array, name: string): string {
  const archive = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  try {
    const [entry, ...others] = zipEntries(archive).filter((each) => each.name.endsWith('.csv'));
    if (!entry || others.length > 0) throw new ZipError(`${others.length + (entry ? 1 : 0)} CSV files, expected one`);
    return unzipEntry(archive, entry).toString('latin1');
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw new DataFileError({
      code: 'file-damaged',
      file: name,
      found: error.message,
      expected: 'a sound zip of one CSV',
      hint: 'Fetch it again.',
    });
  }
}
