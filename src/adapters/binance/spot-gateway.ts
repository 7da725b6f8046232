import { z } from 'zod';
import { redactedSink, redactor } from '../../connectivity/redact.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { DAY_MS } from '../../core/vocabulary/time.ts';
import type {
  AccountSink,
  CredentialFacts,
  ExchangeGateway,
  GatewayCapabilities,
  OrderPlacement,
  Outcome,
  VenueBalance,
  VenueFill,
  VenueOrder,
  VenuePosition,
} from '../../ports/exchange-gateway.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { BinanceGatewayOptions } from './gateway-options.ts';
import { keyFacts } from './key-facts.ts';
import { OrderNames } from './order-names.ts';
import { amendFault, clientIdFault, refused } from './placement.ts';
import { windowsOf } from './rate-limits.ts';
import { BinanceRest } from './rest-client.ts';
import { fromSpotAmendment, fromSpotOrder, spotAmendment, spotOrder, spotPlacement } from './spot-gateway-orders.ts';
import { spotCancelAnswer, spotPair, spotPairAnswer } from './spot-gateway-pairs.ts';
import { allTrades } from './trade-pages.ts';
import { spotInstruments, spotListing } from './trading-rules.ts';
import { AccountStream } from './user-data.ts';
import { spotAccountRoute, tellSpotEvent } from './user-data-spot.ts';
import { amount, timeMs, venueId } from './wire-values.ts';

export const SPOT_CAPABILITIES: GatewayCapabilities = {
  orderTypes: [
    'market',
    'limit',
    'stop-market',
    'stop-limit',
    'take-profit-market',
    'take-profit-limit',
    'trailing-stop',
  ],
  timesInForce: ['gtc', 'ioc', 'fok'],
  postOnly: true,
  reduceOnly: false,
  // Only a smaller quantity keeps an order in place; a price never does.
  amend: false,
  hedge: false,
  positions: false,
  pairs: true,
  // Orders that ended without a fill are archived after 90 days.
  findEndedForMs: 90 * DAY_MS,
};

const accountSchema = z.object({
  canTrade: z.boolean(),
  balances: z.array(z.object({ asset: z.string(), free: amount, locked: amount })),
});
const tradeSchema = z.object({
  symbol: z.string(),
  id: venueId,
  orderId: venueId,
  price: amount,
  qty: amount,
  commission: amount,
  commissionAsset: z.string(),
  time: timeMs,
  isBuyer: z.boolean(),
  isMaker: z.boolean(),
});
type Trade = z.output<typeof tradeSchema>;
/** What a cancel of all answers: orders, and lists of orders. */
const canceledSchema = z.array(z.object({ orderReports: z.array(z.unknown()).optional() }));

const ORDER = '/api/v3/order';
const LARGEST_PAGE = 1000;

/** Trading on Binance spot with one account. Protocol of 2026: account events over the WebSocket API, no listen keys. */
export class BinanceSpotGateway implements ExchangeGateway {
  readonly venue: string;
  readonly capabilities = SPOT_CAPABILITIES;
  readonly #options: BinanceGatewayOptions;
  readonly #rest: BinanceRest;
  readonly #names = new OrderNames();
  #stream: AccountStream | null = null;
  #sink: AccountSink | null = null;

  constructor(options: BinanceGatewayOptions) {
    const { venue = 'BINANCE', restOrigins } = options;
    this.venue = venue;
    this.#options = options;
    this.#rest = new BinanceRest({ ...options, product: 'spot', venue, origins: restOrigins });
  }

  get clockSkew(): ExchangeGateway['clockSkew'] {
    return this.#rest.venueClock.skew;
  }

