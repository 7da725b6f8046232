import { narrate } from '../engine/narrate.ts';
import { DEFAULT_FILLS } from '../exchange/fill-rules.ts';
import type { RoundTrip } from '../report/round-trips.ts';
import { EVENT } from '../vocabulary/events.ts';
import type { Json } from '../vocabulary/json.ts';
import {
  ORDER_ROLES,
  ORDER_STATUSES,
  ORDER_TYPES,
  type OrderRole,
  type OrderStatus,
  type OrderType,
  type Side,
} from '../vocabulary/order.ts';
import type { Refusal } from '../vocabulary/refusal.ts';
import type { TimeMs } from '../vocabulary/time.ts';
import type { Backtest } from './backtest.ts';
import { tripsOf } from './trade-sections.ts';

/** Rows of bars count from 0. A decision belongs to the bar whose close it was made at, a fill to the bar it happened in. */
export interface PlayedOrder {
  readonly bar: number;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly role: OrderRole;
  readonly status: OrderStatus;
  readonly qty: number;
  readonly filledQty: number;
  readonly limit: number | null;
  readonly trigger: number | null;
  readonly why: string;
}

export interface PlayedFill {
  readonly bar: number;
  readonly timeMs: TimeMs;
  readonly symbol: string;
  readonly side: Side;
  readonly role: OrderRole;
  readonly price: number;
  readonly qty: number;
  readonly fee: number;
  readonly why: string;
}

/** A position from its opening to flat. `open`: still held at the end, valued at the last close. */
export interface PlayedTrade extends RoundTrip {
  readonly symbol: string;
  readonly entryBar: number;
  readonly exitBar: number;
}

export interface PlayedRefusal {
  readonly bar: number;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: string;
  readonly code: Refusal;
  readonly why: string;
}

export interface PlayedLog {
  readonly bar: number;
  readonly level: 'log' | 'info' | 'warn' | 'page';
  readonly text: string;
}

/** What a strategy did in a run, as lists of plain objects. */
export interface Played {
  readonly fills: readonly PlayedFill[];
  readonly trades: readonly PlayedTrade[];
  readonly orders: readonly PlayedOrder[];
  readonly refusals: readonly PlayedRefusal[];
  readonly logs: readonly PlayedLog[];
  readonly finalState: Json;
}

/** Reads a finished run of one strategy. */
export function playedOf(backtest: Backtest): Played {
  const { state, seats } = backtest.engine;
  const { instruments, orders, fills, intents } = state;
  const o = orders.column;
  const f = fills.column;
  const symbolOf = (instrument: number): string => instruments[instrument]!.symbol;
  const whyOf = (intent: number): string => (intent >= 0 ? intents.why[intent]! : '');
  const rowAt = barFinder(backtest);
  return {
    orders: Array.from({ length: orders.count }, (_, row) => {
      const instrument = instruments[o.instrument[row]!]!;
      // Protective legs are made by a fill, all others by a decision at a close.
      const isLeg = o.parent[row]! >= 0;
      return {
        bar: (isLeg ? rowAt.filled : rowAt.decided)(instrument.index, o.createdAtMs[row]!),
        symbol: instrument.symbol,
        side: o.side[row]! > 0 ? 'buy' : 'sell',
        type: ORDER_TYPES[o.type[row]!]!,
        role: ORDER_ROLES[o.role[row]!]!,
        status: ORDER_STATUSES[o.status[row]!]!,
        qty: instrument.quantity(o.lots[row]!),
        filledQty: instrument.quantity(o.filledLots[row]!),
        limit: o.limitTicks[row]! > 0 ? instrument.price(o.limitTicks[row]!) : null,
        trigger: o.triggerTicks[row]! > 0 ? instrument.price(o.triggerTicks[row]!) : null,
        why: whyOf(o.intent[row]!),
      };
    }),
    fills: Array.from({ length: fills.count }, (_, fill) => {
      const row = f.order[fill]!;
      const instrument = instruments[o.instrument[row]!]!;
      return {
        bar: rowAt.filled(instrument.index, f.timeMs[fill]!),
        timeMs: f.timeMs[fill]!,
        symbol: instrument.symbol,
        side: f.side[fill]! > 0 ? 'buy' : 'sell',
        role: ORDER_ROLES[o.role[row]!]!,
        price: instrument.price(f.ticks[fill]!),
        qty: instrument.quantity(f.lots[fill]!),
        fee: instrument.money(fills.feeWorth(fill)),
        why: whyOf(o.intent[row]!),
      };
    }),
    trades: tripsOf(backtest).map(({ instrument, trip }) => ({
      ...trip,
      symbol: symbolOf(instrument),
      entryBar: rowAt.filled(instrument, trip.entryTimeMs),
      exitBar: trip.open ? rowAt.decided(instrument, trip.exitTimeMs) : rowAt.filled(instrument, trip.exitTimeMs),
    })),
    ...notesOf(backtest, rowAt.decided),
    finalState: seats[0]!.context.state,
  };
}

type BarAt = (instrument: number, timeMs: TimeMs) => number;

/** Row of an instrument's bars at a time. A bar's close and the next one's open are one instant: fills choose by the fill rule. */
function barFinder(backtest: Backtest): { readonly decided: BarAt; readonly filled: BarAt } {
  const { feeds } = backtest.engine;
  const { market } = backtest.config.fills ?? DEFAULT_FILLS;
  const rows = (instrument: number, isOver: (openMs: number) => boolean): number => {
    const { openTimeMs } = feeds.find((feed) => feed.instrument === instrument)!.columns!;
    let low = 0;
    let high = openTimeMs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isOver(openTimeMs[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  const decided: BarAt = (instrument, timeMs) => rows(instrument, (openMs) => openMs < timeMs);
  const filled: BarAt = (instrument, timeMs) => rows(instrument, (openMs) => openMs <= timeMs);
  return { decided, filled: market === 'close' ? decided : filled };
}

/** Refusals, logs and alerts, from the event log. */
function notesOf(backtest: Backtest, barAt: BarAt): Pick<Played, 'refusals' | 'logs'> {
  const { state, seats } = backtest.engine;
  const names = seats.map((seat) => seat.strategy.def.id);
  const c = state.log.column;
  const refusals: PlayedRefusal[] = [];
  const logs: PlayedLog[] = [];
  for (let seq = 0; seq < state.log.count; seq++) {
    const type = c.type[seq]!;
    if (type !== EVENT['order-refused'] && type !== EVENT['message-logged'] && type !== EVENT['alert-raised']) continue;
    const event = narrate(state, names, seq);
    const instrument = Math.max(0, c.instrument[seq]!);
    const bar = barAt(instrument, event.at);
    if (event.type === 'message-logged') logs.push({ bar, level: 'log', text: event.message });
    else if (event.type === 'alert-raised') logs.push({ bar, level: event.level, text: event.message });
    else if (event.type === 'order-refused')
      refusals.push({
        bar,
        symbol: state.instruments[instrument]!.symbol,
        side: event.side,
        qty: event.quantity,
        code: event.code,
        why: state.intents.why[event.intent]!,
      });
  }
  return { refusals, logs };
}
