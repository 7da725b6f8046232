import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../disk/make-folder.ts';
import { UploadError, type Uploads } from '../../ports/uploads.ts';

const KEPT_MS = 86_400_000;
/** Of more, the oldest goes: the folder has a size that is known. */
const MOST_KEPT = 8;
const MOST_AT_ONCE = 4;
/** What is being written is written to at least so often. */
const DEAD_MS = 600_000;
/** Journals are written to the same disk. */
const RESERVE_BYTES = 512 * 1_048_576;
/** Between two looks at what is left of the disk. */
const LOOK_BYTES = 16 * 1_048_576;
const ID = /^[0-9a-f]{32}$/;
const PART = /^[0-9a-f]{32}\.part$/;

export interface UploadsOptions {
  readonly largestBytes: number;
  readonly nowMs: () => number;
  /** So much of the disk is left to others. */
  readonly reserveBytes?: number;
}

/** Files in a folder, which is made with the first one. Only the id makes the name of a file, so that none lies anywhere else. */
export function uploadsAt(folder: string, options: UploadsOptions): Uploads {
  const { largestBytes, nowMs, reserveBytes = RESERVE_BYTES } = options;
  const at = (id: string): string => join(folder, id);
  let underWay = 0;

  const kept = (): { readonly name: string; readonly ageMs: number }[] => {
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap((name) => {
      if (!ID.test(name) && !PART.test(name)) return [];
      const stat = statSync(at(name), { throwIfNoEntry: false });
      return stat === undefined ? [] : [{ name, ageMs: nowMs() - stat.mtimeMs }];
    });
  };
  const sweep = (): void => {
    const found = kept().sort((a, b) => a.ageMs - b.ageMs);
    const whole = found.filter(({ name }) => ID.test(name));
    const old = whole.filter(({ ageMs }, k) => ageMs > KEPT_MS || k >= MOST_KEPT);
    const dead = found.filter(({ name, ageMs }) => PART.test(name) && ageMs > DEAD_MS);
    for (const { name } of [...old, ...dead]) rmSync(at(name), { force: true });
  };
  const room = async (bytes: number): Promise<void> => {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize - bytes >= reserveBytes) return;
    throw new UploadError(
      'disk-full',
      `the disk of ${folder} has no room for it beside what is left free for journals`,
    );
  };
  const tooLarge = (): UploadError =>
    new UploadError('too-large', `expected at most ${largestBytes} bytes, found more`);

  const write = async (
    file: FileHandle,
    parts: AsyncIterable<Uint8Array>,
    saidBytes: number | null,
  ): Promise<number> => {
    let bytes = 0;
    let looked = 0;
    for await (const part of parts) {
      bytes += part.byteLength;
      if (bytes > largestBytes) throw tooLarge();
      if (bytes - looked >= LOOK_BYTES) {
        await room(0);
        looked = bytes;
      }
      await file.appendFile(part);
    }
    if (saidBytes !== null && bytes !== saidBytes)
      throw new UploadError('cut-off', `expected ${saidBytes} bytes, and the file broke off after ${bytes}`);
    return bytes;
  };

  return {
    largestBytes,
    keptMs: KEPT_MS,
    async keep(parts, saidBytes) {
      if (saidBytes !== null && saidBytes > largestBytes) throw tooLarge();
      if (underWay >= MOST_AT_ONCE) throw new UploadError('too-many', `${underWay} files are being uploaded already`);
      underWay++;
      const id = randomBytes(16).toString('hex');
      const partPath = at(`${id}.part`);
      let file: FileHandle | null = null;
      try {
        makeFolder(folder, 0o700);
        sweep();
        await room(saidBytes ?? 0);
        file = await open(partPath, 'wx', 0o600);
        const bytes = await write(file, parts, saidBytes);
        await file.close();
        await rename(partPath, at(id));
        sweep();
        return { id, bytes };
      } catch (error) {
        await file?.close().catch(() => undefined);
        await rm(partPath, { force: true });
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOSPC' || code === 'EDQUOT')
          throw new UploadError('disk-full', `the disk of ${folder} is full`, { cause: error });
        throw error;
      } finally {
        underWay--;
      }
    },
    pathOf: (id) => (ID.test(id) && existsSync(at(id)) ? at(id) : null),
    remove(id) {
      if (ID.test(id)) rmSync(at(id), { force: true });
    },
    sweep,
  };
}
