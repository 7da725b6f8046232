import { closeSync, openSync, readSync } from 'node:fs';

/** Whether a file begins like a Parquet file. What cannot be opened is left to the reader, which says why. */
export function isParquet(path: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return false;
  }
  try {
    const start = Buffer.alloc(4);
    return readSync(fd, start, 0, 4, 0) === 4 && start.toString('latin1') === 'PAR1';
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
}
