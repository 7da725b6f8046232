import { type FeeSchedule, feeInBaseQuanta, feeInThirdQuanta, feeQuanta, worstFeeOfAnyTier } from './fees.ts';
import type { SpotAccount } from './spot-account.ts';

/** Indexes of a pair's assets in its accounts, and the quanta of base in a lot. `thirdAsset` pays fees where so scheduled. */
export type SpotPair = {
  readonly baseAsset: number;
  readonly quoteAsset: number;
  readonly thirdAsset?: number;
  readonly baseQuantaPerLot: number;
};

/** Says what a spot fill costs, and in which asset. The answer of {@link charge} stands in its fields until the next call. */
export interface SpotCommission {
  readonly asset: number;
  /** Negative for a rebate. */
  readonly quanta: number;
  /** The same fee in quote, as far as minimum fees of an order are counted in it; else 0. */
  readonly settleQuanta: number;
  /**
   * @param account index of the account, whose balances (before the fill) are `balances`
   * @param side 1 buy, −1 sell
   * @param valueQuanta quote that changes hands
   * @param baseQuanta base that changes hands
   * @param firstFill whether the order has not filled before
   * @param paidQuanta sum of `settleQuanta` of the order's earlier fills
   */
  charge(
    account: number,
    balances: SpotAccount,
    side: number,
    maker: boolean,
    valueQuanta: number,
    baseQuanta: number,
    lots: number,
    firstFill: boolean,
    paidQuanta: number,
  ): void;
  /** Quote that a bid must lock above its value. */
  worstQuanta(valueQuanta: number, lots: number): number;
}

/**
 * One schedule for everybody: paid in quote, in base on buys, or in a third asset. A fee in a third asset is paid in quote where the
 * account has not enough of that asset. The tier is the caller's to set: it knows whose trading counts.
 */
export class ScheduledCommission implements SpotCommission {
  asset = 0;
  quanta = 0;
  settleQuanta = 0;
  tier = 0;
  readonly #pair: SpotPair;
  readonly #fees: FeeSchedule;

  constructor(pair: SpotPair, fees: FeeSchedule) {
    this.#pair = pair;
    this.#fees = fees;
  }

  charge(
    _account: number,
    balances: SpotAccount,
    side: number,
    maker: boolean,
    valueQuanta: number,
    baseQuanta: number,
    lots: number,
    firstFill: boolean,
    paidQuanta: number,
  ): void {
    const { baseAsset, quoteAsset, thirdAsset } = this.#pair;
    const fee = feeQuanta(this.#fees, this.tier, maker, valueQuanta, lots, firstFill, paidQuanta);
    this.asset = quoteAsset;
    this.quanta = fee;
    this.settleQuanta = fee;
    if (this.#fees.payIn === 'base' && side > 0) {
      this.asset = baseAsset;
      this.quanta = feeInBaseQuanta(this.#fees, this.tier, maker, baseQuanta);
    } else if (this.#fees.payIn === 'third' && thirdAsset !== undefined) {
      const inThird = feeInThirdQuanta(this.#fees, fee);
      if (balances.free[thirdAsset]! < inThird) return;
      this.asset = thirdAsset;
      this.quanta = inThird;
    }
  }

  worstQuanta(valueQuanta: number, lots: number): number {
    return this.#fees.payIn === 'base' ? 0 : worstFeeOfAnyTier(this.#fees, valueQuanta, lots);
  }
}
