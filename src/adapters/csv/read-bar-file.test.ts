import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { dataMissing, sharedData } from '../../../test/shared-data.ts';
import { DataFileError, type DataFileErrorCode } from '../../core/market/data-file-error.ts';
import { BAR_FIELDS, type BarColumns } from '../../core/vocabulary/market-data.ts';
import { type CsvBarOptions, readBarFile } from './read-bar-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-csv-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function file(content: string | Uint8Array, name = 'bars.csv'): string {
  const path = join(folder, `${++files}-${name}`);
  writeFileSync(path, content);
  return path;
}

function rows(bars: BarColumns): number[][] {
  return Array.from(bars.openTimeMs, (_, i) => BAR_FIELDS.map((field) => bars[field][i]!));
}

function failure(path: string, options?: CsvBarOptions): DataFileError {
  try {
    readBarFile(path, options);
  } catch (error) {
    if (error instanceof DataFileError) return error;
    throw error;
  }
  throw new Error('expected a DataFileError, the file was read');
}

const T = Date.UTC(2024, 0, 31, 13, 5);
const EXPECTED = [
  [T, 1.5, 3, 1.25, 2, 10],
  [T + 60_000, 2, 2.5, 0.5, 1, 0.125],
];
const VALUES = ['1.5,3,1.25,2,10', '2,2.5,.5,1.0,1.25e-1'];

/** Two rows with these times, as the file of EXPECTED. */
const withTimes = (header: string, first: string, second: string): string =>
  `${header}\n${first},${VALUES[0]}\n${second},${VALUES[1]}\n`;

const OHLCV = 'open,high,low,close,volume';
const LAYOUTS: Readonly<Record<string, readonly [text: string, options?: CsvBarOptions]>> = {
  'epoch milliseconds': [withTimes(`ts,${OHLCV}`, `${T}`, `${T + 60_000}`)],
  'epoch seconds': [withTimes(`timestamp,${OHLCV}`, `${T / 1000}`, `${T / 1000 + 60}`)],
  'epoch seconds with a point': [withTimes(`unix,${OHLCV}`, `${T / 1000}.0`, `${T / 1000 + 60}.0`)],
  'epoch microseconds': [withTimes(`open_time,${OHLCV}`, `${T}000`, `${T + 60_000}000`)],
  'epoch nanoseconds': [withTimes(`open_time,${OHLCV}`, `${T}000000`, `${T + 60_000}000000`)],
  'ISO with Z': [withTimes(`Time,${OHLCV}`, '2024-01-31T13:05:00Z', '2024-01-31T13:06:00.000Z')],
  'ISO with an offset': [withTimes(`Date,${OHLCV}`, '2024-01-31 14:05:00+01:00', '2024-01-31 08:06:00-0500')],
  'no zone, zone said': [
    withTimes(`Date,${OHLCV}`, '2024-01-31 08:05', '2024-01-31 08:06'),
    { utcOffsetMinutes: -300 },
  ],
  'day first, order said': [withTimes(`Date,${OHLCV}`, '31/01/2024 13:05', '31/01/2024 13:06'), { dateOrder: 'dmy' }],
  'month first, order said': [
    withTimes(`Date,${OHLCV}`, '1/31/2024 13:05:00', '1/31/2024 13:06:00'),
    { dateOrder: 'mdy' },
  ],
  'compact date and clock': [withTimes(`time,${OHLCV}`, '20240131 130500', '20240131 130600')],
  'compact digits only': [withTimes(`time,${OHLCV}`, '20240131130500', '20240131130600')],
  'date and time columns': [withTimes(`Date,Time,${OHLCV}`, '2024.01.31,13:05', '2024.01.31,13:06:00')],
  'angle brackets and tabs': [
    withTimes(
      '<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>',
      '2024.01.31,13:05:00',
      '2024.01.31,13:06:00',
    ).replaceAll(',', '\t'),
  ],
  semicolons: [withTimes(`ts,${OHLCV}`, `${T}`, `${T + 60_000}`).replaceAll(',', ';')],
  'BOM, CRLF, no last line end': [
    `\ufeff${withTimes(`ts,${OHLCV}`, `${T}`, `${T + 60_000}`)
      .trim()
      .replaceAll('\n', '\r\n')}`,
  ],
  'quotes and blanks': [
    `"Time", "Open" ,"High","Low","Close","Volume"\n"${T}","1.5", 3 ,"1.25", "2" ,10\n${T + 60_000}, 2,2.5,0.5,1,0.125 \n`,
  ],
  'other order and other columns': [
    `name,Volume BTC,Close,Low,High,Open,note,Date\n"a, ""b""",10,2,1.25,3,1.5,,${T}\nx,0.125,1,0.5,2.5,2,,${T + 60_000}\n`,
  ],
  'blank lines': [`\n\nts,${OHLCV}\n\n${T},${VALUES[0]}\n  \n${T + 60_000},${VALUES[1]}\n\n`],
  'an address above the header': [
    `https://www.CryptoDataDownload.com\n${withTimes(`unix,${OHLCV}`, `${T / 1000}`, `${T / 1000 + 60}`)}`,
  ],
  'comments above the header': [
    `# exported, by hand\n# on a Monday\n${withTimes(`ts,${OHLCV}`, `${T}`, `${T + 60_000}`)}`,
  ],
  'a header after #': [withTimes(`# ts,${OHLCV}`, `${T}`, `${T + 60_000}`)],
  'three lines of header, as yfinance has them': [
    `Price,Open,High,Low,Close,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\n${withTimes('Datetime,,,,,', '2024-01-31 13:05:00+00:00', '2024-01-31 13:06:00+00:00')}`,
  ],
  'GMT with an offset, day first': [
    withTimes(`Local time,${OHLCV}`, '31.01.2024 14:05:00.000 GMT+0100', '31.01.2024 13:06:00.000 GMT'),
    { dateOrder: 'dmy' },
  ],
  'no header': [withTimes('', `${T}`, `${T + 60_000}`).slice(1)],
  'no header, date and clock': [withTimes('', '2024.01.31,13:05', '2024.01.31,13:06').slice(1)],
  'no header, semicolons, compact time': [
    withTimes('', '20240131 130500', '20240131 130600').slice(1).replaceAll(',', ';'),
  ],
  'twelve columns of a Binance archive, milliseconds': [
    [T, T + 60_000].map((t, i) => `${t},${VALUES[i]},${t + 59_999},20.5,7,1.0,2.0,0\n`).join(''),
  ],
  'twelve columns of a Binance archive, microseconds': [
    [T, T + 60_000].map((t, i) => `${t}000,${VALUES[i]},${t + 59_999}999,20.5,7,1.0,2.0,0\n`).join(''),
  ],
  'columns by header': [
    withTimes('when,a,b,c,d,e', `${T}`, `${T + 60_000}`),
    { columns: 'time=when,open=A,high=b,low=c,close=d,volume=e' },
  ],
  'columns by position': [
    [T, T + 60_000].map((t, i) => `x,${VALUES[i]},${t}\n`).join(''),
    { columns: '-,open,high,low,close,volume,time', header: false },
  ],
};

