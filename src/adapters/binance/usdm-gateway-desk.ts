import { z } from 'zod';
import type { OrderPlacement, Outcome, VenueOrder } from '../../ports/exchange-gateway.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { OrderNames } from './order-names.ts';
import { amendFault, clientIdFault, refused } from './placement.ts';
import type { BinanceRest, Call } from './rest-client.ts';
import {
  algoCanceled,
  fromUsdmAlgoOrder,
  successorOf,
  type UsdmAlgoOrder,
  usdmAlgoOrder,
} from './usdm-gateway-algo.ts';
import { usdmAllCanceled } from './usdm-gateway-answers.ts';
import { fromUsdmOrder, type UsdmOrder, usdmOrder, usdmPlacement } from './usdm-gateway-orders.ts';
import type { Report } from './wire-values.ts';

const ORDER = '/fapi/v1/order';
const ALGO_ORDER = '/fapi/v1/algoOrder';

/** Most rows of one answer. */
export const LARGEST_PAGE = 1000;
/** How many orders are remembered as conditional ones. */
const REMEMBERED = 20_000;

/**
 * Orders of USD-M futures, plain and conditional: two endpoints with two kinds of numbers, one of our ids for both. Which kind an id is of is
 * remembered, and found out where it is not.
 */
export class UsdmOrderDesk {
  readonly #rest: BinanceRest;
  readonly #names: OrderNames;
  readonly #report: Report;
  readonly #algoIds = new Set<string>();

  constructor(rest: BinanceRest, names: OrderNames, report: Report) {
    this.#rest = rest;
    this.#names = names;
    this.#report = report;
  }

