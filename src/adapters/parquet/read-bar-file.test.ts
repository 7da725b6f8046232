import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CLOCKS,
  CLOSE_TWICE,
  COMPACT_DAYS,
  DAY_NUMBERS,
  DAYS_AS_TEXT,
  DECIMALS,
  EXAMPLES,
  HEX_PRICE,
  LONDON_DAYS,
  LZ4,
  MIXED_SYMBOLS,
  MIXED_TIMES,
  NULL_PRICE,
  OLD_DAYS,
  SINGLE_PRECISION,
  TWO_LEVELS,
  TWO_LEVELS_TWO_SYMBOLS,
} from '../../../test/contracts/parquet-examples.ts';
import { DataFileError } from '../../core/market/data-file-error.ts';
import { BAR_FIELDS, type BarColumns } from '../../core/vocabulary/market-data.ts';
import { type ParquetBarOptions, readBarFile } from './read-bar-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-parquet-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function file(content: string | Uint8Array): string {
  const path = join(folder, `${++files}.parquet`);
  writeFileSync(path, typeof content === 'string' ? Buffer.from(content, 'base64') : content);
  return path;
}

const rows = (bars: BarColumns): number[][] =>
  Array.from(bars.openTimeMs, (_, i) => BAR_FIELDS.map((field) => bars[field][i]!));

const T = Date.UTC(2024, 0, 31, 13, 5);
const EXPECTED = [
  [T, 1.5, 3, 1.25, 2, 10],
  [T + 60_000, 2, 2.5, 0.5, 1, 0.125],
];

for (const [name, content] of Object.entries(EXAMPLES)) {
  test(`parquet file: ${name} -> the bars that are in it`, async () => {
    const read = await readBarFile(file(content));
    assert.deepEqual(rows(read.bars), EXPECTED);
    assert.deepEqual([read.timeframe, read.decimals], ['1m', { price: 2, quantity: 3 }]);
    assert.deepEqual(read.findings, []);
  });
}

const PLAIN = EXAMPLES['bare milliseconds, no compression, no dictionary'];

async function failure(content: string | Uint8Array, options?: ParquetBarOptions): Promise<DataFileError> {
  try {
    await readBarFile(file(content), options);
  } catch (error) {
    if (error instanceof DataFileError) return error;
    throw error;
  }
  throw new Error('expected a DataFileError, the file was read');
}

test('parquet file: days at midnight in London, summer time begins among them -> their dates', async () => {
  const read = await readBarFile(file(LONDON_DAYS));
  assert.deepEqual(
    Array.from(read.bars.openTimeMs, (t) => new Date(t).toISOString()),
    ['28', '29', '01', '02'].map((day, i) => `2024-0${i < 2 ? 3 : 4}-${day}T00:00:00.000Z`),
  );
  assert.deepEqual([read.timeframe, read.findings.map((f) => f.code)], ['1d', ['bar-gap']]);
});

test('parquet file: prices in single precision -> the decimals that were meant', async () => {
  const read = await readBarFile(file(SINGLE_PRECISION));
  assert.deepEqual(
    rows(read.bars).map((row) => row.slice(1)),
    [
      [99.34, 99.76, 98.71, 98.84, 129.081],
      [64123.47, 64123.5, 0.00012345, 64000.1, 10_000_000],
    ],
  );
  assert.deepEqual(read.decimals, { price: 8, quantity: 3 });
});

test('parquet file: names of two levels -> the bars that are in it; of two symbols -> mixed-symbols', async () => {
  assert.deepEqual(rows((await readBarFile(file(TWO_LEVELS))).bars), EXPECTED);
  const error = await failure(TWO_LEVELS_TWO_SYMBOLS);
  assert.deepEqual([error.code, error.found], ['mixed-symbols', 'columns of "AAPL, MSFT"']);
});

test('parquet file: LZ4 -> refused with what can be read', async () => {
  const error = await failure(LZ4);
  assert.equal(error.code, 'format-unsupported');
  assert.match(error.message, /SNAPPY.*ZSTD.*found LZ4_RAW/);
});

