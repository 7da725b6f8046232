import type { Instrument } from '../vocabulary/instrument.ts';
import { ROLE } from '../vocabulary/order.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';
import { ACCOUNT_REPORT, REPORT } from '../vocabulary/report.ts';
import type { BarPath } from './bar-path.ts';
import type { FillCosts } from './fill-costs.ts';
import { FundingClock, type FundingHistory } from './funding.ts';
import { RATE_SCALE } from './rate.ts';
import type { VenueAccount } from './venue-account.ts';
import type { VenueOrders } from './venue-orders.ts';
import type { VenueParts } from './venue-parts.ts';
import type { VenueReport } from './venue-report.ts';
import { withdrawOrders } from './withdraw-orders.ts';

const HOUR_MS = 3_600_000;

/** What the simulated venue watches where an account has margin: liquidation, funding and interest, along the path of each bar. */
export class MarginWatch {
  declare private readonly instruments: readonly Instrument[];
  declare private readonly account: VenueAccount;
  declare private readonly costs: FillCosts;
  declare private readonly path: BarPath;
  declare private readonly report: VenueReport;
  declare private readonly table: OrderTable;
  declare private readonly orders: VenueOrders;
  declare private readonly clocks: readonly (FundingClock | null)[];
  declare private readonly histories: readonly (FundingHistory | null)[];
  /** Open of the bar before, by instrument; NaN before the first. */
  declare private readonly openedMs: Float64Array;
  /** Time for which the position whose bar has begun owes interest. */
  #owedMs = 0;

  constructor(
    { instruments, table, orders, path, report }: VenueParts,
    account: VenueAccount,
    costs: FillCosts,
    funding: readonly (FundingHistory | null)[],
  ) {
    this.instruments = instruments;
    this.account = account;
    this.costs = costs;
    this.path = path;
    this.report = report;
    this.table = table;
    this.orders = orders;
    this.histories = instruments.map((_, i) => funding[i] ?? null);
    this.openedMs = new Float64Array(instruments.length).fill(Number.NaN);
    this.clocks = this.histories.map((history) => history && new FundingClock(history));
  }

  /** A bar has begun. Answers whether interest is due for the whole hours since the one before it began. */
  begin(instrument: number): boolean {
    if (this.costs.interestRate === 0) return false;
    const { openMs } = this.path;
    const hours = Math.floor(openMs / HOUR_MS) - Math.floor(this.openedMs[instrument]! / HOUR_MS);
    this.openedMs[instrument] = openMs;
    this.#owedMs = hours > 0 && this.account.netLots[instrument] !== 0 ? hours * HOUR_MS : 0;
    return this.#owedMs > 0;
  }

  /** Interest that is due at this bar's open, before any order acts there; true where there was some to report. */
  charge(instrument: number): boolean {
    const heldMs = this.#owedMs;
    if (heldMs === 0) return false;
    this.#owedMs = 0;
    const { interestRate } = this.costs;
    const r = this.report;
    r.value = this.account.payInterest(instrument, this.path.point[0]!, interestRate, heldMs);
    if (r.value === 0) return false;
    r.rate = interestRate / RATE_SCALE;
    r.say(ACCOUNT_REPORT.interest, -1, instrument, this.path.openMs, '');
    return true;
  }

  /** Whether a position on margin may be liquidated, or owes funding, within this bar; else it is only marked. */
  mustWatch(instrument: number, open: number, low: number, high: number, close: number): boolean {
    const account = this.account;
    if (account.netLots[instrument] === 0) {
      this.clocks[instrument]?.startAfter(this.path.closeMs - 1);
      return false;
    }
    account.mark(instrument, open);
    const liquidation = account.liquidationPrice(instrument);
    // Also where the open has jumped over it: then the whole bar lies beyond.
    if (this.clocks[instrument] || (account.netLots[instrument]! > 0 ? liquidation >= low : liquidation <= high))
      return true;
    account.mark(instrument, close);
    return false;
  }

