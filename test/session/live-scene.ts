import type { BinanceGatewayOptions } from '../../src/adapters/binance/gateway-options.ts';
import { BinanceSpotGateway } from '../../src/adapters/binance/spot-gateway.ts';
import { BinanceUsdmGateway } from '../../src/adapters/binance/usdm-gateway.ts';
import { memoryJournals } from '../../src/adapters/memory/journals.ts';
import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import { toRate } from '../../src/core/exchange/rate.ts';
import type { AnyStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import { MINUTE_MS } from '../../src/core/vocabulary/time.ts';
import type { Surroundings } from '../../src/local-exchange/product.ts';
import { createSpotProduct } from '../../src/local-exchange/spot/spot-product.ts';
import { createUsdmProduct } from '../../src/local-exchange/usdm/product.ts';
import type { ExchangeGateway } from '../../src/ports/exchange-gateway.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { FeedHealth, FeedRequest, FeedSink, MarketFeed } from '../../src/ports/market-feed.ts';
import { LiveAccount } from '../../src/session/live-account.ts';
import { capabilitiesOf } from '../../src/session/live-capabilities.ts';
import type { RemoteSide } from '../../src/session/remote-side.ts';
import { recover } from '../../src/session/replay-journal.ts';
import { Session } from '../../src/session/session.ts';
import { type SessionConfig, SessionCore } from '../../src/session/session-core.ts';
import { type SimulatedSubject, type SimulatedVenue, simulatedSubject } from '../exchange-gateway/simulated-subject.ts';

/** A feed whose bars a test writes. */
export class HandFeed implements MarketFeed {
  readonly venue = 'BINANCE';
  readonly channels: MarketFeed['channels'] = ['bars'];
  readonly #sinks = new Map<number, { readonly sink: FeedSink; readonly request: FeedRequest }>();

  subscribe(request: FeedRequest, sink: FeedSink): number {
    this.#sinks.set(this.#sinks.size, { sink, request });
    return this.#sinks.size - 1;
  }

  unsubscribe(id: number): void {
    this.#sinks.delete(id);
  }

  bar(openTimeMs: number, price: number, close = price): void {
    for (const [id, { sink }] of this.#sinks) {
      const at = openTimeMs + MINUTE_MS;
      const [high, low] = [Math.max(price, close), Math.min(price, close)];
      sink.bar(id, at, at, openTimeMs, price, high, low, close, 1, true);
    }
  }

  async instruments(): Promise<readonly InstrumentDefinition[]> {
    return [];
  }

  health(): FeedHealth {
    return { connections: [], subscriptions: [], clockSkewMs: 0 } as unknown as FeedHealth;
  }

  async close(): Promise<void> {}
}

/** One life of the process that trades: from a start until its end or its death. */
export interface Life {
  readonly session: Session;
  readonly core: SessionCore;
  readonly side: RemoteSide;
  readonly account: LiveAccount;
  readonly gateway: ExchangeGateway;
  readonly feed: HandFeed;
  readonly journal: Journal;
  /** What the account may send by; set its loss to take it away. */
  readonly right: { epoch: number; loss: string | null };
  /** Hears nothing and says nothing from now on, as a process that was killed. */
  kill(): void;
}

/** What a scene is set up with. */
export interface SceneOptions {
  readonly product?: 'spot' | 'usdm';
  /** What the account holds at first. */
  readonly balances?: Readonly<Record<string, string>>;
  /** Stands between the session and its gateway. */
  readonly wrap?: (gateway: ExchangeGateway) => ExchangeGateway;
  readonly onNaked?: 'alert' | 'close';
}

const PRODUCTS = {
  spot: {
    make: (around: Surroundings) => createSpotProduct({}, around),
    balances: { USDT: '200000', BTC: '0.5' },
    hugeQuantity: '80',
    open: (options: BinanceGatewayOptions) => new BinanceSpotGateway(options),
    streamEnded: { subscriptionId: 0, event: { e: 'eventStreamTerminated', E: 1 } },
  },
  usdm: {
    make: (around: Surroundings) => createUsdmProduct({}, around),
    balances: { USDT: '100000' },
    hugeQuantity: '40',
    open: (options: BinanceGatewayOptions) => new BinanceUsdmGateway(options),
    streamEnded: { e: 'listenKeyExpired', E: 1, listenKey: 'gone' },
  },
} as const satisfies Readonly<Record<string, SimulatedVenue>>;

/** A gateway of which some calls are the test's. */
export function intercepted(gateway: ExchangeGateway, calls: Partial<ExchangeGateway>): ExchangeGateway {
  return new Proxy(gateway, {
    get(target, name) {
      if (name in calls) return Reflect.get(calls, name);
      const found: unknown = Reflect.get(target, name);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

/** Fees of spot are taken from what is bought; those of futures from the margin. */
const ACCOUNTS = {
  spot: { costs: { fees: { ...makerTakerFees(toRate(0.001), toRate(0.001)), payIn: 'base' } } },
  usdm: { account: 'margin', leverage: 5 },
} as const;

/** A session on Binance's protocol at the local exchange's product, in simulated time; it can die and start again. */
export class LiveScene {
  readonly venue: SimulatedSubject;
  readonly journals;
  #lives = 0;
  readonly #begunAtMs: number;
  #openMs: number;
  readonly #options: SceneOptions;

  constructor(options: SceneOptions = {}) {
    this.#options = options;
    const product = PRODUCTS[options.product ?? 'spot'];
    this.venue = simulatedSubject({ ...product, balances: options.balances ?? product.balances });
    this.journals = memoryJournals({ clock: this.venue.clock });
    this.#begunAtMs = this.venue.clock.nowMs();
    this.#openMs = Math.floor(this.#begunAtMs / MINUTE_MS) * MINUTE_MS;
  }

  /** Starts the session, or starts it again after whatever happened. */
  async start(strategy: AnyStrategy, more: Partial<SessionConfig> = {}): Promise<Life> {
    const { venue } = this;
    const { product = 'spot', wrap = (each) => each, onNaked = 'close' } = this.#options;
    const gateway = wrap(this.#lives++ === 0 ? venue.gateway : venue.reopen());
    const instruments = await venue.run(gateway.instruments());
    const instrument = instruments.find(({ id }) => id.endsWith(`:${venue.symbol}`))!;
    const fresh = (): SessionCore =>
      new SessionCore(
        {
          strategies: [{ strategy }],
          cash: 100_000,
          ...ACCOUNTS[product],
          capabilities: capabilitiesOf(gateway.capabilities, 'binance'),
          feeds: [{ instrument, timeframe: '1m' }],
          drivenBy: 'bars',
          remote: { onMismatch: 'reduce' },
          ...more,
        },
        'live',
      );
    const sealed = <T>(body: () => T): T => body();
    const { core, unsent, pending } =
      this.#lives === 1
        ? { core: fresh(), unsent: [], pending: [] }
        : await venue.run(recover(fresh, this.journals, 'live', sealed));
    const journal = await venue.run(this.journals.open('live', { about: null }));
    const feed = new HandFeed();
    const side = core.side as RemoteSide;
    const right = { epoch: this.#lives, loss: null as string | null };
    const account = new LiveAccount({
      ...{ gateway, feed, journal, clock: venue.clock, side, right, validityMs: 2_000, foreign: 'leave', onNaked },
      ...{ begunAtMs: this.#begunAtMs, pending, unsent },
    });
    await venue.run(gateway.connect(account.keeper));
    const session = new Session(core, {
      ...{ journal, feed, history: null, clock: venue.clock, version: 'test', sealed, account, snapshotEvery: 3 },
    });
    await venue.run(session.start());
    return {
      ...{ session, core, side, account, gateway, feed, journal, right },
      kill: () => {
        session.fault = new Error('killed');
        void gateway.close();
        void account.keeper.close();
      },
    };
  }

  /** Others trade at the venue, our orders first. */
  trade(side: 'buy' | 'sell', price: number, quantity: number): void {
    this.venue.product.house.trade(this.venue.symbol, side, String(price), String(quantity));
  }

  /** Orders of ours that the venue has taken. */
  placed(): number {
    const route = this.venue.product.routes.find(
      ({ method, path }) => method === 'GET' && path === '/api/v3/allOrders',
    )!;
    const answer = route.handle(new Map([['symbol', this.venue.symbol]]), { account: this.venue.trader, apiKey: '' });
    return (answer.body as { readonly clientOrderId: string }[]).filter(({ clientOrderId }) =>
      clientOrderId.startsWith('live'),
    ).length;
  }

  /** A minute passes, and its bar closes at this price. */
  async bar(life: Life, price: number): Promise<void> {
    this.venue.moveTo(String(price));
    const openMs = this.#openMs;
    this.#openMs += MINUTE_MS;
    const wait = this.#openMs - this.venue.clock.nowMs();
    if (wait > 0) await this.venue.pass(wait);
    life.feed.bar(openMs, price);
    await this.venue.pass(200);
  }
}
