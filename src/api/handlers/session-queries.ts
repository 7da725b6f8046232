import { orderOfClientId } from '../../core/execution/client-order-id.ts';
import { KILL_LEVELS } from '../../core/vocabulary/commands.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { fillOf, orderOf, viewOf } from '../../session/session-view.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import { numberOf, pageOf } from '../page.ts';
import type { Call, World } from '../world.ts';
import { bookOf, fillLine, orderLine } from './book-of.ts';
import { eventLineOf } from './event-lines.ts';
import { failureOf } from './failure-of.ts';
import { following } from './follow.ts';
import { concerns, heldLatches, latchLine } from './latch-scope.ts';
import {
  isRunning,
  type KnownSession,
  knownSessions,
  type ReadSession,
  readSession,
  sessionOf,
} from './session-reader.ts';
import { factsOf } from './sessions.ts';

type Asked = { readonly session?: string | undefined; readonly at?: number | undefined };

const untilOf = ({ at }: Asked) => (at === undefined ? {} : { untilMs: at });

async function read(input: Asked, world: World): Promise<ReadSession> {
  return readSession(await sessionOf(input.session, world), world, untilOf(input));
}

function heading({ name, core }: ReadSession) {
  return { session: name, time: Number.isFinite(core.lastMs) ? formatTime(core.lastMs) : null };
}

type Paged = { readonly cursor?: string | undefined; readonly follow: boolean; readonly limit: number };

/** The cursor, which a list that is followed cannot have. Throws {@link Failure} `input-invalid`. */
function unfollowed({ cursor, follow }: Paged): string | undefined {
  if (cursor === undefined || !follow) return cursor;
  throw new Failure('input-invalid', 'cursor: a list that is followed has no pages', { details: { field: 'cursor' } });
}

/** Of rows that rise, the page before the cursor: it is the number of a row. */
function pageBefore(rows: readonly number[], input: Paged): { rows: readonly number[]; cursor: string | null } {
  const cursor = unfollowed(input);
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : numberOf(cursor);
  const older = rows.filter((row) => row < before);
  const page = older.slice(Math.max(0, older.length - input.limit));
  return { rows: page, cursor: page.length < older.length ? (page[0] ?? before).toString(36) : null };
}

function openRows({ engine: { state, desk } }: SessionCore): readonly number[] {
  const rows = Array.from({ length: state.book.positions.count }, (_, slot) => [...desk.rowsOf(slot)]).flat();
  return rows.sort((a, b) => a - b);
}

export async function positions(input: Input<'positions'>, world: World, call: Call): Promise<Output<'positions'>> {
  const session = await read(input, world);
  const view = (): Output<'positions'> => {
    const { currency, cash, equity, positions: open } = viewOf(session.core, [], 0);
    return { ...heading(session), currency, cash, equity, positions: [...open] };
  };
  await following(input, world, call, () => session.readOn(), view);
  return view();
}

export async function orders(input: Input<'orders'>, world: World, call: Call): Promise<Output<'orders'>> {
  const session = await read(input, world);
  const { core } = session;
  const view = (): Output<'orders'> => {
    const { count } = core.engine.state.orders;
    const rows = input.all ? Array.from({ length: count }, (_, row) => row) : openRows(core);
    const page = pageBefore(rows, input);
    return { ...heading(session), orders: page.rows.map((row) => orderLine(orderOf(core, row))), cursor: page.cursor };
  };
  await following(input, world, call, () => session.readOn(), view);
  return view();
}

export async function orderShow(input: Input<'order-show'>, world: World): Promise<Output<'order-show'>> {
  const session = await read({ session: input.session }, world);
  const { core, name } = session;
  const { orders: placed, fills: done, session: prefix } = core.engine.state;
  const row = input.order === 'last' ? placed.count - 1 : (orderOfClientId(prefix, input.order)?.row ?? -1);
  if (row < 0 || row >= placed.count)
    throw new Failure(
      'order-unknown',
      placed.count === 0 ? `session ${name} has no orders yet` : `session ${name} has no order ${input.order}`,
      { hint: 'tradewright orders --all lists them.', details: { field: 'order', found: input.order } },
    );
  const own = Array.from({ length: done.count }, (_, k) => k).filter((k) => done.column.order[k] === row);
  return {
    ...heading(session),
    order: orderLine(orderOf(core, row)),
    fills: own.map((fill) => fillLine(fillOf(core, fill))),
  };
}

