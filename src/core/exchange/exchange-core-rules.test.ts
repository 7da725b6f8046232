/**
 * exchange-core's rules of a currency pair, written a second time from their description and run beside the market on random streams:
 * price-time matching, IOC, moving and reducing, a bid's funds held at its reserve price with the taker's fee, fees per lot, refusals.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Instrument } from '../vocabulary/instrument.ts';
import { Random } from '../vocabulary/random.ts';
import { feeSchedule } from './fees.ts';
import { MatchingBook } from './matching-book.ts';
import { SpotAccount } from './spot-account.ts';
import { ScheduledCommission } from './spot-commission.ts';
import { SpotMarket } from './spot-market.ts';
import { VENUE_REFUSALS } from './venue-refusal.ts';

const CLIENTS = 3;
const BASE_SCALE = 1_000;
const QUOTE_SCALE = 100;
const MAKER_FEE = 7;
const TAKER_FEE = 19;
const BASE = 0;
const QUOTE = 1;

interface Order {
  readonly id: number;
  readonly client: number;
  readonly side: number;
  price: number;
  readonly reserve: number;
  left: number;
}

/** What is free: what was put in and traded, less what open orders hold. */
class Oracle {
  /** In the order of their places in the queue. */
  orders: Order[] = [];
  readonly total = Array.from({ length: CLIENTS }, () => [0, 0]);

  #held(client: number, asset: number): number {
    return this.orders
      .filter((o) => o.client === client && (o.side > 0 ? QUOTE : BASE) === asset)
      .reduce((sum, o) => sum + this.#hold(o.side, o.reserve, o.left), 0);
  }

  #hold(side: number, reserve: number, lots: number): number {
    return side > 0 ? lots * (reserve * QUOTE_SCALE + TAKER_FEE) : lots * BASE_SCALE;
  }

  free(client: number, asset: number): number {
    return this.total[client]![asset]! - this.#held(client, asset);
  }

  place(order: Order, isIoc: boolean): string {
    const asset = order.side > 0 ? QUOTE : BASE;
    if (this.#hold(order.side, order.reserve, order.left) > this.free(order.client, asset))
      return 'insufficient-balance';
    this.#match(order);
    if (order.left > 0 && !isIoc) this.orders.push(order);
    return 'accepted';
  }

  #match(taker: Order): void {
    const crosses = (o: Order): boolean => o.side !== taker.side && taker.side * (taker.price - o.price) >= 0;
    while (taker.left > 0) {
      const candidates = this.orders.filter(crosses);
      const maker = candidates.reduce<Order | null>(
        (best, o) => (best === null || taker.side * (o.price - best.price) < 0 ? o : best),
        null,
      );
      if (maker === null) return;
      const lots = Math.min(taker.left, maker.left);
      taker.left -= lots;
      maker.left -= lots;
      this.#pay(taker, maker.price, lots, TAKER_FEE);
      this.#pay(maker, maker.price, lots, MAKER_FEE);
      this.orders = this.orders.filter((o) => o.left > 0);
    }
  }

  #pay(order: Order, price: number, lots: number, fee: number): void {
    const total = this.total[order.client]!;
    total[BASE]! += order.side * lots * BASE_SCALE;
    total[QUOTE]! -= order.side * lots * price * QUOTE_SCALE + lots * fee;
  }

  move(id: number, price: number): string {
    const order = this.orders.find((o) => o.id === id);
    if (!order) return 'unknown-order';
    if (order.side > 0 && price > order.reserve) return 'price-above-reserve';
    this.orders = this.orders.filter((o) => o !== order);
    order.price = price;
    this.#match(order);
    if (order.left > 0) this.orders.push(order);
    return 'accepted';
  }

  reduce(id: number, lots: number): string {
    const order = this.orders.find((o) => o.id === id);
    if (!order) return 'unknown-order';
    order.left -= Math.min(order.left, lots);
    this.orders = this.orders.filter((o) => o.left > 0);
    return 'accepted';
  }

  levels(side: number): { ticks: number; lots: number }[] {
    const sums = new Map<number, number>();
    for (const o of this.orders) if (o.side === side) sums.set(o.price, (sums.get(o.price) ?? 0) + o.left);
    return [...sums].sort((a, b) => side * (b[0] - a[0])).map(([ticks, lots]) => ({ ticks, lots }));
  }
}

function stream(seed: number): void {
  const random = new Random(seed);
  const between = (low: number, high: number): number => low + random.integer(high - low + 1);
  const instrument = new Instrument({
    id: 'CORE:XBT_LTC',
    kind: 'spot',
    base: 'XBT',
    quote: 'LTC',
    tick: '0.000001',
    lot: '1',
  });
  const pair = { baseAsset: BASE, quoteAsset: QUOTE, baseQuantaPerLot: BASE_SCALE };
  const fees = feeSchedule({
    tiers: [{ fromTradedQuanta: 0, makerRate: 0, takerRate: 0 }],
    perLotMakerQuanta: MAKER_FEE,
    perLotTakerQuanta: TAKER_FEE,
  });
  const accounts = Array.from({ length: CLIENTS }, () => new SpotAccount(2));
  const commission = new ScheduledCommission(pair, fees);
  const market = new SpotMarket(instrument, pair, commission, new MatchingBook(), accounts, new Float64Array(2));
  const oracle = new Oracle();
  accounts.forEach((account, client) => {
    for (const [asset, most] of [
      [BASE, 300 * BASE_SCALE],
      [QUOTE, 30_000 * QUOTE_SCALE],
    ] as const) {
      const quanta = between(0, most);
      account.deposit(asset, quanta);
      oracle.total[client]![asset] = quanta;
    }
  });
  for (let id = 1; id <= 120; id++) {
    const kind = random.uniform();
    const target = between(Math.max(1, id - 30), id);
    let answers: readonly [number, string];
    if (kind < 0.65) {
      const side = random.uniform() < 0.5 ? 1 : -1;
      const price = between(95, 105);
      const reserve = side > 0 ? price + between(0, 4) : 0;
      const left = between(1, 40);
      const client = random.integer(CLIENTS);
      const isIoc = random.uniform() < 0.25;
      const tif = isIoc ? 'ioc' : 'gtc';
      const order = {
        id,
        account: client,
        side,
        ticks: price,
        lots: left,
        tif,
        postOnly: false,
        displayLots: 0,
      } as const;
      answers = [
        market.place({ ...order, reserveTicks: reserve }),
        oracle.place({ id, client, side, price, reserve, left }, isIoc),
      ];
    } else if (kind < 0.8) {
      // To its own price, exchange-core queues it last and we leave it where it is: not asked for here.
      const at = oracle.orders.find((o) => o.id === target)?.price;
      const price = between(95, 105);
      if (price === at) continue;
      answers = [market.move(target, price), oracle.move(target, price)];
    } else if (kind < 0.9) {
      const lots = between(1, 30);
      answers = [market.reduce(target, lots), oracle.reduce(target, lots)];
    } else answers = [market.cancel(target), oracle.reduce(target, Number.POSITIVE_INFINITY)];
    const at = `seed ${seed}, command ${id}`;
    assert.equal(VENUE_REFUSALS[answers[0]], answers[1], at);
    for (const side of [1, -1]) assert.deepEqual(market.book.levels(side), oracle.levels(side), at);
    accounts.forEach((account, client) => {
      for (const asset of [BASE, QUOTE]) assert.equal(account.free[asset], oracle.free(client, asset), at);
    });
  }
}

test('exchange-core: random streams of a currency pair -> the same answers, books and free balances as its rules written again', () => {
  for (let seed = 1; seed <= 60; seed++) stream(seed);
});
