import type { SessionCommand } from '../../core/vocabulary/commands.ts';
import type { Entry, Level } from '../../core/vocabulary/intent.ts';
import { openOrdersOf } from '../../session/session-view.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { carriedOut, runningSession } from './give-command.ts';
import { isRunning, type KnownSession, readSession } from './session-reader.ts';

type OrderInput = Input<'order-buy'>;

export const orderBuy = (input: OrderInput, world: World): Promise<Output<'order-buy'>> => place('buy', input, world);
export const orderSell = (input: OrderInput, world: World): Promise<Output<'order-sell'>> =>
  place('sell', input, world);

async function place(side: 'buy' | 'sell', input: OrderInput, world: World): Promise<Output<'order-buy'>> {
  const entry = entryOf(input);
  const session = await runningSession(input.session, world);
  const instrument = instrumentOf(input.symbol, session);
  const { strategy } = session.about;
  const command: SessionCommand = { type: 'place-order', reason: input.reason, strategy, instrument, side, entry };
  const { order } = await carriedOut(session.name, command, world);
  return { session: session.name, order: order!, instrument, side };
}

/** What the flags ask for. Throws {@link Failure} `input-invalid` where they do not go together. */
function entryOf(input: OrderInput): Entry {
  const { qty, notional, limit, trigger, stop, target, tif, type, reduceOnly } = input;
  if ((qty === undefined) === (notional === undefined))
    throw invalid('qty', 'qty: expected either --qty or --notional, found both or neither');
  const found =
    trigger === undefined ? (limit === undefined ? 'market' : 'limit') : limit === undefined ? 'stop' : 'stop-limit';
  if (type !== undefined && type !== found)
    throw invalid('type', `type: --limit and --trigger make it ${found}, found --type ${type}`);
  return {
    size: qty === undefined ? { notional: notional! } : { qty },
    ...(limit === undefined ? {} : { limit }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(stop === undefined ? {} : { stop: levelOf(stop) }),
    ...(target === undefined ? {} : { target: levelOf(target) }),
    ...(tif === undefined ? {} : { tif }),
    ...(reduceOnly ? { reduceOnly } : {}),
    why: 'ordered by hand',
  };
}

const levelOf = (text: string): Level =>
  text.endsWith('%') ? { pct: Number(text.slice(0, -1)) / 100 } : { price: text };

function instrumentOf(symbol: string, { name, about }: KnownSession): string {
  const ids = about.feeds.map(({ instrument }) => instrument.id);
  const found = ids.find((id) => id === symbol || id.endsWith(`:${symbol}`));
  if (found !== undefined) return found;
  throw new Failure('symbol-unknown', `session ${name} does not trade ${symbol}; it trades ${ids.join(', ')}`, {
    details: { field: 'symbol', found: symbol, expected: ids },
  });
}

function invalid(field: string, message: string): Failure {
  return new Failure('input-invalid', message, { details: { field } });
}

export async function orderCancel(input: Input<'order-cancel'>, world: World): Promise<Output<'order-cancel'>> {
  const session = await runningSession(input.session, world);
  const order = input.order === 'last' ? await newestOrder(session, world) : input.order;
  await carriedOut(session.name, { type: 'cancel-order', reason: input.reason, order }, world);
  return { session: session.name, order };
}

async function newestOrder(session: KnownSession, world: World): Promise<string> {
  const open = openOrdersOf((await readSession(session, world)).core);
  if (open.length === 0) throw new Failure('order-unknown', `session ${session.name} has no open order`);
  return open.reduce((a, b) => (b.timeMs >= a.timeMs ? b : a)).order;
}

export async function pauseSession(input: Input<'pause'>, world: World): Promise<Output<'pause'>> {
  return setRunning('pause-strategy', input, world);
}

export async function resumeSession(input: Input<'resume'>, world: World): Promise<Output<'resume'>> {
  return setRunning('start-strategy', input, world);
}

async function setRunning(
  type: 'pause-strategy' | 'start-strategy',
  input: Input<'pause'>,
  world: World,
): Promise<Output<'pause'>> {
  const { name, about } = await runningSession(input.session, world);
  await carriedOut(name, { type, reason: input.reason, strategy: about.strategy }, world);
  return { session: name, strategy: about.strategy };
}

/** Ends a session, and waits until whoever ran it has given it back. */
export async function stopSession(input: Input<'stop'>, world: World): Promise<Output<'stop'>> {
  const { name, about } = await runningSession(input.session, world);
  await carriedOut(name, { type: 'stop-session', reason: input.reason }, world);
  const endMs = world.clock.elapsedMs() + RELEASE_MS;
  while ((await isRunning(name, world)) && world.clock.elapsedMs() < endMs)
    await new Promise<void>((resolve) => void world.clock.after(50, resolve));
  return { session: name, strategy: about.strategy };
}

/** Longest wait for the feed of a session that has ended to close. */
const RELEASE_MS = 10_000;
