import { formatTime } from '../../core/vocabulary/time.ts';
import type { AnyGateway } from '../../ports/account.ts';
import type { KeyPermissions } from '../../ports/secret-vault.ts';
import { openGateway } from '../../ports/venues.ts';
import { environmentFailure } from '../environment-failure.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { connectAccount } from './connect-account.ts';
import { usableAccounts } from './find-connection.ts';
import { guardMemory, openAccount, orAtTerminal } from './open-account.ts';

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
  const account = await orAtTerminal('account check', input.account, () => openAccount(world, call, label));
  const vault = await world.vaults.open(call.askSecret);
  return check(account, account.info, input.accept, world, (permissions) =>
    vault.notePermissions(account.info.id, permissions),
  );
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
  const vault = await world.vaults.open(call.askSecret);
  const accounts = (await usableAccounts(vault)).filter(({ venue }) => venue === account.toLowerCase());
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
