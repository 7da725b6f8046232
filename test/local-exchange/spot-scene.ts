import assert from 'node:assert/strict';
import type { Json } from '../../src/core/vocabulary/json.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import type { Account, Answer, Surroundings } from '../../src/local-exchange/product.ts';
import type { SpotOptions } from '../../src/local-exchange/spot/spot-options.ts';
import { leftLots } from '../../src/local-exchange/spot/spot-order.ts';
import { createSpotProduct, type SpotProduct } from '../../src/local-exchange/spot/spot-product.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of many shapes
export type Row = { readonly [key: string]: any };
export type Fields = Readonly<Record<string, string | number | boolean>>;
type Timer = { readonly timeMs: number; readonly order: number; readonly run: () => void };

/** 2026-11-29T00:00:00Z, a Sunday. */
export const START_MS = 1_795_910_400_000;

/** A spot product with a stepped clock, three accounts beside the house, and everything it has said. */
export class SpotScene {
  readonly product: SpotProduct;
  readonly accounts: readonly Account[] = ['house', 'ann', 'bob', 'cid'].map((name, index) => ({
    index,
    name,
    uid: 1000 + index,
  }));
  nowMs = START_MS;
  readonly events: Row[][] = this.accounts.map(() => []);
  readonly published: { readonly stream: string; readonly data: Json }[] = [];
  readonly #listened = new Set<string>();
  readonly #timers: Timer[] = [];
  #asked = 0;

