import { type KeyObject, randomBytes } from 'node:crypto';
import { Secret } from '../core/vocabulary/secret.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type ConnectionDraft,
  type ConnectionInfo,
  type ConnectionKeys,
  ENVIRONMENTS,
  type KeyPermissions,
  type MasterKeyChoice,
  type MasterKeySource,
  type SecretVault,
  VaultError,
} from '../ports/secret-vault.ts';
import { type Envelope, isCheckOf, rewrap, seal, sealCheck, unseal } from './envelope.ts';
import { masterKey, newStretching, STRETCHING, type Stretching } from './master-key.ts';
import type { Rewrapped, VaultRow, VaultRows } from './vault-rows.ts';

export interface StoredVaultOptions {
  readonly clock: Clock;
  readonly masterKey: MasterKeySource | MasterKeyChoice;
  /** Where a source of `environment` looks; that of the process by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Cost of a passphrase for a new vault or a rotation; {@link STRETCHING} by default. */
  readonly stretching?: Omit<Stretching, 'algorithm' | 'salt'>;
}

/** The vault's own line: how to come by the master key, and how to know it. */
interface Header {
  readonly v: 1;
  readonly from: MasterKeySource['from'];
  readonly stretching: Stretching | null;
  /** Encrypts the rest of the line. */
  readonly check: string;
}

type Details = Pick<ConnectionInfo, 'createdAtMs' | 'keysChangedAtMs' | 'revokedAtMs' | 'permissions'>;

/** How often a change is tried again that another process came in between of. */
const TRIES = 5;
const VENUE = /^[A-Za-z0-9_.:-]{1,40}$/;
const LABEL = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,100}$/u;

/** The vault over rows of any place. */
export class StoredVault implements SecretVault {
  readonly #rows: VaultRows;
  readonly #options: StoredVaultOptions;
  #source: MasterKeySource | MasterKeyChoice;
  /** The key that fits a header; found anew when another process has rotated. */
  #opened: { readonly header: string; readonly key: KeyObject } | null = null;

  constructor(rows: VaultRows, options: StoredVaultOptions) {
    this.#rows = rows;
    this.#options = options;
    this.#source = options.masterKey;
  }

  async unlock(): Promise<void> {
    await this.#trying(async () => (await this.#unlockOrBegin()).header);
  }

