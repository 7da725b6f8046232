import { OwnTrades } from '../../connectivity/own-trades.ts';
import { changeRefusal, placementRefusal, refusal, SentIds } from '../../connectivity/placement-check.ts';
import type { RestCaller } from '../../connectivity/rest-caller.ts';
import { decimal, formatDecimal } from '../../core/vocabulary/decimal.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
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
import { type MexcAccess, type QueryParts, VENUE } from './access.ts';
import { readInstruments } from './instruments.ts';
import { marketBuyLimit, orderType, readAsk } from './order-text.ts';
import { readAccount, readFills, readOrder, readOrders, readPlaced } from './rest-answers.ts';
import { MexcUserStream } from './user-stream.ts';

const DAY_MS = 86_400_000;
const ORDER = '/api/v3/order';
const TRADES_PAGE = 100;
const OPEN_ORDERS = '/api/v3/openOrders';

export interface MexcGatewayOptions {
  /** Symbols whose open orders are asked for where no symbol is named: MEXC lists open orders by symbol only. */
  readonly symbols?: readonly string[];
  /** How far above the best ask a market buy may pay, as a fraction; 0.01 by default. */
  readonly marketBuyReach?: string;
  /** Until the account stream carries; 15 s by default. */
  readonly connectTimeoutMs?: number;
  /** From the answer to a placement to the push that tells of it; after that the stream counts as dead. 10 s by default. */
  readonly longestUntoldMs?: number;
}

const CLOSED = refusal('not-sent', 'the gateway is closed');

export const MEXC_CAPABILITIES: GatewayCapabilities = {
  orderTypes: ['market', 'limit'],
  timesInForce: ['gtc', 'ioc', 'fok'],
  postOnly: true,
  reduceOnly: false,
  amend: false,
  hedge: false,
  positions: false,
  pairs: false,
  findEndedForMs: 7 * DAY_MS,
};

/**
 * Trading on MEXC spot.
 *
 * MEXC has limit orders (GTC, IOC, FOK, post only) and market orders; no stops, no amendment, no margin. Its market buy takes an amount of
 * quote, not of base; so a market buy is sent as an IOC limit order that may pay {@link MexcGatewayOptions.marketBuyReach} above the best
 * ask, which buys exactly the quantity and never at any price. It is reported back as what it is: a limit order.
 */
export class MexcGateway implements ExchangeGateway {
  readonly venue = VENUE;
  readonly capabilities = MEXC_CAPABILITIES;
  readonly #access: MexcAccess;
  readonly #options: MexcGatewayOptions;
  readonly #used: Set<string>;
  readonly #trades: OwnTrades;
  readonly #sent = new SentIds();
  #isClosed = false;
  #stream: MexcUserStream | null = null;
  #ticks: ReadonlyMap<string, InstrumentDefinition> | null = null;
  #sink: AccountSink | null = null;

