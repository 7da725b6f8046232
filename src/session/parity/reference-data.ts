import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import { barClose, type TimeframeSpec, type TimeMs } from '../../core/vocabulary/time.ts';
import type { FeedBar } from '../session-input.ts';
import type { MarketItem, MarketRecord } from './market-record.ts';
import { rebuiltBars } from './rebuilt-bars.ts';

/** Faults that are told one by one. */
const TOLD = 20;

/** `missing`: the session never had it. `late`: it came too late to decide on. `different`: with other numbers. */
export interface DataFault {
  readonly feed: number;
  readonly openTimeMs: TimeMs;
  readonly what: 'missing' | 'late' | 'different';
}

export interface WholeMarket {
  /** What a session would have seen that missed nothing; the record's own items where it did not. */
  readonly items: readonly MarketItem[];
  readonly missing: number;
  readonly late: number;
  readonly different: number;
  /** The first of them. */
  readonly faults: readonly DataFault[];
}

/**
 * The market as it was, beside what the session saw of it: bars that the reference has and the session has not stand where they closed, bars
 * that came late are decided on in their time, and numbers are those of the reference. Without a reference, bars are made of the trades that were
 * kept, where there are any.
 */
export function wholeMarket(
  { items, trades }: Pick<MarketRecord, 'items' | 'trades'>,
  frames: readonly TimeframeSpec[],
  reference: readonly (BarColumns | null)[],
): WholeMarket {
  const closeOf = (bar: FeedBar): TimeMs => barClose(frames[bar[0]]!, bar[1]);
  const rebuilt = rebuiltBars({ items, trades }, frames);
  const known = frames.map((_, feed) => {
    const columns = reference[feed];
    return columns ? rowsByTime(columns, feed) : rebuilt[feed]!;
  });
  const counts = { missing: 0, late: 0, different: 0 };
  const faults: DataFault[] = [];
  const note = ([feed, openTimeMs]: FeedBar, what: DataFault['what']): void => {
    counts[what]++;
    if (faults.length < TOLD) faults.push({ feed, openTimeMs, what });
  };
  const corrected = (bar: FeedBar): FeedBar => {
    const truth = known[bar[0]]?.get(bar[1]);
    if (truth === undefined || bar.every((value, k) => Object.is(value, truth[k]))) return bar;
    note(bar, 'different');
    return truth;
  };
  const early: FeedBar[] = [];
  const kept: MarketItem[] = [];
  let isLive = false;
  let endedMs = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    if (item.kind === 'told' && item.input.type === 'session-stopped') isLive = false;
    if (item.kind === 'history') {
      const bars = item.bars.map(corrected);
      // Bars that were fetched after the session had begun are bars that it did not decide on when it could have.
      if (isLive) {
        for (const bar of bars) note(bar, 'late');
        early.push(...bars);
      } else kept.push({ kind: 'history', bars });
    } else if (item.kind === 'instant') {
      isLive = true;
      const bars = item.bars.map(corrected);
      // A late bar has an instant of its own, at the time of the last one.
      const isLate = (bar: FeedBar): boolean => closeOf(bar) !== item.timeMs || item.timeMs <= endedMs;
      const late = bars.filter(isLate);
      endedMs = Math.max(endedMs, item.timeMs);
      for (const bar of late) note(bar, 'late');
      early.push(...late);
      const rest = bars.filter((bar) => !late.includes(bar));
      if (rest.length > 0) kept.push({ kind: 'instant', timeMs: item.timeMs, bars: rest });
    } else kept.push(item);
  }
  for (const bar of missedBars(items, known)) {
    note(bar, 'missing');
    early.push(bar);
  }
  if (faults.length === 0) return { items, ...counts, faults };
  faults.sort((a, b) => a.openTimeMs - b.openTimeMs || a.feed - b.feed);
  return { items: inserted(kept, trades, byInstant(early, closeOf)), ...counts, faults };
}

function rowsByTime(columns: BarColumns, feed: number): Map<TimeMs, FeedBar> {
  const rows = new Map<TimeMs, FeedBar>();
  for (let i = 0; i < columns.close.length; i++) {
    const { openTimeMs, open, high, low, close, volume } = columns;
    rows.set(openTimeMs[i]!, [feed, openTimeMs[i]!, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!]);
  }
  return rows;
}

/** Bars of the reference between the first and the last live bar of a feed that the session has in no record. */
function missedBars(items: readonly MarketItem[], known: readonly ReadonlyMap<TimeMs, FeedBar>[]): FeedBar[] {
  return known.flatMap((rows, feed) => {
    const seen = new Set<TimeMs>();
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const item of items) {
      if (item.kind !== 'instant' && item.kind !== 'history') continue;
      for (const [of, openTimeMs] of item.bars) {
        if (of !== feed) continue;
        seen.add(openTimeMs);
        if (item.kind === 'instant') first = Math.min(first, openTimeMs);
        last = Math.max(last, openTimeMs);
      }
    }
    return [...rows.values()].filter(([, openMs]) => openMs > first && openMs < last && !seen.has(openMs));
  });
}

function byInstant(bars: readonly FeedBar[], closeOf: (bar: FeedBar) => TimeMs): [TimeMs, FeedBar[]][] {
  const instants = new Map<TimeMs, FeedBar[]>();
  for (const bar of bars) instants.set(closeOf(bar), [...(instants.get(closeOf(bar)) ?? []), bar]);
  return [...instants].sort(([a], [b]) => a - b);
}

/** Puts instants where they belong: before the first trade that is not older than they are, and into one that ends at the same time. */
function inserted(
  items: readonly MarketItem[],
  trades: MarketRecord['trades'],
  instants: readonly [TimeMs, FeedBar[]][],
): MarketItem[] {
  const all: MarketItem[] = [];
  let next = 0;
  const emitBefore = (timeMs: TimeMs, orAt: boolean): void => {
    for (; next < instants.length; next++) {
      const [closeMs, bars] = instants[next]!;
      if (closeMs > timeMs || (closeMs === timeMs && !orAt)) return;
      all.push({ kind: 'instant', timeMs: closeMs, bars: inOrder(bars) });
    }
  };
  for (const item of items) {
    if (item.kind === 'instant') {
      emitBefore(item.timeMs, false);
      const due = instants[next];
      const isSame = due?.[0] === item.timeMs;
      if (isSame) next++;
      all.push(isSame ? { ...item, bars: inOrder([...item.bars, ...due[1]]) } : item);
    } else if (item.kind === 'trades') {
      let from = item.from;
      for (let row = item.from; row < item.to && next < instants.length; row++) {
        const timeMs = trades.column.timeMs[row]!;
        if (timeMs < instants[next]![0]) continue;
        if (row > from) all.push({ kind: 'trades', from, to: row });
        from = row;
        emitBefore(timeMs, true);
      }
      all.push({ kind: 'trades', from, to: item.to });
    } else all.push(item);
  }
  emitBefore(Number.POSITIVE_INFINITY, true);
  return all;
}

const inOrder = (bars: readonly FeedBar[]): FeedBar[] => [...bars].sort((a, b) => a[0] - b[0]);
