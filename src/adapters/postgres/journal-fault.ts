import { BarStoreError } from '../../ports/bar-store.ts';
import { JournalError } from '../../ports/journal.ts';
import { storeError } from './connection.ts';

/** SQLSTATE of what is wrong with the server's disk or rights (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const DISK_FULL = '53100';
const READ_ONLY = '25006';
export const UNIQUE_VIOLATION = '23505';

/** The SQLSTATE or network code of an error, or of what caused it. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error instanceof BarStoreError) return codeOf(error.cause);
  return 'code' in error ? String(error.code) : '';
}

/** As a JournalError where it is the server's or the network's doing; anything else stays what it is. */
export function journalError(error: unknown, where: string, store: string): unknown {
  const code = codeOf(error);
  const found = error instanceof Error ? error.message : String(error);
  const at = { where, found };
  if (code === DISK_FULL)
    return new JournalError('disk-full', { ...at, expected: 'free space', hint: 'Free some space on the server.' });
  if (code === READ_ONLY)
    return new JournalError('read-only', {
      ...at,
      expected: 'a primary server',
      hint: 'Connect to the primary server.',
    });
  const known = storeError(error, store);
  if (!(known instanceof BarStoreError)) return error;
  const { expected, hint } = known;
  const kind = known.code === 'store-newer' ? 'newer-version' : 'unavailable';
  return new JournalError(kind, { where, found: known.found, expected, hint }, { cause: error });
}
