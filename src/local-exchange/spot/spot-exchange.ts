import { SpotAccount } from '../../core/exchange/spot-account.ts';
import { VENUE_REFUSAL } from '../../core/exchange/venue-refusal.ts';
import { assert } from '../../core/vocabulary/assert.ts';
import { multiplyDivide, powerOfTen } from '../../core/vocabulary/integer.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import type { Account, Surroundings } from '../product.ts';
import { AccountOrders } from './account-orders.ts';
import { AMOUNT_SCALE, amountText } from './decimal-text.ts';
import type { ExchangeLimits } from './order-filters.ts';
import { Refusal } from './refusal.ts';
import { baseFor, FeeTable, quoteFor, ReceivedCommission } from './spot-fee-table.ts';
import { DEFAULT_SYMBOLS, type SpotOptions } from './spot-options.ts';
import type { HouseOrder, SpotOrder } from './spot-order.ts';
import { SpotSymbol } from './spot-symbol.ts';
import { SymbolMarket } from './symbol-market.ts';

const ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 22;
const DEFAULT_KEPT_ORDERS = 50_000;
const DEFAULT_KEPT_TRADES = 200_000;
/** Of one asset all accounts together may have this much, so that no balance, the house's included, leaves the exact range. */
const MOST_QUANTA = 4_000_000_000_000_000;

/** The state of the spot exchange: symbols with their markets, accounts with their money and orders. */
export class SpotExchange {
  readonly surroundings: Surroundings;
  readonly names: readonly string[];
  readonly scales: readonly number[];
  readonly symbols: readonly SpotSymbol[];
  readonly markets: readonly SymbolMarket[];
  readonly feeTable: FeeTable;
  readonly limits: ExchangeLimits;
  /** Fees collected, by asset. */
  readonly collectedQuanta: Float64Array;
  /** Paid in less taken out, by asset: what all accounts and the fees must add up to. */
  readonly depositedQuanta: Float64Array;
  readonly balances: SpotAccount[] = [];
  readonly orders: AccountOrders[] = [];
  /** Open orders by the number under which books and locks know them. */
  readonly rows: (SpotOrder | HouseOrder | null)[] = [];
  readonly #freeRows: number[] = [];
  /** Accounts with something to tell. */
  readonly #touched = new Set<number>();
  readonly #bySymbol = new Map<string, SymbolMarket>();
  readonly #assets = new Map<string, number>();
  readonly #keptOrders: number;
  nextListId = 0;

