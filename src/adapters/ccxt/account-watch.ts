import { type Backoff, backoffMs, RECONNECT_BACKOFF } from '../../connectivity/backoff.ts';
import { ToldOrders } from '../../connectivity/told-orders.ts';
import { InvariantError } from '../../core/vocabulary/assert.ts';
import type { Random } from '../../core/vocabulary/random.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AccountSink, VenueOrder } from '../../ports/exchange-gateway.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { CcxtExchange } from './exchange-shape.ts';
import { balancesOf, UnreadableShape, venueFillOf, venueOrderOf, venuePositionOf } from './order-shapes.ts';
import type { VenueQuirks } from './venue-quirks.ts';

/** ccxt notices a dead connection after two pings without an answer; its longest interval between them is 30 s. */
const LONGEST_UNNOTICED_MS = 90_000;

export interface AccountWatchOptions {
  readonly venue: string;
  readonly clock: Clock;
  /** The venue's time as well as it is known. */
  venueNowMs(): number;
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
  readonly #orders: ToldOrders;
  #exchange: CcxtExchange | null = null;
  #fail: ((error: unknown) => void) | null = null;
  /** Ends the pause before the next attempt. */
  #wake: (() => void) | null = null;
  #isEnded = false;
  #running: Promise<void> | null = null;

  constructor(options: AccountWatchOptions, sink: AccountSink) {
    this.#options = options;
    this.#sink = sink;
    const untold = (reason: string): void => this.#fail?.(new Error(reason));
    this.#orders = new ToldOrders(options.clock, options.longestUntoldMs, untold);
  }

  /** Resolves when the streams seem to be subscribed. Rejects with VenueError where the first attempt fails. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#running = this.#run(resolve, reject);
    });
  }

  /** The venue took an order: where no event tells of it in time, the stream is dead although its pings are answered. */
  expectOrder(clientOrderId: string): void {
    if (!this.#isEnded) this.#orders.expect(clientOrderId);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    this.#orders.end();
    this.#fail?.(new Error('closed'));
    this.#wake?.();
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
      const error = await this.#life(failed, () => {
        failures = 0;
        if (isFirst) started();
        else if (brokenMs !== null) this.#sink.resumed(brokenMs);
        isFirst = false;
        brokenMs = null;
      });
      await this.#close();
      // A defect of ours is no fault of a stream.
      if (error instanceof InvariantError) throw error;
      if (this.#isEnded) break;
      if (isFirst) {
        refused(this.#options.errorOf(error));
        return;
      }
      brokenMs ??= this.#options.venueNowMs() - LONGEST_UNNOTICED_MS;
      failures++;
      const pauseMs = backoffMs(failures, this.#options.backoff ?? RECONNECT_BACKOFF, random);
      await new Promise<void>((resolve) => {
        const timer = clock.after(pauseMs, resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
      this.#wake = null;
    }
    if (isFirst)
      refused(new VenueError('not-sent', this.#options.venue, 'closed before the account streams were subscribed'));
  }

  /** One life of the streams: `settled` is called when they seem to be subscribed. Answers what ended it. */
  async #life(failed: PromiseWithResolvers<unknown>, settled: () => void): Promise<unknown> {
    let isOver = false;
    void failed.promise.then(() => {
      isOver = true;
    });
    // An exchange that opens after the end was asked for is closed at once.
    const opened = await this.#open(failed, () => isOver);
    const timer = this.#options.clock.after(this.#options.settleMs, () => {
      if (opened && !isOver && !this.#isEnded) settled();
    });
    const error = await failed.promise;
    timer.cancel();
    return error;
  }

  /** Opens an exchange object and begins every loop. */
  async #open(failed: PromiseWithResolvers<unknown>, isOver: () => boolean): Promise<boolean> {
    try {
      const exchange = await this.#options.open();
      this.#exchange = exchange;
      const isLive = (): boolean => !isOver() && this.#exchange === exchange;
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
      return true;
    } catch (error) {
      failed.resolve(error);
      return false;
    }
  }

  async #close(): Promise<void> {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#fail = null;
    // A connection that cannot be closed in good order is gone all the same.
    await exchange?.close().catch(() => undefined);
  }

  /** Runs what tells; what cannot be read becomes an anomaly. An order or a trade that was not told makes the account one to be asked. */
  #readably(what: 'order' | 'trade' | 'balance' | 'position', tell: () => void): void {
    try {
      tell();
    } catch (error) {
      if (!(error instanceof UnreadableShape)) throw error;
      this.#sink.anomaly(error.code, `${what}: ${error.message}`);
      if (what === 'order' || what === 'trade') this.#sink.resumed(this.#options.venueNowMs() - LONGEST_UNNOTICED_MS);
    }
  }

  #tellOrder(found: Parameters<typeof venueOrderOf>[0]): void {
    this.#readably('order', () => {
      const order: VenueOrder = venueOrderOf(found, this.#options.idOf, this.#options.clock.nowMs());
      if (order.status === 'unknown')
        this.#sink.anomaly('unknown-enum', `order: status ${String(found.status)} is not known`);
      if (order.clientOrderId !== '') this.#orders.told(order.clientOrderId);
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
