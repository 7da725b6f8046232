import type { MarginAccount } from '../../core/exchange/margin-account.ts';
import type { MarginMarketWatcher } from '../../core/exchange/margin-market.ts';
import { decimal, toUnits } from '../../core/vocabulary/decimal.ts';
import type { Account, Surroundings } from '../product.ts';
import type { AlgoOrder } from './algo-order.ts';
import { Contract, type ContractOptions } from './contract.ts';
import { type Fees, Market } from './market.ts';
import type { UsdmOrder } from './order.ts';
import { isOpen } from './order.ts';
import { UsdmAccount } from './usdm-account.ts';

/** A forced closing, when it is over. */
export type ForcedClosing = { readonly market: Market; readonly order: UsdmOrder };

/** What can be configured. Decimals as text. */
export interface UsdmOptions {
  /** Default BTCUSDT and ETHUSDT. */
  readonly instruments?: readonly ContractOptions[];
  /** Default 0.02 % maker, 0.05 % taker. */
  readonly fees?: Fees;
  /** What the insurance fund starts with, in USDT. Default 1,000,000. */
  readonly insurance?: string;
}

/** The only margin asset. */
export const MARGIN_ASSET = 'USDT';
const DEFAULT_FEES: Fees = { maker: '0.0002', taker: '0.0005' };
/** Ids begin here, so that they look like the venue's and are never mistaken for an index. */
const FIRST_ORDER_ID = 8_000_001;
const FIRST_ALGO_ID = 2_000_001;

/** All that the product knows. Behaviour is in the files that are handed this. */
export class ExchangeState {
  readonly around: Surroundings;
  readonly fees: Fees;
  readonly contracts: readonly Contract[];
  readonly markets = new Map<string, Market>();
  readonly accounts = new Map<number, UsdmAccount>();
  /** By account index, as the markets need them: null for the house. */
  readonly margins: (MarginAccount | null)[] = [null];
  readonly orders = new Map<number, UsdmOrder>();
  /** Orders of each account, ascending by id. */
  readonly ordersOf = new Map<number, UsdmOrder[]>();
  readonly openOrders = new Map<number, UsdmOrder>();
  readonly algoOrders = new Map<number, AlgoOrder>();
  readonly openAlgoOrders = new Map<number, AlgoOrder>();
  /** Quanta in the insurance fund, but for what it has paid to accounts. */
  insuranceQuanta: number;
  /** Money that the house has taken in, less what it has paid. */
  houseQuanta = 0;
  /** Why the book is told to take lots off; read by the watcher of the fills. */
  shrinkReason: 'cancel' | 'reduce-only' | 'liquidation' | 'good-till' | 'taker-rest' = 'taker-rest';
  /** To be called when a command has touched a market; set by the product. */
  settle: (market: Market) => void = () => {};
  /** Told of every forced closing; set by the product. */
  forced: (closing: ForcedClosing) => void = () => {};
  #nextOrderId = FIRST_ORDER_ID;
  #nextAlgoId = FIRST_ALGO_ID;
  #nextPriority = 1;
  #nextTransactionId = 1;
  #nextAmendmentId = 1;
  #nextAutoClose = 1;
  #nextHouseId = -1_000;

  constructor(options: UsdmOptions, listing: readonly ContractOptions[], around: Surroundings) {
    this.around = around;
    this.fees = options.fees ?? DEFAULT_FEES;
    this.contracts = (options.instruments ?? listing).map((o, i) => new Contract(o, i));
    this.insuranceQuanta = Number(toUnits(decimal(options.insurance ?? '1000000'), 8, 'floor'));
  }

  open(watcher: (market: Market) => MarginMarketWatcher): void {
    for (const contract of this.contracts) {
      this.markets.set(contract.symbol, new Market(contract, this.fees, this.margins, watcher, this.nowMs));
    }
  }

  get nowMs(): number {
    return this.around.nowMs();
  }

  market(contract: Contract): Market {
    return this.markets.get(contract.symbol)!;
  }

  /** An account's futures wallet, opened with the first look at it. */
  account(account: Account): UsdmAccount {
    let found = this.accounts.get(account.index);
    if (found === undefined) {
      found = new UsdmAccount(account, this.contracts);
      for (const contract of this.contracts) {
        const { mark } = this.market(contract).mark;
        if (mark > 0) for (const index of found.indexes(contract)) found.margin.mark(index, mark);
      }
      this.accounts.set(account.index, found);
      this.margins[account.index] = found.margin;
    }
    return found;
  }

  accountOf(order: { readonly account: number }): UsdmAccount {
    return this.accounts.get(order.account)!;
  }

  addOrder(order: UsdmOrder): void {
    this.orders.set(order.id, order);
    this.openOrders.set(order.id, order);
    const own = this.ordersOf.get(order.account);
    if (own === undefined) this.ordersOf.set(order.account, [order]);
    else own.push(order);
  }

  /** Open orders of an account, oldest first; of one contract where it is given. */
  openOrdersOf(account: number, contract?: Contract): UsdmOrder[] {
    const found: UsdmOrder[] = [];
    for (const order of this.openOrders.values()) {
      if (order.account === account && (contract === undefined || order.contract === contract)) found.push(order);
    }
    return found;
  }

  openAlgoOrdersOf(account: number, contract?: Contract): AlgoOrder[] {
    return [...this.openAlgoOrders.values()].filter(
      (o) => o.account === account && (contract === undefined || o.contract === contract),
    );
  }

  /** Takes an order that has ended out of the open ones. */
  close(order: UsdmOrder): void {
    if (isOpen(order)) return;
    this.openOrders.delete(order.id);
    order.cancelTimer?.();
    order.cancelTimer = null;
  }

  nextOrderId(): number {
    return this.#nextOrderId++;
  }

  nextAlgoId(): number {
    return this.#nextAlgoId++;
  }

  nextPriority(): number {
    return this.#nextPriority++;
  }

  nextTransactionId(): number {
    return this.#nextTransactionId++;
  }

  nextAmendmentId(): number {
    return this.#nextAmendmentId++;
  }

  nextAutoClose(): number {
    return this.#nextAutoClose++;
  }

  /** Ids of the house's orders are negative: they are nobody's to see. */
  nextHouseId(): number {
    return this.#nextHouseId--;
  }

  /** Name that the exchange gives an order whose client gave none. */
  newClientId(): string {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    let text = '';
    for (let i = 0; i < 22; i++) text += letters[Math.floor(this.around.random() * letters.length)];
    return text;
  }
}
