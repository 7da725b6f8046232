/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html) that say something about the place, not about our statement. */
const CODES: Readonly<Record<number, 'disk-full' | 'read-only' | 'unavailable' | 'damaged'>> = {
  5: 'unavailable', // BUSY
  6: 'unavailable', // LOCKED
  8: 'read-only',
  10: 'unavailable', // IOERR
  11: 'damaged', // CORRUPT
  13: 'disk-full', // FULL
  14: 'unavailable', // CANTOPEN
  26: 'damaged', // NOTADB
};

const IOERR = 10;
const ERROR = 1;
/** Our statements are the same for every file: where one finds no such table, the file is not what was written. */
const FOREIGN_TABLES = /^no such (table|column)/;

const EXPECTED = {
  'disk-full': ['free space', 'Free some space, then start again.'],
  'read-only': [
    'a file that may be read and written',
    'Check owner and rights of the file and its folder, and how the disk is mounted.',
  ],
  unavailable: [
    'a file that can be used',
    'Check that the disk is neither full nor failing, and that no other program holds the file.',
  ],
  damaged: ['a database as it was written', 'Nothing was repaired. Restore it from a backup.'],
} as const;

/** What went wrong with a database file; plain data, so that a thread can hand it over. */
export interface SqliteFault {
  readonly code: 'disk-full' | 'read-only' | 'unavailable' | 'damaged';
  readonly found: string;
  readonly expected: string;
  readonly hint: string;
  /** A write that failed in the middle may be found again after a crash. */
  readonly isUncertain: boolean;
}

/** The fault behind an error of `node:sqlite` or of opening its file, or null where it is a defect of ours. */
export function sqliteFault(error: unknown): SqliteFault | null {
  if (!(error instanceof Error)) return null;
  const primary = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null;
  const isForeign = primary === ERROR && FOREIGN_TABLES.test(error.message);
  const code = primary === null ? ofFile(error) : isForeign ? 'damaged' : CODES[primary];
  if (code === undefined || code === null) return null;
  const [expected, hint] = EXPECTED[code];
  return { code, found: error.message, expected, hint, isUncertain: primary === IOERR };
}

function ofFile(error: Error): SqliteFault['code'] | null {
  const code = 'code' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk-full';
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return 'read-only';
  return code === 'ENOENT' || code === 'EIO' || code === 'EMFILE' ? 'unavailable' : null;
}
