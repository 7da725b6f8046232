import { RATE_SCALE, rateDown } from '../../core/exchange/rate.ts';
import type { SpotAccount } from '../../core/exchange/spot-account.ts';
import type { SpotCommission } from '../../core/exchange/spot-commission.ts';
import { decimal, toUnits } from '../../core/vocabulary/decimal.ts';
import { divide, multiplyDivide, powerOfTen } from '../../core/vocabulary/integer.ts';
import type { AccountOrders } from './account-orders.ts';
import { DEFAULT_FEES, type SpotFees } from './spot-options.ts';
import type { SpotSymbol } from './spot-symbol.ts';

/** Rates of the exchange, in units of 1e-8. */
export class FeeTable {
  readonly fees: SpotFees;
  readonly makerRate: number;
  readonly takerRate: number;
  readonly discountRate: number;
  /** Index of the discount asset, −1 where it is not traded here. */
  readonly discountAsset: number;

  constructor(fees: Partial<SpotFees>, assetOf: (name: string) => number) {
    this.fees = { ...DEFAULT_FEES, ...fees };
    const rate = (name: 'makerRate' | 'takerRate' | 'discount'): number => {
      const units = Number(toUnits(decimal(this.fees[name]), 8, 'half-even'));
      if (units < 0 || units > RATE_SCALE) {
        throw new RangeError(`expected fees.${name} between 0 and 1, found ${this.fees[name]}`);
      }
      return units;
    };
    this.makerRate = rate('makerRate');
    this.takerRate = rate('takerRate');
    this.discountRate = rate('discount');
    this.discountAsset = assetOf(this.fees.discountAsset);
  }
}

/**
 * Binance's spot commission: rate × what is received, in what is received, rounded down to the asset's last digit. Where the account
 * pays in the discount asset and has enough of it free, the fee is less by the discount and converted at the last price; where it has not
 * enough, or no price is known, the whole fee comes out of what is received. The market maker pays nothing.
 */
export class ReceivedCommission implements SpotCommission {
  asset = 0;
  quanta = 0;
  readonly settleQuanta = 0;
  readonly #symbol: SpotSymbol;
  readonly #table: FeeTable;
  readonly #accounts: readonly AccountOrders[];
  /** Discount asset's quanta for quote quanta of this symbol at the last price, rounded down; −1 where no price is known. */
  readonly #inDiscountAsset: (quoteQuanta: number) => number;

  constructor(
    symbol: SpotSymbol,
    table: FeeTable,
    accounts: readonly AccountOrders[],
    inDiscountAsset: (quoteQuanta: number) => number,
  ) {
    this.#symbol = symbol;
    this.#table = table;
    this.#accounts = accounts;
    this.#inDiscountAsset = inDiscountAsset;
  }

  charge(
    account: number,
    balances: SpotAccount,
    side: number,
    maker: boolean,
    valueQuanta: number,
    baseQuanta: number,
  ): void {
    const { baseAsset, quoteAsset } = this.#symbol;
    const { discountAsset, discountRate, makerRate, takerRate } = this.#table;
    const received = side > 0 ? baseQuanta : valueQuanta;
    this.asset = side > 0 ? baseAsset : quoteAsset;
    if (account === 0) {
      this.quanta = 0;
      return;
    }
    const rate = maker ? makerRate : takerRate;
    this.quanta = rateDown(received, rate);
    if (discountAsset < 0 || !this.#accounts[account]!.payInDiscountAsset) return;
    const discounted = multiplyDivide(rate, RATE_SCALE - discountRate, RATE_SCALE, 'floor');
    if (this.asset === discountAsset) {
      this.quanta = rateDown(received, discounted);
      return;
    }
    // What is bought or sold in this very trade is worth its price; nothing else needs to be looked up.
    const fee =
      side < 0 && baseAsset === discountAsset
        ? rateDown(baseQuanta, discounted)
        : quoteAsset === discountAsset
          ? rateDown(valueQuanta, discounted)
          : this.#inDiscountAsset(rateDown(valueQuanta, discounted));
    const available = balances.free[discountAsset]!;
    if (fee < 0 || available < fee) return;
    this.asset = discountAsset;
    this.quanta = fee;
  }

  worstQuanta(): number {
    return 0;
  }
}

/** Quanta of base for quanta of quote at a price, rounded down. */
export function baseFor(symbol: SpotSymbol, ticks: number, quoteQuanta: number): number {
  // base = quote / price: quanta × 10^(baseScale + tickScale − quoteScale) / (ticks × tick units).
  const shift = symbol.baseScale + symbol.tick.scale - symbol.quoteScale;
  const price = ticks * symbol.tick.units;
  return shift >= 0
    ? multiplyDivide(quoteQuanta, powerOfTen(shift), price, 'floor')
    : divide(quoteQuanta, price * powerOfTen(-shift), 'floor');
}

/** Quanta of quote for quanta of base at a price, rounded down. */
export function quoteFor(symbol: SpotSymbol, ticks: number, baseQuanta: number): number {
  const shift = symbol.baseScale + symbol.tick.scale - symbol.quoteScale;
  const price = ticks * symbol.tick.units;
  return shift >= 0
    ? multiplyDivide(baseQuanta, price, powerOfTen(shift), 'floor')
    : multiplyDivide(baseQuanta, price * powerOfTen(-shift), 1, 'floor');
}
