import type { TimeMs } from '../core/vocabulary/time.ts';
import type { AccountSink, VenueFill } from '../ports/exchange-gateway.ts';
import { VenueError } from '../ports/venue-error.ts';
import { readHalvedRange } from './halved-range.ts';

/** Orders whose client id is remembered: trades of REST do not always name it. */
const REMEMBERED = 10_000;

export interface OwnTradesOptions {
  readonly venue: string;
  /** Trades in one page. Which end of a range a full page is cut at need not be known: such a range is halved. */
  readonly largestPage: number;
  /** How far back the venue tells. */
  readonly reachMs: number;
  /** Trades of a symbol in [fromMs, toMs], in any order. */
  readonly between: (symbol: string, fromMs: TimeMs, toMs: TimeMs) => Promise<readonly VenueFill[]>;
}

/** Our trades at a venue that lists them by time, with the client ids that it leaves out. */
export class OwnTrades {
  readonly #options: OwnTradesOptions;
  readonly #clientIds = new Map<string, string>();
  readonly #orderIds = new Map<string, string>();
  /** Last trade that was seen, by symbol: from where on a question by its id is asked. */
  readonly #timeOfTrade = new Map<string, { readonly tradeId: string; readonly timeMs: TimeMs }>();

  constructor(options: OwnTradesOptions) {
    this.#options = options;
  }

  /** Remembers which client id an order has. */
  know(venueOrderId: string, clientOrderId: string): void {
    if (clientOrderId === '') return;
    if (this.#clientIds.size >= REMEMBERED) {
      const { value: oldest } = this.#clientIds.keys().next();
      if (oldest !== undefined) {
        this.#orderIds.delete(this.#clientIds.get(oldest)!);
        this.#clientIds.delete(oldest);
      }
    }
    this.#clientIds.set(venueOrderId, clientOrderId);
    this.#orderIds.set(clientOrderId, venueOrderId);
  }

  /** The venue's id of an order that was seen here. */
  orderIdOf(clientOrderId: string): string | null {
    return this.#orderIds.get(clientOrderId) ?? null;
  }

  /** A sink that learns from what it passes on. */
  watch(sink: AccountSink): AccountSink {
    return {
      order: (order) => {
        this.know(order.venueOrderId, order.clientOrderId);
        sink.order(order);
      },
      fill: (fill) => {
        this.#seen(fill);
        sink.fill(this.#named(fill));
      },
      balance: (balance, atMs) => sink.balance(balance, atMs),
      position: (position, atMs) => sink.position(position, atMs),
      funding: (symbol, asset, quantity, atMs) => sink.funding(symbol, asset, quantity, atMs),
      liquidation: (symbol, detail, atMs) => sink.liquidation(symbol, detail, atMs),
      resumed: (sinceMs) => sink.resumed(sinceMs),
      anomaly: (code, detail) => sink.anomaly(code, detail),
    };
  }

  /**
   * Trades from a time on, or after a trade, oldest first. Ids need have no order: after an id means from its time on without it,
   * so that another trade of the same millisecond may come twice; an id that is not known means all that the venue tells.
   */
  async since(
    symbol: string,
    since: { readonly tradeId: string } | { readonly timeMs: TimeMs },
    nowMs: TimeMs,
  ): Promise<readonly VenueFill[]> {
    const last = this.#timeOfTrade.get(symbol);
    const oldestMs = nowMs - this.#options.reachMs;
    const fromMs =
      'timeMs' in since ? Math.max(since.timeMs, oldestMs) : last?.tradeId === since.tradeId ? last.timeMs : oldestMs;
    const found = await this.#range(symbol, fromMs, nowMs);
    let fills = [...new Map(found.map((fill) => [fill.tradeId, fill])).values()].sort(
      (a, b) => a.tradedAtMs - b.tradedAtMs,
    );
    if ('tradeId' in since) {
      const known = fills.find((fill) => fill.tradeId === since.tradeId);
      if (known) fills = fills.filter((fill) => fill.tradedAtMs >= known.tradedAtMs && fill !== known);
    }
    const newest = fills.at(-1);
    if (newest) this.#seen(newest);
    return fills.map((fill) => this.#named(fill));
  }

  #range(symbol: string, fromMs: TimeMs, toMs: TimeMs): Promise<readonly VenueFill[]> {
    const { venue, largestPage, between } = this.#options;
    return readHalvedRange(
      {
        largestPage,
        ask: (from, to) => between(symbol, from, to),
        tooMany: (atMs, found) => {
          const what = `${symbol}: ${found} or more trades of ours in the millisecond ${atMs}`;
          const advice = 'compare with the filled quantity of the orders';
          return new VenueError('unsupported', venue, `${what}, which is more than ${venue} lists; ${advice}`);
        },
      },
      fromMs,
      toMs,
    );
  }

  #seen(fill: VenueFill): void {
    const last = this.#timeOfTrade.get(fill.symbol);
    if (last === undefined || last.timeMs <= fill.tradedAtMs)
      this.#timeOfTrade.set(fill.symbol, { tradeId: fill.tradeId, timeMs: fill.tradedAtMs });
  }

  #named(fill: VenueFill): VenueFill {
    const clientOrderId = fill.clientOrderId || (this.#clientIds.get(fill.venueOrderId) ?? '');
    return clientOrderId === fill.clientOrderId ? fill : { ...fill, clientOrderId };
  }
}
