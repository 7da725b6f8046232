import { formatTime } from '../../core/vocabulary/time.ts';
import type {
  AskSecret,
  ConnectionInfo,
  ConnectionKeys,
  Environment,
  MasterKeySource,
  SecretVault,
} from '../../ports/secret-vault.ts';
import { accountsOf } from '../../ports/stand-in-venue.ts';
import type { VenueFacts } from '../../ports/venues.ts';
import { openGateway } from '../../ports/venues.ts';
import { environmentFailure } from '../environment-failure.ts';
import { Failure } from '../failures.ts';
import type { AccountLine } from '../operations/account.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { type Connected, connectAccount } from './connect-account.ts';
import { findConnection, usableAccounts } from './find-connection.ts';
import { guardMemory } from './open-account.ts';
import { warnOfSessions } from './sessions-with-keys.ts';

export async function accountAdd(
  input: Input<'account-add'>,
  world: World,
  call: Call,
): Promise<Output<'account-add'>> {
  const { label } = input;
  const facts = world.venues.facts(input.venue);
  const environment = environmentOf(facts, input.env);
  await guardMemory(environment, world, call);
  const ask = asking(call);
  const vault = await world.vaults.open(ask);
  const taken = (await usableAccounts(vault)).find((each) => each.label === label);
  if (taken !== undefined)
    throw new Failure('account-exists', `there is an account ${label} already, at ${taken.venue} ${taken.environment}`);
  if (world.venues.all.some(({ name }) => name === label.toLowerCase()))
    throw new Failure('account-exists', `${label} is the name of a venue`, { hint: 'Take another label.' });
  // Before anything is asked for: a wrong master key, or an unreadable one, ends it here.
  await vault.unlock();
  const keys = await askKeys(ask, facts, '');
  const connected = input.test ? await tried(world, facts.name, environment, keys, input.accept) : null;
  const added = await vault.add({ venue: facts.name, environment, label }, keys);
  const info = connected === null ? added : await vault.notePermissions(added.id, connected.permissions);
  return { account: lineOf(info), homeKeyFile: world.vaults.homeKeyFile, ...told(connected) };
}

export async function accountLs(_: Input<'account-ls'>, world: World, call: Call): Promise<Output<'account-ls'>> {
  const vault = await world.vaults.open(call.askSecret);
  return { accounts: (await accountsOf(vault)).map(lineOf) };
}

export async function accountRotate(
  input: Input<'account-rotate'>,
  world: World,
  call: Call,
): Promise<Output<'account-rotate'>> {
  const ask = asking(call);
  const vault = await world.vaults.open(ask);
  const { id, venue, environment, label } = await findConnection(vault, input.label);
  await guardMemory(environment, world, call);
  const old = await vault.keys(id);
  const keys = await askKeys(ask, world.venues.facts(venue), 'new ');
  if (keys.apiSecret.reveal() === old.apiSecret.reveal())
    throw new Failure('key-unfit', `account ${label}: expected new keys, found the secret that is there`, {
      hint: 'Make another key at the venue.',
    });
  const connected = input.test ? await tried(world, venue, environment, keys, input.accept) : null;
  const replaced = await vault.replaceKeys(id, keys);
  await warnOfSessions(id, world, call);
  const info = connected === null ? replaced : await vault.notePermissions(id, connected.permissions);
  return { account: lineOf(info), ...told(connected) };
}

export async function accountRevoke(
  input: Input<'account-revoke'>,
  world: World,
  call: Call,
): Promise<Output<'account-revoke'>> {
  const vault = await world.vaults.open(call.askSecret);
  const { id } = await findConnection(vault, input.label);
  const account = lineOf(await vault.revoke(id));
  await warnOfSessions(id, world, call);
  return { account };
}

