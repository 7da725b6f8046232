import { orderOfClientId } from '../../core/execution/client-order-id.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { fillOf, orderOf, viewOf } from '../../session/session-view.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import { numberOf, pageOf } from '../page.ts';
import type { Call, World } from '../world.ts';
import { fillLine, orderLine } from './book-of.ts';
import { eventLineOf } from './event-lines.ts';
import type { ReadSession } from './session-reader.ts';
import { followingSession, withSession } from './shared-sessions.ts';

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

export function positions(input: Input<'positions'>, world: World, call: Call): Promise<Output<'positions'>> {
  return withSession(input, world, async (shared) => {
    const view = (): Output<'positions'> => {
      const { currency, cash, equity, positions: open } = viewOf(shared.read.core, [], 0);
      return { ...heading(shared.read), currency, cash, equity, positions: [...open] };
    };
    await followingSession(shared, input, world, call, view);
    return view();
  });
}

export function orders(input: Input<'orders'>, world: World, call: Call): Promise<Output<'orders'>> {
  return withSession(input, world, async (shared) => {
    const { core } = shared.read;
    const view = (): Output<'orders'> => {
      const { count } = core.engine.state.orders;
      const rows = input.all ? Array.from({ length: count }, (_, row) => row) : openRows(core);
      const page = pageBefore(rows, input);
      const lines = page.rows.map((row) => orderLine(orderOf(core, row)));
      return { ...heading(shared.read), orders: lines, cursor: page.cursor };
    };
    await followingSession(shared, input, world, call, view);
    return view();
  });
}

export function orderShow(input: Input<'order-show'>, world: World): Promise<Output<'order-show'>> {
  return withSession({ session: input.session }, world, ({ read }) => {
    const { core, name } = read;
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
      ...heading(read),
      order: orderLine(orderOf(core, row)),
      fills: own.map((fill) => fillLine(fillOf(core, fill))),
    };
  });
}

export function fills(input: Input<'fills'>, world: World, call: Call): Promise<Output<'fills'>> {
  return withSession(input, world, async (shared) => {
    const { core } = shared.read;
    const news = newRows(input);
    const view = (): Output<'fills'> => {
      const { rows, cursor } = news(core.engine.state.fills.count);
      return { ...heading(shared.read), fills: rows.map((row) => fillLine(fillOf(core, row))), cursor };
    };
    await followingSession(shared, input, world, call, view, ({ fills: fresh }) => fresh.length > 0);
    return view();
  });
}

export function events(input: Input<'events'>, world: World, call: Call): Promise<Output<'events'>> {
  return withSession(input, world, async (shared) => {
    const { core, info } = shared.read;
    const news = newRows(input);
    const view = (): Output<'events'> => {
      const { rows, cursor } = news(core.engine.state.log.count);
      return { ...heading(shared.read), events: rows.map((row) => eventLineOf(core, row, info.createdAtMs)), cursor };
    };
    await followingSession(shared, input, world, call, view, ({ events: fresh }) => fresh.length > 0);
    return view();
  });
}

/** Of a list that grows at its end: the page that is asked for; of one that is followed, then all that was not told yet, however much. */
function newRows(input: Paged): (count: number) => { rows: readonly number[]; cursor: string | null } {
  let told: number | null = null;
  return (count) => {
    const page = pageOf(count, input.limit, unfollowed(input));
    const from = told ?? page.from;
    if (input.follow) told = count;
    return { rows: Array.from({ length: page.to - from }, (_, k) => from + k), cursor: page.cursor };
  };
}