for (const [name, [text, options]] of Object.entries(LAYOUTS)) {
  test(`bar file: ${name} -> the bars that are in it`, () => {
    const read = readBarFile(file(text), options);
    assert.deepEqual(rows(read.bars), EXPECTED);
    assert.equal(read.timeframe, '1m');
    assert.deepEqual(read.decimals, { price: 2, quantity: 3 });
    assert.deepEqual(read.findings, []);
  });
}

const PLAIN = LAYOUTS['epoch milliseconds']![0];

test('bar file: gzip and zip under any name -> the same bars', () => {
  const zipped = zipSync({ 'BTCUSDT-1m.csv': strToU8(PLAIN) });
  const stored = zipSync({ 'a/': new Uint8Array(0), 'a/b.csv': strToU8(PLAIN) }, { level: 0 });
  const two = zipSync({ 'a.csv': strToU8('x'), 'b.csv': strToU8(PLAIN) });
  assert.deepEqual(rows(readBarFile(file(gzipSync(PLAIN), 'x.dat')).bars), EXPECTED);
  assert.deepEqual(rows(readBarFile(file(zipped, 'x.zip')).bars), EXPECTED);
  assert.deepEqual(rows(readBarFile(file(stored, 'x.csv')).bars), EXPECTED);
  assert.deepEqual(rows(readBarFile(file(two), { entry: 'b.csv' }).bars), EXPECTED);
  assert.match(failure(file(two)).message, /expected one file in the archive, found a.csv, b.csv. Unpack it/);
  const packedElsewhere = zipSync({ 'a.csv': strToU8(PLAIN), '__MACOSX/._a.csv': strToU8('x') });
  assert.deepEqual(rows(readBarFile(file(packedElsewhere)).bars), EXPECTED);
  assert.equal(failure(file(zipSync({}))).code, 'format-unsupported');
  const workbook = zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'xl/workbook.xml': strToU8('<workbook/>') });
  assert.match(failure(file(workbook)).message, /found a workbook. Save the sheet as CSV/);
  assert.equal(readBarFile(file(zipped)).source.compression, 'zip');
});

