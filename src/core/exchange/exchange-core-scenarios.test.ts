// Scenarios of exchange-core (https://github.com/exchange-core/exchange-core, src/test/resources/…/features) run as published.
// Beside them, a move of an order to the price that it has queues it last there; here it keeps its place, see `matching-book.ts`.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataMissing, readSharedJson } from '../../../test/shared-data.ts';
import { Instrument } from '../vocabulary/instrument.ts';
import { TIMES_IN_FORCE } from '../vocabulary/order.ts';
import { BOOK_EVENT } from './book-events.ts';
import { feeSchedule } from './fees.ts';
import { MarginAccount } from './margin-account.ts';
import { MarginMarket } from './margin-market.ts';
import { MatchingBook } from './matching-book.ts';
import { SpotAccount } from './spot-account.ts';
import { ScheduledCommission } from './spot-commission.ts';
import { SpotMarket } from './spot-market.ts';
import { VENUE_REFUSAL, VENUE_REFUSALS } from './venue-refusal.ts';

type Step = { readonly step: string; readonly table?: readonly (readonly string[])[] };
type Scenario = {
  readonly feature: string;
  readonly scenario: string;
  readonly steps: readonly Step[];
  readonly examples: readonly (readonly string[])[];
  readonly background: readonly Step[];
};
type SymbolSpec = Readonly<Record<string, string>>;
type Data = { readonly symbols: Readonly<Record<string, SymbolSpec>>; readonly scenarios: readonly Scenario[] };

const FILE = 'reference/exchange_core_matching.json';
const CURRENCIES = ['EUR', 'USD', 'JPY', 'XBT', 'ETH', 'LTC'];

const integer = (text: string | undefined): number => Number((text ?? '0').replaceAll('_', ''));

/** A symbol's scales: a lot of base is `baseScaleK` units, a price step times a lot is `quoteScaleK` units of quote. */
function instrumentOf(name: string, spec: SymbolSpec): Instrument {
  const [base, quote] = name.split('_');
  const tick = (integer(spec['quoteScaleK']) / 1e8).toFixed(8);
  const kind = spec['type'] === 'SymbolType.FUTURES_CONTRACT' ? 'linear-perpetual' : 'spot';
  return new Instrument({ id: `CORE:${name}`, kind, base: base!, quote: quote!, tick, lot: '1' });
}

/** Which refusals of ours an answer of theirs is. */
const ANSWERS: Readonly<Record<string, readonly (keyof typeof VENUE_REFUSAL)[]>> = {
  RISK_NSF: ['insufficient-balance', 'insufficient-margin'],
  MATCHING_MOVE_FAILED_PRICE_OVER_RISK_LIMIT: ['price-above-reserve'],
  MATCHING_UNKNOWN_ORDER_ID: ['unknown-order'],
};

/** An exchange of several markets with the accounts of named clients. */
class World {
  readonly markets = new Map<string, SpotMarket | MarginMarket>();
  readonly #instruments = new Map<string, Instrument>();
  readonly #positions = new Map<string, number[]>();
  readonly clients: string[] = [];
  readonly #spot: SpotAccount[] = [];
  readonly #margin = new Map<string, MarginAccount[]>();
  readonly #specs = new Map<string, SymbolSpec>();
  readonly marketOf = new Map<number, string>();
  readonly accountOf = new Map<number, number>();
  readonly reserveOf = new Map<number, number>();
  last: SpotMarket | MarginMarket | null = null;
  readonly #collected = new Float64Array(CURRENCIES.length);
  readonly #deposited = new Map<string, number>();

