import type { Instrument } from '../vocabulary/instrument.ts';
import { type FeeSchedule, feeQuanta, TierClock, type TierClockState } from './fees.ts';
import type { SpotAccount } from './spot-account.ts';
import { ScheduledCommission, type SpotPair } from './spot-commission.ts';
import type { VenueOrders } from './venue-orders.ts';

/**
 * What the fills of the one account at the simulated venue pay, where that is more than one rate in the settle asset: the tier follows
 * the account's own trading, and another asset may pay. The mechanism is that of the spot markets, `spot-commission.ts`.
 *
 * ASSUMPTIONS (beyond those of `fees.ts`)
 * 1. Values traded in all instruments add up, liquidations and settlements included; so they must settle in one asset.
 * 2. Those two pay their fee in the settle asset: the venue takes it from the margin, or from what is paid out.
 */
export class AccountFees {
  /** Index of the asset that pays the fill asked about last; −1 for the settle asset. */
  asset = -1;
  /** Fee of that fill in quanta of {@link asset}; negative for a rebate. */
  quanta = 0;
  /** The same in quanta of the settle asset, as minimum fees of an order are counted in it. */
  settleQuanta = 0;
  readonly #schedule: FeeSchedule;
  readonly #commissions: readonly ScheduledCommission[];
  readonly #quotes: readonly number[];
  readonly #tiers: TierClock;

  /** @param pairs assets of each instrument, by its index */
  constructor(schedule: FeeSchedule, pairs: readonly SpotPair[]) {
    this.#schedule = schedule;
    this.#commissions = pairs.map((pair) => new ScheduledCommission(pair, schedule));
    this.#quotes = pairs.map((pair) => pair.quoteAsset);
    this.#tiers = new TierClock(schedule);
  }

  /** Says what a fill of an order costs; `balances` are those before it. */
  charge(
    row: number,
    instrument: Instrument,
    balances: SpotAccount,
    side: number,
    maker: boolean,
    value: number,
    lots: number,
    orders: VenueOrders,
    timeMs: number,
  ): void {
    const commission = this.#commissions[instrument.index]!;
    commission.tier = this.#tiers.at(timeMs);
    const base = instrument.baseQuanta(lots);
    const isFirst = orders.filled(row) === 0;
    commission.charge(0, balances, side, maker, value, base, lots, isFirst, orders.feePaid(row));
    this.asset = commission.asset === this.#quotes[instrument.index] ? -1 : commission.asset;
    this.quanta = commission.quanta;
    this.settleQuanta = commission.settleQuanta;
  }

  /** Fee of what the venue itself closes, in quanta of the settle asset. */
  ofForced(value: number, lots: number, timeMs: number): number {
    return feeQuanta(this.#schedule, this.#tiers.at(timeMs), false, value, lots, true, 0);
  }

  /** Counts the value of a fill towards the tier. */
  record(timeMs: number, value: number): void {
    this.#tiers.record(timeMs, value);
  }

  snapshot(): TierClockState {
    return this.#tiers.snapshot();
  }

  restore(state: TierClockState): void {
    this.#tiers.restore(state);
  }

  reset(): void {
    this.#tiers.reset();
  }
}