test('bar file: no volume column -> volume 0, said once', () => {
  const read = readBarFile(file(`ts,open,high,low,close\n${T},1,2,1,2\n${T + 60_000},2,3,2,3\n`));
  assert.deepEqual([...read.bars.volume], [0, 0]);
  assert.deepEqual([read.findings.length, read.report.counts['zero-volume']], [1, 2]);
});

test('bar file: NaN, null and inf cells -> read as such and found, with the line', () => {
  const read = readBarFile(file(`ts,open,high,low,close,volume\n${T},1,2,1,2,1\n\n${T + 60_000},NaN,3,2,null,inf\n`));
  assert.ok(Number.isNaN(read.bars.open[1]));
  const [finding] = read.findings;
  assert.deepEqual([finding!.code, finding!.line, finding!.row], ['not-a-number', 4, 1]);
});

test('bar file: days at midnight of New York -> their dates; days of a market that never closes -> as they are', () => {
  const days = (texts: readonly string[]): string =>
    `Date,${OHLCV}\n${texts.map((text) => `${text},1,2,1,2,3\n`).join('')}`;
  const opens = (text: string, options?: CsvBarOptions): string[] =>
    Array.from(readBarFile(file(text), options).bars.openTimeMs, (t) => new Date(t).toISOString().slice(0, 16));
  const shares = ['2024-03-07 00:00:00-05:00', '2024-03-08 00:00:00-05:00', '2024-03-11 00:00:00-04:00'];
  assert.deepEqual(opens(days(shares)), ['2024-03-07T00:00', '2024-03-08T00:00', '2024-03-11T00:00']);
  const coins = ['2024-03-08 00:00:00-05:00', '2024-03-09 00:00:00-05:00', '2024-03-10 00:00:00-05:00'];
  assert.deepEqual(opens(days(coins)), ['2024-03-08T05:00', '2024-03-09T05:00', '2024-03-10T05:00']);
  const said = ['2024-03-07', '2024-03-08', '2024-03-11'];
  assert.deepEqual(opens(days(said), { utcOffsetMinutes: -300 })[0], '2024-03-07T05:00');
});

test('bar file: newest first -> errors with lines; with sort -> put in order', () => {
  const path = file(`ts,${OHLCV}\n${T + 60_000},${VALUES[1]}\n${T},${VALUES[0]}\n`);
  const [finding] = readBarFile(path).findings;
  assert.deepEqual([finding!.code, finding!.severity, finding!.line], ['bar-out-of-order', 'error', 3]);
  const sorted = readBarFile(path, { sort: true });
  assert.deepEqual(rows(sorted.bars), EXPECTED);
  assert.deepEqual(
    sorted.findings.map((each) => each.code),
    ['bars-sorted'],
  );
  assert.deepEqual([sorted.source.lineOf!(0), sorted.source.lineOf!(1)], [3, 2]);
});

const SYMBOLS = `ts,Symbol,open,high,low,close\n${T},A,1,2,1,2\n${T + 60_000},"A",1,2,1,2`;

