import { realpathSync, statSync } from 'node:fs';

/** Something that is no file stands where one is to be written; nothing was done to it. */
export class NotReplacedError extends Error {
  override readonly name = 'NotReplacedError';
  readonly code = 'file-unreadable';
  readonly file: string;
  readonly found: string;
  readonly expected = 'a file, or nothing';
  readonly hint = 'Give the path of a file.';

  constructor(file: string, found: string) {
    super(`${file}: expected a file, or nothing, found ${found}`);
    this.file = file;
    this.found = found;
  }
}

/**
 * Where a file is put that replaces the one at `path`: behind a link it is what the link leads to, so that the link stays. What is put
 * over the name of a folder, a device, a pipe or a socket would take its place. Throws {@link NotReplacedError}.
 */
export function replacedPlace(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return path;
  if (stat.isDirectory()) throw new NotReplacedError(path, 'a folder');
  if (!stat.isFile()) throw new NotReplacedError(path, 'a device, a pipe or a socket');
  return realpathSync(path);
}
