import { isNumeric } from '../../core/market/cell-text.ts';
import {
  type ColumnMapping,
  mapTradeColumns,
  missingTradeFields,
  TRADE_COLUMN_FIELDS,
  type TradeField,
} from '../../core/market/column-mapping.ts';
import { DataFileError } from '../../core/market/data-file-error.ts';
import type { DecimalsSeen } from '../../core/market/decimals-seen.ts';
import type { TradeColumns } from '../../core/vocabulary/market-data.ts';
import { type FileLimits, readFileBytes } from './file-bytes.ts';
import { type CsvKind, type CsvOptions, detectLayout, timeTextOf } from './layout.ts';
import { BUYER_IS_MAKER, CLOCK, DATE, RowScanner, SIDE, SKIP, TIME } from './scan-rows.ts';

/** How to read a CSV file of trades. */
export interface CsvTradeOptions extends CsvOptions<TradeField>, FileLimits {}

/** Trades as they stand in the file. */
export interface TradeFile {
  readonly trades: TradeColumns;
  readonly decimals: DecimalsSeen;
  readonly lineOf: (row: number) => number;
}

const FLAG = /^(true|false)$/i;

/** Binance's archives have no header: trades (id, price, quantity, quote, time, maker …) and aggregate trades (… first, last, time, maker). */
function headerlessTrades(row: readonly string[]): ColumnMapping<TradeField> | null {
  const numbers = (count: number): boolean => row.slice(0, count).every(isNumeric);
  if ((row.length === 6 || row.length === 7) && numbers(5) && FLAG.test(row[5]!)) {
    return { price: 1, quantity: 2, time: 4, buyerIsMaker: 5 };
  }
  if ((row.length === 7 || row.length === 8) && numbers(6) && FLAG.test(row[6]!)) {
    return { price: 1, quantity: 2, time: 5, buyerIsMaker: 6 };
  }
  return row.length === 3 && numbers(3) ? { time: 0, price: 1, quantity: 2 } : null;
}

const TRADES: CsvKind<TradeField> = {
  fields: TRADE_COLUMN_FIELDS,
  map: mapTradeColumns,
  headerless: headerlessTrades,
  missing: missingTradeFields,
};

/**
 * Reads trades from a CSV file (plain, gzip or zip), oldest first. `side` is the taker's: from a side column, or from the venue's
 * buyer-is-maker flag; 0 where the file says neither. Several trades may have one time; a time that falls is an error.
 * Throws {@link DataFileError}.
 */
export function readTradeFile(path: string, options: CsvTradeOptions = {}): TradeFile {
  const { bytes } = readFileBytes(path, options);
  const layout = detectLayout(path, bytes, TRADES, options);
  const { mapping } = layout;
  const actions = new Int8Array(layout.columnCount).fill(SKIP);
  if (mapping.time !== undefined) actions[mapping.time] = TIME;
  else {
    actions[mapping.date!] = DATE;
    actions[mapping.clock!] = CLOCK;
  }
  actions[mapping.price!] = 0;
  actions[mapping.quantity!] = 1;
  if (mapping.side !== undefined) actions[mapping.side] = SIDE;
  else if (mapping.buyerIsMaker !== undefined) actions[mapping.buyerIsMaker] = BUYER_IS_MAKER;
  const rows = new RowScanner(path, bytes, layout, actions, 2, timeTextOf(options)).scan(true);
  const [price, quantity] = rows.numbers;
  refuseFallingTimes(path, rows.timeMs, rows.lineOf);
  return {
    trades: { timeMs: rows.timeMs, price: price!, quantity: quantity!, side: rows.side! },
    decimals: { price: rows.decimals[0]!, quantity: rows.decimals[1]! },
    lineOf: rows.lineOf,
  };
}

function refuseFallingTimes(file: string, timeMs: Float64Array, lineOf: (row: number) => number): void {
  for (let i = 1; i < timeMs.length; i++) {
    if (timeMs[i]! >= timeMs[i - 1]!) continue;
    throw new DataFileError({
      code: 'bad-time',
      file,
      line: lineOf(i),
      found: `${timeMs[i]} after ${timeMs[i - 1]}`,
      expected: 'trades oldest first',
      hint: 'Sort the file by time and trade id.',
    });
  }
}