type Place = readonly [line: number | null, column: number | null];
const BROKEN: readonly (readonly [
  title: string,
  text: string,
  code: DataFileErrorCode,
  place?: Place,
  options?: CsvBarOptions,
])[] = [
  ['empty', '', 'file-empty'],
  ['blank lines only', '\n \r\n', 'file-empty'],
  ['header only', `ts,${OHLCV}\n`, 'file-empty'],
  ['no close', `ts,open,high,low\n${T},1,2,3\n`, 'columns-unknown', [1, null]],
  ['prose', 'Dear reader,\nhow are you?\n', 'columns-unknown', [1, null]],
  ['seven unnamed columns', `${T},1,2,1,2,3,4\n`, 'columns-unknown', [1, null]],
  ['a named column that is not there', PLAIN, 'columns-unknown', [1, null], { columns: { open: 'opening' } }],
  ['a position that is not there', PLAIN, 'columns-unknown', [1, null], { columns: { open: 9 } }],
  ['a bad columns option', PLAIN, 'columns-unknown', [1, null], { columns: 'opening=2' }],
  ['two columns close', `ts,open,high,low,close,Close\n${T},1,2,1,2,3\n`, 'columns-unknown', [1, null]],
  ['bars of two symbols, one after the other', `${SYMBOLS}\n\n${T + 120_000},B,1,2,1,2\n`, 'mixed-symbols', [5, 2]],
  ['one field too few', `${PLAIN}${T + 120_000},1,2,1\n`, 'columns-wrong', [4, 4]],
  ['one field too many', `${PLAIN}${T + 120_000},1,2,1,2,3,4\n`, 'columns-wrong', [4, 7]],
  ['an open quote', `${PLAIN}"${T + 120_000},1,2,1,2,3\n`, 'columns-wrong', [4, 1]],
  ['a word for a price', `${PLAIN}\n${T + 120_000},1,2,x1,2,3\n`, 'bad-number', [5, 4]],
  ['no price', `${PLAIN}${T + 120_000},1,,1,2,3\n`, 'bad-number', [4, 3]],
  ['a hexadecimal price', `${PLAIN}${T + 120_000},0x10,2,1,2,3\n`, 'bad-number', [4, 2]],
  ['thousands', `${PLAIN}${T + 120_000},"1,000",2,1,2,3\n`, 'bad-number', [4, 2]],
  ['two points', `${PLAIN}${T + 120_000},1.0.0,2,1,2,3\n`, 'bad-number', [4, 2]],
  ['seconds after milliseconds', `${PLAIN}${T / 1000 + 120},1,2,1,2,3\n`, 'mixed-timestamps', [4, 1]],
  ['text after numbers', `${PLAIN}2024-01-31T13:07:00Z,1,2,1,2,3\n`, 'mixed-timestamps', [4, 1]],
  ['numbers after text', `${LAYOUTS['ISO with Z']![0]}${T + 120_000},1,2,1,2,3\n`, 'mixed-timestamps', [4, 1]],
  ['no such day', withTimes(`Date,${OHLCV}`, '2023-02-29', '2023-03-01'), 'bad-time', [2, 1]],
  ['no such hour', withTimes(`Date,${OHLCV}`, '2023-02-28 24:00', '2023-03-01 00:00'), 'bad-time', [2, 1]],
  ['day and month in unknown order', withTimes(`Date,${OHLCV}`, '3/10/2004', '3/11/2004'), 'bad-time', [2, 1]],
  ['rubbish behind the time', withTimes(`Date,${OHLCV}`, '2023-02-28T10:00:00Zx', '2023-03-01'), 'bad-time', [2, 1]],
  ['a Parquet file', 'PAR1....PAR1', 'format-unsupported'],
  ['a Feather file', 'ARROW1\0\0\x10\0\0\0', 'format-unsupported'],
  ['JSON of objects', `[{"ts":${T},"open":1}]\n`, 'format-unsupported'],
  ['JSON of lists', `[[${T},1,2,1,2,3]]\n`, 'format-unsupported'],
  ['days as spreadsheets number them', withTimes(`Date,${OHLCV}`, '45322', '45323'), 'bad-time', [2, null]],
  ['prose and no table', 'Dear reader\nhow are you?\n', 'columns-unknown', [1, null]],
  [
    'two symbols in a header of three lines',
    `Price,Open,High,Low,Close,Close\nTicker,A,A,A,A,B\n${withTimes('Date,,,,,', '2024-01-30', '2024-01-31')}`,
    'columns-unknown',
    [1, null],
  ],
  ['UTF-16', '\u{fffe}', 'columns-unknown'],
  ['a first line without end', 'x'.repeat(200_000), 'header-too-long'],
];

for (const [title, text, code, place, options] of BROKEN) {
  test(`bar file: ${title} -> ${code}`, () => {
    const error = failure(file(text), options);
    assert.equal(error.code, code, error.message);
    if (place) assert.deepEqual([error.line, error.column], place, error.message);
    assert.ok(error.hint.length > 10 && error.found !== '' && error.expected !== '');
  });
}

test('bar file: a column of symbols that is always the same, a column close by position -> read', () => {
  assert.equal(readBarFile(file(`${SYMBOLS}\n`)).bars.close.length, 2);
  const twice = file(`ts,open,high,low,close,Close\n${T},1,9,1,2,3\n`);
  assert.deepEqual([...readBarFile(twice, { columns: 'close=6' }).bars.close], [3]);
});

test('bar file: UTF-16 with its mark -> format-unsupported', () => {
  assert.equal(failure(file(Buffer.from(`\ufeff${PLAIN}`, 'utf16le'))).code, 'format-unsupported');
});

