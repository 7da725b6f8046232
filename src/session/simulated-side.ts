import type { Engine } from '../core/engine/engine.ts';
import { netHeldAt } from '../core/engine/held-at.ts';
import type { SimulatedVenue } from '../core/exchange/simulated-venue.ts';
import { exchangeReports, type SimulatedDesk } from '../core/research/simulated-desk.ts';
import { assert } from '../core/vocabulary/assert.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { BarColumns } from '../core/vocabulary/market-data.ts';
import { ACCOUNT_REPORT } from '../core/vocabulary/report.ts';
import type { VenueRequest, VenueSide } from './venue-side.ts';
import type { VenueWord } from './venue-words.ts';

const NOTHING: readonly VenueRequest[] = [];

/**
 * The simulated venue as a session's exchange. Assumptions beside those of `simulated-venue.ts`, where trades drive it:
 * 1. An order is at the venue when the instant that decided it has ended, and meets the trades with that event time or a later one.
 * 2. A trade fills up to its own quantity for us; what others would have had of it is not known.
 * 3. Price jumps from trade to trade: a limit order that a trade has passed fills at the traded price, which is at least as good as its limit;
 *    a stop fills at the traded price, which may be worse.
 * 4. Funding is paid at the venue's rates on what was held when it fell due (`funding.ts`), at the mark price that the venue names, and
 *    where it names none at the last price that is known when it is told.
 */
export class SimulatedSide implements VenueSide {
  readonly engine: Engine;
  readonly venue: SimulatedVenue;
  readonly #desk: SimulatedDesk;
  /** The last bar of each instrument, in its row. */
  readonly #bars: BarColumns & { readonly closeMs: Float64Array };

  constructor(desk: SimulatedDesk) {
    this.#desk = desk;
    this.engine = desk.engine;
    this.venue = desk.venue;
    this.venue.reset();
    this.engine.reports.isFundingLate = true;
    const column = (): Float64Array => new Float64Array(desk.engine.state.instruments.length);
    this.#bars = {
      ...{ openTimeMs: column(), open: column(), high: column(), low: column() },
      ...{ close: column(), volume: column(), closeMs: column() },
    };
  }

  /** A trade is a bar of one price and no length. */
  trade(instrument: number, timeMs: number, price: number, quantity: number): void {
    this.bar(instrument, timeMs, timeMs, price, price, price, price, quantity);
  }

  bar(
    instrument: number,
    openTimeMs: number,
    closeMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void {
    const b = this.#bars;
    b.openTimeMs[instrument] = openTimeMs;
    b.closeMs[instrument] = closeMs;
    b.open[instrument] = open;
    b.high[instrument] = high;
    b.low[instrument] = low;
    b.close[instrument] = close;
    b.volume[instrument] = volume;
    this.venue.beginBar(instrument, b, instrument, b.closeMs);
  }

  price(instrument: number, price: number): void {
    this.venue.lastPrice[instrument] = price;
  }

  fund(index: number, timeMs: number, rate: number, markPrice: number | null): void {
    const { state } = this.engine;
    const lots = netHeldAt(state, index, timeMs);
    const price = markPrice ?? this.venue.lastPrice[index]!;
    // Whoever holds something has had a price of it.
    if (lots === 0 || Number.isNaN(price)) return;
    const value = this.venue.account.fund(state.instruments[index]!, lots, price, rate);
    this.engine.report({
      ...{ kind: ACCOUNT_REPORT.funding, row: -1, instrument: index, lots: 0, ticks: 0, referenceTicks: 0 },
      ...{ value, fee: 0, feeAsset: -1, maker: false, timeMs, trade: -1, reason: '', rate },
    });
  }

  pass(timeMs: number): void {
    this.venue.expiry.pass(timeMs);
  }

  wantsTrades(instrument: number): boolean {
    const { account } = this.venue;
    return this.venue.openCount(instrument) > 0 || (account.onMargin && account.netLots[instrument] !== 0);
  }

  word(word: VenueWord): void {
    assert(false, `a simulated venue is told ${word.type}`);
  }

  exchange(): void {
    exchangeReports(this.#desk);
  }

  takeRequests(): readonly VenueRequest[] {
    return NOTHING;
  }

  snapshot(): Json {
    return this.venue.snapshot();
  }

  restore(snapshot: Json): void {
    this.venue.restore(snapshot);
  }
}
