import type { BinanceGatewayOptions } from '../../src/adapters/binance/gateway-options.ts';
import type { Account, Caller, Product, Surroundings } from '../../src/local-exchange/product.ts';
import type { ExchangeGateway } from '../../src/ports/exchange-gateway.ts';
import type { GatewaySubject } from '../contracts/exchange-gateway.ts';
import { FaultyDialer, FaultyHttp } from '../contracts/faulty-transport.ts';
import { API_KEY, ScriptedBinance, SECRET } from '../scripted-binance.ts';
import type { SimulatedClock } from '../simulated-world/clock.ts';

const SYMBOL = 'BTCUSDT';
const START_PRICE = 95_000;
const LONGEST_WAIT_MS = 60_000;

export interface SimulatedVenue {
  readonly make: (around: Surroundings) => Product;
  readonly balances: Readonly<Record<string, string>>;
  readonly hugeQuantity: string;
  readonly open: (options: BinanceGatewayOptions) => ExchangeGateway;
  readonly streamEnded: unknown;
  /** Settings of the account before the gateway connects: a route, with its parameters. */
  readonly settings?: readonly (readonly [route: string, parameters: Readonly<Record<string, string>>])[];
}

/** Levels around a price, so that a trade at it meets what rests there. */
function quote(product: Product, price: number): void {
  const levels = (side: number) =>
    Array.from({ length: 5 }, (_, k) => ({ price: String(price + side * (k + 1)), quantity: '5' }));
  product.house.quote(SYMBOL, levels(-1), levels(1));
}

/** A gateway in simulated time, at a product that answers instead of a script. Waiting costs nothing, and every run is the same. */
export interface SimulatedSubject extends GatewaySubject {
  readonly clock: SimulatedClock;
  readonly product: Product;
  /** Account whose key the gateway has. */
  readonly trader: Account;
  /** Another gateway to the same account, as another process has one. */
  readonly reopen: () => ExchangeGateway;
}

export function simulatedSubject(venue: SimulatedVenue): SimulatedSubject {
  const scripted = new ScriptedBinance();
  const { clock } = scripted;
  const house: Account = { index: 0, name: 'house', uid: 1 };
  const trader: Account = { index: 1, name: 'trader', uid: 2 };
  const caller: Caller = { account: trader, apiKey: API_KEY };
  const product = venue.make({
    nowMs: () => Math.floor(clock.nowMs()),
    at: (timeMs, run) => {
      const timer = clock.after(timeMs - clock.nowMs(), run);
      return () => timer.cancel();
    },
    random: () => scripted.random.uniform(),
    publish: () => undefined,
    hasListeners: () => false,
    notify: (account, event) => {
      if (account === trader) scripted.tell(event);
    },
    accounts: [house, trader],
  });
  for (const [asset, amount] of Object.entries(venue.balances)) product.deposit(trader, asset, amount);
  for (const route of product.routes)
    scripted.on(`${route.method} ${route.path}`, (parameters) =>
      route.handle(new Map(parameters), route.security === 'none' ? null : caller),
    );
  for (const [name, parameters] of venue.settings ?? []) {
    const route = product.routes.find((each) => `${each.method} ${each.path}` === name);
    const answer = route?.handle(new Map(Object.entries(parameters)), caller);
    if (answer?.status !== 200) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  }
  const move = (price: number): void => {
    quote(product, price);
    product.house.trade(SYMBOL, 'sell', String(price), '0.001');
    product.house.mark?.(SYMBOL, String(price), String(price));
  };
  move(START_PRICE);
  const http = new FaultyHttp(scripted.http);
  const dialer = new FaultyDialer(scripted.dialer);
  const gateway = venue.open({ ...scripted.options, http, dialer });
  return {
    ...{ clock, product, trader, gateway },
    reopen: () => venue.open({ ...scripted.options, http, dialer }),
    symbol: SYMBOL,
    quantity: '0.02',
    hugeQuantity: venue.hugeQuantity,
    price: (percent) => String(Math.round(START_PRICE * (1 + percent / 100))),
    moveTo: (price) => move(Number(price)),
    http,
    dialer,
    secrets: [API_KEY, SECRET],
    streamEnded: venue.streamEnded,
    drifted: (text) => text.replace(/"X":"NEW"/, '"X":"FROZEN"'),
    skewVenue: (ms) => {
      scripted.skewMs = ms;
    },
    run: (promise) => scripted.run(promise),
    until: async (isTrue, what) => {
      if (!(await clock.advanceUntil(isTrue, LONGEST_WAIT_MS, 10)))
        throw new Error(`not within ${LONGEST_WAIT_MS} simulated ms: ${what}`);
    },
    pass: (ms) => clock.advance(ms),
    dispose: async () => {
      await scripted.run(gateway.close());
    },
  };
}
