import type { Engine } from '../core/engine/engine.ts';
import { type RoundTrip, roundTrips, type TripFill, type TripFunding } from '../core/report/round-trips.ts';
import { tripFill } from '../core/research/trip-fill.ts';
import type { StoredRow } from '../ports/stored-tables.ts';

/** What has happened to a strategy's position in an instrument since it was last flat. */
interface Open {
  lots: number;
  fills: TripFill[];
  funding: TripFunding[];
  /** Round trips told before. */
  told: number;
}

/** Round trips of a session as they end. Fed with fills and funding in the order in which they were booked, it says the same however often. */
export class StoredTrades {
  readonly #session: string;
  readonly #engine: Engine;
  readonly #names: readonly string[];
  readonly #open: Open[];

  constructor(session: string, engine: Engine) {
    this.#session = session;
    this.#engine = engine;
    this.#names = engine.seats.map((seat) => seat.strategy.def.id);
    this.#open = Array.from(engine.state.instrumentOf, () => ({ lots: 0, fills: [], funding: [], told: 0 }));
  }

  /** Takes a fill of the table; answers the trades that have ended with it. */
  fill(fill: number): StoredRow[] {
    const { state } = this.#engine;
    const f = state.fills.column;
    const slot = f.slot[fill]!;
    const part = tripFill(this.#engine, fill);
    if (part === null) return [];
    const open = this.#open[slot]!;
    const before = open.lots;
    open.lots += part.side * state.fills.moved(fill);
    open.fills.push(part);
    // Neither flat nor through zero: nothing has ended.
    if (before === 0 || before > 0 === open.lots > 0) return [];
    const { contractSize, inverse } = state.instruments[state.instrumentOf[slot]!]!;
    const trips = roundTrips(open.fills, { multiplier: contractSize, inverse, funding: open.funding });
    const rows = trips.map((trip, k) => this.#row(slot, open.told + k + 1, trip));
    if (open.lots === 0) {
      open.told += trips.length;
      open.fills = [];
      open.funding = [];
    }
    return rows;
  }

  /** Funding that a slot's position has received (negative: paid), in quanta. */
  funding(slot: number, timeMs: number, quanta: number): void {
    const { state } = this.#engine;
    const instrument = state.instruments[state.instrumentOf[slot]!]!;
    const open = this.#open[slot]!;
    if (open.lots !== 0) open.funding.push({ timeMs, amount: instrument.money(quanta) });
  }

  #row(slot: number, number: number, trip: RoundTrip): StoredRow {
    const { state } = this.#engine;
    return {
      table: 'trades',
      row: {
        session: this.#session,
        strategy: this.#names[state.strategyOf[slot]!]!,
        instrument: state.instruments[state.instrumentOf[slot]!]!.id,
        number,
        side: trip.side,
        quantity: trip.quantity,
        entry_time_ms: trip.entryTimeMs,
        entry_price: trip.entryPrice,
        exit_time_ms: trip.exitTimeMs,
        exit_price: trip.exitPrice,
        gross_profit: trip.grossProfit,
        fees: trip.fees,
        funding: trip.funding,
        profit: trip.profit,
        profit_ratio: trip.profitRatio,
        entry_order: trip.entryOrder,
        exit_order: trip.exitOrder,
        exit_role: trip.exitRole,
        entry_why: trip.entryWhy,
        exit_why: trip.exitWhy,
      },
    };
  }
}
