import type { Secret } from '../core/vocabulary/secret.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/** Where orders of a connection go. `local` is the exchange that this program serves itself. */
export const ENVIRONMENTS = ['testnet', 'live', 'local'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** What the venue said that a key may do, when it was last asked. */
export interface KeyPermissions {
  readonly seenAtMs: TimeMs;
  readonly canTrade: boolean;
  /** Null where the venue does not say, as with {@link isIpRestricted}. */
  readonly canWithdraw: boolean | null;
  readonly isIpRestricted: boolean | null;
  /** Null where the key does not expire or the venue does not say. */
  readonly expiresAtMs: TimeMs | null;
}

/** What is known of a connection without its keys. */
export interface ConnectionInfo {
  readonly id: string;
  readonly venue: string;
  readonly environment: Environment;
  readonly label: string;
  readonly createdAtMs: TimeMs;
  /** When keys were last put in. */
  readonly keysChangedAtMs: TimeMs;
  /** Null while it is usable. */
  readonly revokedAtMs: TimeMs | null;
  readonly permissions: KeyPermissions | null;
}

export interface ConnectionDraft {
  readonly venue: string;
  readonly environment: Environment;
  readonly label: string;
}

/** Credentials as the venue gave them: an HMAC secret or a private key in PEM form, and `passphrase` where the venue has one (OKX, KuCoin). */
export interface ConnectionKeys {
  readonly apiKey: Secret;
  readonly apiSecret: Secret;
  readonly passphrase?: Secret;
}

/** Where the key that encrypts all others comes from. */
export type MasterKeySource =
  /** A file with 32 random bytes in hex or base64, readable by its owner only. */
  | { readonly from: 'file'; readonly path: string }
  /** The same text in an environment variable. */
  | { readonly from: 'environment'; readonly variable: string }
  /** Stretched by Argon2id. */
  | { readonly from: 'passphrase'; readonly passphrase: Secret };

/** Tells where the master key comes from; asked when it is needed. `madeFrom`: what the vault was made with, null for a new one. */
export type MasterKeyChoice = (madeFrom: MasterKeySource['from'] | null) => Promise<MasterKeySource>;

/**
 * Asks a person, or standard input, for one secret; it is shown nowhere. `isNew`: it is made up now, so that a person is asked twice.
 * `isPlain`: it is no secret, and may be seen as it is typed.
 * Rejects where nothing is answered.
 */
export type AskSecret = (
  question: string,
  options?: { readonly isNew?: boolean; readonly isPlain?: boolean },
) => Promise<Secret>;

/**
 * `wrong-master-key`: this is not the key that the vault was made with. `tampered`: the key is right, the record is not what was written.
 * `key-exposed`: others may read the key file. `key-invalid`: it is not 32 random bytes, or the passphrase is too short.
 * `key-absent`: no such file or variable. `nobody-to-ask`: a person has the passphrase, and none can be asked.
 * `connection-unknown`, `connection-revoked`; `label-taken`: a venue and environment has one already.
 * `unavailable`: the store cannot be used. `newer-version`: written by a later version of the program.
 */
export type VaultErrorCode =
  | 'wrong-master-key'
  | 'tampered'
  | 'key-exposed'
  | 'key-invalid'
  | 'key-absent'
  | 'nobody-to-ask'
  | 'connection-unknown'
  | 'connection-revoked'
  | 'label-taken'
  | 'unavailable'
  | 'newer-version';

/** A refusal of the vault. It never holds a key, nor the error of a library that might. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Connections to exchanges with their keys, encrypted at rest: each record under a random data key of its own, that under the master key,
 * both bound to the connection's id, venue, environment and label, so that no record can stand in for another. Rejects with {@link VaultError}.
 */
export interface SecretVault {
  /** Looks whether the master key is the right one, and begins the vault where there is none: before anybody is asked for a secret. */
  unlock(): Promise<void>;
  add(draft: ConnectionDraft, keys: ConnectionKeys): Promise<ConnectionInfo>;
  /** By venue, environment and label; revoked ones too. */
  list(): Promise<readonly ConnectionInfo[]>;
  keys(id: string): Promise<ConnectionKeys>;
  /** Puts in new keys of the same connection. A function makes them of those that are there, also where another process changes them meanwhile. */
  replaceKeys(id: string, keys: ConnectionKeys | ((known: ConnectionKeys) => ConnectionKeys)): Promise<ConnectionInfo>;
  notePermissions(id: string, permissions: KeyPermissions): Promise<ConnectionInfo>;
  /** Forgets the keys for good and keeps what is known of the connection. Once more does nothing. */
  revoke(id: string): Promise<ConnectionInfo>;
  /** Whether this is the master key that the vault is locked with. */
  isLockedWith(source: MasterKeySource): Promise<boolean>;
  /** Wraps every data key under another master key, all or nothing. The old one opens nothing afterwards. */
  rotateMasterKey(to: MasterKeySource): Promise<void>;
  close(): Promise<void>;
}

/** The vault of an installation, and where its master key lies. */
export interface Vaults {
  /** The same one every time. `ask`: for a passphrase; null where nobody can be asked. */
  open(ask: AskSecret | null): Promise<SecretVault>;
  /** The key file under home, which is made and used where no source is set; null where one is, and before it is needed. */
  readonly homeKeyFile: string | null;
  /** Makes a key file with a fresh key for its owner only; rejects where there is a file. */
  createKeyFile(path: string): Promise<void>;
}
