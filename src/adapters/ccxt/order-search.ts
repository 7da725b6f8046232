import { VenueError } from '../../ports/venue-error.ts';
import type { CcxtExchange, CcxtOrder } from './exchange-shape.ts';

/** Ways in which ccxt lists orders that ended, the most complete first; several are needed where none lists all. */
const ENDED_LISTS: readonly (readonly (
  | 'fetchOrders'
  | 'fetchCanceledAndClosedOrders'
  | 'fetchClosedOrders'
  | 'fetchCanceledOrders'
)[])[] = [['fetchCanceledAndClosedOrders'], ['fetchOrders'], ['fetchClosedOrders', 'fetchCanceledOrders']];

/**
 * Finds an order by our own id at a venue that is not known to answer questions by it. A question by an id that the venue ignores would be
 * answered with "no such order", which must not pass for its word: so the venue's lists are searched instead. Null where the order is in
 * none of them. Throws VenueError `unsupported` where the venue does not list orders that ended.
 */
export async function searchOrder(
  exchange: CcxtExchange,
  venue: string,
  symbol: string,
  clientOrderId: string,
): Promise<CcxtOrder | null> {
  const isOurs = (order: CcxtOrder): boolean => order.clientOrderId === clientOrderId;
  const open = (await exchange.fetchOpenOrders(symbol)).find(isOurs);
  if (open !== undefined) return open;
  const lists = ENDED_LISTS.find((names) => names.every((name) => exchange.has[name] === true));
  if (lists === undefined)
    throw new VenueError(
      'unsupported',
      venue,
      `${venue} does not list orders that ended; whether ${clientOrderId} is one of them is not known`,
    );
  for (const name of lists) {
    const ended = (await exchange[name](symbol)).find(isOurs);
    if (ended !== undefined) return ended;
  }
  // It may have ended between the two questions, before the second list had it.
  return (await exchange.fetchOpenOrders(symbol)).find(isOurs) ?? null;
}
