import { OwnTrades } from '../../connectivity/own-trades.ts';
import { changeRefusal, placementRefusal, refusal, SentIds } from '../../connectivity/placement-check.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { DAY_MS, type TimeMs } from '../../core/vocabulary/time.ts';
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
import { AccountWatch } from './account-watch.ts';
import { capabilitiesOf, marketTypesOf, pageOf } from './capabilities.ts';
import { keepDeadlines } from './deadlines.ts';
import type { CcxtExchange, CcxtMarket, CcxtOrder } from './exchange-shape.ts';
import { FollowedClock } from './followed-clock.ts';
import { instrumentOf, Markets } from './instruments.ts';
import { offStepsRefusal } from './off-steps.ts';
import { type CcxtOptions, openExchange, secretsOf, venueNameOf } from './open-exchange.ts';
import { searchOrder } from './order-search.ts';
import { balancesOf, UnreadableShape, venueFillOf, venueOrderOf, venuePositionOf } from './order-shapes.ts';
import { createOrder, placedOrder } from './placements.ts';
import { venueErrorOf } from './venue-codes.ts';
import { quirksOf, type VenueQuirks } from './venue-quirks.ts';

export interface CcxtGatewayOptions extends CcxtOptions {
  /** How long nothing may fail until the account streams count as subscribed; 3 s by default. */
  readonly settleMs?: number;
  /** From the answer to a placement to the event that tells of it; after that the stream counts as dead. 15 s by default. */
  readonly longestUntoldMs?: number;
}

/** Loads ccxt, reads its description of the venue, and asks the venue for nothing yet. Rejects with {@link VenueError}. */
export async function openCcxtGateway(options: CcxtGatewayOptions): Promise<ExchangeGateway> {
  if (options.credentials === undefined) {
    const venue = venueNameOf(options.exchange);
    throw new VenueError('key-invalid', venue, `trading on ${venue} needs an API key and its secret; none were given`);
  }
  return new CcxtGateway(options, await openExchange(options, 'text'));
}

/**
 * Trading at any venue that ccxt knows. Market and limit orders with IOC, FOK and post-only where the venue has them; stops are left to
 * the engine, as ids and states of conditional orders differ from venue to venue. Amounts are text from end to end. Every order carries
 * our own id; ccxt's answer to a placement is believed only where it names the venue's id.
 */
class CcxtGateway implements ExchangeGateway {
  readonly venue: string;
  readonly capabilities: GatewayCapabilities;
  readonly #options: CcxtGatewayOptions;
  readonly #exchange: CcxtExchange;
  readonly #quirks: VenueQuirks;
  readonly #clock: FollowedClock;
  readonly #timed: (validUntilMs?: TimeMs) => Readonly<Record<string, unknown>>;
  readonly #trades: OwnTrades;
  readonly #sent = new SentIds();
  #markets: Markets | null = null;
  #watch: AccountWatch | null = null;
  #isClosed = false;

