import type { Instrument } from '../vocabulary/instrument.ts';
import { ACCOUNT_REPORT, REPORT } from '../vocabulary/report.ts';
import type { BarPath } from './bar-path.ts';
import type { FillCosts } from './fill-costs.ts';
import type { MarketAtOpen } from './market-at-open.ts';
import type { VenueAccount } from './venue-account.ts';
import type { VenueBars } from './venue-bars.ts';
import type { VenueOrders } from './venue-orders.ts';
import type { VenueParts } from './venue-parts.ts';
import type { VenueReport } from './venue-report.ts';
import { withdrawOrders } from './withdraw-orders.ts';

/**
 * What becomes of contracts at the simulated venue when they expire: orders end, the position is settled in cash. Of what is owned itself,
 * spot and shares, nothing is settled.
 *
 * ASSUMPTIONS
 * 1. The settlement price is the last close that is known at expiry. Venues average an index over the last half hour (Binance, OKX), which
 *    no bar tells.
 * 2. Trading stops at expiry: a bar that reaches beyond it is walked in the time until then, and its close is the last price.
 * 3. Settling pays the taker fee, as far as margin is left to pay it from, and neither slips nor takes from the bar's volume. Venues ask less, or nothing.
 * 4. Whatever rests in the instrument, or is on its way to it, expires with it; nothing of it fills at the settlement price.
 */
export class ExpiryWatch {
  /** The next expiry that is ahead; infinity where there is none. */
  nextMs = Number.POSITIVE_INFINITY;
  /** Whether {@link settle} may have something to do. */
  isDue = false;
  /** Whether an expiry is ahead, which bars may reach. */
  isAwaited = false;
  declare private readonly instruments: readonly Instrument[];
  declare private readonly account: VenueAccount;
  declare private readonly costs: FillCosts;
  declare private readonly bars: VenueBars;
  declare private readonly path: BarPath;
  /** Orders must not wait apart when something expires. */
  declare private readonly short: MarketAtOpen;
  declare private readonly orders: VenueOrders;
  declare private readonly report: VenueReport;
  /** Instruments that are yet to expire, the first to do so first. */
  #ahead: number[] = [];
  /** Those that have expired and are not settled yet, with the price that they settle at. */
  #due: { readonly instrument: number; readonly price: number }[] = [];
  /** The one that expires within the bar at hand; −1. */
  #inBar = -1;

  constructor(
    { instruments, orders, bars, path, report }: VenueParts,
    account: VenueAccount,
    costs: FillCosts,
    short: MarketAtOpen,
  ) {
    this.instruments = instruments;
    this.account = account;
    this.costs = costs;
    this.bars = bars;
    this.path = path;
    this.orders = orders;
    this.short = short;
    this.report = report;
    this.reset();
  }

  /**
   * The path has come to the open of a bar that closes at or after {@link nextMs}; its prices are not known yet. What has expired by that open
   * is due; what expires in the bar is due when it has been walked until then.
   */
  reach(instrument: number): void {
    const path = this.path;
    const { expiryMs } = this.instruments[instrument]!;
    this.#expire(path.openMs);
    if (expiryMs > path.closeMs || !this.#ahead.includes(instrument)) return;
    path.closeMs = expiryMs;
    this.#inBar = instrument;
    this.isDue = true;
  }

  /** Time has passed without a bar that says so: contracts are not traded any more once they have expired, and data end. */
  pass(nowMs: number): void {
    if (nowMs >= this.nextMs) this.#expire(nowMs);
  }

  /** What has expired by a time is due; `alone`: that instrument only. */
  #expire(untilMs: number, alone?: number): void {
    this.short.releaseAll();
    this.#ahead = this.#ahead.filter((instrument) => {
      if (this.instruments[instrument]!.expiryMs > untilMs || instrument !== (alone ?? instrument)) return true;
      this.#due.push({ instrument, price: this.bars.close[instrument]! });
      return false;
    });
    this.#look();
  }

  /**
   * Ends the orders of an instrument that has expired, and settles its position into the report; false where nothing more is due.
   * `isWalking`: whether there is a bar to be walked first, as far as an expiry lies in it.
   */
  settle(isWalking: boolean): boolean {
    if (!isWalking && this.#inBar >= 0) {
      const instrument = this.#inBar;
      this.#inBar = -1;
      this.#expire(this.path.closeMs, instrument);
    }
    const next = this.#due.shift();
    this.#look();
    if (next === undefined) return false;
    withdrawOrders(next.instrument, this.orders, this.account, REPORT.expired, 'instrument-expired');
    // Of an instrument without a price nobody holds anything.
    if (Number.isNaN(next.price)) return this.settle(isWalking);
    this.#settleAt(next.price, this.instruments[next.instrument]!);
    return true;
  }

  /** Also where the account's net is nothing: strategies may hold against each other. */
  #settleAt(price: number, instrument: Instrument): void {
    const r = this.report;
    const { expiryMs, index } = instrument;
    const held = this.account.netLots[index]!;
    r.lots = Math.abs(held);
    r.ticks = instrument.ticks(price, 'half-even');
    r.referenceTicks = r.ticks;
    r.value = instrument.value(r.ticks, r.lots);
    r.fee = 0;
    r.feeAsset = -1;
    r.maker = false;
    if (held !== 0) {
      const left = this.account.onMargin ? Math.max(0, this.account.leftAt(index, r.ticks)) : r.value;
      r.fee = Math.min(left, this.costs.forcedFeeQuanta(r.value, r.lots, expiryMs));
      this.account.settle(-1, instrument, held > 0 ? -1 : 1, r.lots, r.ticks, r.value, r.fee, r.feeAsset);
    }
    r.say(ACCOUNT_REPORT.settlement, -1, index, expiryMs, '');
  }

  #look(): void {
    this.isDue = this.#inBar >= 0 || this.#due.length > 0;
    this.isAwaited = this.#ahead.length > 0;
    this.nextMs = this.instruments[this.#ahead[0] ?? -1]?.expiryMs ?? Number.POSITIVE_INFINITY;
  }

  /** Instruments that are yet to expire. */
  snapshot(): number[] {
    return [...this.#ahead];
  }

  restore(ahead: readonly number[]): void {
    this.#ahead = [...ahead];
    this.#due = [];
    this.#inBar = -1;
    this.#look();
  }

  reset(): void {
    const dated = this.instruments.filter((i) => i.expiryMs < Number.POSITIVE_INFINITY && !i.physical);
    this.restore(dated.sort((a, b) => a.expiryMs - b.expiryMs).map(({ index }) => index));
  }
}
