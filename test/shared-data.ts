import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = resolve(process.env['TRADEWRIGHT_TEST_DATA'] ?? join(import.meta.dirname, '../../shared/data'));

/** Absolute path of a file of the shared reference data, or null where that data is not on this machine. */
export function sharedData(path: string): string | null {
  const full = join(root, path);
  return existsSync(full) ? full : null;
}

/** For `{ skip }`: a message where the file is absent, false where it is there. */
export function dataMissing(path: string): string | false {
  return sharedData(path) ? false : `shared data absent: ${path} (set TRADEWRIGHT_TEST_DATA)`;
}

/** Text of a shared file, unzipped where its name ends in .gz. Call only under a test that {@link dataMissing} guards. */
export function readShared(path: string): string {
  const full = sharedData(path);
  if (!full) throw new Error(`shared data absent: ${path}`);
  const bytes = readFileSync(full);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** JSON of a shared file. */
export function readSharedJson<T>(path: string): T {
  return JSON.parse(readShared(path)) as T;
}
