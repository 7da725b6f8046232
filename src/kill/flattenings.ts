import { closingPrefix, orderSession } from '../core/execution/client-order-id.ts';
import { type Decimal, decimal, formatDecimal } from '../core/vocabulary/decimal.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExchangeGateway } from '../ports/exchange-gateway.ts';
import { JournalError, type Journals } from '../ports/journal.ts';
import {
  type Holding,
  HoldingsUnknown,
  type KnownTrades,
  positionHoldings,
  spotHoldings,
  tradesOfJournal,
} from './holdings.ts';
import type { Flattening } from './kill-account.ts';
import type { LiveSession } from './live-sessions.ts';

/** What somebody says that the account holds. */
export interface GivenPosition {
  readonly symbol: string;
  /** Decimal text; negative is short. */
  readonly quantity: string;
}

export interface FlatteningScope {
  readonly gateway: ExchangeGateway;
  readonly clock: Clock;
  /** Names orders of what belongs to no session. */
  readonly account: string;
  readonly sessions: readonly LiveSession[];
  /** Whether only what is a session's goes. */
  readonly sessionsOnly: boolean;
  readonly symbols: readonly string[] | null;
  readonly positions: readonly GivenPosition[];
  readonly journals: <T>(read: (journals: Journals) => Promise<T>) => Promise<T>;
  readonly collar: number;
  readonly patienceMs: number;
}

/**
 * What is to be closed of an account: what is given by hand; else, where the venue keeps positions, those, each in the name of the newest
 * session that trades its symbol; else what each session holds by its own trades.
 */
export function flatteningsOf(scope: FlatteningScope): Flattening[] {
  const { gateway, clock, account, sessions, symbols, positions, collar, patienceMs } = scope;
  const isMeant = (symbol: string): boolean => symbols?.includes(symbol) ?? true;
  const make = (orderIds: string, holdings: Flattening['holdings']): Flattening => {
    let count = 0;
    const run = Math.floor(clock.nowMs()).toString(36);
    const nextId = (): string => `${closingPrefix(orderIds)}${run}n${(count++).toString(36)}`;
    return { holdings, collar, patienceMs, nextId };
  };
  const nobody = orderSession(account, true);
  if (positions.length > 0)
    return [make(sessions[0]?.orderIds ?? nobody, async (closed) => remaining(positions, closed))];
  if (gateway.capabilities.positions) {
    const taken = new Set<string>();
    const parts = sessions.map(({ orderIds, pairs }) => {
      const own = pairs.map(({ symbol }) => symbol).filter((symbol) => isMeant(symbol) && !taken.has(symbol));
      for (const symbol of own) taken.add(symbol);
      return make(orderIds, () => positionHoldings(gateway, own));
    });
    const rest = make(nobody, async () =>
      (await positionHoldings(gateway, symbols)).filter(({ symbol }) => !taken.has(symbol)),
    );
    return scope.sessionsOnly ? parts : [...parts, rest];
  }
  return sessions.map(({ name, orderIds, pairs, begunAtMs }) => {
    let known: KnownTrades | null = null;
    const own = pairs.filter(({ symbol }) => isMeant(symbol));
    return make(orderIds, async () => {
      try {
        known ??= await scope.journals((journals) => tradesOfJournal(journals, name, orderIds));
      } catch (error) {
        if (!(error instanceof JournalError)) throw error;
        throw new HoldingsUnknown(`what session ${name} holds: ${error.message}`);
      }
      return spotHoldings(gateway, orderIds, own, known, begunAtMs);
    });
  });
}

function remaining(positions: readonly GivenPosition[], closed: ReadonlyMap<string, bigint>): Holding[] {
  return positions.flatMap(({ symbol, quantity }) => {
    const whole = decimal(quantity);
    const done = closed.get(symbol) ?? 0n;
    const left = (whole < 0n ? whole + done : whole - done) as Decimal;
    return left === 0n ? [] : [{ symbol, quantity: formatDecimal(left), positionSide: 'net' as const }];
  });
}