  /** Funding that falls due from this bar's open on, at the open's price; true where there was one to report. */
  fund(instrument: number): boolean {
    const clock = this.clocks[instrument];
    const path = this.path;
    if (!clock || path.leg > 0) return false;
    for (;;) {
      const k = clock.due(path.closeMs - 1);
      if (k < 0) return false;
      const { rates, timesMs } = this.histories[instrument]!;
      const lots = this.account.netLots[instrument]!;
      if (lots === 0 || timesMs[k]! < path.openMs) continue;
      const r = this.report;
      r.rate = rates[k]!;
      r.value = this.account.fund(this.instruments[instrument]!, lots, path.point[0]!, rates[k]!);
      r.say(ACCOUNT_REPORT.funding, -1, instrument, timesMs[k]!, '');
      return true;
    }
  }

  /**
   * Closes a position whose margin is used up, before any order that would act later on this leg. It closes at the liquidation
   * price, or at the open where price jumped over it, but never beyond the bankruptcy price: what is lost beyond the margin is the
   * loss of the venue's insurance fund. It pays the taker fee as far as something is left to pay it from.
   *
   * Open orders go with it: all of its instrument and, where positions stand on one pool of margin, the entries in the other instruments,
   * for which the pool has margin set aside. What is on its way to the venue then is not there yet.
   *
   * @param from progress on this leg up to which everything has happened
   * @param hasOrder whether the path now stands where an order acts
   */
  liquidate(index: number, from: number, hasOrder: boolean): boolean {
    const held = this.account.netLots[index]!;
    if (held === 0) return false;
    const price = this.account.liquidationPrice(index);
    if (Number.isNaN(price)) return false;
    const path = this.path;
    const limit = hasOrder ? path.progress[0]! : 1;
    const before = path.progress[0]!;
    path.progress[0] = from;
    const at = path.reach(price, held < 0);
    path.progress[0] = before;
    if (at < 0 || at > limit) return false;
    path.progress[0] = at;
    const instrument = this.instruments[index]!;
    const here = path.leg === 0 ? path.price : price;
    let ticks = instrument.ticks(here, held > 0 ? 'floor' : 'ceil');
    const bankruptcy = this.account.bankruptcyPrice(index);
    if (held > 0 ? bankruptcy > here : bankruptcy < here)
      ticks = Math.max(1, instrument.ticks(bankruptcy, held > 0 ? 'ceil' : 'floor'));
    const lots = Math.abs(held);
    const value = instrument.value(ticks, lots);
    const left = Math.max(0, this.account.leftAt(index, ticks));
    const fee = Math.min(left, this.costs.forcedFeeQuanta(value, lots, path.timeMs));
    this.account.settle(-1, instrument, held > 0 ? -1 : 1, lots, ticks, value, fee, -1);
    const r = this.report;
    r.lots = lots;
    r.ticks = ticks;
    r.referenceTicks = ticks;
    r.value = value;
    r.fee = fee;
    r.feeAsset = -1;
    r.maker = false;
    r.say(ACCOUNT_REPORT.liquidation, -1, index, path.timeMs, '');
    this.#withdrawOrders(index);
    return true;
  }

  #withdrawOrders(liquidated: number): void {
    const { role } = this.table.column;
    const { timeMs } = this.path;
    const withdraw = (instrument: number, isMeant?: (row: number) => boolean): void =>
      withdrawOrders(instrument, this.orders, this.account, REPORT.canceled, 'liquidation', timeMs, isMeant);
    withdraw(liquidated);
    if (!this.account.poolsMargin) return;
    for (const { index } of this.instruments)
      if (index !== liquidated) withdraw(index, (row) => role[row] === ROLE.entry);
  }

  /** Opens of the last bars, from which interest is reckoned; null before the first. */
  opened(): (number | null)[] {
    return Array.from(this.openedMs, (ms) => (Number.isNaN(ms) ? null : ms));
  }

  restoreOpened(opened: readonly (number | null)[]): void {
    this.openedMs.set(opened.map((ms) => ms ?? Number.NaN));
  }

  /** Next place in each funding history; null where there is none. */
  snapshot(): (number | null)[] {
    return this.clocks.map((clock) => clock?.snapshot().next ?? null);
  }

  restore(next: readonly (number | null)[]): void {
    this.clocks.forEach((clock, i) => {
      clock?.restore({ next: next[i] ?? 0 });
    });
  }

  reset(): void {
    for (const clock of this.clocks) clock?.startAfter(Number.NEGATIVE_INFINITY);
    this.openedMs.fill(Number.NaN);
    this.#owedMs = 0;
  }
}
