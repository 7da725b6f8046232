import { url as inspectorUrl } from 'node:inspector';
import type { AnyAccount } from '../../ports/account.ts';
import { type Environment, VaultError } from '../../ports/secret-vault.ts';
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

/** Where a passphrase would have to be asked for and nobody can be, the command that asks for it is told. */
export async function orAtTerminal<T>(command: string, label: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof VaultError) || error.code !== 'nobody-to-ask') throw error;
    const line = `tradewright ${command} ${/^[\w:.-]+$/.test(label) ? label : JSON.stringify(label)}`;
    throw new Failure('passphrase-needed', 'the vault opens with a passphrase, which is typed at a terminal alone', {
      hint: `At a terminal of the machine that keeps the keys: ${line}`,
      details: { command: line },
    });
  }
}

/** Before a key is held in memory: nobody attaches a debugger to it, and no crash writes it to the disk. */
export async function guardMemory(environment: Environment, world: World, call: Pick<Call, 'warn'>): Promise<void> {
  refuseDebugger(environment);
  await guardCrashes(world, call);
}

/** No crash writes a key to the disk. */
export async function guardCrashes(world: World, call: Pick<Call, 'warn'>): Promise<void> {
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