export async function fills(input: Input<'fills'>, world: World, call: Call): Promise<Output<'fills'>> {
  const session = await read(input, world);
  const { core } = session;
  let told = 0;
  const view = (): Output<'fills'> => {
    const { count } = core.engine.state.fills;
    const { from, to, cursor } = pageOf(count, input.limit, unfollowed(input));
    const first = Math.max(told, from);
    const lines = Array.from({ length: Math.max(0, to - first) }, (_, k) => fillLine(fillOf(core, first + k)));
    told = input.follow ? count : told;
    return { ...heading(session), fills: lines, cursor };
  };
  await following(
    input,
    world,
    call,
    () => session.readOn(),
    view,
    ({ fills: fresh }) => fresh.length > 0,
  );
  return view();
}

export async function events(input: Input<'events'>, world: World, call: Call): Promise<Output<'events'>> {
  const session = await read(input, world);
  let told = 0;
  const view = (): Output<'events'> => {
    const { core } = session;
    const { count } = core.engine.state.log;
    const { from, to, cursor } = pageOf(count, input.limit, unfollowed(input));
    const first = Math.max(told, from);
    const lines = Array.from({ length: Math.max(0, to - first) }, (_, k) => eventLineOf(core, first + k));
    told = input.follow ? count : told;
    return { ...heading(session), events: lines, cursor };
  };
  await following(
    input,
    world,
    call,
    () => session.readOn(),
    view,
    ({ events: fresh }) => fresh.length > 0,
  );
  return view();
}

export async function status(input: Input<'status'>, world: World, call: Call): Promise<Output<'status'>> {
  const asked = input.session === undefined ? await knownSessions(world) : [await sessionOf(input.session, world)];
  const all = await Promise.all(asked.map((session) => tried(session, input, world)));
  const isOne = input.session !== undefined;
  const readOn = async (): Promise<void> => {
    for (const { session } of all) await session?.readOn();
  };
  let view = await statusOf(all, isOne, world);
  await following(input, world, call, readOn, async () => {
    view = await statusOf(all, isOne, world);
    return view;
  });
  return view;
}

interface Tried {
  readonly known: KnownSession;
  readonly session: ReadSession | null;
  readonly problem: string | null;
}

/** A session that cannot be replayed must not hide the others. */
async function tried(known: KnownSession, input: Asked, world: World): Promise<Tried> {
  try {
    return { known, session: await readSession(known, world, untilOf(input)), problem: null };
  } catch (error) {
    if (input.session !== undefined) throw error;
    return { known, session: null, problem: failureOf(error).message };
  }
}

async function statusOf(all: readonly Tried[], isOne: boolean, world: World): Promise<Output<'status'>> {
  const latches = await heldLatches(world);
  const lines: Output<'status'>['sessions'] = [];
  for (const { known, session, problem } of all) {
    const held = typeof latches === 'string' ? [] : latches.filter((latch) => concerns(latch, known));
    const strictest = Math.max(-1, ...held.map(({ level }) => KILL_LEVELS.indexOf(level!)));
    const view = session === null ? null : viewOf(session.core, [], 0);
    lines.push({
      session: known.name,
      ...factsOf(known.about),
      running: await isRunning(known.name, world),
      latched: typeof latches === 'string' ? 'halt' : (KILL_LEVELS[strictest] ?? null),
      time: view === null || view.timeMs === null ? null : formatTime(view.timeMs),
      ...{ currency: view?.currency ?? null, equity: view?.equity ?? null, profit: view?.profit ?? null },
      ...{ positions: view?.positions.length ?? 0, openOrders: view?.openOrders.length ?? 0, fills: view?.fills ?? 0 },
      problem: typeof latches === 'string' ? `latches cannot be read: ${latches}` : problem,
    });
  }
  const one = isOne ? all[0]!.session : null;
  const told = typeof latches === 'string' ? [] : latches.map(latchLine);
  return { sessions: lines, latches: told, book: one === null ? null : bookOf(viewOf(one.core, [], SHOWN_FILLS)) };
}

const SHOWN_FILLS = 8;
