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
  VenueFunding,
  VenueOrder,
  VenuePosition,
} from '../../ports/exchange-gateway.ts';
import type { BinanceGatewayOptions } from './gateway-options.ts';
import { keyFacts } from './key-facts.ts';
import { OrderNames } from './order-names.ts';
import { refused } from './placement.ts';
import { windowsOf } from './rate-limits.ts';
import { BinanceRest } from './rest-client.ts';
import { allTrades } from './trade-pages.ts';
import { leverageBrackets, usdmInstruments, usdmListing } from './trading-rules.ts';
import {
  type UsdmTrade,
  usdmAccountConfig,
  usdmBalances,
  usdmFunding,
  usdmPositionRisk,
  usdmPositions,
  usdmSymbolConfig,
  usdmTrade,
} from './usdm-gateway-answers.ts';
import { LARGEST_PAGE, UsdmOrderDesk } from './usdm-gateway-desk.ts';
import { tellUsdmEvent } from './usdm-gateway-events.ts';
import { AccountStream } from './user-data.ts';
import { ListenKey, usdmAccountRoute } from './user-data-usdm.ts';

export const USDM_CAPABILITIES: GatewayCapabilities = {
  orderTypes: [
    'market',
    'limit',
    'stop-market',
    'stop-limit',
    'take-profit-market',
    'take-profit-limit',
    'trailing-stop',
  ],
  timesInForce: ['gtc', 'ioc', 'fok', 'gtd'],
  postOnly: true,
  reduceOnly: true,
  // Limit orders; conditional ones are refused as unsupported.
  amend: true,
  hedge: true,
  positions: true,
  // Both legs only reduce and rest side by side: there is nothing to pair.
  pairs: false,
  // Orders that ended without a fill vanish after 3 days.
  findEndedForMs: 3 * DAY_MS,
};

/** Options of USD-M futures beyond those of both products. */
export interface UsdmGatewayOptions extends BinanceGatewayOptions {
  /** Where the facts of the key are told, `https://api.binance.com` on the live venue; without it they are not known. */
  readonly spotOrigin?: string | null;
}

/** Trading on Binance USD-M futures with one account. */
export class BinanceUsdmGateway implements ExchangeGateway {
  readonly venue: string;
  readonly capabilities = USDM_CAPABILITIES;
  readonly #options: UsdmGatewayOptions;
  readonly #rest: BinanceRest;
  readonly #desk: UsdmOrderDesk;
  readonly #names = new OrderNames();
  readonly #marginAssets = new Map<string, string>();
  #stream: AccountStream | null = null;
  #key: ListenKey | null = null;
  #sink: AccountSink | null = null;

  constructor(options: UsdmGatewayOptions) {
    const { venue = 'BINANCE-USDM', restOrigins } = options;
    this.venue = venue;
    this.#options = options;
    this.#rest = new BinanceRest({ ...options, product: 'usdm', venue, origins: restOrigins });
    this.#desk = new UsdmOrderDesk(this.#rest, this.#names, (detail) => this.#sink?.anomaly('unknown-enum', detail));
  }

  get clockSkew(): ExchangeGateway['clockSkew'] {
    return this.#rest.venueClock.skew;
  }