  async add(draft: ConnectionDraft, keys: ConnectionKeys): Promise<ConnectionInfo> {
    const { venue, environment, label } = draft;
    if (!VENUE.test(venue) || !LABEL.test(label) || !ENVIRONMENTS.includes(environment))
      throw new RangeError(
        `expected a venue, an environment (${ENVIRONMENTS.join(', ')}) and a label of one line, found ${JSON.stringify(draft)}`,
      );
    return this.#trying(async () => {
      const { header, key } = await this.#unlockOrBegin();
      const id = `c_${randomBytes(8).toString('hex')}`;
      const nowMs = this.#options.clock.nowMs();
      const details: Details = { createdAtMs: nowMs, keysChangedAtMs: nowMs, revokedAtMs: null, permissions: null };
      const binding = { id, venue, environment, label };
      const sealed = JSON.stringify(seal(key, textOf(keys), binding));
      const row: VaultRow = { ...binding, info: JSON.stringify(details), sealed };
      return this.#done(await this.#rows.change(header, { do: 'insert', row }), row);
    });
  }

  async list(): Promise<readonly ConnectionInfo[]> {
    const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
    return (await this.#rows.rows())
      .map(infoOf)
      .sort(
        (a, b) =>
          compare(a.venue, b.venue) ||
          compare(a.environment, b.environment) ||
          compare(a.label, b.label) ||
          a.createdAtMs - b.createdAtMs,
      );
  }

  async keys(id: string): Promise<ConnectionKeys> {
    const { key } = await this.#unlock();
    return this.#keysOf(key, await this.#usable(id));
  }

  async replaceKeys(
    id: string,
    keys: ConnectionKeys | ((known: ConnectionKeys) => ConnectionKeys),
  ): Promise<ConnectionInfo> {
    return this.#trying(async () => {
      const { header, key } = await this.#unlock();
      const row = await this.#usable(id);
      const next = typeof keys === 'function' ? keys(this.#keysOf(key, row)) : keys;
      const sealed = JSON.stringify(seal(key, textOf(next), row));
      const keysChangedAtMs = this.#options.clock.nowMs();
      return this.#update(header, row, { keysChangedAtMs, permissions: null }, sealed);
    });
  }

  async notePermissions(id: string, permissions: KeyPermissions): Promise<ConnectionInfo> {
    return this.#trying(async () => {
      const row = await this.#usable(id);
      return this.#update(await this.#rows.header(), row, { permissions }, row.sealed);
    });
  }

  async revoke(id: string): Promise<ConnectionInfo> {
    return this.#trying(async () => {
      const row = await this.#row(id);
      if (row.sealed === null) return infoOf(row);
      return this.#update(await this.#rows.header(), row, { revokedAtMs: this.#options.clock.nowMs() }, null);
    });
  }

  async isLockedWith(source: MasterKeySource): Promise<boolean> {
    const { line } = await this.#header();
    // A passphrase opens nothing that was not locked with one.
    if (source.from === 'passphrase' && line.stretching === null) return false;
    return fits(await this.#keyOf(source, line.stretching), line);
  }

  async rotateMasterKey(to: MasterKeySource): Promise<void> {
    const next = await this.#newHeader(to);
    await this.#trying(async () => {
      const { header, key } = await this.#unlock();
      const sealed: Rewrapped[] = [];
      for (const row of await this.#rows.rows()) {
        const wrapped = row.sealed === null ? null : rewrap(key, next.key, this.#envelopeOf(row), row);
        if (row.sealed !== null && wrapped === null) throw this.#tampered(row);
        sealed.push({ id: row.id, seen: row.sealed, sealed: wrapped === null ? null : JSON.stringify(wrapped) });
      }
      const outcome = await this.#rows.change(header, { do: 'rewrap', header: next.header, sealed });
      return outcome === 'done' ? true : null;
    });
    this.#source = to;
    this.#opened = next;
  }

  close(): Promise<void> {
    this.#opened = null;
    return this.#rows.close();
  }

  /** Null where another process changed something in between. */
  async #trying<T>(work: () => Promise<T | null>): Promise<T> {
    for (let k = 0; k < TRIES; k++) {
      const done = await work();
      if (done !== null) return done;
    }
    throw new VaultError(
      'unavailable',
      `${this.#rows.where}: other processes change the vault all the time; try again`,
    );
  }

  #done(outcome: 'done' | 'stale' | 'label-taken', row: VaultRow): ConnectionInfo | null {
    if (outcome === 'label-taken')
      throw new VaultError(
        'label-taken',
        `${row.venue} ${row.environment} has a connection "${row.label}" already: revoke it, or take another label`,
      );
    return outcome === 'done' ? infoOf(row) : null;
  }

  async #update(
    header: string | null,
    row: VaultRow,
    details: Partial<Details>,
    sealed: string | null,
  ): Promise<ConnectionInfo | null> {
    const info = JSON.stringify({ ...(JSON.parse(row.info) as Details), ...details });
    const changed = { ...row, info, sealed };
    return this.#done(await this.#rows.change(header, { do: 'update', row: changed, seen: row }), changed);
  }

  async #row(id: string): Promise<VaultRow> {
    const row = (await this.#rows.rows()).find((each) => each.id === id);
    if (row !== undefined) return row;
    throw new VaultError('connection-unknown', `${this.#rows.where}: there is no connection ${JSON.stringify(id)}`);
  }

  async #usable(id: string): Promise<VaultRow> {
    const row = await this.#row(id);
    if (row.sealed !== null) return row;
    throw new VaultError('connection-revoked', `connection ${id} ("${row.label}") was revoked; its keys are gone`);
  }

  #keysOf(key: KeyObject, row: VaultRow): ConnectionKeys {
    const text = unseal(key, this.#envelopeOf(row), row);
    if (text === null) throw this.#tampered(row);
    const { apiKey, apiSecret, passphrase } = JSON.parse(text) as Record<string, string>;
    return {
      apiKey: new Secret(apiKey!),
      apiSecret: new Secret(apiSecret!),
      ...(passphrase === undefined ? {} : { passphrase: new Secret(passphrase) }),
    };
  }

  #envelopeOf(row: VaultRow): Envelope {
    const envelope = parsed<Partial<Envelope>>(row.sealed ?? '');
    if (envelope?.v !== undefined && envelope.v > 1) throw this.#newer(`connection ${row.id}`);
    if (envelope?.v !== 1 || typeof envelope.wrappedKey !== 'string' || typeof envelope.body !== 'string')
      throw this.#tampered(row);
    return envelope as Envelope;
  }

  async #unlockOrBegin(): Promise<{ header: string | null; key: KeyObject }> {
    if ((await this.#rows.header()) !== null) return this.#unlock();
    const next = await this.#newHeader(await this.#chosen(null));
    // Whoever began it in the meantime, with whatever key, is found by what follows.
    await this.#rows.change(null, { do: 'rewrap', header: next.header, sealed: [] });
    return this.#unlock();
  }

  async #unlock(): Promise<{ header: string; key: KeyObject }> {
    const { header, line } = await this.#header();
    if (this.#opened?.header === header) return this.#opened;
    const source = await this.#chosen(line.from);
    const key = await this.#keyOf(source, line.stretching);
    if (!fits(key, line))
      throw new VaultError(
        'wrong-master-key',
        `${this.#rows.where}: this is not the master key (from a ${source.from}) that the vault was made with (from a ${line.from})`,
      );
    this.#opened = { header, key };
    return this.#opened;
  }

  async #header(): Promise<{ readonly header: string; readonly line: Header }> {
    const header = await this.#rows.header();
    if (header === null) throw new VaultError('connection-unknown', `${this.#rows.where}: the vault is empty`);
    const line = parsed<Header>(header);
    if (line === null) throw new VaultError('tampered', `${this.#rows.where}: the vault's header is not readable`);
    if (line.v !== 1) throw this.#newer('the vault');
    return { header, line };
  }

  /** What was chosen once is not asked for again, unless another process has locked the vault anew. */
  async #chosen(madeFrom: MasterKeySource['from'] | null): Promise<MasterKeySource> {
    if (typeof this.#source !== 'function') return this.#source;
    const chosen = await this.#source(madeFrom);
    this.#source = chosen;
    return chosen;
  }

  async #newHeader(source: MasterKeySource): Promise<{ header: string; key: KeyObject }> {
    const cost = this.#options.stretching ?? STRETCHING;
    const rest = { v: 1, from: source.from, stretching: source.from === 'passphrase' ? newStretching(cost) : null };
    const key = await this.#keyOf(source, rest.stretching);
    return { header: JSON.stringify({ ...rest, check: sealCheck(key, JSON.stringify(rest)) }), key };
  }

  #keyOf(source: MasterKeySource, stretching: Stretching | null): Promise<KeyObject> {
    return masterKey(source, stretching, this.#options.env ?? process.env);
  }

  #tampered(row: VaultRow): VaultError {
    return new VaultError(
      'tampered',
      `connection ${row.id} in ${this.#rows.where}: the master key is right, but the record is not what was written. Revoke the key at ${row.venue}.`,
    );
  }

  #newer(what: string): VaultError {
    return new VaultError(
      'newer-version',
      `${this.#rows.where}: ${what} was written by a later version of Tradewright`,
    );
  }
}

function fits(key: KeyObject, { check, ...rest }: Header): boolean {
  return isCheckOf(key, check, JSON.stringify(rest));
}

function textOf({ apiKey, apiSecret, passphrase }: ConnectionKeys): string {
  return JSON.stringify({
    apiKey: apiKey.reveal(),
    apiSecret: apiSecret.reveal(),
    ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
  });
}

function infoOf({ id, venue, environment, label, info }: VaultRow): ConnectionInfo {
  const { createdAtMs, keysChangedAtMs, revokedAtMs, permissions } = JSON.parse(info) as Details;
  const kept = environment as ConnectionInfo['environment'];
  return { id, venue, environment: kept, label, createdAtMs, keysChangedAtMs, revokedAtMs, permissions };
}

function parsed<T>(text: string): T | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as T) : null;
  } catch {
    // The caller refuses it with its place.
    return null;
  }
}
