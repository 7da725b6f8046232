import type { Type } from 'protobufjs/light.js';
import type { Clock, Timer } from '../../../src/ports/clock.ts';
import { pastBars } from '../past-bars.ts';
import type { DepthChange, FloorFill, FloorListener, FloorOrder, FloorTrade, TradingFloor } from '../trading-floor.ts';
import { orderIdOf, tradeIdOf } from './mexc-answers.ts';
import { streamSpec } from './mexc-klines.ts';

const LARGEST_TOPICS = 30;
const ORDER_TYPES = { gtc: 1, gtd: 1, ioc: 3, fok: 4 } as const;

/** The venue's end of a connection. */
export interface VenueSocket {
  send(data: string | Uint8Array): void;
  /** At once, without a word. */
  terminate(): void;
}

export interface Listener {
  readonly socket: VenueSocket;
  readonly account: number | null;
  readonly channels: Set<string>;
}

/** The WebSocket side: subscriptions as JSON text, data as protobuf. */
export class MexcStreams implements FloorListener {
  /** While true nothing is pushed, and pings are still answered. */
  isMute = false;
  /** So many pushes of depth are swallowed, which leaves a gap. */
  depthToSwallow = 0;
  /** What was subscribed, for tests. */
  readonly requests: string[] = [];
  readonly #floor: TradingFloor;
  readonly #type: Type;
  readonly #now: () => number;
  readonly #listeners = new Set<Listener>();
  #beat: Timer | null = null;

  constructor(floor: TradingFloor, type: Type, now: () => number, clock: Clock, beatMs: number) {
    this.#floor = floor;
    this.#type = type;
    this.#now = now;
    const beat = (): void => {
      this.#pushKlines();
      this.#beat = clock.after(beatMs, beat);
    };
    this.#beat = clock.after(beatMs, beat);
  }

  get connections(): number {
    return this.#listeners.size;
  }

  accept(socket: VenueSocket, account: number | null): Listener {
    const listener: Listener = { socket, account, channels: new Set() };
    this.#listeners.add(listener);
    return listener;
  }

  left(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Drops every connection, as a venue does when it restarts. */
  dropAll(): void {
    for (const { socket } of this.#listeners) socket.terminate();
  }

  close(): void {
    this.#beat?.cancel();
    this.dropAll();
  }

  trade(trade: FloorTrade): void {
    const deal = {
      price: trade.price,
      quantity: trade.quantity,
      tradeType: trade.takerSide > 0 ? 1 : 2,
      time: trade.timeMs,
      tradeId: `71034294X${trade.number}`,
    };
    this.#push('public.aggre.deals.v3.api.pb', trade.symbol, {
      publicAggreDeals: { deals: [deal], eventType: 'spot@public.aggre.deals.v3.api.pb@100ms' },
    });
  }