test('bar file: absent, a folder -> said so', () => {
  assert.equal(failure(join(folder, 'absent.csv')).code, 'file-not-found');
  assert.equal(failure(folder).code, 'file-unreadable');
});

test('bar file: gzip and zip cut off or flipped -> truncated or damaged, never half a file', () => {
  const text = withTimes(`ts,${OHLCV}`, `${T}`, `${T + 60_000}`).repeat(400);
  const packed = gzipSync(text);
  assert.equal(failure(file(packed.subarray(0, packed.length - 5))).code, 'file-truncated');
  const flipped = Buffer.from(packed);
  flipped[flipped.length - 6]! ^= 1;
  assert.equal(failure(file(flipped)).code, 'file-damaged');
  const zipped = zipSync({ 'a.csv': strToU8(text) });
  assert.equal(failure(file(zipped.subarray(0, zipped.length - 30))).code, 'file-truncated');
  const wrong = zipSync({ 'a.csv': strToU8(text) }, { level: 0 });
  wrong[200]! ^= 1;
  assert.equal(failure(file(wrong)).code, 'file-damaged', 'the checksum of the entry is checked');
});

test('bar file: ten gigabytes in one line (sparse) -> refused at once without reading them', () => {
  const path = join(folder, 'sparse.csv');
  closeSync(openSync(path, 'w'));
  truncateSync(path, 10 * 1024 ** 3);
  assert.equal(failure(path).code, 'file-too-large');
  const before = process.memoryUsage().arrayBuffers;
  assert.equal(failure(path, { maxBytes: 2 ** 40 }).code, 'header-too-long');
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 1024 ** 2);
  rmSync(path);
});

test('bar file: gzip that unpacks beyond the limit -> refused', () => {
  const bomb = gzipSync(Buffer.alloc(1 << 24, 0x78));
  assert.equal(failure(file(bomb)).code, 'header-too-long');
  const rowsOnly = gzipSync(PLAIN + `${T + 120_000},1,2,1,2,3\n`.repeat(100_000));
  assert.equal(failure(file(rowsOnly), { maxBytes: 1 << 20 }).code, 'file-too-large');
});

test('bar file: any decimal text -> the double that JavaScript reads', () => {
  const digits = fc.stringMatching(/^\d{1,22}$/);
  const decimal = fc
    .tuple(fc.constantFrom('', '-', '+'), digits, fc.option(digits), fc.option(fc.integer({ min: -30, max: 30 })))
    .map(
      ([sign, whole, part, power]) =>
        `${sign}${whole}${part === null ? '' : `.${part}`}${power === null ? '' : `e${power}`}`,
    );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(decimal, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)), { minLength: 1 }),
      (texts) => {
        const path = file(`ts,${OHLCV}\n${texts.map((text, i) => `${T + i * 60_000},1,1,1,1,${text}\n`).join('')}`);
        const read = readBarFile(path);
        // Exact repeats cannot occur: the times differ.
        assert.deepEqual([...read.bars.volume], texts.map(Number));
      },
    ),
    { numRuns: 200 },
  );
});

test('bar file: rubble of binary arithmetic -> the decimals that were meant', () => {
  const path = file(`ts,${OHLCV}\n${T},0.04100025,0.04104949,0.04088000000000001,0.04089,5.330000000000001e-05\n`);
  assert.deepEqual(readBarFile(path).decimals, { price: 8, quantity: 7 });
});

const HOURLY = 'ohlcv/binance/BTCUSDT_1h_2017-2024.csv.gz';
test('bar file: the longest Binance series -> rows, gaps and absent bars as its manifest says', {
  skip: dataMissing(HOURLY),
}, () => {
  const read = readBarFile(sharedData(HOURLY)!);
  assert.equal(read.bars.openTimeMs.length, 58_419);
  assert.equal(read.timeframe, '1h');
  assert.equal(read.report.counts['bar-gap'], 28);
  assert.equal(read.report.expected - read.report.rows, 128);
  assert.equal(read.report.errors, 0);
});

const MINUTES = 'ohlcv/bitfinex/BTCUSD_1m_2017.csv.gz';
test('bar file: half a million rows -> rows, gaps and absent bars as the manifest says', {
  skip: dataMissing(MINUTES),
}, () => {
  const read = readBarFile(sharedData(MINUTES)!);
  assert.equal(read.report.rows, 505_209);
  assert.equal(read.report.counts['bar-gap'], 14_203);
  assert.equal(read.report.gaps.length, 14_203);
  assert.equal(read.report.expected - read.report.rows, 20_391);
  assert.equal(read.report.errors, 0);
});

