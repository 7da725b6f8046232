import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { absoluteHome, type Config } from './config.ts';
import type { Clock } from './ports/clock.ts';
import {
  type AskSecret,
  type MasterKeyChoice,
  type MasterKeySource,
  type SecretVault,
  VaultError,
  type Vaults,
} from './ports/secret-vault.ts';

const VARIABLE = 'TRADEWRIGHT_MASTER_KEY';
const KEY_FILE = 'master.key';
const HOW = `Set ${VARIABLE}_FILE, ${VARIABLE}, TRADEWRIGHT_MASTER_PASSPHRASE_FILE, or TRADEWRIGHT_MASTER_PASSPHRASE=ask`;

/** The vault of an installation: in the home database, or in PostgreSQL where `TRADEWRIGHT_VAULT` or `TRADEWRIGHT_DATABASE` says so. */
export function vaultsOf(
  config: Config,
  clock: Clock,
  resolve: (path: string) => string,
): Vaults & { close(): Promise<void> } {
  const home = absoluteHome(config);
  let opened: Promise<SecretVault> | null = null;
  let homeKeyFile: string | null = null;
  const open = async (ask: AskSecret | null): Promise<SecretVault> => {
    const masterKey: MasterKeyChoice = async (madeFrom) =>
      (await configured(config, resolve, madeFrom, ask)) ?? (await byDefault(madeFrom, ask));
    const text = config.masterKey.text();
    const options = { clock, masterKey, env: text === null ? {} : { [VARIABLE]: text } };
    if (config.vaultUrl === null) {
      const { openSqliteVault } = await import('./adapters/sqlite/vault.ts');
      return openSqliteVault(join(home, 'home.sqlite'), options);
    }
    const { openPostgresVault } = await import('./adapters/postgres/vault.ts');
    return openPostgresVault(config.vaultUrl, options);
  };
  /** What nobody has set is as the vault was made; a new one gets a key file under home. */
  const byDefault = async (
    madeFrom: MasterKeySource['from'] | null,
    ask: AskSecret | null,
  ): Promise<MasterKeySource> => {
    if (madeFrom === 'passphrase') return { from: 'passphrase', passphrase: await asked(ask, false) };
    if (madeFrom === 'environment') return { from: 'environment', variable: VARIABLE };
    const path = join(home, KEY_FILE);
    if (madeFrom === null && !existsSync(path)) await createKeyFile(path);
    homeKeyFile = path;
    return { from: 'file', path };
  };
  const createKeyFile = async (path: string): Promise<void> =>
    (await import('./durability/master-key.ts')).createKeyFile(path);
  return {
    open(ask) {
      opened ??= open(ask);
      return opened;
    },
    get homeKeyFile() {
      return homeKeyFile;
    },
    createKeyFile,
    async close() {
      // Who opened it has been told why that failed.
      const vault = await opened?.catch(() => null);
      opened = null;
      await vault?.close();
    },
  };
}

/** Null where nothing is set. */
async function configured(
  { masterKey: { file, text, passphraseFile, asksPassphrase } }: Config,
  resolve: (path: string) => string,
  madeFrom: MasterKeySource['from'] | null,
  ask: AskSecret | null,
): Promise<MasterKeySource | null> {
  const isSet = [file !== null, text() !== null, passphraseFile !== null, asksPassphrase];
  if (isSet.filter(Boolean).length > 1)
    throw new VaultError('key-invalid', `expected one source of the master key, found several. ${HOW}: one of them`);
  if (file !== null) return { from: 'file', path: resolve(file) };
  if (text() !== null) return { from: 'environment', variable: VARIABLE };
  if (passphraseFile !== null) {
    const { passphraseOfFile } = await import('./durability/master-key.ts');
    return { from: 'passphrase', passphrase: await passphraseOfFile(resolve(passphraseFile)) };
  }
  return asksPassphrase ? { from: 'passphrase', passphrase: await asked(ask, madeFrom === null) } : null;
}

function asked(ask: AskSecret | null, isNew: boolean) {
  if (ask !== null) return ask('master passphrase', { isNew });
  throw new VaultError('nobody-to-ask', `expected the master passphrase, found nobody to ask. ${HOW}`);
}