  constructor(symbols: Data['symbols']) {
    for (const [key, spec] of Object.entries(symbols)) {
      const name = key.replace(/^SYMBOLSPEC(FEE)?_/, '');
      const instrument = instrumentOf(name, spec);
      const fees = feeSchedule({
        tiers: [{ fromTradedQuanta: 0, makerRate: 0, takerRate: 0 }],
        perLotMakerQuanta: integer(spec['makerFee']),
        perLotTakerQuanta: integer(spec['takerFee']),
      });
      this.#instruments.set(name, instrument);
      this.#specs.set(name, spec);
      if (instrument.kind === 'spot') {
        const pair = {
          baseAsset: CURRENCIES.indexOf(instrument.base),
          quoteAsset: CURRENCIES.indexOf(instrument.quote),
          baseQuantaPerLot: integer(spec['baseScaleK']),
        };
        this.markets.set(
          name,
          new SpotMarket(
            instrument,
            pair,
            new ScheduledCommission(pair, fees),
            new MatchingBook(),
            this.#spot,
            this.#collected,
          ),
        );
      } else {
        const pool = this.#margin.get(instrument.settle) ?? [];
        this.#margin.set(instrument.settle, pool);
        const positions: number[] = [];
        this.#positions.set(name, positions);
        this.markets.set(name, new MarginMarket(instrument, fees, new MatchingBook(), pool, positions));
      }
    }
  }