test('CSV bars: one column for several fields -> all of them have its numbers, and its decimals', () => {
  const path = file('Date,Close\n2024-01-30,1.25\n2024-01-31,2.5\n');
  const { bars, decimals } = readBarFile(path, { columns: 'open=Close,high=Close,low=Close' });
  assert.deepEqual(
    rows(bars).map((row) => row.slice(1)),
    [
      [1.25, 1.25, 1.25, 1.25, 0],
      [2.5, 2.5, 2.5, 2.5, 0],
    ],
  );
  assert.equal(decimals.price, 2);
});

test('CSV bars: a field named twice, or numbers from the column of the times -> columns-unknown', () => {
  const path = file(withTimes(`time,${OHLCV}`, `${T}`, `${T + 60_000}`));
  assert.match(failure(path, { columns: 'open=open,open=close' }).found, /open=open,open=close/);
  const { code, found } = failure(path, { columns: 'close=time' });
  assert.deepEqual([code, found], ['columns-unknown', 'close in the column of the times']);
});

const TWO_ROWS = withTimes(`time,${OHLCV}`, '2024-01-31T13:05:00Z', '2024-01-31T13:06:00Z');

for (const [what, content, says] of [
  ['lines that end in CR alone', TWO_ROWS.replaceAll('\n', '\r'), /lines that end in CR alone/],
  ['UTF-16 without a mark', Buffer.from(TWO_ROWS, 'utf16le'), /UTF-16/],
  ['a gzip file in a gzip file', gzipSync(gzipSync(TWO_ROWS)), /a gzip file inside.*Unpack it once/],
  ['Parquet in a zip file', zipSync({ 'a.parquet': strToU8('PAR1....PAR1') }), /a Parquet file inside.*Unpack it/],
  ['a page of HTML', '<!DOCTYPE html><html>404</html>\n', /a web page/],
  ['bzip2', Buffer.from('BZh91AY&SY'), /bzip2/],
  ['xz', Buffer.from('\xfd7zXZ\0', 'latin1'), /an xz file/],
  ['Zstandard', Buffer.from('\x28\xb5\x2f\xfd....', 'latin1'), /Zstandard/],
  ['a tar archive', Buffer.from(`bars.csv${'\0'.repeat(249)}ustar`), /a tar archive.*name its files/],
  ['bytes', Buffer.from('a,b,c\n1\0,2,3\n'), /bytes that are no text/],
] as const)
  test(`CSV bars: ${what} -> format-unsupported, and what it is`, () => {
    const { code, message } = failure(file(content));
    assert.equal(code, 'format-unsupported');
    assert.match(message, says);
  });

test('CSV bars: a zip file with a password, or packed by another method -> format-unsupported, and not damaged', () => {
  const patched = (offset: number, value: number): Buffer => {
    const zip = Buffer.from(zipSync({ 'a.csv': strToU8(TWO_ROWS) }));
    const directory = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
    zip.writeUInt16LE(value, directory + offset);
    return zip;
  };
  assert.match(failure(file(patched(8, 1))).message, /found a\.csv with a password/);
  const { code, found } = failure(file(patched(10, 12)));
  assert.deepEqual([code, found], ['format-unsupported', 'a.csv packed by bzip2']);
});

test('CSV bars: a comment with separators above the header, a line of blanks and tabs among the rows -> left out', () => {
  const [header, first, second] = TWO_ROWS.split('\n');
  const { bars } = readBarFile(file(`# made by us, on request, daily\n${header}\n${first}\n \t\n${second}\n`));
  assert.deepEqual(rows(bars), EXPECTED);
  assert.deepEqual(rows(readBarFile(file(`#${TWO_ROWS}`)).bars), EXPECTED);
});

for (const [what, times, says] of [
  ['years', [2018, 2019], /found 2018, a year/],
  ['numbers of rows', [0, 1], /found 0, as seconds on the first of January 1970.*--columns time=/],
  ['an offset that no zone has', ['2024-01-31T13:05:00+99:99', '2024-01-31T13:06:00+99:99'], /expected a time/],
] as const)
  test(`CSV bars: ${what} for times -> bad-time`, () => {
    const { code, message } = failure(file(withTimes(`time,${OHLCV}`, `${times[0]}`, `${times[1]}`)));
    assert.equal(code, 'bad-time');
    assert.match(message, says);
  });
