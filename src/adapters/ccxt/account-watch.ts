import { type Backoff, backoffMs, RECONNECT_BACKOFF } from '../../connectivity/backoff.ts';
import type { Random } from '../../core/vocabulary/random.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { AccountSink, VenueOrder } from '../../ports/exchange-gateway.ts';
import type { VenueError } from '../../ports/venue-error.ts';
import type { CcxtExchange } from './exchange-shape.ts';
import { balancesOf, UnreadableShape, venueFillOf, venueOrderOf, venuePositionOf } from './order-shapes.ts';
import type { VenueQuirks } from './venue-quirks.ts';

/** ccxt notices a dead connection after two pings without an answer; its longest interval between them is 30 s. */
const LONGEST_UNNOTICED_MS = 90_000;

export interface AccountWatchOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** A new exchange object for streams only: closing it closes every one of its connections. */
  open(): Promise<CcxtExchange>;
  readonly idOf: (symbol: string) => string;
  readonly quirks: VenueQuirks;
  readonly withPositions: boolean;
  errorOf(error: unknown): VenueError;
  /**
   * ccxt does not tell when a subscription is confirmed. It counts as such when a connection is open and nothing failed for so long.
   */
  readonly settleMs: number;
  readonly longestUntoldMs: number;
  readonly backoff?: Backoff;
}

/** The account's events out of ccxt's `watch…` methods: several loops over one exchange object, replaced as a whole where one fails. */
export class AccountWatch {
  readonly #options: AccountWatchOptions;
  readonly #sink: AccountSink;
  readonly #expected = new Map<string, Timer>();
  readonly #told = new Set<string>();
  #exchange: CcxtExchange | null = null;
  #fail: ((error: unknown) => void) | null = null;
  #isEnded = false;
  #running: Promise<void> | null = null;

  constructor(options: AccountWatchOptions, sink: AccountSink) {
    this.#options = options;
    this.#sink = sink;
  }

  /** Resolves when the streams seem to be subscribed. Rejects with VenueError where the first attempt fails. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#running = this.#run(resolve, reject);
    });
  }

  /** The venue took an order: where no event tells of it in time, the stream is dead although its pings are answered. */
  expectOrder(clientOrderId: string): void {
    if (this.#told.delete(clientOrderId) || this.#isEnded) return;
    const { clock, longestUntoldMs } = this.#options;
    const timer = clock.after(longestUntoldMs, () => {
      this.#expected.delete(clientOrderId);
      this.#fail?.(new Error(`order ${clientOrderId} was taken ${longestUntoldMs} ms ago and never told`));
    });
    this.#expected.set(clientOrderId, timer);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    for (const timer of this.#expected.values()) timer.cancel();
    this.#fail?.(new Error('closed'));
    await this.#running;
  }

  async #run(started: () => void, refused: (error: unknown) => void): Promise<void> {
    let failures = 0;
    let isFirst = true;
    let brokenMs: number | null = null;
    const { clock, random } = this.#options;
    while (!this.#isEnded) {
      const failed = Promise.withResolvers<unknown>();
      this.#fail = failed.resolve;
      const settled = this.#watch(failed).then(() => {
        failures = 0;
        if (isFirst) started();
        else if (brokenMs !== null) this.#sink.resumed(brokenMs);
        isFirst = false;
        brokenMs = null;
      });
      const error = await failed.promise;
      settled.catch(() => undefined);
      await this.#close();
      if (this.#isEnded) break;
      if (isFirst) {
        refused(this.#options.errorOf(error));
        return;
      }
      brokenMs ??= clock.nowMs() - LONGEST_UNNOTICED_MS;
      failures++;
      const pauseMs = backoffMs(failures, this.#options.backoff ?? RECONNECT_BACKOFF, random);
      await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
    }
  }

  /** Opens everything; resolves when it seems to be subscribed, and never where it fails before. */
  async #watch(failed: PromiseWithResolvers<unknown>): Promise<void> {
    let isOver = false;
    void failed.promise.then(() => {
      isOver = true;
    });
    try {
      const exchange = await this.#options.open();
      this.#exchange = exchange;
      const isLive = (): boolean => !isOver && this.#exchange === exchange;
      const pump = async <T>(watch: () => Promise<T>, tell: (found: T) => void): Promise<void> => {
        while (isLive()) {
          const found = await watch();
          if (isLive()) tell(found);
        }
      };
      const { has } = exchange;
      const pumps = [
        pump(
          () => exchange.watchOrders(),
          (orders) => {
            for (const each of orders) this.#tellOrder(each);
          },
        ),
      ];
      if (has['watchMyTrades'] === true)
        pumps.push(
          pump(
            () => exchange.watchMyTrades(),
            (trades) => {
              for (const each of trades) this.#tellFill(each);
            },
          ),
        );
      if (has['watchBalance'] === true)
        pumps.push(
          pump(
            () => exchange.watchBalance(),
            (balances) => this.#tellBalances(balances),
          ),
        );
      if (this.#options.withPositions && has['watchPositions'] === true)
        pumps.push(
          pump(
            () => exchange.watchPositions(),
            (positions) => {
              for (const each of positions) this.#tellPosition(each);
            },
          ),
        );
      for (const each of pumps) each.catch(failed.resolve);
    } catch (error) {
      failed.resolve(error);
    }
    await this.#pause(this.#options.settleMs);
    // Never settles where it is over: whoever waits looks at `failed`.
    if (isOver) await new Promise<never>(() => undefined);
  }

  async #close(): Promise<void> {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#fail = null;
    // A connection that cannot be closed in good order is gone all the same.
    await exchange?.close().catch(() => undefined);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(ms, resolve));
  }

  /** Runs what tells; what cannot be read becomes an anomaly. */
  #readably(what: string, tell: () => void): void {
    try {
      tell();
    } catch (error) {
      if (!(error instanceof UnreadableShape)) throw error;
      this.#sink.anomaly(error.code, `${what}: ${error.message}`);
    }
  }

  #tellOrder(found: Parameters<typeof venueOrderOf>[0]): void {
    this.#readably('order', () => {
      const order: VenueOrder = venueOrderOf(found, this.#options.idOf, this.#options.clock.nowMs());
      if (order.status === 'unknown')
        this.#sink.anomaly('unknown-enum', `order: status ${String(found.status)} is not known`);
      const timer = this.#expected.get(order.clientOrderId);
      timer?.cancel();
      this.#expected.delete(order.clientOrderId);
      // The stream is often faster than the answer.
      if (timer === undefined && order.clientOrderId !== '' && this.#told.size < 1_000)
        this.#told.add(order.clientOrderId);
      this.#sink.order(order);
    });
  }

  #tellFill(found: Parameters<typeof venueFillOf>[0]): void {
    this.#readably('trade', () => {
      const fill = venueFillOf(found, this.#options.idOf);
      this.#sink.fill({ ...fill, fee: this.#options.quirks.fee(found) ?? fill.fee });
    });
  }

  #tellBalances(found: Parameters<typeof balancesOf>[0]): void {
    this.#readably('balance', () => {
      const nowMs = typeof found['timestamp'] === 'number' ? found['timestamp'] : this.#options.clock.nowMs();
      for (const balance of balancesOf(found)) this.#sink.balance(balance, nowMs);
    });
  }

  #tellPosition(found: Parameters<typeof venuePositionOf>[0]): void {
    this.#readably('position', () => {
      const atMs = found.timestamp ?? this.#options.clock.nowMs();
      this.#sink.position(venuePositionOf(found, this.#options.idOf), atMs);
    });
  }
}
