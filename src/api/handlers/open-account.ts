import { url as inspectorUrl } from 'node:inspector';
import type { AnyAccount } from '../../ports/account.ts';
import type { Environment } from '../../ports/secret-vault.ts';
import { openGateway } from '../../ports/venues.ts';
import { Failure } from '../failures.ts';
import type { Call, World } from '../world.ts';
import { findConnection } from './find-connection.ts';

/**
 * The account of a label, with a gateway that is not connected and is the caller's to close. Rejects with {@link Failure}: `account-unknown`
 * with those that there are, `account-revoked`, `debugger-open`; and with what the vault says, as VaultError.
 */
export async function openAccount(
  world: World,
  call: Pick<Call, 'askSecret' | 'warn'>,
  label: string,
): Promise<AnyAccount> {
  const vault = await world.vaults.open(call.askSecret);
  const info = await findConnection(vault, label);
  await guardMemory(info.environment, world, call);
  const opened = await openGateway(world.venues, info.venue, info.environment, await vault.keys(info.id));
  return { ...opened, info };
}

/** Before a key is held in memory: nobody attaches a debugger to it, and no crash writes it to the disk. */
export async function guardMemory(environment: Environment, world: World, call: Pick<Call, 'warn'>): Promise<void> {
  refuseDebugger(environment);
  if (await world.host.guardMemory()) return;
  call.warn({
    code: 'core-dumps',
    message: 'A crash of this program may write its memory to the disk, keys included',
    hint: 'Install prlimit (util-linux), or run ulimit -c 0 before.',
  });
}

/** Whoever reaches the debugger's port reads every key and places orders: not with real money. */
function refuseDebugger(environment: Environment): void {
  const address = inspectorUrl();
  if (environment !== 'live' || address === undefined) return;
  throw new Failure(
    'debugger-open',
    'a debugger can be attached to this process (--inspect), and whoever does so reads the keys of live accounts',
    { hint: 'Start it without --inspect, also in NODE_OPTIONS; debug with a testnet or local account.' },
  );
}