  client(name: string): number {
    const known = this.clients.indexOf(name);
    if (known >= 0) return known;
    this.#spot.push(new SpotAccount(CURRENCIES.length));
    for (const pool of this.#margin.values()) pool.push(new MarginAccount());
    for (const [symbol, positions] of this.#positions) {
      const instrument = this.#instruments.get(symbol)!;
      const spec = this.#specs.get(symbol)!;
      const marginPerLot = { buyQuanta: integer(spec['marginBuy']), sellQuanta: integer(spec['marginSell']) };
      const account = this.#margin.get(instrument.settle)!.at(-1)!;
      positions.push(account.addPosition(instrument, { mode: 'cross', leverage: 1, marginPerLot }));
    }
    return this.clients.push(name) - 1;
  }

  deposit(name: string, currency: string, quanta: number): void {
    const client = this.client(name);
    const pool = this.#margin.get(currency)?.[client];
    const refusal = pool ? pool.deposit(quanta) : this.#spot[client]!.deposit(CURRENCIES.indexOf(currency), quanta);
    assert.equal(refusal, VENUE_REFUSAL.accepted);
    this.#deposited.set(currency, (this.#deposited.get(currency) ?? 0) + quanta);
  }

  balance(name: string, currency: string): number {
    const client = this.client(name);
    return this.#margin.get(currency)?.[client]?.cashQuanta ?? this.#spot[client]!.free[CURRENCIES.indexOf(currency)]!;
  }

  /** Every unit that was deposited is with a client or was collected as a fee. */
  checkConservation(): void {
    for (const [i, currency] of CURRENCIES.entries()) {
      let sum = this.#collected[i]!;
      for (const account of this.#spot) sum += account.free[i]! + account.locked[i]!;
      for (const account of this.#margin.get(currency) ?? []) sum += account.equityQuanta() - account.insuranceQuanta;
      for (const [symbol, market] of this.markets) {
        if (market instanceof MarginMarket && this.#instruments.get(symbol)!.settle === currency) {
          sum += market.collectedQuanta;
        }
      }
      assert.equal(sum, this.#deposited.get(currency) ?? 0, `${currency} is conserved`);
    }
  }
}

type Handler = (world: World, match: RegExpMatchArray, table: readonly (readonly string[])[]) => void;

const ORDER = String.raw`an (ASK|BID) order (\d+) at (\d+)@(\d+) \(type: (\w+), symbol: (\w+)(?:, reservePrice: (\d+))?\)`;

function place(world: World, match: RegExpMatchArray): number {
  const [, client, side, id, price, size, type, symbol, reserve] = match;
  const tif = TIMES_IN_FORCE.find((t) => t === type!.toLowerCase());
  assert.ok(tif, `time in force ${type}`);
  const market = world.markets.get(symbol!);
  assert.ok(market, `market ${symbol}`);
  world.last = market;
  const result = market.place({
    id: Number(id),
    account: world.client(client!),
    side: side === 'BID' ? 1 : -1,
    ticks: Number(price),
    lots: Number(size),
    tif,
    postOnly: false,
    displayLots: 0,
    reserveTicks: Number(reserve ?? 0),
  });
  if (result === VENUE_REFUSAL.accepted) {
    world.marketOf.set(Number(id), symbol!);
    world.accountOf.set(Number(id), world.client(client!));
    world.reserveOf.set(Number(id), Number(reserve ?? 0));
  }
  return result;
}

function marketOfOrder(world: World, id: string): SpotMarket | MarginMarket {
  const market = world.markets.get(world.marketOf.get(Number(id)) ?? '');
  assert.ok(market, `order ${id} was placed`);
  world.last = market;
  return market;
}

function assertRefused(result: number, answer: string): void {
  const ours = VENUE_REFUSALS[result]!;
  assert.ok(ANSWERS[answer]?.includes(ours), `expected ${answer}, was ${ours}`);
}

function bookRows(market: SpotMarket | MarginMarket): string[][] {
  const asks = market.book.levels(-1).reverse();
  return [
    ...asks.map(({ ticks, lots }) => ['', String(ticks), String(lots)]),
    ...market.book.levels(1).map(({ ticks, lots }) => [String(lots), String(ticks), '']),
  ];
}

function clientOrders(world: World, client: string): string[][] {
  const rows: string[][] = [];
  for (const [id, account] of [...world.accountOf].sort((a, b) => a[0] - b[0])) {
    if (account !== world.client(client)) continue;
    const order = world.markets.get(world.marketOf.get(id)!)!.book.order(id);
    if (order === null) continue;
    const numbers = [id, order.ticks, order.lots, order.lots - order.leftLots, order.reserveTicks].map(String);
    rows.push([...numbers, order.side > 0 ? 'BID' : 'ASK']);
  }
  return rows;
}

function trades(world: World): { maker: number; ticks: number; lots: number; left: number }[] {
  const { events } = world.last!.book;
  return Array.from({ length: events.count }, (_, i) => i)
    .filter((i) => events.kind[i] === BOOK_EVENT.trade)
    .map((i) => ({
      maker: events.order[i]!,
      ticks: events.ticks[i]!,
      lots: events.lots[i]!,
      left: events.orderLeft[i]!,
    }));
}

const STEPS: readonly (readonly [RegExp, Handler])[] = [
  [
    /^New client (\w+) has a balance:$/,
    (world, match, table) => {
      for (const [currency, amount] of table) world.deposit(match[1]!, currency!, integer(amount));
    },
  ],
  [
    /^Users and their balances:$/,
    (world, _, table) => {
      for (const [user, currency, amount] of table.slice(1)) world.deposit(user!, currency!, integer(amount));
    },
  ],
  [
    /^(-?\d+) (\w+) is added to the balance of a client (\w+)$/,
    (world, match) => world.deposit(match[3]!, match[2]!, Number(match[1])),
  ],
  [
    new RegExp(`^A client (\\w+) places ${ORDER}$`),
    (world, match) => assert.equal(VENUE_REFUSALS[place(world, match)], 'accepted'),
  ],
  [
    new RegExp(`^A client (\\w+) could not place ${ORDER} due to (\\w+)$`),
    (world, match) => assertRefused(place(world, match), match[9]!),
  ],
  [
    /^A client \w+ moves a price to (\d+) of the order (\d+)$/,
    (world, match) => {
      const result = marketOfOrder(world, match[2]!).move(Number(match[2]), Number(match[1]));
      assert.equal(VENUE_REFUSALS[result], 'accepted');
    },
  ],
  [
    /^A client \w+ could not move a price to (\d+) of the order (\d+) due to (\w+)$/,
    (world, match) =>
      assertRefused(marketOfOrder(world, match[2]!).move(Number(match[2]), Number(match[1])), match[3]!),
  ],
  [
    /^A client \w+ cancels the remaining size (\d+) of the order (\d+)$/,
    (world, match) => {
      const market = marketOfOrder(world, match[2]!);
      assert.equal(VENUE_REFUSALS[market.cancel(Number(match[2]))], 'accepted');
      const { events } = market.book;
      assert.deepEqual([events.count, events.kind[0], events.lots[0]], [1, BOOK_EVENT.canceled, Number(match[1])]);
    },
  ],
  [
    /^The order (\d+) is (partially|fully) matched\. LastPx: (\d+), LastQty: (\d+)(?:, bidderHoldPrice: (\d+))?$/,
    (world, match) => {
      const all = trades(world);
      assert.equal(all.length, 1, 'one trade');
      const { maker, ticks, lots, left } = all[0]!;
      assert.deepEqual([maker, ticks, lots], [Number(match[1]), Number(match[3]), Number(match[4])]);
      assert.equal(left === 0 ? 'fully' : 'partially', match[2]);
      if (match[5]) assert.equal(world.reserveOf.get(maker), Number(match[5]));
    },
  ],
  [/^No trade events$/, (world) => assert.deepEqual(trades(world), [])],
  [
    /^An (\w+) order book is:$/,
    (world, match, table) => {
      const rows = table.filter((row) => row[0] !== 'bid').map((row) => row.map((cell) => cell.replaceAll('_', '')));
      assert.deepEqual(bookRows(world.markets.get(match[1]!)!), rows);
    },
  ],
  [
    /^A balance of a client (\w+):$/,
    (world, match, table) => {
      for (const [currency, amount] of table) {
        assert.equal(world.balance(match[1]!, currency!), integer(amount), `${match[1]} ${currency}`);
      }
    },
  ],
  [
    /^A client (\w+) orders:$/,
    (world, match, table) => {
      const columns = ['id', 'price', 'size', 'filled', 'reservePrice', 'side'];
      const places = columns.map((name) => table[0]!.indexOf(name));
      const rows = table.slice(1).map((row) => places.map((i) => row[i]!));
      assert.deepEqual(clientOrders(world, match[1]!), rows);
    },
  ],
  [
    /^A client (\w+) does not have active orders$/,
    (world, match) => assert.deepEqual(clientOrders(world, match[1]!), []),
  ],
];

const stepText = (step: Step): string => step.step.replace(/^(Given|When|Then|And|But) /, '');
const handlerOf = (text: string) => STEPS.find(([pattern]) => pattern.test(text));

/** Steps that only opening, suspending and querying of users would need: administration, not matching. */
const UNSUPPORTED = 'user administration is no part of a venue model';

describe('exchange-core scenarios', { skip: dataMissing(FILE) }, () => {
  if (dataMissing(FILE)) return;
  const data = readSharedJson<Data>(FILE);
  for (const scenario of data.scenarios) {
    const [names, ...rows] = scenario.examples.length > 0 ? scenario.examples : [[], []];
    for (const row of rows) {
      const fill = (text: string): string =>
        names!.reduce((filled, name, i) => filled.replaceAll(`<${name}>`, row[i]!), text);
      const steps = [...scenario.background, ...scenario.steps].map((step) => ({ ...step, step: fill(step.step) }));
      const unknown = steps.find((step) => !handlerOf(stepText(step)));
      const skip = unknown ? `${UNSUPPORTED}: "${unknown.step}"` : false;
      test(`${scenario.feature}: ${scenario.scenario} ${row.join(' ')} -> as published`, { skip }, () => {
        const world = new World(data.symbols);
        for (const step of steps) {
          const text = stepText(step);
          const [pattern, handler] = handlerOf(text)!;
          handler(world, text.match(pattern)!, step.table ?? []);
          world.checkConservation();
        }
      });
    }
  }
});