  constructor(options: SpotOptions = {}, seed = 1) {
    const random = new Random(seed);
    const surroundings: Surroundings = {
      nowMs: () => this.nowMs,
      at: (timeMs, run) => {
        const timer = { timeMs, order: this.#asked++, run };
        this.#timers.push(timer);
        return () => {
          const at = this.#timers.indexOf(timer);
          if (at >= 0) this.#timers.splice(at, 1);
        };
      },
      random: () => random.uniform(),
      publish: (stream, data) => this.published.push({ stream, data }),
      hasListeners: (stream) => this.#listened.has(stream),
      notify: (account, event) => this.events[account.index]!.push(event as Row),
      accounts: this.accounts,
    };
    this.product = createSpotProduct(options, surroundings);
  }

  get timers(): number {
    return this.#timers.length;
  }

  listen(...streams: string[]): void {
    for (const stream of streams) {
      assert.ok(this.product.hasStream(stream), stream);
      this.#listened.add(stream);
      this.product.streamOpened(stream);
    }
  }

  leave(stream: string): void {
    this.#listened.delete(stream);
    this.product.streamClosed(stream);
  }

  /** Moves the clock and runs what falls due, in order. */
  advance(ms: number): void {
    const end = this.nowMs + ms;
    for (;;) {
      const due = this.#timers
        .filter((t) => t.timeMs <= end)
        .sort((a, b) => a.timeMs - b.timeMs || a.order - b.order)[0];
      if (due === undefined) break;
      this.#timers.splice(this.#timers.indexOf(due), 1);
      this.nowMs = Math.max(this.nowMs, due.timeMs);
      due.run();
    }
    this.nowMs = end;
  }

  /** Calls a REST route as an account's client, or without one. */
  call(route: string, fields: Fields = {}, who = 1): Answer {
    const [method, path] = route.split(' ');
    const found = this.product.routes.find((r) => r.method === method && r.path === path);
    assert.ok(found, `no route ${route}`);
    const account = this.accounts[who]!;
    return found.handle(params(fields), who === 0 ? null : { account, apiKey: `key-${account.name}` });
  }

  /** The body of an answer that must be 200. */
  ok(route: string, fields: Fields = {}, who = 1): Row {
    const { status, body } = this.call(route, fields, who);
    assert.equal(status, 200, `${route} ${JSON.stringify(fields)} -> ${JSON.stringify(body)}`);
    return body as Row;
  }

  list(route: string, fields: Fields = {}, who = 1): readonly Row[] {
    return this.ok(route, fields, who) as unknown as readonly Row[];
  }

  /** Code and text of an answer that must refuse. */
  refused(route: string, fields: Fields = {}, who = 1): string {
    const { status, body } = this.call(route, fields, who);
    assert.notEqual(status, 200, `${route} ${JSON.stringify(fields)} -> ${JSON.stringify(body)}`);
    return `${(body as Row)['code']} ${(body as Row)['msg']}`;
  }

  order(fields: Fields, who = 1): Row {
    return this.ok('POST /api/v3/order', { symbol: 'BTCUSDT', newOrderRespType: 'FULL', ...fields }, who);
  }

  /** A LIMIT GTC order: `limit('BUY', 1, 100)`. */
  limit(side: 'BUY' | 'SELL', quantity: string, price: string, who = 1, more: Fields = {}): Row {
    return this.order({ side, type: 'LIMIT', timeInForce: 'GTC', quantity, price, ...more }, who);
  }

  deposit(who: number, asset: string, amount: string): void {
    assert.ok(this.product.deposit(this.accounts[who]!, asset, amount));
  }

  /** `free/locked` of an asset, without trailing zeros. */
  balance(asset: string, who = 1): string {
    const { balances } = this.ok('GET /api/v3/account', {}, who) as { readonly balances?: readonly Row[] };
    const row = balances!.find((b) => b['asset'] === asset)!;
    return `${plain(row['free'])}/${plain(row['locked'])}`;
  }

  /** Shown levels, `price x quantity`, best first. */
  book(side: 'bids' | 'asks', symbol = 'BTCUSDT'): string[] {
    const levels = this.ok('GET /api/v3/depth', { symbol, limit: 5000 })[side] as readonly (readonly string[])[];
    return levels.map(([price, quantity]) => `${plain(price)} x ${plain(quantity)}`);
  }

  /** The last executions of an account since `from`: type, status and the fields named. */
  reports(who: number, from = 0, ...fields: string[]): string[] {
    return this.events[who]!.slice(from)
      .filter((e) => e['e'] === 'executionReport')
      .map((e) => [e['i'], e['x'], e['X'], ...fields.map((f) => `${f}=${e[f]}`)].join(' '));
  }

  query(orderId: Json, who = 1, symbol = 'BTCUSDT'): Row {
    return this.ok('GET /api/v3/order', { symbol, orderId: Number(orderId) }, who);
  }

  /** Complaints about money: an asset whose balances and fees do not add up to the deposits, a negative balance, a lock without an order. */
  complaints(): string[] {
    const { exchange } = this.product;
    const found: string[] = [];
    for (const [asset, name] of exchange.names.entries()) {
      let sum = exchange.collectedQuanta[asset]!;
      for (const [who, { free, locked }] of exchange.balances.entries()) {
        sum += free[asset]! + locked[asset]!;
        if (who > 0 && (free[asset]! < 0 || locked[asset]! < 0)) found.push(`${name} of ${who} is negative`);
      }
      if (sum !== exchange.depositedQuanta[asset])
        found.push(`${name} adds up to ${sum}, not ${exchange.depositedQuanta[asset]}`);
    }
    for (const [who, balances] of exchange.balances.entries()) {
      const locked = new Float64Array(exchange.names.length);
      for (const orders of exchange.orders[who]!.every()) {
        for (const order of orders.open) {
          if (order.row < 0) continue;
          const left = order.waiting
            ? leftLots(order)
            : exchange.markets[order.symbol.index]!.book.order(order.row)?.leftLots;
          if (left !== leftLots(order))
            found.push(`order ${order.orderId}: ${left} on the book, ${leftLots(order)} open`);
          locked[order.side > 0 ? order.symbol.quoteAsset : order.symbol.baseAsset]! += balances.lockedBy(order.row);
        }
      }
      if (who > 0 && locked.some((quanta, asset) => quanta !== balances.locked[asset])) {
        found.push(`locked of ${who}: ${balances.locked.join()} against ${locked.join()} of its orders`);
      }
    }
    return found;
  }
}

/** A decimal without the zeros behind it. */
export function plain(text: Json | undefined): string {
  const value = typeof text === 'string' ? text : JSON.stringify(text);
  return value.includes('.') ? value.replace(/0+$/, '').replace(/\.$/, '') : value;
}

export function params(fields: Fields): Map<string, string> {
  return new Map(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}