  async place(order: OrderPlacement): Promise<Outcome<VenueOrder>> {
    const placement = usdmPlacement(order);
    if (!('parameters' in placement)) return refused(placement);
    const { isAlgo, parameters } = placement;
    const path = isAlgo ? ALGO_ORDER : ORDER;
    const { validUntilMs } = order;
    const call: Call = { method: 'POST', path, weight: 0, orders: 1, parameters, validUntilMs };
    if (!isAlgo) return this.#rest.send(call, usdmOrder, this.#order);
    if (this.#algoIds.size === REMEMBERED) this.#algoIds.delete(this.#algoIds.values().next().value!);
    this.#algoIds.add(order.clientOrderId);
    return this.#rest.send(call, usdmAlgoOrder, (row) => fromUsdmAlgoOrder(row, null, this.#report));
  }

  /**
   * Asks the endpoint that most likely has the order; the other one only where the first proved that it does not. A conditional order whose
   * trigger fired is canceled as the normal order that it became.
   */
  async cancel(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> {
    const fault = clientIdFault(clientOrderId);
    if (fault) return refused(fault);
    const cancels = [this.#cancelPlain, this.#cancelAlgo];
    if (this.#algoIds.has(clientOrderId)) cancels.reverse();
    const first = await cancels[0]!(symbol, clientOrderId);
    if (first.outcome !== 'rejected' || first.code !== 'unknown-order') return first;
    return cancels[1]!(symbol, clientOrderId);
  }

  /** Price, quantity or both of a limit order; its place in the queue is lost. The venue wants all fields, so the order is read first. */
  async amend(
    symbol: string,
    clientOrderId: string,
    change: { readonly limit?: string; readonly quantity?: string },
  ): Promise<Outcome<VenueOrder>> {
    const fault = amendFault(clientOrderId, change);
    if (fault) return refused(fault);
    const conditional = { code: 'unsupported', message: 'conditional orders cannot be amended in place' } as const;
    if (this.#algoIds.has(clientOrderId)) return refused(conditional);
    let row: UsdmOrder | null;
    try {
      row = await this.#findPlain(symbol, `origClientOrderId=${clientOrderId}`);
      if (row === null && (await this.#readAlgo(clientOrderId))) return refused(conditional);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      return refused({ code: 'not-sent', message: `the order to amend could not be read: ${error.message}` });
    }
    if (row === null) return refused({ code: 'unknown-order', message: 'no such order to amend' });
    if (row.type !== 'LIMIT')
      return refused({ code: 'unsupported', message: `only limit orders can be amended in place, found ${row.type}` });
    const side = row.side === 'buy' ? 'BUY' : 'SELL';
    const fields = `side=${side}&quantity=${change.quantity ?? row.origQty}&price=${change.limit ?? row.price}`;
    const parameters = `${idText(symbol, clientOrderId)}&${fields}`;
    return this.#rest.send({ method: 'PUT', path: ORDER, weight: 0, orders: 1, parameters }, usdmOrder, this.#order);
  }

  /** The venue does not say how many there were: null. Both kinds are canceled at once; what one of them proves is not enough. */
  async cancelAll(symbol: string): Promise<Outcome<number | null>> {
    const parameters = `symbol=${encodeURIComponent(symbol)}`;
    const all = (path: string): Promise<Outcome<null>> =>
      this.#rest.send({ method: 'DELETE', path, weight: 1, lane: 'cancel', parameters }, usdmAllCanceled, () => null);
    const outcomes = await Promise.all([all('/fapi/v1/allOpenOrders'), all('/fapi/v1/algoOpenOrders')]);
    const worst =
      outcomes.find((each) => each.outcome === 'unknown') ?? outcomes.find((each) => each.outcome === 'rejected');
    if (worst === undefined) return { outcome: 'accepted', value: null };
    // Half of it was done: a rejection would say that nothing was.
    if (worst.outcome === 'rejected' && outcomes.some((each) => each.outcome === 'accepted'))
      return {
        outcome: 'unknown',
        code: worst.code,
        message: `only one kind of orders was canceled: ${worst.message}`,
      };
    return worst;
  }

  /** Null only where both endpoints say that they know no such order. */
  async find(symbol: string, clientOrderId: string): Promise<VenueOrder | null> {
    const algoFirst = this.#algoIds.has(clientOrderId);
    const algo = algoFirst ? await this.#findAlgo(symbol, clientOrderId) : null;
    if (algo) return algo;
    const plain = await this.#findPlain(symbol, `origClientOrderId=${encodeURIComponent(clientOrderId)}`);
    if (plain) return this.#order(plain);
    return algoFirst ? null : this.#findAlgo(symbol, clientOrderId);
  }

  async open(symbol?: string): Promise<readonly VenueOrder[]> {
    const call = {
      weight: symbol === undefined ? 40 : 1,
      ...(symbol === undefined ? {} : { parameters: `symbol=${encodeURIComponent(symbol)}` }),
    };
    // An order that is triggered between both questions must be in one of the answers at least: conditional ones are asked for first.
    const algos = await this.#rest.read({ ...call, path: '/fapi/v1/openAlgoOrders' }, z.array(usdmAlgoOrder));
    const plain = (await this.#rest.read({ ...call, path: '/fapi/v1/openOrders' }, z.array(usdmOrder))).map(
      this.#order,
    );
    const seen = new Set(plain.map((order) => order.clientOrderId));
    return [...plain, ...algos.map(this.#algo).filter((order) => !seen.has(order.clientOrderId))];
  }

  /** Learns our ids of orders that are known by number only, where they are many. */
  learnNames(symbol: string, orderIds: readonly string[]): Promise<void> {
    return this.#names.learnPages(symbol, orderIds, async (orderId) => {
      const parameters = `symbol=${encodeURIComponent(symbol)}&orderId=${orderId}&limit=${LARGEST_PAGE}`;
      const rows = await this.#rest.read({ path: '/fapi/v1/allOrders', weight: 5, parameters }, z.array(usdmOrder));
      for (const row of rows) this.#order(row);
    });
  }

  /** Our id of an order that is known by number only; empty where nobody finds it any more. */
  async nameOf(symbol: string, orderId: string): Promise<string> {
    const known = this.#names.of(symbol, orderId);
    if (known !== undefined) return known;
    const row = await this.#findPlain(symbol, `orderId=${orderId}`);
    return row === null ? '' : this.#order(row).clientOrderId;
  }

  readonly #order = (row: UsdmOrder): VenueOrder => {
    this.#names.learn(row.symbol, row.orderId, row.clientOrderId);
    return { ...fromUsdmOrder(row, this.#report), clientOrderId: this.#names.of(row.symbol, row.orderId)! };
  };

  readonly #algo = (row: UsdmAlgoOrder): VenueOrder => {
    const successor = successorOf(row);
    if (successor !== null) this.#names.relearn(row.symbol, successor, row.clientAlgoId);
    return fromUsdmAlgoOrder(row, null, this.#report);
  };

  readonly #cancelPlain = (symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> =>
    this.#rest.send(
      { method: 'DELETE', path: ORDER, weight: 1, lane: 'cancel', parameters: idText(symbol, clientOrderId) },
      usdmOrder,
      this.#order,
    );

  readonly #cancelAlgo = async (symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> => {
    const parameters = `clientAlgoId=${clientOrderId}`;
    const outcome = await this.#rest.send(
      { method: 'DELETE', path: ALGO_ORDER, weight: 1, lane: 'cancel', parameters },
      algoCanceled,
      () => null,
    );
    if (outcome.outcome !== 'accepted') return outcome;
    // The answer names the order and tells nothing of it.
    try {
      const order = await this.#findAlgo(symbol, clientOrderId);
      if (order) return { outcome: 'accepted', value: order };
      return {
        outcome: 'unknown',
        code: 'answer-unreadable',
        message: 'the venue canceled an order that it does not know',
      };
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      return { outcome: 'unknown', code: error.code, message: `canceled, but not readable: ${error.message}` };
    }
  };

  #findPlain(symbol: string, id: string): Promise<UsdmOrder | null> {
    const parameters = `symbol=${encodeURIComponent(symbol)}&${id}`;
    return orUnknown(this.#rest.read({ path: ORDER, weight: 1, parameters }, usdmOrder));
  }

  /** The endpoint takes no symbol: our ids are unique in the account. */
  #readAlgo(clientOrderId: string): Promise<UsdmAlgoOrder | null> {
    const parameters = `clientAlgoId=${encodeURIComponent(clientOrderId)}`;
    return orUnknown(this.#rest.read({ path: ALGO_ORDER, weight: 1, parameters }, usdmAlgoOrder));
  }

  async #findAlgo(symbol: string, clientOrderId: string): Promise<VenueOrder | null> {
    const row = await this.#readAlgo(clientOrderId);
    if (row === null) return null;
    const number = successorOf(row);
    const successor = number === null ? null : await this.#findPlain(symbol, `orderId=${number}`);
    if (number !== null) this.#names.relearn(symbol, number, clientOrderId);
    return fromUsdmAlgoOrder(row, successor, this.#report);
  }
}

function idText(symbol: string, clientOrderId: string): string {
  return `symbol=${encodeURIComponent(symbol)}&origClientOrderId=${clientOrderId}`;
}

/** Null where the venue says that it knows no such order. */
async function orUnknown<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof VenueError && error.code === 'unknown-order') return null;
    throw error;
  }
}