  async connect(listener: AccountSink): Promise<CredentialFacts> {
    if (this.#stream) throw new RangeError('connected already');
    const { streamOrigin, credentials } = this.#options;
    const secrets = [credentials.apiKey];
    const sink = redactedSink(listener, redactor(secrets));
    this.#sink = sink;
    await this.#rest.venueClock.start();
    const account = await this.#account();
    const facts = await keyFacts(this.#rest, 'enableSpotAndMarginTrading', account.canTrade);
    const stream = new AccountStream({
      venue: this.venue,
      route: spotAccountRoute(`${streamOrigin}/ws-api/v3`, this.#rest),
      world: this.#options,
      venueClock: this.#rest.venueClock,
      secrets: () => secrets,
      sink,
      event: (event) =>
        tellSpotEvent(event, {
          sink,
          names: this.#names,
          saw: (id) => stream.saw(id),
          askBalances: () => void this.#tellBalances(sink),
        }),
    });
    this.#stream = stream;
    try {
      await stream.start();
    } catch (error) {
      this.#stream = null;
      await stream.close();
      throw error;
    }
    return facts;
  }

  async instruments(): Promise<readonly InstrumentDefinition[]> {
    const listing = await this.#rest.read({ path: '/api/v3/exchangeInfo', weight: 20, security: 'none' }, spotListing);
    const windows = windowsOf(listing.rateLimits);
    if (windows.length > 0) this.#rest.limiter.adopt(windows);
    return spotInstruments(listing, this.venue);
  }

  async place(order: OrderPlacement): Promise<Outcome<VenueOrder>> {
    const parameters = spotPlacement(order);
    if (typeof parameters !== 'string') return refused(parameters);
    const sentMs = this.#options.clock.elapsedMs();
    const outcome = await this.#rest.send(
      { method: 'POST', path: ORDER, weight: 1, orders: 1, parameters, validUntilMs: order.validUntilMs },
      spotOrder,
      this.#order,
    );
    if (outcome.outcome === 'accepted') this.#stream?.expect(order.clientOrderId, sentMs);
    return outcome;
  }

  async placePair(stop: OrderPlacement, target: OrderPlacement): Promise<Outcome<readonly [VenueOrder, VenueOrder]>> {
    const parameters = spotPair(stop, target);
    if (typeof parameters !== 'string') return refused(parameters);
    const sentMs = this.#options.clock.elapsedMs();
    const outcome = await this.#rest.send(
      {
        method: 'POST',
        path: '/api/v3/orderList/oco',
        weight: 1,
        orders: 2,
        parameters,
        validUntilMs: stop.validUntilMs,
      },
      spotPairAnswer,
      ({ orderReports }) => {
        const legs = orderReports.map(this.#order);
        return [legOf(legs, stop.clientOrderId), legOf(legs, target.clientOrderId)] as const;
      },
    );
    if (outcome.outcome === 'accepted')
      for (const { clientOrderId } of outcome.value) this.#stream?.expect(clientOrderId, sentMs);
    return outcome;
  }

  /** A leg of a pair takes the other one with it, which is told to the sink first. */
  async cancel(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> {
    const fault = clientIdFault(clientOrderId);
    if (fault) return refused(fault);
    const parameters = `${symbolText(symbol)}&origClientOrderId=${clientOrderId}`;
    const sentMs = this.#options.clock.elapsedMs();
    let others: readonly VenueOrder[] = [];
    const outcome = await this.#rest.send(
      { method: 'DELETE', path: ORDER, weight: 1, lane: 'cancel', parameters },
      spotCancelAnswer,
      ({ orderReports }) => {
        const orders = orderReports.map(this.#order);
        others = orders.filter((each) => each.clientOrderId !== clientOrderId);
        return legOf(orders, clientOrderId);
      },
    );
    if (outcome.outcome === 'accepted') {
      this.#stream?.expect(clientOrderId, sentMs);
      for (const other of others) this.#sink?.order(other);
    }
    return outcome;
  }

  /** Only a smaller quantity, which keeps the place in the queue; anything else is `unsupported` and not sent. */
  async amend(
    symbol: string,
    clientOrderId: string,
    change: { readonly limit?: string; readonly quantity?: string },
  ): Promise<Outcome<VenueOrder>> {
    const fault = amendFault(clientOrderId, change);
    if (fault) return refused(fault);
    if (change.limit !== undefined || change.quantity === undefined)
      return refused({ code: 'unsupported', message: 'spot amends nothing in place but a smaller quantity' });
    const id = `&origClientOrderId=${clientOrderId}&newClientOrderId=${clientOrderId}`;
    return this.#rest.send(
      {
        method: 'PUT',
        path: '/api/v3/order/amend/keepPriority',
        weight: 4,
        lane: 'order',
        parameters: `${symbolText(symbol)}${id}&newQty=${change.quantity}`,
      },
      spotAmendment,
      (answer) => fromSpotAmendment(answer, this.#report),
    );
  }

  async cancelAll(symbol: string): Promise<Outcome<number>> {
    const outcome = await this.#rest.send(
      { method: 'DELETE', path: '/api/v3/openOrders', weight: 1, lane: 'cancel', parameters: symbolText(symbol) },
      canceledSchema,
      (rows) => rows.reduce((sum, row) => sum + (row.orderReports?.length ?? 1), 0),
    );
    // The venue's way to say that nothing was open.
    return outcome.outcome === 'rejected' && outcome.venueCode === '-2011'
      ? { outcome: 'accepted', value: 0 }
      : outcome;
  }

  async findOrder(symbol: string, clientOrderId: string): Promise<VenueOrder | null> {
    return this.#find(symbol, `&origClientOrderId=${encodeURIComponent(clientOrderId)}`);
  }

  async openOrders(symbol?: string): Promise<readonly VenueOrder[]> {
    const rows = await this.#rest.read(
      {
        path: '/api/v3/openOrders',
        weight: symbol === undefined ? 80 : 6,
        ...(symbol === undefined ? {} : { parameters: symbolText(symbol) }),
      },
      z.array(spotOrder),
    );
    return rows.map(this.#order);
  }

  async fills(
    symbol: string,
    since: { readonly tradeId: string } | { readonly timeMs: number },
  ): Promise<readonly VenueFill[]> {
    const list = (bounds: string): Promise<readonly Trade[]> =>
      this.#rest.read(
        { path: '/api/v3/myTrades', weight: 20, parameters: `${symbolText(symbol)}${bounds}&limit=${LARGEST_PAGE}` },
        z.array(tradeSchema),
      );
    const trades = await allTrades<Trade>(
      {
        venue: this.venue,
        pageSize: LARGEST_PAGE,
        windowMs: DAY_MS,
        idOf: (row) => row.id,
        timeOf: (row) => row.time,
        from: (tradeId) => list(`&fromId=${tradeId}`),
        between: (fromMs, toMs) => list(`&startTime=${fromMs}&endTime=${toMs}`),
      },
      since,
      this.#venueNowMs(),
    );
    const orderIds = trades.map(({ orderId }) => orderId);
    await this.#names.learnPages(symbol, orderIds, (orderId) => this.#readOrders(symbol, orderId));
    const fills: VenueFill[] = [];
    for (const trade of trades) fills.push(await this.#fill(trade));
    return fills;
  }

  async balances(): Promise<readonly VenueBalance[]> {
    return (await this.#account()).balances;
  }

  async positions(): Promise<readonly VenuePosition[]> {
    return [];
  }

  async close(): Promise<void> {
    await this.#stream?.close();
    this.#rest.close();
  }

  readonly #report = (detail: string): void => this.#sink?.anomaly('unknown-enum', detail);

  readonly #order = (row: z.output<typeof spotOrder>): VenueOrder => {
    const order = fromSpotOrder(row, this.#report);
    this.#names.learn(order.symbol, order.venueOrderId, order.clientOrderId);
    return order;
  };

  #account(): Promise<z.output<typeof accountSchema>> {
    return this.#rest.read({ path: '/api/v3/account', weight: 20, parameters: 'omitZeroBalances=true' }, accountSchema);
  }

  /** Orders from a number on, a page of them. */
  async #readOrders(symbol: string, orderId: string): Promise<void> {
    const parameters = `${symbolText(symbol)}&orderId=${orderId}&limit=${LARGEST_PAGE}`;
    const rows = await this.#rest.read({ path: '/api/v3/allOrders', weight: 20, parameters }, z.array(spotOrder));
    for (const row of rows) this.#order(row);
  }

  async #find(symbol: string, id: string): Promise<VenueOrder | null> {
    try {
      return this.#order(
        await this.#rest.read({ path: ORDER, weight: 4, parameters: `${symbolText(symbol)}${id}` }, spotOrder),
      );
    } catch (error) {
      if (error instanceof VenueError && error.code === 'unknown-order') return null;
      throw error;
    }
  }

  /** A trade names its order by number alone; an order that nobody finds any more leaves our id empty. */
  async #fill(trade: Trade): Promise<VenueFill> {
    const known = this.#names.of(trade.symbol, trade.orderId);
    const clientOrderId = known ?? (await this.#find(trade.symbol, `&orderId=${trade.orderId}`))?.clientOrderId ?? '';
    return {
      symbol: trade.symbol,
      tradeId: trade.id,
      clientOrderId,
      venueOrderId: trade.orderId,
      side: trade.isBuyer ? 'buy' : 'sell',
      quantity: trade.qty,
      price: trade.price,
      fee: trade.commission,
      feeAsset: trade.commissionAsset,
      isMaker: trade.isMaker,
      tradedAtMs: trade.time,
    };
  }

  async #tellBalances(sink: AccountSink): Promise<void> {
    const atMs = this.#venueNowMs();
    try {
      for (const balance of await this.balances()) sink.balance(balance, atMs);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      // Whoever listens must ask for the account: that is what an interruption means.
      sink.resumed(atMs);
    }
  }

  #venueNowMs(): number {
    return this.#options.clock.nowMs() + (this.#rest.venueClock.skew?.skewMs ?? 0);
  }
}

function legOf(orders: readonly VenueOrder[], clientOrderId: string): VenueOrder {
  const found = orders.find((each) => each.clientOrderId === clientOrderId);
  if (found) return found;
  throw new TypeError(`expected order ${clientOrderId}, found ${orders.map((each) => each.clientOrderId).join(', ')}`);
}

function symbolText(symbol: string): string {
  return `symbol=${encodeURIComponent(symbol)}`;
}
