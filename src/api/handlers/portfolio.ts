import { ACCOUNT } from '../../core/portfolio/ledger.ts';
import { unitsToText } from '../../core/vocabulary/decimal.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { Input, Output } from '../operations/table.ts';
import { numberOf } from '../page.ts';
import type { World } from '../world.ts';
import { type ReadSession, readSession, sessionOf } from './session-reader.ts';

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

async function read(input: { session?: string | undefined; at?: number | undefined }, world: World) {
  const until = input.at === undefined ? {} : { untilMs: input.at };
  return readSession(await sessionOf(input.session, world), world, until);
}

function heading({ name, core }: ReadSession) {
  return {
    ...{ session: name, time: Number.isFinite(core.lastMs) ? formatTime(core.lastMs) : null },
    currency: core.engine.state.account.currency,
  };
}

export async function balances(input: Input<'balances'>, world: World): Promise<Output<'balances'>> {
  const session = await read(input, world);
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

export async function equity(input: Input<'equity'>, world: World): Promise<Output<'equity'>> {
  const { session: name, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, limit, cursor } = input;
  const session = await read({ session: name }, world);
  const { track } = session.core.engine.state;
  const beforeMs = Math.min(to, cursor === undefined ? to : numberOf(cursor));
  let end = track.count;
  while (end > 0 && track.timeMs[end - 1]! >= beforeMs) end--;
  let first = end;
  while (first > 0 && end - first < limit && track.timeMs[first - 1]! >= from) first--;
  const hasOlder = first > 0 && first < end && track.timeMs[first - 1]! >= from;
  return {
    ...heading(session),
    points: Array.from({ length: end - first }, (_, k) => ({
      time: formatTime(track.timeMs[first + k]!),
      ...{ equity: track.equity[first + k]!, exposure: track.exposure[first + k]! },
    })),
    cursor: hasOlder ? track.timeMs[first]!.toString(36) : null,
  };
}

export async function profit(input: Input<'profit'>, world: World): Promise<Output<'profit'>> {
  const session = await read(input, world);
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
