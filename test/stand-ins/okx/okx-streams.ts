import { createHmac } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Json } from '../../../src/core/vocabulary/json.ts';
import { pastBars } from '../past-bars.ts';
import type { DepthChange, FloorFill, FloorListener, FloorOrder, FloorTrade, TradingFloor } from '../trading-floor.ts';
import { orderAnswer } from './okx-answers.ts';
import { balanceData, barSpec, bookOf, candleRow } from './okx-routes.ts';

interface Listener {
  readonly socket: WebSocket;
  readonly path: string;
  /** Arguments as JSON text. */
  readonly channels: Set<string>;
  account: number | null;
}

interface Argument {
  readonly channel: string;
  readonly instId?: string;
  readonly instType?: string;
}

export interface OkxKeys {
  readonly apiKey: string;
  readonly secret: string;
  readonly password: string;
}

/** The WebSocket side: `/public`, `/business` and, after a log-in, `/private`. */
export class OkxStreams implements FloorListener {
  /** While true nothing is pushed, and pings are still answered. */
  isMute = false;
  depthToSwallow = 0;
  readonly requests: string[] = [];
  readonly #floor: TradingFloor;
  readonly #keys: OkxKeys;
  readonly #client: number;
  readonly #now: () => number;
  readonly #listeners = new Set<Listener>();
  readonly #told = new Map<number, string>();

  constructor(floor: TradingFloor, keys: OkxKeys, client: number, now: () => number) {
    this.#floor = floor;
    this.#keys = keys;
    this.#client = client;
    this.#now = now;
  }

  get connections(): number {
    return this.#listeners.size;
  }

