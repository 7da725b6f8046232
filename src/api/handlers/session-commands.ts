import type { Deployment } from '../../ports/deployments.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { carriedOut } from './give-command.ts';
import { isRunning } from './known-sessions.ts';
import {
  amendment,
  cancelation,
  cancelationOfAll,
  deploymentOf,
  type PlannedCommand,
  placement,
  sessionEnd,
  strategyStart,
  valueGiven,
  waitingDeployment,
} from './planned-command.ts';

export const orderPlace = async (input: Input<'order-place'>, world: World): Promise<Output<'order-place'>> =>
  place(input, world);
export const orderBuy = async (input: Input<'order-buy'>, world: World): Promise<Output<'order-buy'>> =>
  place({ ...input, side: 'buy' }, world);
export const orderSell = async (input: Input<'order-sell'>, world: World): Promise<Output<'order-sell'>> =>
  place({ ...input, side: 'sell' }, world);

async function place(input: Input<'order-place'>, world: World): Promise<Output<'order-place'>> {
  const planned = await placement(input, world);
  const { order, standing = null } = await give(planned, world);
  const { instrument, side } = planned.command;
  return { session: planned.session.name, order: order!, instrument, side, standing };
}

const give = ({ session, command }: PlannedCommand, world: World) => carriedOut(session.name, command, world);

export async function orderAmend(input: Input<'order-amend'>, world: World): Promise<Output<'order-amend'>> {
  const planned = await amendment(input, world);
  const { standing = null } = await give(planned, world);
  return { session: planned.session.name, order: planned.command.order, standing };
}

export async function orderCancel(input: Input<'order-cancel'>, world: World): Promise<Output<'order-cancel'>> {
  const planned = await cancelation(input, world);
  const { standing = null } = await give(planned, world);
  return { session: planned.session.name, order: planned.command.order, standing };
}

export async function orderCancelAll(
  input: Input<'order-cancel-all'>,
  world: World,
): Promise<Output<'order-cancel-all'>> {
  const planned = await cancelationOfAll(input, world);
  const { canceled = 0, pending = canceled } = await give(planned, world);
  return { session: planned.session.name, canceled, pending };
}

export async function sourceGive(input: Input<'source-give'>, world: World): Promise<Output<'source-give'>> {
  const planned = await valueGiven(input, world);
  const { placed = [], refused = [] } = await give(planned, world);
  const { source, value } = planned.command;
  return { session: planned.session.name, source, value, placed: [...placed], refused: [...refused] };
}

export async function pauseSession(input: Input<'pause'>, world: World): Promise<Output<'pause'>> {
  return given(await strategyStart('pause-strategy', input, world), world);
}

export async function resumeSession(input: Input<'resume'>, world: World): Promise<Output<'resume'>> {
  return given(await strategyStart('start-strategy', input, world), world);
}

async function given(planned: PlannedCommand, world: World): Promise<Output<'pause'>> {
  await give(planned, world);
  return { session: planned.session.name, strategy: planned.session.about.strategy };
}

/** Ends a session, and waits until whoever ran it has given it back, and keeps it no longer where it trades play money. */
export async function stopSession(input: Input<'stop'>, world: World, call: Call): Promise<Output<'stop'>> {
  const waiting = await waitingDeployment(input, world);
  if (waiting !== null) return keptNoLonger(waiting, world);
  const planned = await sessionEnd(input, world);
  const { name } = planned.session;
  const kept = await deploymentOf(name, world);
  const output = await given(planned, world);
  if (kept?.operation === 'live')
    call.warn({
      code: 'still-deployed',
      message: `session ${name} is deployed with account ${kept.label}: servers begin it again`,
      hint: `To end it: tradewright deployment rm ${name}`,
    });
  const isThere = async (): Promise<boolean> =>
    (await isRunning(name, world)) || (kept?.operation === 'paper' && (await deploymentOf(name, world)) !== null);
  const endMs = world.clock.elapsedMs() + RELEASE_MS;
  while ((await isThere()) && world.clock.elapsedMs() < endMs)
    await new Promise<void>((resolve) => void world.clock.after(50, resolve));
  return output;
}

async function keptNoLonger({ session, input }: Deployment, world: World): Promise<Output<'stop'>> {
  await (await world.deployments()).remove(session);
  // A server may be about to begin it: it ends it again, as after deployment rm.
  return { session, strategy: input['strategy'] as string };
}

/** Longest wait for the feed of a session that has ended to close. */
const RELEASE_MS = 10_000;
