import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { findConnection } from './find-connection.ts';
import { isRunning } from './known-sessions.ts';
import { loadStrategy } from './load-strategy.ts';
import { lookedAt } from './looked-at.ts';
import { ownerOf } from './served-sessions.ts';

const LOOK_MS = 1_000;

/** Keeps what `live` is to be given. Throws {@link Failure} `not-confirmed`, `account-unknown`, `deployment-exists`. */
export async function deploymentAdd(
  input: Input<'deployment-add'>,
  world: World,
  call: Call,
): Promise<Output<'deployment-add'>> {
  const loaded = await loadStrategy(input.strategy, world);
  const vault = await world.vaults.open(call.askSecret);
  const info = await findConnection(vault, input.account);
  if (input.confirm !== info.label)
    throw new Failure('not-confirmed', `expected --confirm with the name of the account, ${info.label}`, {
      details: { field: 'confirm' },
    });
  const session = input.session ?? `${input.account}-${loaded.strategy.def.id}`;
  // As it was asked for: defaults are those of whoever runs it, as when a person types it.
  const { dryRun: _, ...given } = call.given;
  const isNew = await (await world.deployments()).add({
    ...{ session, operation: 'live', account: info.id, label: info.label, actor: world.actor },
    // By its id: another one may be given the same name later.
    input: { ...given, session, account: info.id } as Readonly<Record<string, Json>>,
  });
  if (isNew) return { session, account: info.label };
  throw new Failure('deployment-exists', `session ${session} or account ${info.label} is deployed already`, {
    details: { session, field: 'session' },
  });
}

export function deploymentLs(
  input: Input<'deployment-ls'>,
  world: World,
  call: Call,
): Promise<Output<'deployment-ls'>> {
  return lookedAt(input, world, call, LOOK_MS, () => listed(world));
}

async function listed(world: World): Promise<Output<'deployment-ls'>> {
  const places = await world.deployments();
  const [all, traders] = await Promise.all([places.all(), places.traders()]);
  const deployments: Output<'deployment-ls'>['deployments'] = [];
  for (const { session, operation, account, label, input, actor, atMs, problem } of all) {
    const { strategy, symbols } = input as { readonly strategy: string; readonly symbols: readonly string[] };
    deployments.push({
      ...{ session, operation, account: operation === 'paper' ? null : label, strategy },
      ...{ symbols: [symbols].flat(), by: actor, since: formatTime(atMs) },
      ...{ running: await isRunning(session, world), problem },
      trader: ownerOf(account, traders)?.holder ?? null,
    });
  }
  return { deployments, traders: traders.map(({ holder }) => holder) };
}

export async function deploymentRm(input: Input<'deployment-rm'>, world: World): Promise<Output<'deployment-rm'>> {
  if (await (await world.deployments()).remove(input.session)) return { session: input.session };
  const known = (await (await world.deployments()).all()).map(({ session }) => session);
  throw new Failure('deployment-unknown', `session ${input.session} is not deployed`, {
    details: { found: input.session, expected: known },
  });
}