  accept(socket: WebSocket, path: string): void {
    const listener: Listener = { socket, path, channels: new Set(), account: null };
    this.#listeners.add(listener);
    socket.on('close', () => this.#listeners.delete(listener));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => this.#request(listener, (data as Buffer).toString()));
  }

  dropAll(): void {
    for (const { socket } of this.#listeners) socket.terminate();
  }

  /** Text of a test's own to everybody who is connected under a path. */
  sendText(path: string, text: string): void {
    for (const listener of this.#listeners) if (listener.path.endsWith(path)) listener.socket.send(text);
  }

  trade(trade: FloorTrade): void {
    const { symbol: instId, price: px, quantity: sz } = trade;
    const side = trade.takerSide > 0 ? 'buy' : 'sell';
    const data = { instId, tradeId: String(trade.number), px, sz, side, ts: String(trade.timeMs), count: '1' };
    this.#push({ channel: 'trades', instId }, [data]);
  }

  depth(change: DepthChange): void {
    const { symbol: instId } = change;
    this.#push({ channel: 'bbo-tbt', instId }, [bookOf(this.#floor, instId, 1, this.#now(), -1)]);
    this.#push({ channel: 'books5', instId }, [bookOf(this.#floor, instId, 5, this.#now(), -1)]);
    if (this.depthToSwallow > 0) {
      this.depthToSwallow--;
      return;
    }
    const rows = (levels: DepthChange['bids']): Json => levels.map((l) => [l.price, l.quantity, '0', '1']);
    const update = {
      asks: rows(change.asks),
      bids: rows(change.bids),
      ts: String(change.timeMs),
      prevSeqId: change.fromVersion - 1,
      seqId: change.toVersion,
    };
    this.#push({ channel: 'books', instId }, [update], { action: 'update' });
  }

  bar(instId: string): void {
    for (const { channels } of this.#listeners)
      for (const text of channels) {
        const argument = JSON.parse(text) as Argument;
        if (argument.channel.startsWith('candle') && argument.instId === instId) this.#pushCandle(argument);
      }
  }

  order(order: FloorOrder): void {
    this.#tell(order, null);
  }

  fill(fill: FloorFill): void {
    this.#tell(fill.order, fill);
  }

  balance(account: number, asset: string): void {
    this.#pushOwn(account, 'account', [balanceData(this.#floor, account, [asset], this.#now())]);
  }

  /** One push for each change: a fill and the state after it are told together. */
  #tell(order: FloorOrder, fill: FloorFill | null): void {
    const state = `${order.status} ${order.filledQuantity} ${order.limit} ${order.quantity}`;
    if (fill === null && this.#told.get(order.number) === state) return;
    this.#told.set(order.number, state);
    this.#pushOwn(order.account, 'orders', [orderAnswer(order, fill)]);
  }

  #request(listener: Listener, text: string): void {
    if (text === 'ping') {
      listener.socket.send('pong');
      return;
    }
    this.requests.push(text);
    const { op, args } = JSON.parse(text) as { op: string; args: Argument[] };
    const answer = (json: object): void => listener.socket.send(JSON.stringify({ ...json, connId: 'a4d3ae55' }));
    if (op === 'login') {
      const isRight = this.#isLogin(args[0] as unknown as Readonly<Record<string, string>>);
      listener.account = isRight ? this.#client : null;
      answer(
        isRight ? { event: 'login', code: '0', msg: '' } : { event: 'error', code: '60009', msg: 'Login failed.' },
      );
      return;
    }
    for (const arg of args) {
      if (op === 'unsubscribe') {
        listener.channels.delete(JSON.stringify(arg));
        answer({ event: 'unsubscribe', arg });
        continue;
      }
      const isKnown = arg.instId === undefined || this.#floor.symbols.some((s) => s.symbol === arg.instId);
      const isPrivate = ['orders', 'account', 'positions'].includes(arg.channel);
      const needsBusiness = arg.channel.startsWith('candle');
      if (
        !isKnown ||
        (isPrivate && listener.account === null) ||
        needsBusiness !== listener.path.includes('/business')
      ) {
        const msg = `Wrong URL or channel:${arg.channel},instId:${arg.instId} doesn't exist.`;
        answer({ event: 'error', code: '60018', msg });
        continue;
      }
      listener.channels.add(JSON.stringify(arg));
      answer({ event: 'subscribe', arg });
      if (arg.channel === 'books') {
        const data = [bookOf(this.#floor, arg.instId!, 400, this.#now(), -1)];
        listener.socket.send(JSON.stringify({ arg, action: 'snapshot', data }));
      }
      if (needsBusiness) this.#pushCandle(arg);
    }
  }

  #isLogin(login: Readonly<Record<string, string>>): boolean {
    const { apiKey, passphrase, timestamp, sign } = login;
    const text = `${timestamp}GET/users/self/verify`;
    const expected = createHmac('sha256', this.#keys.secret).update(text).digest('base64');
    const isFresh = Math.abs(Number(timestamp) * 1_000 - this.#now()) < 30_000;
    return apiKey === this.#keys.apiKey && passphrase === this.#keys.password && sign === expected && isFresh;
  }

  #pushCandle(argument: Argument): void {
    const spec = barSpec(argument.channel.slice('candle'.length));
    const bar = pastBars(this.#floor, argument.instId!, spec, this.#now()).at(-1);
    if (bar !== undefined) this.#push(argument, [candleRow(bar, true)]);
  }

  #push(argument: Argument, data: Json[], more: object = {}): void {
    if (this.isMute) return;
    const key = JSON.stringify(argument);
    for (const { socket, channels } of this.#listeners)
      if (channels.has(key)) socket.send(JSON.stringify({ arg: argument, ...more, data }));
  }

  #pushOwn(account: number, channel: string, data: Json[]): void {
    if (this.isMute) return;
    for (const listener of this.#listeners) {
      if (listener.account !== account) continue;
      for (const key of listener.channels) {
        const arg = JSON.parse(key) as Argument;
        if (arg.channel === channel) listener.socket.send(JSON.stringify({ arg: { ...arg, uid: '1' }, data }));
      }
    }
  }
}