export async function accountRekey(
  { keyFile, passphrase }: Input<'account-rekey'>,
  world: World,
  call: Call,
): Promise<Output<'account-rekey'>> {
  if ((keyFile !== undefined) === passphrase)
    throw new Failure('input-invalid', 'account rekey: expected either --key-file or --passphrase', {
      details: { field: 'keyFile' },
    });
  const vault = await world.vaults.open(call.askSecret);
  await vault.unlock();
  const accounts = (await usableAccounts(vault)).length;
  if (keyFile === undefined) {
    const asked = await asking(call)('new master passphrase', { isNew: true });
    await lockAnew(vault, { from: 'passphrase', passphrase: asked });
    return { from: 'passphrase', keyFile: null, made: false, accounts };
  }
  const path = world.files.resolve(keyFile);
  const made = !world.files.exists(path);
  if (made) await world.vaults.createKeyFile(path);
  await lockAnew(vault, { from: 'file', path });
  return { from: 'file', keyFile: path, made, accounts };
}

/** Whoever is told that the key has changed destroys the old one: it must not be the same. */
async function lockAnew(vault: SecretVault, to: MasterKeySource): Promise<void> {
  if (await vault.isLockedWith(to))
    throw new Failure(
      'master-key-invalid',
      'account rekey: expected another master key, found the one that is there; nothing was changed',
      { hint: 'Name a file that is not there yet, and one with a new key is made; or think of another passphrase.' },
    );
  await vault.rotateMasterKey(to);
}

/** What is real money is never taken for granted. */
function environmentOf(facts: VenueFacts, given: Environment | undefined): Environment {
  const { environments } = facts;
  if (given !== undefined) {
    if (!environments.includes(given)) throw environmentFailure(facts, given);
    return given;
  }
  if (environments.length === 0) throw environmentFailure(facts, 'live');
  if (environments.length === 1 && environments[0] === 'local') return 'local';
  throw new Failure('input-invalid', `env: expected ${environments.join(' or ')} for ${facts.title}, found nothing`, {
    hint: `Say where its orders go: ${environments.map((each) => `--env ${each}`).join(' or ')}.`,
    details: { field: 'env', expected: environments },
  });
}

function asking({ askSecret }: Pick<Call, 'askSecret'>): AskSecret {
  if (askSecret !== null) return askSecret;
  throw new Failure('secret-missing', 'expected a terminal or standard input to ask for keys, found neither');
}

async function askKeys(ask: AskSecret, { name, hasPassphrase }: VenueFacts, which: string): Promise<ConnectionKeys> {
  const apiKey = await ask(`${which}API key of ${name}`);
  const apiSecret = await ask(`${which}API secret of ${name}, or private key in PEM form`);
  const passphrase = hasPassphrase ? await ask(`${which}API passphrase of ${name}`) : null;
  // It goes into a header as it is.
  if (!/^[\x21-\x7e]+$/.test(apiKey.reveal()))
    throw new Failure('key-unfit', 'API key: expected letters, digits and signs without spaces, found something else', {
      hint: 'Copy the key again; the first question is for the key, the second for the secret.',
    });
  return { apiKey, apiSecret, ...(passphrase === null ? {} : { passphrase }) };
}

/** Connects with keys that are not kept yet. */
async function tried(
  world: World,
  venue: string,
  environment: Environment,
  keys: ConnectionKeys,
  accept: readonly string[],
): Promise<Connected> {
  const opened = await openGateway(world.venues, venue, environment, keys);
  try {
    return await connectAccount(opened, world, { accept });
  } finally {
    await opened.gateway.close();
  }
}

function told(connected: Connected | null): Pick<Output<'account-rotate'>, 'tested' | 'accepted'> {
  const accepted = connected?.accepted ?? [];
  return { tested: connected !== null, accepted: accepted.map(({ code, message }) => ({ code, message })) };
}

function lineOf(info: ConnectionInfo): AccountLine {
  const { id, label, venue, environment, createdAtMs, keysChangedAtMs, revokedAtMs, permissions } = info;
  const time = (ms: number | null): string | null => (ms === null ? null : formatTime(ms));
  return {
    ...{ id, label, venue, environment, created: formatTime(createdAtMs), keysChanged: formatTime(keysChangedAtMs) },
    revoked: time(revokedAtMs),
    permissions:
      permissions === null
        ? null
        : {
            ...{ seen: formatTime(permissions.seenAtMs), canTrade: permissions.canTrade },
            ...{ canWithdraw: permissions.canWithdraw, ipRestricted: permissions.isIpRestricted },
            expiresAt: time(permissions.expiresAtMs),
          },
  };
}
