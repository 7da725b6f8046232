import { readHalvedRange } from '../../connectivity/halved-range.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { AccountSink, VenueFill } from '../../ports/exchange-gateway.ts';
import { VenueError } from '../../ports/venue-error.ts';

const DAY_MS = 86_400_000;
/** `myTrades` goes back one month. */
const REACH_MS = 30 * DAY_MS;
/** Orders whose client id is remembered: trades of REST do not always name it. */
const REMEMBERED = 10_000;

/**
 * Our trades by `GET /api/v3/myTrades`. Its pages hold 100, and which end of a range a full page was cut at is not documented: a range that
 * fills a page is therefore halved until nothing can have been cut.
 */
export class OwnTrades {
  static readonly largestPage = 100;
  readonly #between: (symbol: string, fromMs: TimeMs, toMs: TimeMs) => Promise<readonly VenueFill[]>;
  readonly #clientIds = new Map<string, string>();
  /** Last trade that was seen, by symbol: from where on a question by its id is asked. */
  readonly #timeOfTrade = new Map<string, { readonly tradeId: string; readonly timeMs: TimeMs }>();

  constructor(between: (symbol: string, fromMs: TimeMs, toMs: TimeMs) => Promise<readonly VenueFill[]>) {
    this.#between = between;
  }

  /** Remembers which client id an order has. */
  know(venueOrderId: string, clientOrderId: string): void {
    if (clientOrderId === '') return;
    if (this.#clientIds.size >= REMEMBERED) {
      const { value: oldest } = this.#clientIds.keys().next();
      if (oldest !== undefined) this.#clientIds.delete(oldest);
    }
    this.#clientIds.set(venueOrderId, clientOrderId);
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
   * Trades from a time on, or after a trade, oldest first. MEXC's trade ids have no order: after an id means from its time on without it,
   * so that another trade of the same millisecond may come twice; an id that is not known means the whole month.
   */
  async since(
    symbol: string,
    since: { readonly tradeId: string } | { readonly timeMs: TimeMs },
    nowMs: TimeMs,
  ): Promise<readonly VenueFill[]> {
    const last = this.#timeOfTrade.get(symbol);
    const oldestMs = nowMs - REACH_MS;
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
    return readHalvedRange(
      {
        largestPage: OwnTrades.largestPage,
        ask: (from, to) => this.#between(symbol, from, to),
        tooMany: (atMs, found) => {
          const what = `${symbol}: ${found} or more trades of ours in the millisecond ${atMs}`;
          const advice = 'compare with the filled quantity of the orders';
          return new VenueError('unsupported', 'MEXC', `${what}, which is more than MEXC lists; ${advice}`);
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