  async connect(listener: AccountSink): Promise<CredentialFacts> {
    if (this.#stream) throw new RangeError('connected already');
    const sink = redactedSink(listener, (text) => redactor(this.#secrets())(text));
    this.#sink = sink;
    await this.#rest.venueClock.start();
    const config = await this.#rest.read({ path: '/fapi/v1/accountConfig', weight: 5 }, usdmAccountConfig);
    const facts = await this.#keyFacts(config.canTrade);
    await this.#listing();
    const stream = this.#openStream(sink);
    this.#stream = stream;
    try {
      await stream.start();
    } catch (error) {
      await this.#closeStream();
      throw error;
    }
    return facts;
  }

  async instruments(): Promise<readonly InstrumentDefinition[]> {
    const listing = await this.#listing();
    const brackets = await this.#rest.read({ path: '/fapi/v1/leverageBracket', weight: 1 }, leverageBrackets);
    return usdmInstruments(listing, brackets, this.venue);
  }

  place(order: OrderPlacement): Promise<Outcome<VenueOrder>> {
    return this.#watched(order.clientOrderId, () => this.#desk.place(order));
  }

  async placePair(): Promise<Outcome<never>> {
    return refused({ code: 'unsupported', message: 'stops and targets of futures only reduce and rest side by side' });
  }

  cancel(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> {
    return this.#watched(clientOrderId, () => this.#desk.cancel(symbol, clientOrderId));
  }

  amend(
    symbol: string,
    clientOrderId: string,
    change: { readonly limit?: string; readonly quantity?: string },
  ): Promise<Outcome<VenueOrder>> {
    return this.#watched(clientOrderId, () => this.#desk.amend(symbol, clientOrderId, change));
  }

  cancelAll(symbol: string): Promise<Outcome<number | null>> {
    return this.#desk.cancelAll(symbol);
  }

  findOrder(symbol: string, clientOrderId: string): Promise<VenueOrder | null> {
    return this.#desk.find(symbol, clientOrderId);
  }

  openOrders(symbol?: string): Promise<readonly VenueOrder[]> {
    return this.#desk.open(symbol);
  }

  async fills(
    symbol: string,
    since: { readonly tradeId: string } | { readonly timeMs: number },
  ): Promise<readonly VenueFill[]> {
    const list = (bounds: string): Promise<readonly UsdmTrade[]> =>
      this.#rest.read(
        {
          path: '/fapi/v1/userTrades',
          weight: 5,
          parameters: `symbol=${encodeURIComponent(symbol)}${bounds}&limit=${LARGEST_PAGE}`,
        },
        z.array(usdmTrade),
      );
    const trades = await allTrades<UsdmTrade>(
      {
        venue: this.venue,
        pageSize: LARGEST_PAGE,
        windowMs: 7 * DAY_MS,
        idOf: (row) => row.id,
        timeOf: (row) => row.time,
        from: (tradeId) => list(`&fromId=${tradeId}`),
        between: (fromMs, toMs) => list(`&startTime=${fromMs}&endTime=${toMs}`),
      },
      since,
      this.#options.clock.nowMs() + (this.clockSkew?.skewMs ?? 0),
    );
    await this.#desk.learnNames(
      symbol,
      trades.map(({ orderId }) => orderId),
    );
    const fills: VenueFill[] = [];
    for (const trade of trades)
      fills.push({
        symbol: trade.symbol,
        tradeId: trade.id,
        clientOrderId: await this.#desk.nameOf(trade.symbol, trade.orderId),
        venueOrderId: trade.orderId,
        side: trade.side === 'BUY' ? 'buy' : 'sell',
        quantity: trade.qty,
        price: trade.price,
        fee: trade.commission,
        feeAsset: trade.commissionAsset,
        isMaker: trade.maker,
        tradedAtMs: trade.time,
      });
    return fills;
  }

  /** By its own number each payment is one, whichever page it is on: several may share the millisecond at which a page ends. */
  async fundingSince(fromMs: number): Promise<readonly VenueFunding[]> {
    const found = new Map<string, VenueFunding>();
    for (let startMs = Math.max(0, Math.floor(fromMs)); ; ) {
      const parameters = `incomeType=FUNDING_FEE&startTime=${startMs}&limit=${LARGEST_PAGE}`;
      const rows = await this.#rest.read({ path: '/fapi/v1/income', weight: 30, parameters }, z.array(usdmFunding));
      const before = found.size;
      for (const { tranId: id, symbol, asset, income, time } of rows)
        found.set(id, { id, symbol, asset, amount: income, paidAtMs: time });
      if (rows.length < LARGEST_PAGE || found.size === before) break;
      startMs = rows.reduce((newest, { time }) => Math.max(newest, time), startMs);
    }
    return [...found.values()].sort((a, b) => a.paidAtMs - b.paidAtMs);
  }

  /** Wallet balances: all of it is `free`, as margin is not taken out of a wallet. Profit that is not realized is not in it. */
  async balances(): Promise<readonly VenueBalance[]> {
    const rows = await this.#rest.read({ path: '/fapi/v3/balance', weight: 5 }, usdmBalances);
    return rows
      .filter((row) => row.balance !== '0')
      .map((row) => ({ asset: row.asset, free: row.balance, locked: '0' }));
  }

  async positions(): Promise<readonly VenuePosition[]> {
    const [risks, configs] = await Promise.all([
      this.#rest.read({ path: '/fapi/v3/positionRisk', weight: 5 }, usdmPositionRisk),
      this.#rest.read({ path: '/fapi/v1/symbolConfig', weight: 5 }, usdmSymbolConfig),
    ]);
    return usdmPositions(risks, configs);
  }

  async close(): Promise<void> {
    await this.#closeStream();
    this.#rest.close();
  }

  /** An accepted change must be told by the stream as well, or the stream is dead. */
  async #watched(clientOrderId: string, change: () => Promise<Outcome<VenueOrder>>): Promise<Outcome<VenueOrder>> {
    const sentMs = this.#options.clock.elapsedMs();
    const outcome = await change();
    if (outcome.outcome === 'accepted') this.#stream?.expect(clientOrderId, sentMs);
    return outcome;
  }

  #openStream(sink: AccountSink): AccountStream {
    const { streamOrigin, clock } = this.#options;
    const key = new ListenKey(this.#rest, clock, (reason) => stream.restart(reason));
    this.#key = key;
    const stream: AccountStream = new AccountStream({
      venue: this.venue,
      route: usdmAccountRoute(streamOrigin, key),
      world: this.#options,
      venueClock: this.#rest.venueClock,
      secrets: () => this.#secrets(),
      sink,
      event: (event) =>
        tellUsdmEvent(event, {
          sink,
          names: this.#names,
          saw: (id) => stream.saw(id),
          marginAsset: (symbol) => this.#marginAssets.get(symbol) ?? '',
        }),
    });
    return stream;
  }

  #secrets(): readonly string[] {
    return [this.#options.credentials.apiKey, ...(this.#key?.known ?? [])];
  }

  async #closeStream(): Promise<void> {
    this.#key?.close();
    const stream = this.#stream;
    this.#stream = null;
    await stream?.close();
  }

  async #listing(): Promise<z.output<typeof usdmListing>> {
    const listing = await this.#rest.read({ path: '/fapi/v1/exchangeInfo', weight: 1, security: 'none' }, usdmListing);
    const windows = windowsOf(listing.rateLimits);
    if (windows.length > 0) this.#rest.limiter.adopt(windows);
    for (const row of listing.symbols) this.#marginAssets.set(row.symbol, row.marginAsset);
    return listing;
  }

  async #keyFacts(canTrade: boolean): Promise<CredentialFacts> {
    const { spotOrigin } = this.#options;
    if (spotOrigin === undefined || spotOrigin === null) return keyFacts(null, 'enableFutures', canTrade);
    // Another host with limits of its own; the clock is the same.
    const { limiter: _, ...options } = this.#options;
    const rest = new BinanceRest({
      ...options,
      product: 'spot',
      venue: this.venue,
      origins: [spotOrigin],
      venueClock: this.#rest.venueClock,
    });
    try {
      return await keyFacts(rest, 'enableFutures', canTrade);
    } finally {
      rest.close();
    }
  }
}
