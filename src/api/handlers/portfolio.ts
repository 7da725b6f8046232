import { ACCOUNT } from '../../core/portfolio/ledger.ts';
import { unitsToText } from '../../core/vocabulary/decimal.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import { numberOf } from '../page.ts';
import type { Call, World } from '../world.ts';
import type { ReadSession } from './session-reader.ts';
import { followingSession, withSession } from './shared-sessions.ts';

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function heading({ name, core }: ReadSession) {
  return {
    ...{ session: name, time: Number.isFinite(core.lastMs) ? formatTime(core.lastMs) : null },
    currency: core.engine.state.account.currency,
  };
}

export function balances(input: Input<'balances'>, world: World, call: Call): Promise<Output<'balances'>> {
  return withSession(input, world, async (shared) => {
    const view = (): Output<'balances'> => balancesOf(shared.read);
    await followingSession(shared, input, world, call, view);
    return view();
  });
}

function balancesOf(session: ReadSession): Output<'balances'> {
  const { book, price } = session.core.engine.state;
  return {
    ...heading(session),
    equity: finite(book.equity(price)),
    balances: book.ledger.assets.flatMap(({ code, scale }, asset) => {
      const quanta = book.ledger.of(asset, ACCOUNT.wallet);
      if (quanta === 0 && asset !== 0) return [];
      const value = finite((quanta / 10 ** scale) * book.rate(asset, price));
      return [{ asset: code, amount: unitsToText(quanta, scale), value }];
    }),
  };
}

export function equity(input: Input<'equity'>, world: World, call: Call): Promise<Output<'equity'>> {
  if (input.cursor !== undefined && input.follow)
    throw new Failure('input-invalid', 'cursor: a list that is followed has no pages', {
      details: { field: 'cursor' },
    });
  return withSession({ session: input.session }, world, async (shared) => {
    let told: number | null = null;
    const peaks = { before: 0, peak: Number.NEGATIVE_INFINITY };
    const view = (): Output<'equity'> => {
      const { output, end } = equityOf(shared.read, input, told, peaks);
      if (input.follow) told = end;
      return output;
    };
    await followingSession(shared, input, world, call, view, ({ points }) => points.length > 0);
    return view();
  });
}

/** The highest of the points before one, as far as they have been looked through: of a list that is followed, each is looked at once. */
interface Peaks {
  before: number;
  peak: number;
}

function peakBefore(first: number, { core }: ReadSession, peaks: Peaks): number {
  const { track, account } = core.engine.state;
  while (peaks.before < first) peaks.peak = Math.max(peaks.peak, track.equity[peaks.before++]!);
  return Math.max(account.cash, peaks.peak);
}

/** The page that is asked for, or all points that were not told yet; and how many there are up to its end. */
function equityOf(
  session: ReadSession,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, limit, cursor }: Input<'equity'>,
  told: number | null,
  peaks: Peaks,
): { readonly output: Output<'equity'>; readonly end: number } {
  const { track } = session.core.engine.state;
  const beforeMs = Math.min(to, cursor === undefined ? to : numberOf(cursor));
  let end = track.count;
  while (end > 0 && track.timeMs[end - 1]! >= beforeMs) end--;
  let first = told ?? end;
  if (told === null) while (first > 0 && end - first < limit && track.timeMs[first - 1]! >= from) first--;
  const hasOlder = first > 0 && first < end && track.timeMs[first - 1]! >= from;
  const output = {
    ...heading(session),
    peak: peakBefore(first, session, peaks),
    points: Array.from({ length: end - first }, (_, k) => ({
      time: formatTime(track.timeMs[first + k]!),
      ...{ equity: track.equity[first + k]!, exposure: track.exposure[first + k]! },
    })),
    cursor: hasOlder ? track.timeMs[first]!.toString(36) : null,
  };
  return { output, end };
}

export function profit(input: Input<'profit'>, world: World, call: Call): Promise<Output<'profit'>> {
  return withSession(input, world, async (shared) => {
    const view = (): Output<'profit'> => profitOf(shared.read);
    await followingSession(shared, input, world, call, view);
    return view();
  });
}

function profitOf(session: ReadSession): Output<'profit'> {
  const { state, seats } = session.core.engine;
  const { positions } = state.book;
  const c = positions.column;
  const slots = Array.from({ length: positions.count }, (_, slot) => slot).filter((slot) => c.fills[slot] !== 0);
  return {
    ...heading(session),
    profit: finite(state.book.equity(state.price) - state.account.cash),
    instruments: slots.map((slot) => {
      const instrument = state.instruments[state.instrumentOf[slot]!]!;
      const held = c.lots[slot] === 0 ? 0 : positions.unrealized(slot, instrument, state.price[instrument.index]!);
      return {
        ...{ strategy: seats[state.strategyOf[slot]!]!.strategy.def.id, instrument: instrument.id },
        ...{ realized: instrument.moneyText(c.realized[slot]!), fees: instrument.moneyText(c.fees[slot]!) },
        ...{ funding: instrument.moneyText(c.funding[slot]!), unrealized: finite(held), fills: c.fills[slot]! },
      };
    }),
  };
}
