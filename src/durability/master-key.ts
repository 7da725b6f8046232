import { argon2, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Secret } from '../core/vocabulary/secret.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { type MasterKeySource, VaultError } from '../ports/secret-vault.ts';

const KEY_BYTES = 32;
/** Shorter passphrases are tried out too fast, however slow each try is. */
const LEAST_PASSPHRASE = 12;
/** A file of a key is some 65 bytes; another one is no key. */
const MOST_FILE_BYTES = 1_024;

/** How a passphrase becomes a key, kept with the vault. */
export interface Stretching {
  readonly algorithm: 'argon2id';
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
  /** Base64. */
  readonly salt: string;
}

/** RFC 9106, section 4, second recommended option: 64 MiB, 3 passes, 4 lanes. */
export const STRETCHING = { memoryKib: 65_536, passes: 3, parallelism: 4 } as const;
/** What a vault may ask for: a header that was tampered with must not take all memory, nor make guessing cheap. */
const BOUNDS = { memoryKib: [1_024, 1_048_576], passes: [1, 20], parallelism: [1, 16] } as const;

export function newStretching(cost: Omit<Stretching, 'algorithm' | 'salt'>): Stretching {
  return { algorithm: 'argon2id', ...cost, salt: randomBytes(16).toString('base64') };
}

/**
 * The key of a source; `stretching` is needed for a passphrase. Rejects with VaultError `key-absent`, `key-exposed`, `key-invalid`,
 * `tampered` where the stretching is out of bounds.
 */
export async function masterKey(
  source: MasterKeySource,
  stretching: Stretching | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<KeyObject> {
  if (source.from === 'file') return ofFile(source.path);
  if (source.from === 'passphrase') return stretched(source.passphrase, stretching);
  const text = env[source.variable];
  if (text === undefined || text === '')
    throw new VaultError('key-absent', `expected the master key in ${source.variable}, found nothing`);
  return keyOf(text, `variable ${source.variable}`);
}

/** Makes a key file for its owner only, with a fresh key. Rejects where the file exists. */
export async function createKeyFile(path: string): Promise<void> {
  makeFolder(dirname(path), 0o700);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(KEY_BYTES).toString('hex')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The first line of a file that only its owner may read. Rejects as {@link masterKey} does. */
export async function passphraseOfFile(path: string): Promise<Secret> {
  const [line = ''] = (await privateText(path)).split(/\r?\n/);
  return new Secret(line);
}

async function ofFile(path: string): Promise<KeyObject> {
  return keyOf(await privateText(path), path);
}

async function privateText(path: string): Promise<string> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new VaultError(
      'key-absent',
      `expected the master key in ${path}, found that it cannot be opened (${code}). Bring back the file, or say where it is`,
    );
  }
  try {
    // Of the open file, so that nobody can put another in its place in between.
    const { mode, size } = await file.stat();
    const others = mode & 0o077;
    if (others !== 0)
      throw new VaultError(
        'key-exposed',
        `${path}: expected a file that only its owner may read (0600), found ${(mode & 0o777).toString(8).padStart(4, '0')}. Run chmod 600, and make a new key if others may have read it.`,
      );
    if (size > MOST_FILE_BYTES) throw invalid(path);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Says where the text was, never the text. */
function keyOf(text: string, where: string): KeyObject {
  const trimmed = text.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  const isWhole = bytes.length === KEY_BYTES && /^[0-9a-f]{64}$|^[A-Za-z0-9+/_-]{43}=?$/i.test(trimmed);
  // Random bytes with fewer different ones are rarer than a broken disk.
  if (!isWhole || new Set(bytes).size < 8) throw invalid(where);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

function invalid(where: string): VaultError {
  return new VaultError('key-invalid', `${where}: expected 32 random bytes in hex or base64, found something else`);
}

async function stretched(passphrase: Secret, stretching: Stretching | null): Promise<KeyObject> {
  const text = passphrase.reveal();
  if (text.length < LEAST_PASSPHRASE)
    throw new VaultError('key-invalid', `expected a passphrase of at least ${LEAST_PASSPHRASE} characters`);
  // A vault that was made with a key of another kind: no passphrase is the right one.
  if (stretching === null)
    throw new VaultError('wrong-master-key', 'expected a key file or variable, found a passphrase');
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value = stretching[name as keyof typeof BOUNDS];
    if (!Number.isInteger(value) || value < least || value > most)
      throw new VaultError('tampered', `vault header: expected ${name} of ${least} to ${most}, found ${value}`);
  }
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    argon2(
      'argon2id',
      {
        message: text.normalize('NFKC'),
        nonce: Buffer.from(stretching.salt, 'base64'),
        parallelism: stretching.parallelism,
        tagLength: KEY_BYTES,
        memory: stretching.memoryKib,
        passes: stretching.passes,
      },
      (error, key) => (error === null ? resolve(key) : reject(error)),
    );
  });
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}
