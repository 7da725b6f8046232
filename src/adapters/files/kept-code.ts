import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../disk/atomic-write.ts';

const schema = z.object({
  schema: z.literal('tradewright.code/1'),
  /** Path of the file that was loaded. */
  path: z.string(),
  /** Its address, links followed: one of `files`. */
  main: z.string(),
  /** The files that it is made of, itself included, in the order in which they are hashed. */
  files: z.array(
    z.object({
      url: z.string(),
      /** As Node reads it, such as `module-typescript`. */
      format: z.string(),
      text: z.string(),
      /** What its imports led to. */
      imports: z.record(z.string(), z.string()),
    }),
  ),
});

/** Strategy code as it was when a session ran it. */
export type KeptCode = Omit<z.output<typeof schema>, 'schema'>;

/** More than this is no strategy, but libraries that it imports: it is not kept. */
const MOST_CHARACTERS = 4_000_000;

/** SHA-256 of what a strategy is made of, from the hashes of its files in their order. */
export function codeHashOf(digests: readonly string[]): string {
  return digests.length === 1 ? digests[0]! : digest(digests.join('\n'));
}

export function digest(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A folder of the code that sessions ran, each by its hash. */
export class KeptCodeFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps code, unless it is there already or is not what its hash says, as where a file has changed while it was loaded. */
  put(codeHash: string, code: KeptCode): void {
    const size = code.files.reduce((sum, { text }) => sum + text.length, 0);
    if (size > MOST_CHARACTERS || existsSync(this.#at(codeHash)) || hashOf(code) !== codeHash) return;
    writeWhole(this.#at(codeHash), `${JSON.stringify({ schema: 'tradewright.code/1', ...code })}\n`);
  }

  /** The code of this hash; null where it was not kept, or is not what was kept. */
  get(codeHash: string): KeptCode | null {
    // Hashes of built-in strategies and of files are hex digits: nothing else names a file here.
    if (!/^[0-9a-f]{64}$/.test(codeHash) || !existsSync(this.#at(codeHash))) return null;
    const found = schema.safeParse(parsed(readFileSync(this.#at(codeHash), 'utf8')));
    return found.success && hashOf(found.data) === codeHash ? found.data : null;
  }

  #at(codeHash: string): string {
    return join(this.#folder, `${codeHash}.json`);
  }
}

const hashOf = ({ files }: KeptCode): string => codeHashOf(files.map(({ text }) => digest(text)));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
