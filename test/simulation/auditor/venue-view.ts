import type { VenueEntry } from '../venue-log.ts';
import { exact, textOf } from './exact.ts';

type Row = { readonly [key: string]: unknown };

export interface SeenTrade {
  readonly id: string;
  readonly order: string;
  readonly sign: bigint;
  readonly quantity: bigint;
  readonly price: bigint;
  readonly fee: bigint;
  readonly feeAsset: string;
  readonly profit: bigint;
  readonly tick: number;
}

export interface SeenOrder {
  readonly id: string;
  readonly side: string;
  readonly quantity: bigint;
  /** Of each acceptance: there may be one at most. */
  readonly accepted: { readonly leftTick: number; readonly takenTick: number }[];
  readonly reduces: boolean;
  filled: bigint;
  /** When it was canceled or expired; infinity where it was not. */
  endedTick: number;
}

export interface SentRequest {
  readonly tick: number;
  readonly atMs: number;
  readonly life: number;
  readonly kind: 'place' | 'cancel';
  readonly order: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const PLACES = new Set(['POST /api/v3/order', 'POST /fapi/v1/order', 'POST /fapi/v1/algoOrder']);
/** One request that places two orders, of which one cancels the other. */
const PAIR = 'POST /api/v3/orderList/oco';
const CANCELS = new Set(['DELETE /api/v3/order', 'DELETE /fapi/v1/order', 'DELETE /fapi/v1/algoOrder']);
/** Status of an order that is over without having been filled whole: also as it would have met another of its account, or, a stop, as its trigger came and nothing was left to reduce. */
const ENDS = new Set<unknown>(['CANCELED', 'EXPIRED', 'EXPIRED_IN_MATCH', 'REJECTED']);
const KNOWN_SENDS = new Set([...PLACES, ...CANCELS]);

/** What a venue's log says of an account, in the auditor's own reading. */
export class VenueView {
  readonly orders = new Map<string, SeenOrder>();
  readonly trades: SeenTrade[] = [];
  readonly sent: SentRequest[] = [];
  readonly complaints: string[] = [];
  readonly funding: { readonly atMs: number; readonly amount: bigint }[] = [];
  statement: (VenueEntry & { readonly what: 'statement' }) | null = null;
  readonly #names = new Map<string, string>();

  constructor(log: readonly VenueEntry[]) {
    for (const entry of log) {
      if (entry.what === 'left') this.#left(entry);
      else if (entry.what === 'answered') this.#answered(entry);
      else if (entry.what === 'event') this.#event(entry.event as Row, entry.tick);
      else if (entry.what === 'statement') this.statement = entry;
    }
    this.#politeness(log);
  }

  #left({ tick, atMs, life, method, path, parameters }: VenueEntry & { readonly what: 'left' }): void {
    const route = `${method} ${path}`;
    if (method === 'GET' || path.endsWith('/listenKey')) return;
    if (route === PAIR) {
      for (const leg of legsOf(parameters))
        this.sent.push({ ...{ tick, atMs, life, kind: 'place', order: leg['newClientOrderId']! }, parameters: leg });
      return;
    }
    if (!KNOWN_SENDS.has(route)) {
      this.complaints.push(`something changes without being known to the auditor: ${route}`);
      return;
    }
    const kind = PLACES.has(route) ? 'place' : 'cancel';
    const order =
      parameters['newClientOrderId'] ?? parameters['clientAlgoId'] ?? parameters['origClientOrderId'] ?? '(none)';
    this.sent.push({ tick, atMs, life, kind, order, parameters });
  }

