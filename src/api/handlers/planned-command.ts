import type { SessionCommand } from '../../core/vocabulary/commands.ts';
import type { Entry, Level, Size } from '../../core/vocabulary/intent.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { Deployment } from '../../ports/deployments.ts';
import { Failure } from '../failures.ts';
import type { Input } from '../operations/table.ts';
import type { World } from '../world.ts';
import { runningSession } from './give-command.ts';
import { type BegunSession, isRunning } from './known-sessions.ts';

/** What a request asks of which session: ready to be given, or to be tried. */
export interface PlannedCommand<T extends SessionCommand['type'] = SessionCommand['type']> {
  readonly session: BegunSession;
  readonly command: SessionCommand & { readonly type: T };
}

export async function placement(input: Input<'order-place'>, world: World): Promise<PlannedCommand<'place-order'>> {
  const entry = entryOf(input);
  const session = await runningSession(input.session, world);
  const instrument = instrumentOf(input.symbol, session);
  const { strategy, venue } = session.about;
  const { side, reason, until } = input;
  // A recording has a clock of its own.
  if (until !== undefined && until <= world.clock.nowMs() && !venue.startsWith('replay:'))
    throw invalid('until', `until: expected a time to come, found ${formatTime(until)}`);
  return { session, command: { type: 'place-order', reason, strategy, instrument, side, entry } };
}

export async function amendment(input: Input<'order-amend'>, world: World): Promise<PlannedCommand<'amend-order'>> {
  const { price, qty, reason } = input;
  if (price === undefined && qty === undefined)
    throw invalid('price', 'price: expected --price, --qty or both, found neither');
  const session = await runningSession(input.session, world);
  const order = await orderNamed(input.order, session, world);
  const changes = {
    ...(price === undefined ? {} : { price: Number(price) }),
    ...(qty === undefined ? {} : { quantity: Number(qty) }),
  };
  return { session, command: { type: 'amend-order', reason, order, ...changes } };
}

export async function cancelation(input: Input<'order-cancel'>, world: World): Promise<PlannedCommand<'cancel-order'>> {
  const session = await runningSession(input.session, world);
  const order = await orderNamed(input.order, session, world);
  return { session, command: { type: 'cancel-order', reason: input.reason, order } };
}

export async function cancelationOfAll(
  { symbol, reason, ...input }: Input<'order-cancel-all'>,
  world: World,
): Promise<PlannedCommand<'cancel-all-orders'>> {
  const session = await runningSession(input.session, world);
  const scope = symbol === undefined ? {} : { instrument: instrumentOf(symbol, session) };
  return { session, command: { type: 'cancel-all-orders', reason, ...scope } };
}

export async function valueGiven(
  { source, value, reason, ...input }: Input<'source-give'>,
  world: World,
): Promise<PlannedCommand<'give-value'>> {
  const session = await runningSession(input.session, world);
  return { session, command: { type: 'give-value', reason, source, value } };
}

export async function strategyStart<T extends 'pause-strategy' | 'start-strategy'>(
  type: T,
  { reason, ...input }: Input<'pause'>,
  world: World,
): Promise<PlannedCommand> {
  const session = await runningSession(input.session, world);
  return { session, command: { type, reason, strategy: session.about.strategy } };
}

/** What servers keep running under this name; null for nothing. */
export async function deploymentOf(session: string, world: World): Promise<Deployment | null> {
  return (await (await world.deployments()).all()).find((each) => each.session === session) ?? null;
}

/** What servers keep and have not begun, or cannot begin now: there is nobody to tell, and to keep it no longer ends it. Null for anything else. */
export async function waitingDeployment({ session }: Input<'stop'>, world: World): Promise<Deployment | null> {
  const kept = session === undefined ? null : await deploymentOf(session, world);
  return kept?.operation === 'paper' && !(await isRunning(kept.session, world)) ? kept : null;
}

export async function sessionEnd({ reason, ...input }: Input<'stop'>, world: World): Promise<PlannedCommand> {
  return { session: await runningSession(input.session, world), command: { type: 'stop-session', reason } };
}

async function orderNamed(name: string, session: BegunSession, world: World): Promise<string> {
  if (name !== 'last') return name;
  // It takes the engine to know, of which no other command has need.
  const { newestOrder } = await import('./newest-order.ts');
  return newestOrder(session, world);
}

/** What the flags ask for. Throws {@link Failure} `input-invalid` where they do not go together. */
function entryOf(input: Input<'order-buy'>): Entry {
  const { limit, trigger, stop, target, trail, type, reduceOnly, postOnly } = input;
  const size = sizeOf(input);
  const found =
    trigger === undefined ? (limit === undefined ? 'market' : 'limit') : limit === undefined ? 'stop' : 'stop-limit';
  if (type !== undefined && type !== found)
    throw invalid('type', `type: --limit and --trigger make it ${found}, found --type ${type}`);
  const level = target === undefined ? undefined : targetOf(target);
  if (level !== undefined && 'r' in level && stop === undefined && trail === undefined)
    throw invalid('target', `target: expected --stop or --trail, to which ${target} is measured, found neither`);
  return {
    size,
    ...(limit === undefined ? {} : { limit }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(stop === undefined ? {} : { stop: levelOf(stop) }),
    ...(level === undefined ? {} : { target: level }),
    ...(trail === undefined ? {} : { trail: levelOf(trail) }),
    ...timeInForceOf(input),
    ...(postOnly ? { postOnly } : {}),
    ...(reduceOnly ? { reduceOnly } : {}),
    why: 'ordered by hand',
  };
}

/** How long it works. A post-only order that cannot rest is refused here, where its fields can be named. */
function timeInForceOf({ tif, until, limit, postOnly }: Input<'order-buy'>): Pick<Entry, 'tif'> {
  if (until !== undefined && tif !== undefined)
    throw invalid('until', `until: expected --until or --tif, found both (--tif ${tif})`);
  if (postOnly && limit === undefined)
    throw invalid('postOnly', 'postOnly: expected --limit, at which the order rests, found none');
  if (postOnly && (tif === 'ioc' || tif === 'fok'))
    throw invalid('postOnly', `postOnly: expected an order that rests, found --tif ${tif}, which never does`);
  if (until !== undefined) return { tif: { gtd: until } };
  return tif === undefined ? {} : { tif };
}

function sizeOf({ qty, notional, pctEquity, riskPct, stop, trail }: Input<'order-buy'>): Size {
  const given = Object.entries({ qty, notional, pctEquity, riskPct }).filter(([, amount]) => amount !== undefined);
  if (given.length !== 1) {
    const flags = given.map(([name]) => `--${name.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`);
    throw invalid(
      'qty',
      `qty: expected one of --qty, --notional, --pct-equity and --risk-pct, found ${flags.length === 0 ? 'none' : flags.join(' and ')}`,
    );
  }
  if (riskPct !== undefined && stop === undefined && trail === undefined)
    throw invalid('stop', 'stop: expected --stop or --trail, to which --risk-pct is measured, found neither');
  return Object.fromEntries(given) as Size;
}

function levelOf(text: string): Level {
  const amount = Number.parseFloat(text);
  if (text.endsWith('%')) return { pct: amount / 100 };
  if (text.endsWith('atr')) return { atr: amount };
  if (text.endsWith('ticks')) return { ticks: amount };
  return { price: text };
}

const targetOf = (text: string): NonNullable<Entry['target']> =>
  /\dr$/.test(text) ? { r: Number.parseFloat(text) } : levelOf(text);

function instrumentOf(symbol: string, { name, about }: BegunSession): string {
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
