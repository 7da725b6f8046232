import { causes, narrate } from '../engine/narrate.ts';
import { clientOrderId } from '../execution/client-order-id.ts';
import type { Report } from '../report/report.ts';
import { type RoundTrip, roundTrips, type TripFill, type TripFunding } from '../report/round-trips.ts';
import type { TradingCosts } from '../report/trading-metrics.ts';
import { EVENT } from '../vocabulary/events.ts';
import { ORDER_ROLES } from '../vocabulary/order.ts';
import { formatTime } from '../vocabulary/time.ts';
import type { Backtest } from './backtest.ts';
import { SettleRates } from './settle-rates.ts';
import { tripFill } from './trip-fill.ts';

/** A round trip with whose it is. */
export interface OwnedTrip {
  readonly strategy: number;
  readonly instrument: number;
  readonly trip: RoundTrip;
}

/** Most fills and trades that a report lists with their chains of causes; the metrics count all, and a check says it. */
export const LISTED = 20_000;

/** All round trips of a run, in the order of their exits; amounts in account currency at the rate of the exit. */
export function tripsOf(backtest: Backtest): OwnedTrip[] {
  const { state, feeds } = backtest.engine;
  const f = state.fills.column;
  const n = state.instruments.length;
  const bySlot = new Map<number, TripFill[]>();
  const bookedAt = new Map<number, number[]>();
  for (let i = 0; i < state.fills.count; i++) {
    const slot = f.slot[i]!;
    const fill = tripFill(backtest.engine, i);
    if (fill === null) continue;
    const list = bySlot.get(slot) ?? [];
    bySlot.set(slot, list);
    list.push(fill);
    const seqs = bookedAt.get(slot) ?? [];
    bookedAt.set(slot, seqs);
    seqs.push(f.seq[i]!);
  }
  const payments = fundingOf(backtest, bookedAt);
  const rates = new SettleRates(backtest);
  const trips: OwnedTrip[] = [];
  for (const [slot, fills] of bySlot) {
    const instrument = slot % n;
    const feed = feeds.findIndex((x) => x.instrument === instrument);
    const price = state.price[instrument]!;
    const { contractSize, inverse } = state.instruments[instrument]!;
    for (const trip of roundTrips(fills, {
      bars: backtest.config.feeds[feed]!.bars,
      multiplier: contractSize,
      inverse,
      funding: payments.get(slot) ?? [],
      last: { timeMs: state.nowMs, price },
    }))
      trips.push({
        strategy: Math.floor(slot / n),
        instrument,
        trip: worth(trip, rates.at(instrument, trip.exitTimeMs)),
      });
  }
  return trips.sort(
    (a, b) => a.trip.exitTimeMs - b.trip.exitTimeMs || a.strategy - b.strategy || a.instrument - b.instrument,
  );
}

/** A trip with its amounts in another currency. */
function worth(trip: RoundTrip, rate: number): RoundTrip {
  if (rate === 1) return trip;
  const { grossProfit, fees, funding, profit, turnover, risk } = trip;
  return {
    ...trip,
    ...{ grossProfit: grossProfit * rate, fees: fees * rate, funding: funding * rate, profit: profit * rate },
    ...{ turnover: turnover * rate, risk: risk === null ? null : risk * rate },
  };
}

/** How many of them have ended: what reports count as trades. */
export function closedOf(trips: readonly OwnedTrip[]): number {
  return trips.filter(({ trip }) => !trip.open).length;
}

/** Funding and interest by slot, each payment after the fills that were booked before it. `bookedAt`: events of each slot's fills. */
function fundingOf(backtest: Backtest, bookedAt: ReadonlyMap<number, readonly number[]>): Map<number, TripFunding[]> {
  const payments = new Map<number, TripFunding[]>();
  const { feeds, costs } = backtest.config;
  if (!costs?.interestRate && feeds.every((feed) => feed.funding === undefined)) return payments;
  const { state } = backtest.engine;
  const log = state.log.column;
  const fillsBefore = new Map<number, number>();
  const seqs = [...state.log.seqsOf(EVENT['funding-paid']), ...state.log.seqsOf(EVENT['interest-charged'])];
  for (const seq of seqs.sort((a, b) => a - b)) {
    const slot = log.strategy[seq]! * state.instruments.length + log.instrument[seq]!;
    const booked = bookedAt.get(slot) ?? [];
    let before = fillsBefore.get(slot) ?? 0;
    while (before < booked.length && booked[before]! < seq) before++;
    fillsBefore.set(slot, before);
    const list = payments.get(slot) ?? [];
    payments.set(slot, list);
    const amount = state.instruments[log.instrument[seq]!]!.money(log.a[seq]!);
    list.push({ timeMs: log.at[seq]!, amount, fillsBefore: before });
  }
  return payments;
}

export function tripSection(backtest: Backtest, trips: readonly OwnedTrip[]): Report['trades'] {
  const { state, seats } = backtest.engine;
  return trips.slice(0, LISTED).map(({ strategy, instrument, trip: t }, id) => ({
    id,
    strategy: seats[strategy]!.strategy.def.id,
    instrument: state.instruments[instrument]!.id,
    side: t.side,
    open: t.open,
    entryTimeMs: t.entryTimeMs,
    exitTimeMs: t.open ? null : t.exitTimeMs,
    entryPrice: t.entryPrice,
    exitPrice: t.open ? null : t.exitPrice,
    quantity: t.quantity,
    profit: t.profit,
    profitPct: t.profitRatio * 100,
    fees: t.fees,
    funding: t.funding,
    r: t.r,
    maePct: (t.mae ?? 0) * 100,
    mfePct: (t.mfe ?? 0) * 100,
    barsHeld: t.barsHeld ?? 0,
    exitRole: t.exitRole,
    entryWhy: t.entryWhy,
    exitWhy: t.exitWhy,
    entryOrder: t.entryOrder,
    exitOrder: t.exitOrder,
  }));
}

