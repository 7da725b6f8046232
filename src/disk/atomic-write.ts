import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import { makeFolder } from './make-folder.ts';
import { replacedPlace } from './replaced-place.ts';

/** Writes a file so that it is always either the old one or the new one; makes its folder. */
export function writeWhole(at: string, text: string): void {
  const path = replacedPlace(at);
  makeFolder(dirname(path));
  const temporary = `${path}.${process.pid}-${threadId}.tmp`;
  try {
    writeFileSync(temporary, text, { flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
