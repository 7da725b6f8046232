import { EVENT } from '../core/vocabulary/events.ts';
import { barClose, DAY_MS, formatDay, type TimeframeSpec, type TimeMs } from '../core/vocabulary/time.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { SessionNote } from './replay-journal.ts';
import type { SessionCore } from './session-core.ts';
import type { FeedBar, SessionInput } from './session-input.ts';

/** A day (UTC) of a session that is over: bars of a later one have come. */
export interface SessionDay {
  /** `2024-01-31`. */
  readonly day: string;
  /** Time of which every feed has had a bar while it happened, in hours. What was fetched afterwards does not count. */
  readonly hours: number;
  /** The same as a share of the day. */
  readonly coverage: number;
  /** Times that the session was started again. */
  readonly restarts: number;
  readonly gaps: number;
  /** Times that the account was read and compared with the books. */
  readonly reads: number;
  readonly orders: number;
  readonly fills: number;
  /** What nobody can explain: alarms that call for a person, and reports that were out of place. */
  readonly differences: number;
  /** When its first record was written, by this machine's clock. */
  readonly sinceMs: TimeMs;
  /** Number of the first record that later days rest on: from there on they can be folded. */
  readonly nextRecord: number;
  /** Of the record that ended it: what the day rests on. */
  readonly hash: string;
}

interface Counts {
  readonly sinceMs: TimeMs;
  /** Number of its first record. */
  readonly seq: number;
  /** By feed. */
  readonly coveredMs: number[];
  restarts: number;
  gaps: number;
  reads: number;
}

/**
 * The days of a session, folded from its journal: record by record, from the first on, or from {@link SessionDay.nextRecord} of a day; then a
 * part of that day may be told again.
 */
export class SessionDays {
  readonly #timeframes: readonly TimeframeSpec[];
  readonly #days = new Map<number, Counts>();
  /** Number of the next record that has not been taken. */
  next = 1;

  constructor(timeframes: readonly TimeframeSpec[], fromSeq = 1) {
    this.#timeframes = timeframes;
    this.next = fromSeq;
  }

  /** Takes the next record; answers the days that are over with it, their counts of the core's events still 0. */
  take({ seq, kind, atMs, payload, hash }: JournalRecord): SessionDay[] {
    this.next = seq + 1;
    if (kind === 'note') {
      const note = payload as unknown as SessionNote;
      // The first start of all begins the session.
      if (note.type === 'started' && seq > 1) this.#day(atMs, atMs).restarts++;
      else if (note.type === 'gap') this.#day(note.fromMs, atMs).gaps++;
      return [];
    }
    if (kind !== 'input' && kind !== 'outcome') return [];
    const input = payload as unknown as SessionInput;
    if (input.type === 'account-read') this.#day(atMs, atMs).reads++;
    else if (input.type === 'instant-ended') {
      for (const bar of input.bars) this.#cover(bar, atMs);
      return this.#over(input.bars, hash);
    } else if (input.type === 'history-received') return this.#over(input.bars, hash);
    return [];
  }

  #day(timeMs: TimeMs, atMs: TimeMs): Counts {
    const day = Math.floor(timeMs / DAY_MS);
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const counts = {
      sinceMs: atMs,
      seq: this.next - 1,
      coveredMs: this.#timeframes.map(() => 0),
      restarts: 0,
      gaps: 0,
      reads: 0,
    };
    this.#days.set(day, counts);
    return counts;
  }

  /** Gives each day its part of a live bar. */
  #cover([feed, openMs]: FeedBar, atMs: TimeMs): void {
    const closeMs = barClose(this.#timeframes[feed]!, openMs);
    for (let fromMs = openMs; fromMs < closeMs; ) {
      const toMs = Math.min(closeMs, (Math.floor(fromMs / DAY_MS) + 1) * DAY_MS);
      this.#day(fromMs, atMs).coveredMs[feed]! += toMs - fromMs;
      fromMs = toMs;
    }
  }

  /** Days before the one in which all these bars close: the last of the day before closes with its end. */
  #over(bars: readonly FeedBar[], hash: string): SessionDay[] {
    const closes = bars.map(([feed, openMs]) => barClose(this.#timeframes[feed]!, openMs));
    const reachedMs = Math.min(...closes);
    const over = [...this.#days.keys()].filter((day) => (day + 1) * DAY_MS < reachedMs).sort((a, b) => a - b);
    return over.map((day) => {
      const { coveredMs, seq: _seq, ...counts } = this.#days.get(day)!;
      this.#days.delete(day);
      const nextRecord = Math.min(this.next - 1, ...[...this.#days.values()].map(({ seq }) => seq));
      const ms = Math.min(...coveredMs);
      const of = { day: formatDay(day * DAY_MS), hours: ms / 3_600_000, coverage: ms / DAY_MS, ...counts };
      return { ...of, orders: 0, fills: 0, differences: 0, nextRecord, hash };
    });
  }
}

/** Days with what the core's events say of them. */
export function withEvents(days: readonly SessionDay[], { engine: { state } }: SessionCore): SessionDay[] {
  const counts = new Map(days.map(({ day }) => [day, { orders: 0, fills: 0, differences: 0 }]));
  const log = state.log.column;
  let told = { day: Number.NaN, counts: counts.get('') };
  for (let seq = 0; seq < state.log.count; seq++) {
    const day = Math.floor(log.at[seq]! / DAY_MS);
    if (day !== told.day) told = { day, counts: counts.get(formatDay(day * DAY_MS)) };
    if (told.counts === undefined) continue;
    const type = log.type[seq]!;
    if (type === EVENT['order-placed']) told.counts.orders++;
    else if (type === EVENT['order-filled']) told.counts.fills++;
    else if (isDifference(type, log.strategy[seq]!, log.a[seq]!)) told.counts.differences++;
  }
  return days.map((day) => ({ ...day, ...counts.get(day.day)! }));
}

const PAGE = 2;

/** Whether an event says that the books are not what the venue holds; what a strategy calls an alarm is its own affair. */
export function isDifference(type: number, strategy: number, level: number): boolean {
  if (type === EVENT['data-anomaly-detected']) return true;
  return type === EVENT['alert-raised'] && strategy < 0 && level === PAGE;
}