test('parquet file: a null price -> found by the guard', async () => {
  const read = await readBarFile(file(NULL_PRICE));
  assert.deepEqual(
    read.findings.map((finding) => [finding.code, finding.row]),
    [['not-a-number', 1]],
  );
});

test('parquet file: seconds after milliseconds -> mixed-timestamps with the row', async () => {
  const error = await failure(MIXED_TIMES);
  assert.deepEqual([error.code, error.line, error.field], ['mixed-timestamps', 2, 'date']);
});

test('parquet file: bars of two symbols -> mixed-symbols, and which', async () => {
  const error = await failure(MIXED_SYMBOLS);
  assert.equal(error.code, 'mixed-symbols');
  assert.equal(error.found, '"A", "B" in the column symbol');
});

test('parquet file: columns by name -> taken; absent ones -> columns-unknown with what is there', async () => {
  const swapped = await readBarFile(file(PLAIN), { columns: 'open=close,close=open' });
  assert.deepEqual(
    [[...swapped.bars.open], [...swapped.bars.close]],
    [
      [2, 1],
      [1.5, 2],
    ],
  );
  const error = await failure(PLAIN, { columns: { open: 'opening' } });
  assert.equal(error.code, 'columns-unknown');
  assert.match(error.message, /date \| open/);
});

test('parquet file: empty, cut off, something else, absent, too large -> typed errors', async () => {
  const bytes = Buffer.from(PLAIN, 'base64');
  assert.equal((await failure(new Uint8Array(0))).code, 'file-empty');
  assert.equal((await failure(bytes.subarray(0, bytes.length - 20))).code, 'file-damaged');
  assert.equal((await failure(Buffer.from('ts,open\n1,2\n'))).code, 'file-damaged');
  assert.equal((await failure(bytes, { maxBytes: 100 })).code, 'file-too-large');
  await assert.rejects(readBarFile(join(folder, 'absent.parquet')), { code: 'file-not-found' });
});

test('parquet file: prices as decimals -> the doubles that are nearest to them', async () => {
  const read = await readBarFile(file(DECIMALS));
  assert.deepEqual(
    rows(read.bars).map((row) => row.slice(1, 5)),
    [
      [100.1, 101.5, 99, 100.12345678],
      [0.00000003, 0.3, 0.00000001, 0.07],
    ],
  );
  assert.equal(read.decimals.price, 8);
});

const openTimes = async (content: string, options?: ParquetBarOptions): Promise<readonly string[]> =>
  Array.from((await readBarFile(file(content), options)).bars.openTimeMs, (t) => new Date(t).toISOString());

test('parquet file: dates before and after 1970, whose milliseconds are few -> read as what they are', async () => {
  assert.deepEqual(await openTimes(OLD_DAYS), [
    '1962-01-02T00:00:00.000Z',
    '1972-06-30T00:00:00.000Z',
    '2024-01-31T00:00:00.000Z',
  ]);
});

test('parquet file: dates as whole numbers, and as text with the day first -> as in CSV files', async () => {
  const days = ['2024-01-30T00:00:00.000Z', '2024-01-31T00:00:00.000Z'];
  assert.deepEqual(await openTimes(COMPACT_DAYS), days);
  assert.deepEqual(await openTimes(DAYS_AS_TEXT, { dateOrder: 'dmy' }), days);
  const { code, hint } = await failure(DAYS_AS_TEXT);
  assert.equal(code, 'bad-time');
  assert.match(hint, /--date-order dmy or mdy/);
});

for (const [what, content, code, says] of [
  ['days as spreadsheets count them', DAY_NUMBERS, 'bad-time', /45321, the number of a day.*45321 is 2024-01-30/],
  ['times of day alone', CLOCKS, 'bad-time', /times of day without a date/],
  ['two columns of one name', CLOSE_TWICE, 'columns-unknown', /one column "close"/],
  ['a number that no CSV file may have', HEX_PRICE, 'bad-number', /:2 \(close\): expected a number, found "0x64"/],
] as const)
  test(`parquet file: ${what} -> ${code}`, async () => {
    const error = await failure(content);
    assert.equal(error.code, code);
    assert.match(error.message, says);
  });