/** Fees and slippage of a run in account currency at the rates of their times, funding and interest at the last, and the waterfall from gross to net. */
export function costSection(backtest: Backtest): { totals: TradingCosts; lines: Report['costs'] } {
  const { state } = backtest.engine;
  const f = state.fills.column;
  const rates = new SettleRates(backtest);
  let fees = 0;
  const byAsset = new Map<string, number>();
  let slippage = 0;
  let traded = 0;
  for (let i = 0; i < state.fills.count; i++) {
    const instrument = state.instruments[f.slot[i]! % state.instruments.length]!;
    const rate = rates.at(instrument.index, f.timeMs[i]!);
    const fee = instrument.money(state.fills.feeWorth(i)) * rate;
    fees += fee;
    traded += instrument.money(f.value[i]!) * rate;
    if (fee !== 0) {
      const asset = state.feeCode(instrument, state.fills.feeAsset(i));
      byAsset.set(asset, (byAsset.get(asset) ?? 0) + fee);
    }
    if (f.ticks[i] !== f.referenceTicks[i])
      slippage +=
        rate *
        Math.abs(
          instrument.valueAt(instrument.price(f.ticks[i]!), f.lots[i]!) -
            instrument.valueAt(instrument.price(f.referenceTicks[i]!), f.lots[i]!),
        );
  }
  const charged = chargedQuanta(backtest);
  let funding = 0;
  let paid = 0;
  for (const instrument of state.instruments) {
    // Positions carry what holding them costs in one column; in quanta its parts come apart without a rest.
    let quanta = 0;
    for (let slot = instrument.index; slot < state.book.positions.count; slot += state.instruments.length)
      quanta += state.book.positions.column.funding[slot]!;
    const rate = rates.at(instrument.index, state.nowMs);
    funding += instrument.money(quanta - charged[instrument.index]!) * rate;
    paid += instrument.money(charged[instrument.index]!) * rate;
  }
  const interest = backtest.config.costs?.interestRate ? paid : null;
  const net = state.clock[1]! - backtest.config.cash;
  return {
    totals: { fees, spread: null, slippage, funding: -funding, borrow: interest && 0 - interest, traded },
    lines: [
      { label: 'gross profit', amount: net + fees + slippage - funding - (interest ?? 0) },
      ...feeLines(fees, byAsset, state.account.currency),
      { label: 'slippage', amount: 0 - slippage },
      { label: 'funding', amount: funding },
      ...(interest === null ? [] : [{ label: 'interest', amount: interest }]),
      { label: 'net profit', amount: net },
    ],
  };
}

/** Interest by instrument in quanta, negative. */
function chargedQuanta({ engine: { state } }: Backtest): Float64Array {
  const { a, instrument } = state.log.column;
  const charged = new Float64Array(state.instruments.length);
  for (const seq of state.log.seqsOf(EVENT['interest-charged'])) charged[instrument[seq]!]! += a[seq]!;
  return charged;
}

/** One line where the account's own currency paid all; else one for each asset that did, valued at the time of each fee. */
function feeLines(fees: number, byAsset: ReadonlyMap<string, number>, currency: string): Report['costs'] {
  const assets = [...byAsset.keys()];
  if (assets.every((asset) => asset === currency)) return [{ label: 'fees', amount: 0 - fees }];
  return assets.map((asset) => ({ label: `fees in ${asset}`, amount: 0 - byAsset.get(asset)! }));
}

/** Every fill with why it happened, back to the bar. */
export function fillSection(backtest: Backtest): Report['fills'] {
  const { state, seats } = backtest.engine;
  const names = seats.map((seat) => seat.strategy.def.id);
  const f = state.fills.column;
  const out: Report['fills'] = [];
  for (let i = 0; i < Math.min(state.fills.count, LISTED); i++) {
    const row = f.order[i]!;
    const slot = f.slot[i]!;
    const instrument = state.instruments[slot % state.instruments.length]!;
    const intent = state.orders.column.intent[row]!;
    out.push({
      seq: f.seq[i]!,
      timeMs: f.timeMs[i]!,
      strategy: names[Math.floor(slot / state.instruments.length)]!,
      instrument: instrument.id,
      order: clientOrderId(state.session, row),
      side: f.side[i]! > 0 ? 'buy' : 'sell',
      role: ORDER_ROLES[state.orders.column.role[row]!]!,
      quantity: instrument.quantityText(f.lots[i]!),
      price: instrument.priceText(f.ticks[i]!),
      fee: state.feeText(instrument, state.fills.feeAsset(i), f.fee[i]!),
      feeAsset: state.feeCode(instrument, state.fills.feeAsset(i)),
      liquidity: f.maker[i] === 1 ? 'maker' : 'taker',
      why: intent >= 0 ? state.intents.why[intent]! : '',
      causes: causes(state, f.seq[i]!).map((seq) => {
        const event = narrate(state, names, seq);
        const origin = 'input' in event.causedBy ? ` ← bar closed ${formatTime(event.at)}` : '';
        return `${event.type} #${event.seq}${origin}`;
      }),
    });
  }
  return out;
}
