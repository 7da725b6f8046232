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

/** The round trips of a position that was flat at their end; the last ones of their slot. */
interface Ended extends Pick<Open, 'fills' | 'funding' | 'told'> {}

/** Round trips of a session as they end. Fed with fills and funding in the order in which they were booked, it says the same however often. */
export class StoredTrades {
  readonly #session: string;
  readonly #engine: Engine;
  readonly #names: readonly string[];
  readonly #open: Open[];
  readonly #ended: (Ended | undefined)[] = [];

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
    if (before === 0 || before * open.lots > 0) return [];
    const rows = this.#rows(slot, open);
    if (open.lots === 0) {
      const { fills, funding, told } = open;
      this.#ended[slot] = { fills, funding, told };
      open.told += rows.length;
      open.fills = [];
      open.funding = [];
    }
    return rows;
  }

  /**
   * Takes funding that a slot's position has received (negative: paid), in quanta. Answers the trades that it changes: those that had ended
   * when it was told, though it fell due before.
   */
  funding(slot: number, timeMs: number, quanta: number): StoredRow[] {
    const { state } = this.#engine;
    const amount = state.instruments[state.instrumentOf[slot]!]!.money(quanta);
    const open = this.#open[slot]!;
    const ended = this.#ended[slot];
    const isOfOpen = open.lots !== 0 && timeMs >= open.fills[0]!.timeMs;
    const held = isOfOpen ? open : ended;
    if (held === undefined) return [];
    // Who holds at the instant itself pays.
    const fillsBefore = held.fills.filter((fill) => fill.timeMs <= timeMs).length;
    held.funding.push({ timeMs, amount, fillsBefore });
    return isOfOpen ? [] : this.#rows(slot, held);
  }

  #rows(slot: number, { fills, funding, told }: Ended): StoredRow[] {
    const { state } = this.#engine;
    const { contractSize, inverse } = state.instruments[state.instrumentOf[slot]!]!;
    const trips = roundTrips(fills, { multiplier: contractSize, inverse, funding });
    return trips.map((trip, k) => this.#row(slot, told + k + 1, trip));
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