  constructor(access: MexcAccess, options: MexcGatewayOptions = {}) {
    if (access.options.credentials === undefined)
      throw new RangeError('trading on MEXC needs an API key and its secret; none were given');
    this.#access = access;
    this.#options = options;
    this.#used = new Set(options.symbols);
    this.#trades = new OwnTrades({
      venue: VENUE,
      largestPage: TRADES_PAGE,
      // `myTrades` goes back one month.
      reachMs: 30 * DAY_MS,
      between: (symbol, fromMs, toMs) => this.#tradesBetween(symbol, fromMs, toMs),
    });
  }

  async connect(sink: AccountSink): Promise<CredentialFacts> {
    if (this.#stream !== null) throw new RangeError('the gateway is connected already');
    this.#sink = sink;
    await this.#access.venueClock.start();
    const account = await this.#account();
    await this.instruments();
    const stream = new MexcUserStream(this.#access, this.#trades.watch(sink), this.#options.longestUntoldMs ?? 10_000);
    this.#stream = stream;
    try {
      await stream.start(this.#options.connectTimeoutMs ?? 15_000);
    } catch (error) {
      this.#stream = null;
      await stream.close();
      throw error;
    }
    // `canWithdraw` of the account says nothing of the key where it is true.
    const canWithdraw = account.canWithdraw === false ? false : null;
    return { canTrade: account.canTrade, canWithdraw, ipRestricted: null, expiresAtMs: null };
  }

  async instruments(): Promise<readonly InstrumentDefinition[]> {
    const found = await this.#rest.read(this.#access.open('/api/v3/exchangeInfo', [], 10), (answer) =>
      readInstruments(answer),
    );
    this.#ticks = new Map(found.map((definition) => [definition.id.slice(VENUE.length + 1), definition]));
    return found;
  }

  async place(order: OrderPlacement): Promise<Outcome<VenueOrder>> {
    if (this.#isClosed) return CLOSED;
    const refused = placementRefusal(order, VENUE, this.capabilities);
    if (refused !== null) return refused;
    if (!this.#sent.take(order.clientOrderId))
      return refusal('duplicate-order', `an order ${order.clientOrderId} was sent before`);
    const outcome = await this.#send(order);
    if (outcome.outcome === 'rejected') this.#sent.release(order.clientOrderId);
    else if (outcome.outcome === 'accepted') this.#stream?.expectOrder(order.clientOrderId);
    return outcome;
  }

  async #send(order: OrderPlacement): Promise<Outcome<VenueOrder>> {
    let limit = order.limit ?? null;
    if (order.type === 'market' && order.side === 'buy') {
      const bound = await this.#marketBuyLimit(order.symbol);
      if (typeof bound !== 'string') return bound;
      limit = bound;
    }
    this.#used.add(order.symbol);
    const type = orderType(order);
    const parts: QueryParts = [
      ['symbol', order.symbol],
      ['side', order.side === 'buy' ? 'BUY' : 'SELL'],
      ['type', type],
      ['quantity', order.quantity],
      ...(type === 'MARKET' ? [] : [['price', limit!] as const]),
      ['newClientOrderId', order.clientOrderId],
    ];
    const costs = { ip: 1, account: 1, orders: 1 };
    const request = this.#access.signed('POST', ORDER, parts, costs, order.validUntilMs);
    return await this.#rest.send(request, (answer): VenueOrder => {
      const placed = readPlaced(answer);
      this.#trades.know(placed.orderId, order.clientOrderId);
      return {
        symbol: order.symbol,
        clientOrderId: order.clientOrderId,
        venueOrderId: placed.orderId,
        side: order.side,
        type: type === 'MARKET' ? 'market' : 'limit',
        tif: type === 'MARKET' || type === 'IMMEDIATE_OR_CANCEL' ? 'ioc' : order.tif,
        // The answer has no status: it only says that the order was taken. Fills come by the account stream.
        status: 'open',
        quantity: formatDecimal(decimal(order.quantity)),
        filledQuantity: '0',
        filledValue: null,
        limit: type === 'MARKET' ? null : limit,
        trigger: null,
        reduceOnly: false,
        updatedAtMs: placed.atMs ?? this.#access.nowMs(),
        reason: '',
      };
    });
  }

  async placePair(): Promise<Outcome<never>> {
    return refusal('unsupported', 'MEXC has no pairs of orders');
  }

  async cancel(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> {
    if (this.#isClosed) return CLOSED;
    const parts: QueryParts = [
      ['symbol', symbol],
      ['origClientOrderId', clientOrderId],
    ];
    const request = { ...this.#access.signed('DELETE', ORDER, parts, { ip: 1, account: 1 }), lane: 'cancel' as const };
    return await this.#rest.send(request, readOrder(this.#report));
  }

  amend(
    _symbol: string,
    _clientOrderId: string,
    change: { readonly limit?: string; readonly quantity?: string },
  ): Promise<Outcome<VenueOrder>> {
    const unsupported = refusal('unsupported', 'MEXC cannot change an order: cancel it and place another');
    return Promise.resolve(changeRefusal(change) ?? unsupported);
  }

  async cancelAll(symbol: string): Promise<Outcome<number | null>> {
    if (this.#isClosed) return CLOSED;
    const request = {
      ...this.#access.signed('DELETE', OPEN_ORDERS, [['symbol', symbol]], { ip: 1, account: 1 }),
      lane: 'cancel' as const,
    };
    const outcome = await this.#rest.send(request, (answer) => readOrders(this.#report)(answer).length);
    // Nothing to cancel is what was wanted.
    return outcome.outcome === 'rejected' && outcome.code === 'unknown-order'
      ? { outcome: 'accepted', value: 0 }
      : outcome;
  }

  async findOrder(symbol: string, clientOrderId: string): Promise<VenueOrder | null> {
    const parts: QueryParts = [
      ['symbol', symbol],
      ['origClientOrderId', clientOrderId],
    ];
    try {
      return await this.#rest.read(
        this.#access.signed('GET', ORDER, parts, { ip: 2, account: 2 }),
        readOrder(this.#report),
      );
    } catch (error) {
      if (error instanceof VenueError && error.code === 'unknown-order') return null;
      throw error;
    }
  }

  /**
   * Without a symbol: of every symbol in which this gateway has traded, that was named to it, or whose base asset is locked. MEXC cannot
   * list all of them; a buy in a symbol that nobody named is not found. Rejects with `unsupported` where quote is locked and no symbol is
   * known at all.
   */
  async openOrders(symbol?: string): Promise<readonly VenueOrder[]> {
    const symbols = symbol === undefined ? await this.#symbolsWithOrders() : [symbol];
    const found: VenueOrder[] = [];
    for (const each of symbols) {
      const request = this.#access.signed('GET', OPEN_ORDERS, [['symbol', each]], { ip: 3, account: 3 });
      found.push(...(await this.#rest.read(request, readOrders(this.#report))));
    }
    return found;
  }

  fills(
    symbol: string,
    since: { readonly tradeId: string } | { readonly timeMs: TimeMs },
  ): Promise<readonly VenueFill[]> {
    return this.#trades.since(symbol, since, this.#access.nowMs());
  }

  async balances(): Promise<readonly VenueBalance[]> {
    return (await this.#account()).balances;
  }

  positions(): Promise<readonly VenuePosition[]> {
    return Promise.resolve([]);
  }

  get clockSkew(): { readonly skewMs: number; readonly uncertaintyMs: number } | null {
    return this.#access.venueClock.skew;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const stream = this.#stream;
    this.#stream = null;
    await stream?.close();
  }

  readonly #report = (detail: string): void => this.#sink?.anomaly('unknown-enum', detail);

  get #rest(): RestCaller {
    if (this.#isClosed) throw new VenueError('not-sent', VENUE, 'the gateway is closed');
    return this.#access.rest;
  }

  async #account(): Promise<ReturnType<typeof readAccount>> {
    return await this.#rest.read(
      this.#access.signed('GET', '/api/v3/account', [], { ip: 10, account: 10 }),
      readAccount,
    );
  }

  async #tradesBetween(symbol: string, fromMs: TimeMs, toMs: TimeMs): Promise<readonly VenueFill[]> {
    const parts: QueryParts = [
      ['symbol', symbol],
      ['startTime', Math.floor(fromMs)],
      ['endTime', Math.ceil(toMs)],
      ['limit', TRADES_PAGE],
    ];
    return await this.#rest.read(
      this.#access.signed('GET', '/api/v3/myTrades', parts, { ip: 10, account: 10 }),
      readFills,
    );
  }

  async #symbolsWithOrders(): Promise<readonly string[]> {
    const locked = new Set((await this.balances()).filter((b) => decimal(b.locked) > 0n).map((b) => b.asset));
    if (locked.size === 0) return [];
    if (this.#ticks === null) await this.instruments();
    const sold = [...this.#ticks!].filter(([, { base }]) => locked.has(base)).map(([symbol]) => symbol);
    const symbols = [...new Set([...this.#used, ...sold])];
    if (symbols.length > 0) return symbols;
    throw new VenueError(
      'unsupported',
      VENUE,
      `something is locked in ${[...locked].join(', ')}, and MEXC lists open orders by symbol only: name the symbols in the gateway's options`,
    );
  }

  /** The limit of a market buy, or why it was not sent. */
  async #marketBuyLimit(symbol: string): Promise<string | Outcome<VenueOrder>> {
    try {
      if (this.#ticks === null) await this.instruments();
      const tick = this.#ticks!.get(symbol)?.tick;
      if (tick === undefined) return refusal('symbol-unknown', `MEXC does not list ${symbol}`);
      const request = this.#access.open('/api/v3/ticker/bookTicker', [['symbol', symbol]], 1);
      const ask = await this.#rest.read({ ...request, lane: 'order' }, readAsk);
      return marketBuyLimit(ask, this.#options.marketBuyReach ?? '0.01', tick);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      return refusal('not-sent', `the market buy was not sent, as the best ask could not be read: ${error.message}`);
    }
  }
}
