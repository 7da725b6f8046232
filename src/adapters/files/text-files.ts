import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeWhole } from '../../disk/atomic-write.ts';
import type { TextFiles } from '../../ports/files.ts';

/** Files relative to `folder`. */
export function textFiles(folder: string): TextFiles {
  const at = (path: string): string => resolve(folder, path);
  return {
    resolve: at,
    exists: (path) => existsSync(at(path)),
    read(path) {
      try {
        return readFileSync(at(path), 'utf8');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return null;
        // A folder can be opened, and what refuses to read it does not say which one it is.
        throw Object.assign(error as NodeJS.ErrnoException, { path: at(path) });
      }
    },
    write: (path, text) => writeWhole(at(path), text),
    list(path) {
      try {
        return readdirSync(at(path)).sort();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
    },
  };
}