  constructor(options: CcxtGatewayOptions, exchange: CcxtExchange) {
    this.venue = venueNameOf(options.exchange);
    this.#options = options;
    this.#exchange = exchange;
    this.#quirks = quirksOf(options.exchange);
    this.capabilities = capabilitiesOf(exchange, marketTypesOf(options), this.#quirks);
    this.#clock = new FollowedClock(this.venue, options.clock, exchange, () => this.#read(() => exchange.fetchTime()));
    this.#clock.leads(exchange);
    this.#timed = this.#quirks.takesDeadlines ? keepDeadlines(exchange, this.venue, this.#clock) : () => ({});
    this.#trades = new OwnTrades({
      venue: this.venue,
      largestPage: pageOf(exchange, 'fetchMyTrades'),
      reachMs: 90 * DAY_MS,
      between: (symbol, fromMs, toMs) => this.#tradesBetween(symbol, fromMs, toMs),
    });
  }

  async connect(sink: AccountSink): Promise<CredentialFacts> {
    if (this.#watch !== null) throw new RangeError('the gateway is connected already');
    if (this.#exchange.has['watchOrders'] !== true)
      throw new VenueError('unsupported', this.venue, `ccxt has no stream of orders for ${this.venue}`);
    await this.#clock.start();
    await this.instruments();
    const facts = await this.#read(() => this.#quirks.keyFacts(this.#exchange));
    // A key that may not even read must not pass for a good one.
    await this.balances();
    const { clock, random, settleMs = 3_000, longestUntoldMs = 15_000 } = this.#options;
    const watch = new AccountWatch(
      {
        clock,
        venueNowMs: () => this.#clock.nowMs(),
        random,
        venue: this.venue,
        quirks: this.#quirks,
        settleMs,
        longestUntoldMs,
        withPositions: this.capabilities.positions,
        idOf: (symbol) => this.#markets!.idOf(symbol),
        errorOf: (error) => this.#errorOf(error),
        open: async () => {
          const stream = await openExchange(this.#options, 'text');
          stream.setMarketsFromExchange?.(this.#exchange);
          this.#clock.leads(stream);
          return stream;
        },
      },
      this.#trades.watch(sink),
    );
    await watch.start();
    this.#watch = watch;
    return { ...facts, expiresAtMs: null };
  }

  async instruments(): Promise<readonly InstrumentDefinition[]> {
    await this.#read(() => this.#exchange.loadMarkets(true));
    this.#markets = new Markets(this.#exchange, marketTypesOf(this.#options));
    return this.#markets.all().flatMap((market) => instrumentOf(this.#exchange, market) ?? []);
  }

  async place(order: OrderPlacement): Promise<Outcome<VenueOrder>> {
    if (this.#isClosed) return refusal('not-sent', 'the gateway is closed');
    const refused =
      placementRefusal(order, this.venue, this.capabilities) ?? this.#unlisted(order.symbol) ?? this.#offSteps(order);
    if (refused !== null) return refused;
    // Where ccxt waits by itself after this, only a deadline that the venue heeds says when it may come at the latest.
    if (this.#clock.nowMs() > (order.validUntilMs ?? Number.POSITIVE_INFINITY))
      return refusal('not-sent', 'its time was over before it could be sent');
    if (!this.#sent.take(order.clientOrderId))
      return refusal('duplicate-order', `an order ${order.clientOrderId} was sent before`);
    const market = this.#markets!.find(order.symbol)!;
    const outcome = await this.#change(async () => {
      const timed = this.#timed(order.validUntilMs);
      return placedOrder(
        this.venue,
        order,
        await createOrder(this.#exchange, market, order, timed),
        this.#clock.nowMs(),
      );
    });
    if (outcome.outcome === 'rejected') this.#sent.release(order.clientOrderId);
    else if (outcome.outcome === 'accepted') {
      this.#trades.know(outcome.value.venueOrderId, order.clientOrderId);
      this.#watch?.expectOrder(order.clientOrderId);
    }
    return outcome;
  }

  async placePair(): Promise<Outcome<never>> {
    return refusal('unsupported', 'ccxt has no common call for pairs of orders');
  }

  async cancel(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> {
    const unlisted = this.#unlisted(symbol);
    if (unlisted !== null) return unlisted;
    const market = this.#listed(symbol);
    const named = await this.#named(symbol, clientOrderId);
    if ('outcome' in named) return named;
    const outcome = await this.#change(() => this.#exchange.cancelOrder(named.id, market.symbol, named.params));
    return outcome.outcome === 'accepted' ? await this.#readBack(symbol, clientOrderId, 'canceled') : outcome;
  }

  async amend(
    symbol: string,
    clientOrderId: string,
    change: { readonly limit?: string; readonly quantity?: string },
  ): Promise<Outcome<VenueOrder>> {
    const senseless = changeRefusal(change);
    if (senseless !== null) return senseless;
    if (!this.capabilities.amend)
      return refusal(
        'unsupported',
        `changing an order in place is not known to work at ${this.venue}: cancel it and place another`,
      );
    const unlisted = this.#unlisted(symbol);
    if (unlisted !== null) return unlisted;
    const market = this.#listed(symbol);
    const found = await this.#orderBefore(symbol, clientOrderId);
    if ('outcome' in found) return found;
    const outcome = await this.#change(async () =>
      this.#exchange.editOrder('', market.symbol, 'limit', found.side, change.quantity, change.limit, {
        clientOrderId,
        ...this.#timed(),
      }),
    );
    return outcome.outcome === 'accepted' ? await this.#readBack(symbol, clientOrderId, 'amended') : outcome;
  }

  /** One cancel for each open order where the venue has no call for all of them. */
  async cancelAll(symbol: string): Promise<Outcome<number | null>> {
    const unlisted = this.#unlisted(symbol);
    if (unlisted !== null) return unlisted;
    const market = this.#listed(symbol);
    if (this.#exchange.has['cancelAllOrders'] === true) {
      const outcome = await this.#change(() => this.#exchange.cancelAllOrders(market.symbol));
      return outcome.outcome === 'accepted' ? { outcome: 'accepted', value: null } : outcome;
    }
    let open: readonly VenueOrder[];
    try {
      open = await this.openOrders(symbol);
    } catch (error) {
      return refusal(
        'not-sent',
        `nothing was canceled, as the open orders could not be read: ${this.#errorOf(error).message}`,
      );
    }
    let canceled = 0;
    for (const order of open) {
      const outcome = await this.#change(() => this.#exchange.cancelOrder(order.venueOrderId, market.symbol));
      if (outcome.outcome === 'accepted') canceled++;
      // One that ended by itself meanwhile is no failure.
      else if (outcome.outcome === 'unknown' || outcome.code !== 'unknown-order') return outcome;
    }
    return { outcome: 'accepted', value: canceled };
  }

  async findOrder(symbol: string, clientOrderId: string): Promise<VenueOrder | null> {
    const market = this.#listed(symbol);
    try {
      return await this.#read(async () => {
        const venueOrderId = this.#trades.orderIdOf(clientOrderId);
        const found = this.#quirks.knowsOurIds
          ? await this.#exchange.fetchOrder('', market.symbol, { clientOrderId })
          : venueOrderId !== null && this.#exchange.has['fetchOrder'] === true
            ? await this.#exchange.fetchOrder(venueOrderId, market.symbol)
            : await searchOrder(this.#exchange, this.venue, market.symbol, clientOrderId);
        if (found === null) return null;
        const order = this.#order(found);
        // Not every venue says our id back.
        return order.clientOrderId === '' ? { ...order, clientOrderId } : order;
      });
    } catch (error) {
      if (error instanceof VenueError && error.code === 'unknown-order') return null;
      throw error;
    }
  }

  async openOrders(symbol?: string): Promise<readonly VenueOrder[]> {
    const market = symbol === undefined ? undefined : this.#listed(symbol);
    const page = pageOf(this.#exchange, 'fetchOpenOrders');
    const { openOrdersAfter } = this.#quirks;
    const found: VenueOrder[] = [];
    for (let after: string | null = null; ; ) {
      const params: Readonly<Record<string, string>> =
        after === null || openOrdersAfter === null ? {} : { [openOrdersAfter]: after };
      const orders = await this.#read(() =>
        this.#exchange.fetchOpenOrders(market?.symbol, undefined, undefined, params),
      );
      found.push(...orders.map((order) => this.#order(order)));
      if (orders.length < page) return found;
      if (openOrdersAfter === null)
        throw new VenueError(
          'unsupported',
          this.venue,
          `${orders.length} or more open orders; how ${this.venue} lists the rest is not known`,
        );
      // ccxt sorts by time, oldest first, and leaves those of one millisecond as the venue listed them: newest first. It goes on after the oldest.
      after = orders.findLast(({ timestamp }) => timestamp === orders[0]!.timestamp)?.id ?? null;
    }
  }

  async fills(
    symbol: string,
    since: { readonly tradeId: string } | { readonly timeMs: TimeMs },
  ): Promise<readonly VenueFill[]> {
    this.#listed(symbol);
    return await this.#trades.since(symbol, since, this.#clock.nowMs());
  }

  async balances(): Promise<readonly VenueBalance[]> {
    return await this.#read(async () => balancesOf(await this.#exchange.fetchBalance()));
  }

  async positions(): Promise<readonly VenuePosition[]> {
    if (!this.capabilities.positions) return [];
    const found = await this.#read(() => this.#exchange.fetchPositions());
    return found
      .map((each) => venuePositionOf(each, (s) => this.#markets!.idOf(s)))
      .filter((each) => each.quantity !== '0');
  }

  get clockSkew(): { readonly skewMs: number; readonly uncertaintyMs: number } | null {
    return this.#clock.skew;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#clock.close();
    await this.#watch?.end();
    this.#watch = null;
    await this.#exchange.close();
  }

  /** How a venue is told which order is meant. */
  async #named(
    symbol: string,
    clientOrderId: string,
  ): Promise<{ readonly id: string; readonly params: Readonly<Record<string, string>> } | ReturnType<typeof refusal>> {
    if (this.#quirks.knowsOurIds) return { id: '', params: { clientOrderId } };
    const venueOrderId = this.#trades.orderIdOf(clientOrderId);
    if (venueOrderId !== null) return { id: venueOrderId, params: {} };
    const order = await this.#orderBefore(symbol, clientOrderId);
    return 'outcome' in order ? order : { id: order.venueOrderId, params: {} };
  }

  #unlisted(symbol: string): ReturnType<typeof refusal> | null {
    return this.#markets?.find(symbol) ? null : refusal('symbol-unknown', `${this.venue} does not list ${symbol}`);
  }

  #offSteps(order: OrderPlacement): ReturnType<typeof refusal> | null {
    const symbol = this.#markets!.find(order.symbol)!.symbol;
    return offStepsRefusal(this.#exchange, symbol, order, (error) => this.#errorOf(error).message);
  }

  /** An order as it stands after a change that the venue accepted, without which the change itself stays accepted but untold. */
  async #readBack(symbol: string, clientOrderId: string, what: string): Promise<Outcome<VenueOrder>> {
    try {
      const order = await this.findOrder(symbol, clientOrderId);
      if (order !== null) return { outcome: 'accepted', value: order };
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
    }
    return {
      outcome: 'unknown',
      code: 'answer-unreadable',
      message: `${what} as asked, but how the order stands could not be read`,
    };
  }

  async #orderBefore(symbol: string, clientOrderId: string): Promise<VenueOrder | ReturnType<typeof refusal>> {
    try {
      const order = await this.findOrder(symbol, clientOrderId);
      return order ?? refusal('unknown-order', `${this.venue} knows no order ${clientOrderId}`);
    } catch (error) {
      return refusal(
        'not-sent',
        `nothing was changed, as the order could not be read: ${this.#errorOf(error).message}`,
      );
    }
  }

  async #tradesBetween(symbol: string, fromMs: TimeMs, toMs: TimeMs): Promise<readonly VenueFill[]> {
    const market = this.#listed(symbol);
    const page = pageOf(this.#exchange, 'fetchMyTrades');
    return await this.#read(async () => {
      const trades = await this.#exchange.fetchMyTrades(market.symbol, fromMs, page, { until: toMs });
      return trades.map((trade) => venueFillOf(trade, (s) => this.#markets!.idOf(s)));
    });
  }

  #order(order: CcxtOrder): VenueOrder {
    return venueOrderOf(order, (symbol) => this.#markets!.idOf(symbol), this.#clock.nowMs());
  }

  #listed(symbol: string): CcxtMarket {
    const market = this.#markets?.find(symbol);
    if (market === undefined)
      throw new VenueError('symbol-unknown', this.venue, `${this.venue} does not list ${symbol}`);
    return market;
  }

  #errorOf(error: unknown): VenueError {
    if (error instanceof UnreadableShape) return new VenueError('answer-unreadable', this.venue, error.message);
    return venueErrorOf(error, this.venue, this.#options.exchange, secretsOf(this.#options));
  }

  async #read<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new VenueError('not-sent', this.venue, 'the gateway is closed');
    try {
      return await ask();
    } catch (error) {
      throw this.#noted(this.#errorOf(error));
    }
  }

  /** Sends at most once. What does not prove the fate is unknown. */
  async #change<T>(send: () => Promise<T>): Promise<Outcome<T>> {
    if (this.#isClosed) return refusal('not-sent', 'the gateway is closed');
    try {
      return { outcome: 'accepted', value: await send() };
    } catch (error) {
      const { code, message, venueCode, isProof } = this.#noted(this.#errorOf(error));
      return isProof ? { outcome: 'rejected', code, message, venueCode } : { outcome: 'unknown', code, message };
    }
  }

  #noted(error: VenueError): VenueError {
    if (error.code === 'clock-skewed') this.#clock.doubt();
    return error;
  }
}