  #answered(entry: VenueEntry & { readonly what: 'answered' }): void {
    const { method, path, parameters, status } = entry;
    if (`${method} ${path}` === PAIR && status === 200) {
      const reports = (entry.body as Row)['orderReports'] as readonly Row[];
      for (const leg of legsOf(parameters))
        this.#accepted(entry, leg, reports.find((each) => each['clientOrderId'] === leg['newClientOrderId'])!);
      return;
    }
    if (!PLACES.has(`${method} ${path}`) || status !== 200) return;
    this.#accepted(entry, parameters, entry.body as Row);
  }

  #accepted(
    { leftTick, takenTick }: VenueEntry & { readonly what: 'answered' },
    parameters: Readonly<Record<string, string>>,
    body: Row,
  ): void {
    const id = parameters['newClientOrderId'] ?? parameters['clientAlgoId'] ?? textOf(body['clientOrderId']);
    this.#names.set(textOf(body['orderId']) || `algo ${textOf(body['algoId'])}`, id);
    const seen = this.orders.get(id);
    if (seen) seen.accepted.push({ leftTick, takenTick });
    else
      this.orders.set(id, {
        ...{ id, side: parameters['side']!, quantity: exact(parameters['quantity']) },
        ...{ accepted: [{ leftTick, takenTick }], filled: 0n, endedTick: Number.POSITIVE_INFINITY },
        ...{ reduces: parameters['reduceOnly'] === 'true' },
      });
  }

  #event(event: Row, tick: number): void {
    if (event['e'] === 'executionReport') {
      const id = event['x'] === 'CANCELED' ? event['C'] : event['c'];
      this.#names.set(String(event['i']), String(id));
      if (ENDS.has(event['X'])) this.#ended(String(id), tick);
      if (event['x'] === 'TRADE') this.#trade({ ...event, rp: '0' }, tick);
    } else if (event['e'] === 'ORDER_TRADE_UPDATE') {
      const order = event['o'] as Row;
      if (!this.#names.has(String(order['i']))) this.#names.set(String(order['i']), String(order['c']));
      if (ENDS.has(order['X'])) this.#ended(String(order['c']), tick);
      if (order['x'] === 'TRADE') this.#trade(order, tick);
    } else if (event['e'] === 'ALGO_UPDATE') {
      const order = event['o'] as Row;
      if (ENDS.has(order['X'])) this.#ended(String(order['caid']), tick);
      const number = textOf(order['ai']);
      if (number !== '' && number !== '0') this.#names.set(number, String(order['caid']));
    } else if (event['e'] === 'ACCOUNT_UPDATE') {
      const { m, B } = event['a'] as { readonly m: string; readonly B: readonly Row[] };
      const atMs = Number(event['T']);
      if (m === 'FUNDING_FEE') for (const each of B) this.funding.push({ atMs, amount: exact(each['bc']) });
    }
  }

  #ended(id: string, tick: number): void {
    const seen = this.orders.get(id);
    if (seen) seen.endedTick = Math.min(seen.endedTick, tick);
  }

  #trade(row: Row, tick: number): void {
    this.trades.push({
      id: String(row['t']),
      // The names of some orders are told after their trades.
      order: String(row['i']),
      sign: row['S'] === 'BUY' ? 1n : -1n,
      quantity: exact(row['l']),
      price: exact(row['L']),
      fee: exact(row['n'] ?? '0'),
      feeAsset: textOf(row['N']),
      profit: exact(row['rp'] ?? '0'),
      tick,
    });
  }

  /** Our id of the order of a trade. */
  ownerOf(trade: SeenTrade): string {
    return this.nameOf(trade.order);
  }

  nameOf(number: string): string {
    return this.#names.get(number) ?? number;
  }

  /** After 429 and 418 a process is silent for as long as it was told. */
  #politeness(log: readonly VenueEntry[]): void {
    const silentUntilMs = new Map<number, number>();
    for (const entry of log) {
      if (entry.what === 'blocked')
        silentUntilMs.set(entry.life, Math.max(silentUntilMs.get(entry.life) ?? 0, entry.atMs + entry.forMs));
      // A millisecond, as clocks are read in whole ones.
      else if (entry.what === 'left' && entry.atMs + 1 < (silentUntilMs.get(entry.life) ?? 0))
        this.complaints.push(
          `I14: life ${entry.life} asks ${entry.method} ${entry.path} while it is told to be silent`,
        );
    }
  }
}

/** The two orders of a pair, each as if it had been placed alone. */
function legsOf(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>>[] {
  return ['above', 'below'].map((leg) => {
    const own = Object.entries(parameters)
      .filter(([name]) => name.startsWith(leg))
      .map(([name, value]) => [name.charAt(leg.length).toLowerCase() + name.slice(leg.length + 1), value] as const);
    const shared = Object.entries(parameters).filter(([name]) => !/^(above|below)/.test(name));
    const { clientOrderId, ...more } = Object.fromEntries([...shared, ...own]);
    return { ...more, newClientOrderId: clientOrderId! };
  });
}