  constructor(options: SpotOptions, surroundings: Surroundings) {
    this.surroundings = surroundings;
    this.#keptOrders = Math.max(1, options.keptOrders ?? DEFAULT_KEPT_ORDERS);
    const listed = options.symbols ?? DEFAULT_SYMBOLS;
    for (const { base, quote } of listed) {
      for (const name of [base, quote]) if (!this.#assets.has(name)) this.#assets.set(name, this.#assets.size);
    }
    this.names = [...this.#assets.keys()];
    this.scales = this.names.map((name) => options.assetScales?.[name] ?? AMOUNT_SCALE);
    this.feeTable = new FeeTable(options.fees ?? {}, (name) => this.#assets.get(name) ?? -1);
    this.collectedQuanta = new Float64Array(this.names.length);
    this.depositedQuanta = new Float64Array(this.names.length);
    this.limits = {
      orders: options.exchangeMaxOrders ?? Number.POSITIVE_INFINITY,
      algoOrders: options.exchangeMaxAlgoOrders ?? Number.POSITIVE_INFINITY,
      icebergOrders: options.exchangeMaxIcebergOrders ?? Number.POSITIVE_INFINITY,
      orderLists: options.exchangeMaxOrderLists ?? Number.POSITIVE_INFINITY,
    };
    const asset = (name: string): { asset: number; scale: number } => {
      const index = this.#assets.get(name)!;
      return { asset: index, scale: this.scales[index]! };
    };
    this.symbols = listed.map((s, i) => new SpotSymbol(i, s, asset(s.base), asset(s.quote)));
    this.markets = this.symbols.map((symbol) => {
      const inDiscountAsset = (quanta: number): number => this.#inDiscountAsset(symbol, quanta);
      const commission = new ReceivedCommission(symbol, this.feeTable, this.orders, inDiscountAsset);
      return new SymbolMarket(
        symbol,
        commission,
        this.balances,
        this.collectedQuanta,
        options.keptTrades ?? DEFAULT_KEPT_TRADES,
      );
    });
    for (const market of this.markets) {
      if (this.#bySymbol.has(market.symbol.name)) throw new RangeError(`symbol ${market.symbol.name} is listed twice`);
      this.#bySymbol.set(market.symbol.name, market);
    }
    this.account(0);
  }

  nowMs(): number {
    return Math.floor(this.surroundings.nowMs());
  }

  /** The market of a symbol, or refuses. */
  market(name: string): SymbolMarket {
    const market = this.#bySymbol.get(name);
    if (market === undefined) throw new Refusal(-1121, 'Invalid symbol.');
    return market;
  }

  findMarket(name: string): SymbolMarket | undefined {
    return this.#bySymbol.get(name);
  }

  assetIndex(name: string): number {
    return this.#assets.get(name) ?? -1;
  }

  /** Makes sure that an account of this index is known; 0 is the house. */
  account(index: number): void {
    while (this.balances.length <= index) {
      this.balances.push(new SpotAccount(this.names.length, this.balances.length === 0));
      this.orders.push(new AccountOrders(this.symbols.length, this.feeTable.fees.payInDiscountAsset, this.#keptOrders));
    }
  }

  amountText(asset: number, quanta: number): string {
    return amountText(quanta, this.scales[asset]!);
  }

  /** A client id for an order that has none. */
  readonly madeUpId = (): string => {
    let id = '';
    for (let i = 0; i < ID_LENGTH; i++) id += ID_LETTERS[Math.floor(this.surroundings.random() * ID_LETTERS.length)]!;
    return id;
  };

  takeRow(): number {
    const row = this.#freeRows.pop() ?? this.rows.length;
    this.rows[row] = null;
    return row;
  }

  freeRow(row: number): void {
    this.rows[row] = null;
    this.#freeRows.push(row);
  }

  /** Pays in, or takes out; false where too little is free. */
  deposit(account: Account, asset: number, quanta: number): boolean {
    this.account(account.index);
    const total = this.depositedQuanta[asset]! + quanta;
    if (total > MOST_QUANTA) {
      const most = this.amountText(asset, MOST_QUANTA);
      throw new RangeError(
        `expected deposits of ${this.names[asset]} of at most ${most} in all, found ${this.amountText(asset, total)}; give the asset fewer digits in assetScales`,
      );
    }
    if (this.balances[account.index]!.deposit(asset, quanta) !== VENUE_REFUSAL.accepted) return false;
    this.depositedQuanta[asset] = total;
    const now = this.nowMs();
    this.touch(account.index, asset);
    const delta = this.amountText(asset, quanta);
    this.notify(account.index, { e: 'balanceUpdate', E: now, a: this.names[asset]!, d: delta, T: now });
    this.sendPositions();
    return true;
  }

  touch(account: number, asset: number): void {
    if (account === 0) return;
    this.orders[account]!.touched.add(asset);
    this.#touched.add(account);
  }

  notify(account: number, event: Json): void {
    const owner = this.surroundings.accounts[account];
    assert(owner !== undefined && owner.index === account, 'accounts are listed by their index');
    this.surroundings.notify(owner, event);
  }

  /** Tells every account whose balances may have changed what they are now. */
  sendPositions(): void {
    if (this.#touched.size === 0) return;
    const indexes = [...this.#touched].sort((a, b) => a - b);
    this.#touched.clear();
    const now = this.nowMs();
    for (const index of indexes) {
      const orders = this.orders[index]!;
      orders.updateTimeMs = now;
      const { free, locked } = this.balances[index]!;
      const changed = [...orders.touched].sort((a, b) => a - b);
      orders.touched.clear();
      this.notify(index, {
        e: 'outboundAccountPosition',
        E: now,
        u: now,
        B: changed.map((a) => ({
          a: this.names[a]!,
          f: this.amountText(a, free[a]!),
          l: this.amountText(a, locked[a]!),
        })),
      });
    }
  }

  /**
   * Quanta of the discount asset worth `quanta` of a symbol's quote, at last prices: by the pair of the two, or by way of a third asset
   * that is paired with both. −1 where there is no price.
   */
  #inDiscountAsset(symbol: SpotSymbol, quanta: number): number {
    const target = this.feeTable.discountAsset;
    const direct = this.#convert(symbol.quoteAsset, target, quanta);
    if (direct >= 0) return direct;
    for (let asset = 0; asset < this.names.length; asset++) {
      if (asset === target || asset === symbol.quoteAsset) continue;
      const half = this.#convert(symbol.quoteAsset, asset, quanta);
      const whole = half < 0 ? -1 : this.#convert(asset, target, half);
      if (whole >= 0) return whole;
    }
    return -1;
  }

  #convert(from: number, to: number, quanta: number): number {
    if (from === to) return quanta;
    for (const market of this.markets) {
      const { symbol, lastTicks } = market;
      if (lastTicks === 0) continue;
      if (symbol.baseAsset === to && symbol.quoteAsset === from) return baseFor(symbol, lastTicks, quanta);
      if (symbol.baseAsset === from && symbol.quoteAsset === to) return quoteFor(symbol, lastTicks, quanta);
    }
    return -1;
  }
}

/** Quanta of an asset for decimal text with a sign; null where it is none or has too many digits. */
export function signedQuanta(text: string, scale: number): number | null {
  const match = /^(-?)([0-9]{1,20})(?:\.([0-9]{1,20}))?$/.exec(text);
  if (match === null) return null;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) return null;
  const units = multiplyDivide(Number(match[2]! + fraction), powerOfTen(scale - fraction.length), 1, 'trunc');
  return match[1] === '-' ? -units : units;
}
