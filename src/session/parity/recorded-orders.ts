import type { Engine } from '../../core/engine/engine.ts';
import { EVENT } from '../../core/vocabulary/events.ts';
import { STATUS, TYPE } from '../../core/vocabulary/order.ts';
import { barOpen, SECOND_MS, type TimeMs } from '../../core/vocabulary/time.ts';
import type { SessionCore } from '../session-core.ts';

/** A limit order that takes so soon after it was made took when it arrived; a later one had waited. */
const ARRIVES_WITHIN_MS = 10 * SECOND_MS;

export interface OrderFill {
  readonly timeMs: TimeMs;
  readonly lots: number;
  readonly ticks: number;
  readonly value: number;
  readonly fee: number;
  readonly feeAsset: number;
  readonly maker: boolean;
}

/** One order and what became of it. */
export interface OrderStory {
  readonly row: number;
  readonly instrument: number;
  readonly side: number;
  readonly createdAtMs: TimeMs;
  readonly why: string;
  readonly lots: number;
  readonly filledLots: number;
  readonly fills: readonly OrderFill[];
  /** When the venue acknowledged it, and when it ended without being filled; NaN where it did not. */
  readonly acceptedMs: TimeMs;
  readonly endedMs: TimeMs;
  readonly isRejected: boolean;
  /** Ended, and not by filling whole. */
  readonly isCutShort: boolean;
  readonly isMarket: boolean;
  readonly hasLimit: boolean;
  /** Whether it traded when it arrived rather than waiting at the venue. */
  readonly tookOnArrival: boolean;
}

/**
 * What makes two orders of two runs the same one: who asked for what, why, and in which bar; several alike go by their order. Not the
 * moment, which a delay moves, and not the quantity, which follows from the capital that there is.
 */
export function orderKey({ state, feeds }: Engine, row: number): string {
  const c = state.orders.column;
  const instrument = c.instrument[row]!;
  const feed = feeds.find((f) => f.instrument === instrument) ?? feeds[0]!;
  const barMs = barOpen(feed.timeframe, c.createdAtMs[row]!);
  const why = state.intents.why[c.intent[row]!] ?? '';
  return [c.strategy[row], instrument, c.side[row], c.type[row], c.role[row], barMs, why].join('|');
}

/** Every order of a session by {@link orderKey}, several alike in the order in which they were made. */
export function storiesOf(core: SessionCore): Map<string, OrderStory[]> {
  const { state } = core.engine;
  const { orders, fills, log, intents } = state;
  const c = orders.column;
  const fillsOf = new Map<number, OrderFill[]>();
  const f = fills.column;
  for (let fill = 0; fill < fills.count; fill++) {
    const row = f.order[fill]!;
    const own = fillsOf.get(row) ?? [];
    fillsOf.set(row, own);
    own.push({
      timeMs: f.timeMs[fill]!,
      lots: f.lots[fill]!,
      ticks: f.ticks[fill]!,
      value: f.value[fill]!,
      fee: f.fee[fill]!,
      feeAsset: fills.feeAsset(fill),
      maker: f.maker[fill] === 1,
    });
  }
  const accepted = new Map<number, TimeMs>();
  const ended = new Map<number, TimeMs>();
  for (let seq = 0; seq < log.count; seq++) {
    const type = log.column.type[seq]!;
    const times =
      type === EVENT['order-accepted']
        ? accepted
        : type === EVENT['order-canceled'] || type === EVENT['order-expired'] || type === EVENT['order-rejected']
          ? ended
          : null;
    const row = log.column.ref[seq]!;
    if (times !== null && !times.has(row)) times.set(row, log.column.at[seq]!);
  }
  const all = new Map<string, OrderStory[]>();
  for (let row = 0; row < orders.count; row++) {
    const own = fillsOf.get(row) ?? [];
    const status = c.status[row]!;
    const type = c.type[row]!;
    const isMarket = type === TYPE.market;
    const isLimit = type === TYPE.limit;
    const [first] = own;
    const story: OrderStory = {
      ...{ row, instrument: c.instrument[row]!, side: c.side[row]!, createdAtMs: c.createdAtMs[row]! },
      ...{ why: intents.why[c.intent[row]!] ?? '', lots: c.lots[row]!, filledLots: c.filledLots[row]!, fills: own },
      ...{ acceptedMs: accepted.get(row) ?? Number.NaN, endedMs: ended.get(row) ?? Number.NaN },
      isRejected: own.length === 0 && (status === STATUS.rejected || (isMarket && status > STATUS.filled)),
      isCutShort: status > STATUS.filled,
      ...{ isMarket, hasLimit: isLimit || type === TYPE['stop-limit'] || type === TYPE['take-profit-limit'] },
      tookOnArrival:
        isMarket ||
        (isLimit && first !== undefined && !first.maker && first.timeMs - c.createdAtMs[row]! < ARRIVES_WITHIN_MS),
    };
    const key = orderKey(core.engine, row);
    const alike = all.get(key);
    if (alike) alike.push(story);
    else all.set(key, [story]);
  }
  return all;
}
