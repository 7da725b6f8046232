import { formatTime } from '../../core/vocabulary/time.ts';
import type { AnyGateway } from '../../ports/account.ts';
import { type KeyPermissions, VaultError } from '../../ports/secret-vault.ts';
import { openGateway } from '../../ports/venues.ts';
import { environmentFailure } from '../environment-failure.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { connectAccount } from './connect-account.ts';
import { isUsable } from './find-connection.ts';
import { guardMemory, openAccount } from './open-account.ts';

export async function accountCheck(
  input: Input<'account-check'>,
  world: World,
  call: Call,
): Promise<Output<'account-check'>> {
  const label = await labelOf(input, world, call);
  if (label === null) {
    const opened = await openWithKeysOfEnvironment(input, world, call);
    return check(opened, null, input.accept, world);
  }
  const account = await openKept(input, label, world, call);
  const vault = await world.vaults.open(call.askSecret);
  return check(account, account.info, input.accept, world, (permissions) =>
    vault.notePermissions(account.info.id, permissions),
  );
}

/** Where a passphrase would have to be asked for and nobody can be, the command that asks for it is told. */
async function openKept({ account }: Input<'account-check'>, label: string, world: World, call: Call) {
  try {
    return await openAccount(world, call, label);
  } catch (error) {
    if (!(error instanceof VaultError) || error.code !== 'nobody-to-ask') throw error;
    const command = `tradewright account check ${/^[\w:.-]+$/.test(account) ? account : JSON.stringify(account)}`;
    throw new Failure('passphrase-needed', 'the vault opens with a passphrase, which is typed at a terminal alone', {
      hint: `At a terminal of the machine that keeps the keys: ${command}`,
      details: { command },
    });
  }
}

type Noted = (permissions: KeyPermissions) => Promise<unknown>;

async function check(
  opened: AnyGateway,
  info: { readonly label: string } | null,
  accept: readonly string[],
  world: World,
  seen: Noted = async () => {},
): Promise<Output<'account-check'>> {
  const { environment, gateway } = opened;
  try {
    const { facts, accepted } = await connectAccount(opened, world, { accept, seen });
    const [balances, positions, open] = await Promise.all([
      gateway.balances(),
      gateway.positions(),
      gateway.openOrders(),
    ]);
    const skew = gateway.clockSkew;
    return {
      label: info?.label ?? null,
      venue: gateway.venue,
      environment,
      canTrade: facts.canTrade,
      canWithdraw: facts.canWithdraw,
      ipRestricted: facts.ipRestricted,
      expiresAt: facts.expiresAtMs === null ? null : formatTime(facts.expiresAtMs),
      clockSkewMs: skew?.skewMs ?? null,
      clockUncertaintyMs: skew?.uncertaintyMs ?? null,
      balances: balances.map(({ asset, free, locked }) => ({ asset, free, locked })),
      positions: positions.map(({ symbol, positionSide, quantity, entryPrice }) => ({
        ...{ symbol, side: positionSide, quantity, entryPrice },
      })),
      openOrders: open.length,
      accepted: accepted.map(({ code, message }) => ({ code, message })),
    };
  } finally {
    await gateway.close();
  }
}

/** Which account is meant; null for the key in the environment. */
async function labelOf({ account }: Input<'account-check'>, world: World, call: Call): Promise<string | null> {
  if (!isVenue(world, account)) return account;
  if (world.venueKeys() !== null) return null;
  const accounts = (await (await world.vaults.open(call.askSecret)).list()).filter(
    (each) => isUsable(each) && each.venue === account.toLowerCase(),
  );
  const [only, other] = accounts;
  if (only !== undefined && other === undefined) return only.id;
  const labels = accounts.map(({ label }) => label);
  throw new Failure(
    'key-missing',
    labels.length === 0
      ? `no account at ${account}, and no key in the environment`
      : `several accounts at ${account}: ${labels.join(', ')}`,
    {
      hint:
        labels.length === 0
          ? `Keep one with tradewright account add ${account} --label <label>, or put it into TRADEWRIGHT_API_KEY and TRADEWRIGHT_API_SECRET.`
          : `Name one: tradewright account check ${labels[0]}`,
      details: { field: 'account', found: account, expected: labels },
    },
  );
}

/** A recording or another name that only opening tells is no venue here. */
function isVenue(world: World, name: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith('ccxt:') || world.venues.all.some((each) => each.name === lower);
}

async function openWithKeysOfEnvironment(
  { account: venue, env }: Input<'account-check'>,
  world: World,
  call: Call,
): Promise<AnyGateway> {
  const facts = world.venues.facts(venue);
  const environment = env ?? (facts.environments.includes('local') ? 'local' : 'live');
  if (!facts.environments.includes(environment)) throw environmentFailure(facts, environment);
  await guardMemory(environment, world, call);
  return openGateway(world.venues, venue, environment, world.venueKeys()!);
}
