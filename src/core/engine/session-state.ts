import type { BracketPlan } from '../execution/brackets.ts';
import type { VenueCapabilities } from '../execution/capabilities.ts';
import { Outbox } from '../execution/outbox.ts';
import { Book, type Conversion } from '../portfolio/book.ts';
import { EquityTrack } from '../portfolio/equity-track.ts';
import { FillTable } from '../portfolio/fill-table.ts';
import type { LedgerAsset } from '../portfolio/ledger.ts';
import { unitsToText } from '../vocabulary/decimal.ts';
import { DEFAULT_ASSET_SCALE, Instrument, type InstrumentDefinition } from '../vocabulary/instrument.ts';
import { powerOfTen } from '../vocabulary/integer.ts';
import { LateCallError, type LateFault } from '../vocabulary/late-call.ts';
import { OrderTable } from '../vocabulary/order-table.ts';
import { EventLog, MOST_INSTRUMENTS, MOST_STRATEGIES, sourceOf } from './event-log.ts';
import { Intents } from './intents.ts';

/** The account of a session. */
export interface AccountConfig {
  /** Currency of equity, limits and reports. */
  readonly currency: string;
  /** Capital paid in, in currency. */
  readonly cash: number;
  /** `cash`: nothing is borrowed, no shorts. `margin`: collateral, shorts and leverage. */
  readonly kind: 'cash' | 'margin';
  readonly leverage: number;
  /** Digits behind the point of money; fewer for very large accounts. */
  readonly scale?: number;
  /** An asset that pays the fees and nothing else, bought from the capital before the first bar. */
  readonly feeAsset?: FeePurse;
  /** Whether buys pay their fee in the asset bought: its balances are then counted finer than in lots. */
  readonly feesInBase?: boolean;
  /** Fee rate that sizing and risk reckon with for orders that take. */
  readonly takerFeeRate: number;
}

/** An asset that fees are paid from. */
export interface FeePurse {
  readonly code: string;
  /** Amount at the start, in units of 10^-{@link DEFAULT_ASSET_SCALE}. */
  readonly quanta: number;
  /** Price of one unit in the account's currency, for the whole session. */
  readonly price: number;
  /** What that amount cost, in quanta of the account's currency. */
  readonly costQuanta: number;
}

/**
 * Everything that the parts of the engine share and nobody else writes: instruments, prices, orders, fills, books, events, and the
 * place in time. A row, slot or index is a number into the columns held here.
 */
export class SessionState {
  declare readonly session: string;
  declare readonly account: AccountConfig;
  declare readonly capabilities: VenueCapabilities;
  declare readonly instruments: readonly Instrument[];
  declare readonly assets: readonly LedgerAsset[];
  declare readonly strategies: number;
  /** Index of the asset that is kept for fees; −1 where there is none. */
  declare readonly feeAsset: number;
  /** Strategy and instrument of every slot: looked up, as a division for each costs more than the rest of an event. */
  declare readonly strategyOf: Int32Array;
  declare readonly instrumentOf: Int32Array;
  /** Where events of a slot come from: see {@link sourceOf}. */
  declare readonly sourceOf: Int32Array;
  /** Last price by instrument; NaN before the first. */
  declare readonly price: Float64Array;
  readonly orders = new OrderTable();
  readonly fills = new FillTable();
  readonly log = new EventLog();
  readonly intents = new Intents();
  readonly outbox = new Outbox();
  /** Texts of log and alert events. */
  readonly texts: string[] = [];
  declare readonly book: Book;
  readonly track = new EquityTrack();
  /** Brackets by the order row of their entry, while any of their legs may still act. */
  readonly brackets = new Map<number, BracketPlan>();
  /** Brackets of entries that ended without filling whole: a fill that was made before the end and is told after it needs them again. */
  readonly endedBrackets = new Map<number, BracketPlan>();
  /** [0] event time now, [1] equity now, [2] equity at the start. */
  readonly clock = new Float64Array(3);
  /** Whether a strategy may have something to be told after its present call: what spares most instants looking through all of them. */
  hasNews = false;
  /** Strategy whose handler runs now; −1 while none does. */
  calling = -1;
  /** The first thing that each strategy did while no handler of its ran, until somebody heeds it. No part of what is hashed. */
  readonly lateFaults = new Map<number, LateFault>();
  /** Number of the input being handled. */
  input = -1;
  /** Number of the instant being handled. */
  slice = -1;

