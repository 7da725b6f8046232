import { DataFileError } from '../../core/market/data-file-error.ts';

const UNPACK = 'Unpack it, or pack it with gzip or zip.';
const SHEET = 'Save the sheet as CSV.';
const PARQUET = 'Write it as Parquet, in pandas with to_parquet.';

type Begins = (head: string) => boolean;

const by =
  (...magic: readonly string[]): Begins =>
  (head) =>
    magic.some((each) => head.startsWith(each));
/** Every second byte of the first 16 is zero. */
const byZeros: Begins = (head) =>
  head.length >= 16 && Array.from(head.slice(0, 16)).every((c, k) => (c === '\0') === (k % 2 === 1));

/** Files that are no tables of text, told by how they begin, a character a byte. */
const OTHER_FORMATS: readonly (readonly [begins: Begins, found: string, hint: string])[] = [
  [by('\xff\xfe', '\xfe\xff'), 'UTF-16 text', 'Save it as UTF-8.'],
  [byZeros, 'UTF-16 text', 'Save it as UTF-8.'],
  [by('PAR1'), 'a Parquet file inside', 'Unpack it: Parquet is compressed by itself.'],
  [by('ARROW1', 'FEA1'), 'an Arrow or Feather file', PARQUET],
  [by('\x89HDF'), 'an HDF5 file', PARQUET],
  [(head) => /^\s*(?:\[\s*[[{]|\{\s*")/.test(head), 'JSON', 'Write it as CSV or Parquet, with one row a bar.'],
  [
    (head) => /^\s*<(?:!doctype|html|\?xml)/i.test(head),
    'a web page or XML',
    'Fetch the file again: what was saved may say why there is none.',
  ],
  [by('\x1f\x8b'), 'a gzip file inside', 'Unpack it once.'],
  [by('PK\x03\x04'), 'a zip file inside', 'Unpack it once.'],
  [by('BZh'), 'a bzip2 file', UNPACK],
  [by('\xfd7zXZ\0'), 'an xz file', UNPACK],
  [by('\x28\xb5\x2f\xfd'), 'a Zstandard file', UNPACK],
  [by('7z\xbc\xaf'), 'a 7-Zip archive', UNPACK],
  [by('Rar!'), 'a RAR archive', UNPACK],
  [(head) => head.startsWith('ustar', 257), 'a tar archive', 'Unpack it and name its files one by one.'],
  [by('\xd0\xcf\x11\xe0'), 'an old Excel workbook', SHEET],
  [by('SQLite format 3'), 'an SQLite database', 'Write the table as CSV.'],
  [(head) => head.includes('\0'), 'bytes that are no text', 'Is this a CSV file with one row a line?'],
];
const LOOKED_AT_BYTES = 512;

/** Throws {@link DataFileError} `format-unsupported` for a file that begins as no table of text does. */
export function refuseOtherFormats(file: string, bytes: Buffer): void {
  const head = bytes.toString('latin1', 0, LOOKED_AT_BYTES);
  const other = OTHER_FORMATS.find(([begins]) => begins(head));
  if (other === undefined) return;
  const [, found, hint] = other;
  throw new DataFileError({ code: 'format-unsupported', file, found, expected: 'UTF-8 or ASCII text', hint });
}