  depth(change: DepthChange): void {
    const { symbol, bids, asks } = change;
    const best = this.#floor.book(symbol, 1);
    const [bid, ask] = [best.bids[0], best.asks[0]];
    if (bid && ask)
      this.#push('public.aggre.bookTicker.v3.api.pb', symbol, {
        publicAggreBookTicker: {
          bidPrice: bid.price,
          bidQuantity: bid.quantity,
          askPrice: ask.price,
          askQuantity: ask.quantity,
          version: String(change.toVersion),
          lastOrderCreateTime: change.timeMs,
        },
      });
    if (this.depthToSwallow > 0) {
      this.depthToSwallow--;
      return;
    }
    this.#push('public.aggre.depth.v3.api.pb', symbol, {
      publicAggreDepths: {
        bids,
        asks,
        eventType: 'spot@public.aggre.depth.v3.api.pb@100ms',
        fromVersion: String(change.fromVersion),
        toVersion: String(change.toVersion),
        lastOrderCreateTime: change.timeMs,
      },
    });
  }

  bar(symbol: string): void {
    this.#pushKlines(symbol);
  }

  order(order: FloorOrder): void {
    const touched = order.filledQuantity !== '0';
    const status = order.status === 'filled' ? 2 : order.status === 'canceled' ? (touched ? 5 : 4) : touched ? 3 : 1;
    this.#pushTo(order.account, 'spot@private.orders.v3.api.pb', order.symbol, {
      privateOrders: {
        id: orderIdOf(order),
        clientId: order.clientOrderId,
        price: order.limit,
        quantity: order.quantity,
        amount: order.budget ?? '',
        avgPrice: '',
        orderType: order.type === 'market' ? 5 : order.postOnly ? 2 : ORDER_TYPES[order.tif],
        tradeType: order.side > 0 ? 1 : 2,
        isMaker: false,
        cumulativeQuantity: order.filledQuantity,
        cumulativeAmount: order.filledValue,
        status,
        createTime: order.createdMs,
      },
    });
  }

  fill(fill: FloorFill): void {
    this.#pushTo(fill.order.account, 'spot@private.deals.v3.api.pb', fill.order.symbol, {
      privateDeals: {
        price: fill.price,
        quantity: fill.quantity,
        amount: fill.value,
        tradeType: fill.order.side > 0 ? 1 : 2,
        isMaker: fill.isMaker,
        isSelfTrade: false,
        tradeId: tradeIdOf(fill),
        clientOrderId: fill.order.clientOrderId,
        orderId: orderIdOf(fill.order),
        feeAmount: fill.fee,
        feeCurrency: fill.feeAsset,
        time: fill.timeMs,
      },
    });
  }

  balance(account: number, asset: string): void {
    const { free, locked } = this.#floor.balance(account, asset);
    this.#pushTo(account, 'spot@private.account.v3.api.pb', null, {
      privateAccount: {
        vcoinName: asset,
        coinId: asset,
        balanceAmount: free,
        balanceAmountChange: '0',
        frozenAmount: locked,
        frozenAmountChange: '0',
        type: 'ENTRUST',
        time: this.#now(),
      },
    });
  }

  /** Sends bytes of a test's own to everybody who listens to a channel. */
  pushBytes(channel: string, bytes: Uint8Array): void {
    for (const { socket, channels } of this.#listeners) if (channels.has(channel)) socket.send(bytes);
  }

  /** The wrapper of a push as bytes. */
  encode(push: object): Uint8Array {
    return this.#type.encode(this.#type.fromObject(push)).finish();
  }

  received(listener: Listener, text: string): void {
    const { method, params, id = 0 } = JSON.parse(text) as { method: string; params?: string[]; id?: number };
    const answer = (msg: string): void => listener.socket.send(JSON.stringify({ id, code: 0, msg }));
    this.requests.push(text);
    if (method.toUpperCase() === 'PING') {
      answer('PONG');
      return;
    }
    const channels = params ?? [];
    if (method === 'UNSUBSCRIPTION') {
      for (const channel of channels) listener.channels.delete(channel);
      answer(channels.join(','));
      return;
    }
    const isFull = listener.channels.size + channels.length > LARGEST_TOPICS;
    const bad = isFull ? channels : channels.filter((channel) => !this.#exists(channel, listener.account));
    const good = channels.filter((channel) => !bad.includes(channel));
    for (const channel of good) listener.channels.add(channel);
    if (good.length > 0) answer(good.join(','));
    if (bad.length > 0) answer(`Not Subscribed successfully! [${bad.join(',')}].  Reason： Blocked! `);
  }

  #exists(channel: string, account: number | null): boolean {
    const [spot, name = '', ...rest] = channel.split('@');
    if (spot !== 'spot') return false;
    if (name.startsWith('private.')) return account !== null && rest.length === 0;
    const isKline = name === 'public.kline.v3.api.pb';
    const [symbol, other] = isKline ? rest : rest.toReversed();
    return (
      this.#floor.symbols.some((s) => s.symbol === symbol) &&
      (isKline ? streamSpec(other ?? '') !== null : other === '100ms' || other === '10ms')
    );
  }

  #pushKlines(only?: string): void {
    const channels = new Set([...this.#listeners].flatMap((l) => [...l.channels]));
    for (const channel of channels) {
      const [, name, symbol = '', interval = ''] = channel.split('@');
      if (name !== 'public.kline.v3.api.pb' || (only !== undefined && only !== symbol)) continue;
      const spec = streamSpec(interval)!;
      const bar = pastBars(this.#floor, symbol, spec, this.#now()).at(-1);
      if (bar === undefined) continue;
      this.#send(channel, symbol, {
        publicSpotKline: {
          interval,
          windowStart: bar.openTimeMs / 1_000,
          windowEnd: (bar.openTimeMs + spec.ms) / 1_000,
          openingPrice: bar.open,
          closingPrice: bar.close,
          highestPrice: bar.high,
          lowestPrice: bar.low,
          volume: bar.volume,
          amount: bar.value,
        },
      });
    }
  }

  #push(name: string, symbol: string, body: object): void {
    for (const speed of ['100ms', '10ms']) this.#send(`spot@${name}@${speed}@${symbol}`, symbol, body);
  }

  #send(channel: string, symbol: string, body: object): void {
    const listening = [...this.#listeners].filter((l) => l.channels.has(channel));
    if (listening.length === 0 || this.isMute) return;
    const bytes = this.encode({ channel, symbol, sendTime: this.#now(), ...body });
    for (const { socket } of listening) socket.send(bytes);
  }

  #pushTo(account: number, channel: string, symbol: string | null, body: object): void {
    if (this.isMute) return;
    const listening = [...this.#listeners].filter((l) => l.account === account && l.channels.has(channel));
    if (listening.length === 0) return;
    const bytes = this.encode({ channel, ...(symbol === null ? {} : { symbol }), sendTime: this.#now(), ...body });
    for (const { socket } of listening) socket.send(bytes);
  }
}
