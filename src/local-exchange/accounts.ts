import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Account } from './product.ts';
import { type Proof, type ProofKind, publicKeyProof } from './signature.ts';

/** What a key may do: read, and place orders on spot or on futures. */
export interface KeyPermissions {
  readonly reading: boolean;
  readonly spot: boolean;
  readonly usdm: boolean;
}

/** A key as asked for. What is left out is made on the spot. */
export interface KeySpec {
  readonly kind?: ProofKind;
  readonly apiKey?: string;
  /** HMAC only. */
  readonly secret?: string;
  /** PEM; Ed25519 and RSA only. */
  readonly publicKey?: string;
  readonly permissions?: Partial<KeyPermissions>;
}

/** An account as asked for. Balances per product, by asset, as decimal text. */
export interface AccountSpec {
  readonly name: string;
  readonly keys?: readonly KeySpec[];
  readonly balances?: {
    readonly spot?: Readonly<Record<string, string>>;
    readonly usdm?: Readonly<Record<string, string>>;
  };
}

export interface ApiKey {
  readonly apiKey: string;
  readonly account: Account;
  readonly proof: Proof;
  readonly permissions: KeyPermissions;
}

/** A key as its owner needs it: with the secret, or the private half where it was made here. */
export interface IssuedKey {
  readonly kind: ProofKind;
  readonly apiKey: string;
  readonly secret: string | null;
  /** PEM (PKCS#8). */
  readonly privateKey: string | null;
}

export interface IssuedAccount {
  readonly account: Account;
  readonly keys: readonly IssuedKey[];
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const FIRST_UID = 354_000_000;

/** Text of letters and digits that nobody can guess. */
export function secretText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 = 4 × 62: bytes above would make the first letters likelier.
      if (byte < 248 && text.length < length) text += ALPHANUMERIC[byte % 62];
    }
  }
  return text;
}

/** Who may call. Account 0 is the house. */
export class Accounts {
  /** The house first. Products hold on to this list; it grows. */
  readonly all: Account[] = [{ index: 0, name: 'house', uid: FIRST_UID }];
  readonly #keys = new Map<string, ApiKey>();
  readonly #onRevoked: ((key: ApiKey) => void)[] = [];

  /** Opens an account; without keys it gets one HMAC key. Throws where a name or key is taken. */
  open(spec: AccountSpec): IssuedAccount {
    if (this.all.some((a) => a.name === spec.name)) throw new RangeError(`there is an account "${spec.name}" already`);
    const index = this.all.length;
    const account: Account = { index, name: spec.name, uid: FIRST_UID + index };
    const issued = (spec.keys ?? [{}]).map((key) => issue(key));
    for (const { key } of issued)
      if (this.#keys.has(key.apiKey)) throw new RangeError(`the API key ${key.apiKey.slice(0, 6)}… is in use already`);
    this.all.push(account);
    for (const { key, proof, permissions } of issued)
      this.#keys.set(key.apiKey, { apiKey: key.apiKey, account, proof, permissions });
    return { account, keys: issued.map(({ key }) => key) };
  }

  byKey(apiKey: string): ApiKey | undefined {
    return this.#keys.get(apiKey);
  }

  /** By name; throws where there is none. */
  named(name: string): Account {
    const account = this.all.find((a) => a.name === name);
    if (account === undefined)
      throw new RangeError(`there is no account "${name}"; there are ${this.all.map((a) => a.name).join(', ')}`);
    return account;
  }

  /** Ends a key: later requests are refused, sessions that rest on it are told. False where it is unknown. */
  revoke(apiKey: string): boolean {
    const key = this.#keys.get(apiKey);
    if (key === undefined) return false;
    this.#keys.delete(apiKey);
    for (const told of this.#onRevoked) told(key);
    return true;
  }

  onRevoked(told: (key: ApiKey) => void): void {
    this.#onRevoked.push(told);
  }
}

function issue(spec: KeySpec): { key: IssuedKey; proof: Proof; permissions: KeyPermissions } {
  const permissions = { reading: true, spot: true, usdm: true, ...spec.permissions };
  const apiKey = spec.apiKey ?? secretText(64);
  if (!/^[A-Za-z0-9]{1,64}$/.test(apiKey))
    throw new RangeError(`expected an API key of 1 to 64 letters and digits, found "${apiKey}"`);
  if (spec.publicKey !== undefined) {
    const proof = publicKeyProof(spec.publicKey);
    if (spec.kind !== undefined && spec.kind !== proof.kind)
      throw new RangeError(`expected a public key of kind ${spec.kind}, found ${proof.kind}`);
    return { key: { kind: proof.kind, apiKey, secret: null, privateKey: null }, proof, permissions };
  }
  const kind = spec.kind ?? 'hmac';
  if (kind === 'hmac') {
    const secret = spec.secret ?? secretText(64);
    return { key: { kind, apiKey, secret, privateKey: null }, proof: { kind, secret }, permissions };
  }
  const pair =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    key: { kind, apiKey, secret: null, privateKey },
    proof: { kind, publicKey: pair.publicKey },
    permissions,
  };
}