  constructor(
    session: string,
    definitions: readonly InstrumentDefinition[],
    account: AccountConfig,
    capabilities: VenueCapabilities,
    strategies: number,
  ) {
    if (strategies > MOST_STRATEGIES || definitions.length > MOST_INSTRUMENTS)
      throw new RangeError(
        `a session has at most ${MOST_STRATEGIES} strategies and ${MOST_INSTRUMENTS} instruments, found ${strategies} and ${definitions.length}`,
      );
    this.session = session;
    this.account = account;
    this.capabilities = capabilities;
    this.strategies = strategies;
    const scale = account.scale ?? moneyScale(account.cash);
    const slots = strategies * definitions.length;
    this.strategyOf = Int32Array.from({ length: slots }, (_, slot) => Math.floor(slot / definitions.length));
    this.instrumentOf = Int32Array.from({ length: slots }, (_, slot) => slot % definitions.length);
    this.sourceOf = Int32Array.from({ length: slots }, (_, slot) =>
      sourceOf(this.strategyOf[slot]!, this.instrumentOf[slot]!),
    );
    this.instruments = instrumentsOf(definitions, account, scale);
    const codes = [account.currency];
    for (const i of this.instruments)
      for (const code of [i.base, i.settle]) if (!codes.includes(code)) codes.push(code);
    const purse = account.feeAsset;
    if (purse && !codes.includes(purse.code)) codes.push(purse.code);
    this.feeAsset = purse ? codes.indexOf(purse.code) : -1;
    this.assets = codes.map((code, asset) => ({ code, scale: asset === 0 ? scale : this.#scaleOf(code, scale) }));
    const indexOf = (code: string): number => codes.indexOf(code);
    const conversion = codes.map((code): Conversion | null => {
      if (code === purse?.code) return { instrument: -1, price: purse.price, into: 0 };
      const through = this.instruments.find((i) => i.base === code && i.quote !== code);
      return code === account.currency || !through ? null : { instrument: through.index, into: indexOf(through.quote) };
    });
    this.book = new Book(
      this.instruments,
      this.assets,
      this.instruments.map((i) => indexOf(i.base)),
      this.instruments.map((i) => indexOf(i.settle)),
      conversion,
      strategies,
    );
    this.price = new Float64Array(this.instruments.length).fill(Number.NaN);
  }

  #scaleOf(code: string, scale: number): number {
    if (code === this.account.feeAsset?.code) return DEFAULT_ASSET_SCALE;
    const physical = this.instruments.find((i) => i.physical && i.base === code);
    return physical ? physical.baseScale : scale;
  }

  /** Exact decimal text of a fee: quanta of an asset, or of an instrument's settle asset where `asset` is −1. */
  feeText(instrument: Instrument, asset: number, quanta: number): string {
    return asset < 0 ? instrument.moneyText(quanta) : unitsToText(quanta, this.assets[asset]!.scale);
  }

  /** A fee as a double amount; see {@link feeText}. */
  feeAmount(instrument: Instrument, asset: number, quanta: number): number {
    return asset < 0 ? instrument.money(quanta) : quanta / powerOfTen(this.assets[asset]!.scale);
  }

  /** What is kept for fees and for nothing else, in the account's currency. */
  feePurseWorth(): number {
    const purse = this.account.feeAsset;
    return purse === undefined ? 0 : this.book.wallet[this.feeAsset]! * purse.price;
  }

  /** Code of the asset that paid a fee. */
  feeCode(instrument: Instrument, asset: number): string {
    return asset < 0 ? instrument.settle : this.assets[asset]!.code;
  }

  /** Makes room for this many orders and what follows from each. */
  makeRoom(orders: number): void {
    this.orders.makeRoom(orders);
    this.intents.makeRoom(orders);
    this.fills.makeRoom(orders);
    this.log.makeRoom(orders * 4);
  }

  /** A strategy asks for something while no handler of its runs: throws {@link LateCallError}, and keeps the first of them. */
  refuseLate(strategy: number, call: string): never {
    const error = new LateCallError(call);
    this.noteLate(strategy, error);
    throw error;
  }

  /** Keeps the first thing that a strategy did while none of its handlers was running, until somebody asks. */
  noteLate(strategy: number, fault: LateFault): void {
    if (!this.lateFaults.has(strategy)) this.lateFaults.set(strategy, fault);
  }

  get nowMs(): number {
    return this.clock[0]!;
  }

  /** Equity of one strategy: its share of the capital plus its own profit, marked at the last prices, in the account's currency. */
  strategyEquity(strategy: number, allocation: number): number {
    return this.strategyProfit(strategy, this.clock[2]! * allocation);
  }

  /** What a strategy has made, net of fees and funding, on top of `before`, in the account's currency at the last prices. */
  strategyProfit(strategy: number, before = 0): number {
    let equity = before;
    const n = this.instruments.length;
    const c = this.book.positions.column;
    for (let i = 0; i < n; i++) {
      const slot = strategy * n + i;
      if (c.fills[slot] === 0) continue;
      const instrument = this.instruments[i]!;
      const booked = c.realized[slot]! - c.fees[slot]! + c.funding[slot]!;
      const made = instrument.money(booked) + this.book.positions.unrealized(slot, instrument, this.price[i]!);
      equity += made * this.book.settleRate(i, this.price);
    }
    return equity;
  }

  /** Back to the state before the first input, memory kept. */
  reset(): void {
    this.orders.clear();
    this.fills.clear();
    this.log.clear();
    this.intents.clear();
    this.outbox.count = 0;
    this.texts.splice(0);
    this.book.clear();
    this.brackets.clear();
    this.endedBrackets.clear();
    this.price.fill(Number.NaN);
    this.hasNews = false;
    this.calling = -1;
    this.lateFaults.clear();
    this.input = -1;
    this.slice = -1;
    const scale = this.assets[0]!.scale;
    this.book.deposit(0, Math.round(this.account.cash * Number(`1e${scale}`)));
    const purse = this.account.feeAsset;
    if (purse) this.book.convert(0, purse.costQuanta, this.feeAsset, purse.quanta);
    this.clock[0] = 0;
    this.clock[1] = this.account.cash;
    this.clock[2] = this.account.cash;
    this.track.clear(this.account.cash);
  }
}

/**
 * The instruments, each counting its base asset in digits that serve all that trade it: those of the finest lot, those of money where the
 * asset is also one that others settle in, and those of a fee that is taken out of it.
 */
function instrumentsOf(
  definitions: readonly InstrumentDefinition[],
  account: AccountConfig,
  scale: number,
): Instrument[] {
  const plain = definitions.map((d, i) => new Instrument(d, i, scale));
  return plain.map((instrument) => {
    const { base } = instrument;
    const isMoney = base === account.currency || plain.some((i) => i.settle === base);
    let digits = Math.max(isMoney ? scale : 0, account.feesInBase ? DEFAULT_ASSET_SCALE : 0);
    for (const i of plain) if (i.physical && i.base === base) digits = Math.max(digits, i.lotScale);
    if (instrument.physical && isMoney && digits !== scale)
      throw new RangeError(
        `${instrument.id}: ${base} is money here, counted in ${scale} digits, and its lots need ${digits}; run it with less capital, or apart`,
      );
    return digits === instrument.baseScale
      ? instrument
      : new Instrument(instrument.definition, instrument.index, scale, digits);
  });
}

/** Most digits that leave a thousandfold of the capital exact, at most 8. */
export function moneyScale(cash: number): number {
  let scale = DEFAULT_ASSET_SCALE;
  while (scale > 0 && cash * 1000 * Number(`1e${scale}`) > Number.MAX_SAFE_INTEGER) scale--;
  return scale;
}
