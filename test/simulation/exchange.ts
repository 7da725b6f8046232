import type { Json } from '../../src/core/vocabulary/json.ts';
import type { Account, Answer, Caller, Product, Surroundings } from '../../src/local-exchange/product.ts';
import { createSpotProduct } from '../../src/local-exchange/spot/spot-product.ts';
import { createUsdmProduct } from '../../src/local-exchange/usdm/product.ts';
import type { SimulatedClock } from '../simulated-world/clock.ts';
import type { Chance } from './chance.ts';
import type { VenueEntry, VenueNote } from './venue-log.ts';

export const SYMBOL = 'BTCUSDT';
export const FIRST_PRICE = 95_000;
export const DEPOSITS = {
  spot: { USDT: '200000', BTC: '0.5' },
  usdm: { USDT: '100000' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

const LISTEN_KEY = '/fapi/v1/listenKey';
const KEY_FACTS = { ipRestrict: true, enableWithdrawals: false, enableSpotAndMarginTrading: true, enableFutures: true };
/** What lookups and lists show may be older than the books. */
const LOOKUPS = new Set(['/api/v3/order', '/fapi/v1/order', '/fapi/v1/algoOrder']);
const OPEN_LISTS = new Set(['/api/v3/openOrders', '/fapi/v1/openOrders', '/fapi/v1/openAlgoOrders']);
const TRADE_LISTS = new Set(['/api/v3/myTrades', '/fapi/v1/userTrades']);
const HOLDINGS = new Set(['/api/v3/account', '/fapi/v3/balance', '/fapi/v3/positionRisk']);
/** Lists lag less than lookups: they are the second source of a proof of absence, whose margin covers no more than this. */
const LONGEST_LIST_LAG_MS = 5_000;
const LONGEST_HOLDINGS_LAG_MS = 2_000;
const KEPT_PICTURES = 40;
/** Share of orders that an index takes up late. */
const HIDDEN = 0.7;

type Row = { readonly [key: string]: Json };
type Parameters = Readonly<Record<string, string>>;

/** A request as the venue sees it. */
export interface Arrival {
  readonly life: number;
  readonly leftTick: number;
  /** When the venue took it, its time stamp being right. */
  readonly takenTick: number;
  readonly method: string;
  readonly path: string;
  readonly parameters: Parameters;
}

/** The local exchange's product in simulated time: it keeps a log, tells events, and its replicas may lag. */
export class Exchange {
  readonly product: Product;
  readonly log: VenueEntry[] = [];
  readonly kind: 'spot' | 'usdm';
  price = FIRST_PRICE;
  /** Told every event of the account. */
  told: (event: Json) => void = () => {};
  readonly #clock: SimulatedClock;
  readonly #chance: Chance;
  readonly #tick: () => number;
  #reachedMs = 0;
  readonly #routes = new Map<string, (parameters: Parameters) => Answer>();
  /** When the venue came to know an order, by every id that it has. */
  readonly #knownMs = new Map<string, number>();
  /** For how long after its birth lookups do not find an order. */
  readonly #hiddenMs = new Map<string, number>();
  readonly #pictures = new Map<string, { readonly atMs: number; readonly answer: Answer }[]>();

  constructor(kind: 'spot' | 'usdm', clock: SimulatedClock, chance: Chance, tick: () => number) {
    this.kind = kind;
    this.#clock = clock;
    this.#chance = chance;
    this.#tick = tick;
    const house: Account = { index: 0, name: 'house', uid: 1 };
    const trader: Account = { index: 1, name: 'trader', uid: 2 };
    const caller: Caller = { account: trader, apiKey: 'key' };
    const around: Surroundings = {
      nowMs: () => this.nowMs(),
      at: (timeMs, run) => {
        const timer = clock.after(timeMs - clock.nowMs(), () => {
          this.#reachedMs = Math.max(this.#reachedMs, timeMs);
          run();
        });
        return () => timer.cancel();
      },
      random: () => chance.random.uniform(),
      publish: () => undefined,
      hasListeners: () => false,
      notify: (account, event) => {
        if (account === trader) this.#event(event);
      },
      accounts: [house, trader],
    };
    this.product = kind === 'spot' ? createSpotProduct({}, around) : createUsdmProduct({}, around);
    for (const [asset, amount] of Object.entries(DEPOSITS[kind])) this.product.deposit(trader, asset, amount);
    for (const route of this.product.routes)
      this.#routes.set(`${route.method} ${route.path}`, (parameters) =>
        route.handle(new Map(Object.entries(parameters)), route.security === 'none' ? null : caller),
      );
    const fixed = (body: Json) => (): Answer => ({ status: 200, body });
    this.#routes.set('GET /sapi/v1/account/apiRestrictions', fixed(KEY_FACTS));
    this.#routes.set(`POST ${LISTEN_KEY}`, fixed({ listenKey: 'key1' }));
    this.#routes.set(`PUT ${LISTEN_KEY}`, fixed({ listenKey: 'key1' }));
    for (const path of ['/api/v3/time', '/fapi/v1/time'])
      this.#routes.set(`GET ${path}`, () => ({ status: 200, body: { serverTime: this.nowMs() } }));
    this.#quote();
    this.#trade(FIRST_PRICE);
  }

  tick(): number {
    return this.#tick();
  }

  nowMs(): number {
    // Sums of fractions end a little before the whole millisecond that was meant.
    return Math.max(Math.floor(this.#clock.nowMs()), this.#reachedMs);
  }

  /** Answers at this moment, by what the books say. */
  answer({ method, path, parameters, life, leftTick, takenTick }: Arrival): Answer {
    const route = this.#routes.get(`${method} ${path}`);
    const answer = route?.(parameters) ?? refusal(-1121, 'Invalid symbol.');
    if (method !== 'GET' && path !== LISTEN_KEY) {
      if (answer.status === 200) this.#knows(answer.body as Row);
      this.note({ what: 'answered', life, leftTick, takenTick, method, path, parameters, ...answer });
    }
    return answer;
  }

  /** Answers from a replica that is behind by up to so long. */
  laggingAnswer(arrival: Arrival, longestLagMs: number): Answer {
    const { path } = arrival;
    const now = this.answer(arrival);
    const lagMs = Math.min(this.#chance.between(0, longestLagMs), LONGEST_LIST_LAG_MS);
    const sinceMs = this.#clock.nowMs() - lagMs;
    if (TRADE_LISTS.has(path) && now.status === 200)
      return { status: 200, body: (now.body as readonly Row[]).filter((row) => Number(row['time']) <= sinceMs) };
    if (!OPEN_LISTS.has(path) && !HOLDINGS.has(path)) return now;
    const atMs = HOLDINGS.has(path) ? Math.max(sinceMs, this.#clock.nowMs() - LONGEST_HOLDINGS_LAG_MS) : sinceMs;
    return this.#pictures.get(path)?.findLast((each) => each.atMs <= atMs)?.answer ?? now;
  }

  /** Answers a lookup from an index that takes some orders up late: each of them for a time of its own. */
  lookUp(arrival: Arrival, longestLagMs: number): Answer {
    const { parameters } = arrival;
    const asked = parameters['origClientOrderId'] ?? parameters['clientAlgoId'] ?? parameters['orderId'] ?? '';
    const now = this.answer(arrival);
    if (now.status !== 200) return now;
    const { orderId, algoId } = now.body as { readonly orderId?: number; readonly algoId?: number };
    const id = String(orderId ?? algoId ?? asked);
    if (!this.#hiddenMs.has(id))
      this.#hiddenMs.set(id, this.#chance.is(HIDDEN) ? this.#chance.between(0, longestLagMs) : 0);
    const isHidden = (this.#knownMs.get(id) ?? 0) + this.#hiddenMs.get(id)! > this.#clock.nowMs();
    return isHidden ? refusal(-2013, 'Order does not exist.') : now;
  }

  static isLookup({ method, path }: Arrival): boolean {
    return method === 'GET' && LOOKUPS.has(path);
  }

  static isList({ path }: Arrival): boolean {
    return OPEN_LISTS.has(path) || TRADE_LISTS.has(path);
  }

  /** Keeps what lists and holdings are now, for replicas that lag. */
  picture(): void {
    for (const path of [...OPEN_LISTS, ...HOLDINGS]) {
      const route = this.#routes.get(`GET ${path}`);
      if (route === undefined) continue;
      const kept = this.#pictures.get(path) ?? [];
      kept.push({ atMs: this.#clock.nowMs(), answer: route(OPEN_LISTS.has(path) ? { symbol: SYMBOL } : {}) });
      if (kept.length > KEPT_PICTURES) kept.shift();
      this.#pictures.set(path, kept);
    }
  }

  /** The market moves: what rests at the price is met. */
  move(toPrice: number): void {
    this.price = toPrice;
    this.#quote();
    this.#trade(toPrice);
  }

  /** Somebody else uses the account. */
  stranger(method: string, parameters: Parameters): void {
    const path = this.kind === 'spot' ? '/api/v3/order' : '/fapi/v1/order';
    const tick = this.#tick();
    this.answer({ life: -1, leftTick: tick, takenTick: tick, method, path, parameters });
  }

  /** The venue states what the account holds. */
  state(): void {
    const ask = (path: string, parameters: Parameters = {}): Json => this.#routes.get(`GET ${path}`)!(parameters).body;
    const symbol = { symbol: SYMBOL };
    this.note(
      this.kind === 'spot'
        ? {
            what: 'statement',
            account: ask('/api/v3/account'),
            openOrders: ask('/api/v3/openOrders', symbol),
            trades: ask('/api/v3/myTrades', { ...symbol, limit: '1000' }),
          }
        : {
            what: 'statement',
            account: { balances: ask('/fapi/v3/balance'), positions: ask('/fapi/v3/positionRisk') },
            openOrders: [
              ...(ask('/fapi/v1/openOrders', symbol) as readonly Json[]),
              ...(ask('/fapi/v1/openAlgoOrders', symbol) as readonly Json[]),
            ],
            trades: ask('/fapi/v1/userTrades', { ...symbol, limit: '1000' }),
          },
    );
  }

  /** A line of the log. */
  note(entry: VenueNote): number {
    const tick = this.#tick();
    this.log.push({ ...entry, tick, atMs: this.nowMs() } as VenueEntry);
    return tick;
  }

  #event(event: Json): void {
    const row = event as Row;
    const inner = (row['o'] ?? row) as Row;
    this.#knows(typeof inner === 'object' ? inner : row);
    this.note({ what: 'event', event });
    this.told(event);
  }

  #knows(row: Row): void {
    for (const field of ['clientOrderId', 'clientAlgoId', 'orderId', 'algoId', 'c', 'C', 'i', 'caid']) {
      const id = row[field];
      if ((typeof id === 'string' || typeof id === 'number') && id !== '' && !this.#knownMs.has(String(id)))
        this.#knownMs.set(String(id), this.#clock.nowMs());
    }
  }

  #quote(): void {
    const isThin = this.#chance.is(0.4);
    const levels = (side: number) =>
      Array.from({ length: 5 }, (_, k) => ({
        price: String(this.price + side * (k + 1)),
        quantity: isThin ? this.#chance.pick(['0.002', '0.005', '0.011']) : '5',
      }));
    this.product.house.quote(SYMBOL, levels(-1), [...levels(1), { price: String(this.price + 40), quantity: '50' }]);
  }

  #trade(price: number): void {
    const { house } = this.product;
    // Enough for what rests here, or only a part of it.
    const quantity = this.#chance.pick(['0.001', '0.003', '0.02', '1']);
    house.trade(SYMBOL, this.#chance.is(0.5) ? 'sell' : 'buy', String(price), quantity);
    house.mark?.(SYMBOL, String(price), String(price));
  }
}

export function refusal(code: number, msg: string, status = 400): Answer {
  return { status, body: { code, msg } };
}
