import { closingPrefix } from '../core/execution/client-order-id.ts';
import { type Decimal, decimal, formatDecimal } from '../core/vocabulary/decimal.ts';
import type { ExchangeGateway, VenueFill, VenuePosition } from '../ports/exchange-gateway.ts';
import type { Journals } from '../ports/journal.ts';

/** Trades are asked for from so long before the newest one that is known. */
const OVERLAP_MS = 3_600_000;

/** Something to be closed. `quantity` is decimal text; negative is short. */
export interface Holding {
  readonly symbol: string;
  readonly quantity: string;
  readonly positionSide: VenuePosition['positionSide'];
}

/** What is held cannot be told: then nothing is closed. */
export class HoldingsUnknown extends Error {
  override readonly name = 'HoldingsUnknown';
}

/** What the venue says that the account has open. */
export async function positionHoldings(
  gateway: ExchangeGateway,
  symbols: readonly string[] | null,
): Promise<Holding[]> {
  return (await gateway.positions())
    .filter(({ symbol, quantity }) => (symbols?.includes(symbol) ?? true) && decimal(quantity) !== 0n)
    .map(({ symbol, quantity, positionSide }) => ({
      symbol,
      // In hedge mode some venues tell the side by the sign, some by the word alone.
      quantity: positionSide === 'short' && !quantity.startsWith('-') ? `-${quantity}` : quantity,
      positionSide,
    }));
}

/** A session's own trades, as far as its journal tells them. */
export interface KnownTrades {
  readonly fills: ReadonlyMap<string, VenueFill>;
  /** Symbol and venue's number of orders that are the session's: not every venue names an order by our id in its trades. */
  readonly orders: ReadonlySet<string>;
  readonly newestMs: number;
}

/** A spot pair of a session. */
export interface SpotPair {
  readonly symbol: string;
  readonly base: string;
}

interface Word {
  readonly type?: string;
  readonly fill?: VenueFill;
  readonly order?: unknown;
  readonly told?: unknown;
}

const keyOf = ({ symbol, tradeId }: VenueFill): string => `${symbol} ${tradeId}`;

/** Whether an order of this id is of the session, or closes what it holds. `session`: what its ids begin with. */
export function isOf(session: string, clientOrderId: string): boolean {
  return clientOrderId.startsWith(`${session}o`) || clientOrderId.startsWith(closingPrefix(session));
}

/** Reads a journal as what it is, lines of JSON: no engine, no strategy. Rejects with JournalError. */
export async function tradesOfJournal(journals: Journals, name: string, session: string): Promise<KnownTrades> {
  const told: VenueFill[] = [];
  const orders = new Set<string>();
  for await (const { kind, payload } of journals.read(name)) {
    if (kind !== 'outcome') continue;
    const word = payload as unknown as Word;
    if (word.type === 'fill-told') told.push(word.fill!);
    for (const order of [word.order, word.told]) {
      if (typeof order !== 'object' || order === null) continue;
      const { symbol, clientOrderId, venueOrderId } = order as Record<string, string>;
      if (isOf(session, clientOrderId ?? '')) orders.add(`${symbol} ${venueOrderId}`);
    }
  }
  const own = told.filter((fill) => isOwn(session, orders, fill));
  return {
    fills: new Map(own.map((fill) => [keyOf(fill), fill])),
    orders,
    newestMs: own.reduce((newest, { tradedAtMs }) => Math.max(newest, tradedAtMs), Number.NEGATIVE_INFINITY),
  };
}

function isOwn(session: string, orders: ReadonlySet<string>, fill: VenueFill): boolean {
  if (fill.clientOrderId !== '') return isOf(session, fill.clientOrderId);
  return orders.has(`${fill.symbol} ${fill.venueOrderId}`);
}

/**
 * What a spot session holds: its own trades, those of its journal and those that the venue has told nobody yet, and never more than is free in
 * the account. What else the account holds is not touched. Rejects with VenueError.
 */
export async function spotHoldings(
  gateway: ExchangeGateway,
  session: string,
  pairs: readonly SpotPair[],
  known: KnownTrades,
  begunAtMs: number,
): Promise<Holding[]> {
  const fromMs = Math.max(0, Number.isFinite(known.newestMs) ? known.newestMs - OVERLAP_MS : begunAtMs - OVERLAP_MS);
  const fills = new Map(known.fills);
  for (const { symbol } of pairs)
    for (const fill of await gateway.fills(symbol, { timeMs: fromMs }))
      if (fill.tradedAtMs >= begunAtMs - OVERLAP_MS && isOwn(session, known.orders, fill)) fills.set(keyOf(fill), fill);
  const balances = await gateway.balances();
  return pairs.flatMap(({ symbol, base }) => {
    let held = 0n;
    for (const fill of fills.values()) {
      if (fill.symbol === symbol) held += (fill.side === 'buy' ? 1n : -1n) * decimal(fill.quantity);
      if (fill.symbol === symbol && fill.feeAsset === base) held -= decimal(fill.fee);
    }
    const free = decimal(balances.find(({ asset }) => asset === base)?.free ?? '0');
    const quantity = held < free ? held : free;
    return quantity > 0n
      ? [{ symbol, quantity: formatDecimal(quantity as Decimal), positionSide: 'net' as const }]
      : [];
  });
}
