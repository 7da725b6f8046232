import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

/** NIST SP 800-38D: 96-bit random nonces and full tags. */
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a record is bound to: it opens only in the place it was made for. */
export interface Binding {
  readonly id: string;
  readonly venue: string;
  readonly environment: string;
  /** By which people name the account that a strategy trades with. */
  readonly label: string;
}

/** A secret under a key of its own, and that key under the master key. Base64 of nonce, ciphertext and tag. */
export interface Envelope {
  readonly v: 1;
  readonly wrappedKey: string;
  readonly body: string;
}

/** Nothing of a binding can hold a line break. */
function associated(purpose: 'key' | 'body' | 'check', { id, venue, environment, label }: Binding): Buffer {
  return Buffer.from(`tradewright.vault/1\n${purpose}\n${id}\n${venue}\n${environment}\n${label}`);
}

function encrypt(key: KeyObject, bytes: Buffer, aad: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad);
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** Null where key, bytes or binding are not those of {@link encrypt}. */
function decrypt(key: KeyObject, text: string, aad: Buffer): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  // Node decodes leniently: another text for the same bytes is not what was written either.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64') !== text) return null;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(aad)
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  const open = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
    return open;
  } catch {
    // The one thing that `final` throws for is a tag that does not fit.
    return null;
  }
}

/** Encrypts under a fresh key. */
export function seal(master: KeyObject, text: string, binding: Binding): Envelope {
  const bytes = randomBytes(32);
  const key = createSecretKey(bytes);
  const wrappedKey = encrypt(master, bytes, associated('key', binding));
  bytes.fill(0);
  return { v: 1, wrappedKey, body: encrypt(key, Buffer.from(text, 'utf8'), associated('body', binding)) };
}

/** Null where anything is not as it was sealed. */
export function unseal(master: KeyObject, envelope: Envelope, binding: Binding): string | null {
  const bytes = decrypt(master, envelope.wrappedKey, associated('key', binding));
  if (bytes?.length !== 32) return null;
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return decrypt(key, envelope.body, associated('body', binding))?.toString('utf8') ?? null;
}

/** The same secret with its key under another master key; null where it does not open. */
export function rewrap(from: KeyObject, to: KeyObject, envelope: Envelope, binding: Binding): Envelope | null {
  const bytes = decrypt(from, envelope.wrappedKey, associated('key', binding));
  if (bytes === null) return null;
  const wrappedKey = encrypt(to, bytes, associated('key', binding));
  bytes.fill(0);
  return { ...envelope, wrappedKey };
}

const CHECKED: Binding = { id: 'vault', venue: '', environment: '', label: '' };

/** By which a master key is known without a record: encrypts `text`, which is not secret. */
export function sealCheck(master: KeyObject, text: string): string {
  return encrypt(master, Buffer.from(text), associated('check', CHECKED));
}

export function isCheckOf(master: KeyObject, sealed: string, text: string): boolean {
  return decrypt(master, sealed, associated('check', CHECKED))?.toString('utf8') === text;
}
